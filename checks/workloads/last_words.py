"""What a container wrote before it crashed, for a check that may not look itself."""

from __future__ import annotations

from typing import Protocol

from holdfast.model import Resource


class LastWords(Protocol):
    """Reads the log of the run before the present one, where that was asked for (``--allow logs``)."""

    def of(self, pod: Resource, container: str) -> str:
        """Its last lines; "" when they may not be read or are not to be had: the finding stands without them."""


class Silent:
    """Knows no logs."""

    def of(self, pod: Resource, container: str) -> str:
        """Always ""."""
        return ""
