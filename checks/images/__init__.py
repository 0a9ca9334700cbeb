"""Which images run: pinned, from where they should come, one version of each, as the release declares."""
