"""Faults of what is secret: sealed and not unsealed, unsealed and spoilt, never sealed at all."""
