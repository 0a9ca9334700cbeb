"""Faults of certificates: not issued, not renewed, not what was asked for, not what is served."""
