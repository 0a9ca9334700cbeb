"""Faults of drift: what differs from Git although Flux says Ready."""
