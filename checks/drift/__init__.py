"""Drift: what differs from what Flux applied, who did it, and what Flux will do about it. Pure."""
