"""``--wait-for REVISION --within 10m``: wait until Flux has applied it, and say what blocks when it does not come."""

from __future__ import annotations

_PAUSE = 5.0
"""Seconds between two looks."""
