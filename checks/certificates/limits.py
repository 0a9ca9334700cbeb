"""How long things may take, and how soon an end is too soon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from holdfast.model import CRITICAL, MAJOR, Severity


@dataclass(frozen=True, slots=True)
class Limits:
    """From ``[limits]`` of platform.toml."""

    major: timedelta = timedelta(days=14)
    """Less left than this is major."""
    critical: timedelta = timedelta(days=3)
    issuing: timedelta = timedelta(minutes=15)
    """Longer than this, nobody is issuing any more: an ACME order with DNS propagation takes a few minutes."""
    renewal: timedelta = timedelta(hours=1)
    """A renewal is overdue this long after its time: cert-manager starts it to the second."""

    @classmethod
    def of(cls, said: Mapping[str, object]) -> Limits:
        """The keys that are set; the rest as above.

        Raises:
            ValueError: one is no number.
        """
        plain = cls()
        return cls(
            _span(said, "certificate_days_major", "days", plain.major),
            _span(said, "certificate_days_critical", "days", plain.critical),
            _span(said, "certificate_issuing_minutes", "minutes", plain.issuing),
            _span(said, "certificate_renewal_hours", "hours", plain.renewal),
        )

    def severity(self, ends: datetime, now: datetime) -> Severity | None:
        """How bad it is that a certificate ends then; None when that is far away."""
        left = ends - now
        return CRITICAL if left < self.critical else MAJOR if left < self.major else None


PLAIN = Limits()
"""Where platform.toml sets none."""


def _span(said: Mapping[str, object], key: str, unit: str, otherwise: timedelta) -> timedelta:
    found = said.get(key)
    if found is None:
        return otherwise
    try:
        return timedelta(**{unit: float(str(found))})
    except ValueError:
        raise ValueError(f"limits.{key}: {found!r} is no number of {unit}") from None
