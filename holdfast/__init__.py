"""holdfast: whether a GitOps-run platform is what Git and its people say it is."""
