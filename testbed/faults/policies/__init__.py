"""What people and half-done scripts do to what PEPs and the PDP hold."""

from __future__ import annotations

from testbed.bed import Bed


def restore(bed: Bed) -> None:
    """Takes back whatever was done to the stores: nothing else was touched."""
    bed.policies.service.restore(bed.policies.ctx)
