"""Faults of the resource catalogue: what it holds, what it offers, and what stands in front of it."""
