"""Faults of processing."""
