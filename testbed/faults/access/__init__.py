"""Faults of access control."""
