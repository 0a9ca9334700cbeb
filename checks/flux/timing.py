"""How long Flux may take: intervals and timeouts as the controllers read them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from holdfast.model import Resource

_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_TERM = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")

MINUTE = timedelta(minutes=1)
DEFAULT_TIMEOUTS = {"HelmRelease": timedelta(minutes=5)}
"""spec.timeout where it is left out; one minute for every source (CRDs of Flux 0.24 to 2.8)."""


def parse_duration(text: object) -> timedelta | None:
    """A Go duration (``1m30s``, ``1.5h``); None when it is not one."""
    if not isinstance(text, str) or not text:
        return None
    if text == "0":
        return timedelta()
    terms = _TERM.findall(text)
    if "".join(number + unit for number, unit in terms) != text:
        return None
    return timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in terms))


def spell(span: timedelta) -> str:
    """A span as Go writes it, without zero parts: ``1h5m``, ``90s`` as ``1m30s``."""
    seconds = int(span.total_seconds())
    days, seconds = divmod(max(seconds, 0), 86400)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"


def interval(resource: Resource) -> timedelta:
    """How often Flux looks at the object; ten minutes where its kind has no interval (ExternalArtifact)."""
    return parse_duration(resource.get("spec", "interval")) or timedelta(minutes=10)


def retry_interval(resource: Resource) -> timedelta:
    """After how long a failed Kustomization is tried again; the interval where nothing else is said."""
    return parse_duration(resource.get("spec", "retryInterval")) or interval(resource)


def timeout(resource: Resource) -> timedelta:
    """How long one attempt may take.

    A Kustomization without spec.timeout takes its interval less 30 s; it never takes less than 30 s
    (kustomize-controller, GetTimeout).
    """
    said = parse_duration(resource.get("spec", "timeout"))
    if resource.kind == "Kustomization":
        return max(said or interval(resource) - MINUTE / 2, MINUTE / 2)
    return said or DEFAULT_TIMEOUTS.get(resource.kind, MINUTE)


def patience(resource: Resource) -> timedelta:
    """How long a change may be under way before it counts as stuck: interval (or retry interval) + timeout."""
    return max(interval(resource), retry_interval(resource)) + timeout(resource)


def age(since: datetime | None, now: datetime) -> str:
    """`` for 5m``, or "" when it is not known since when."""
    return f" for {spell(now - since)}" if since else ""
