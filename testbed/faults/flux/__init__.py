"""Faults of Flux itself: sources, Kustomizations, HelmReleases, notifications, controllers."""
