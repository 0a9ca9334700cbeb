"""Who made a difference, and when, with the limits of what an API server remembers.

A change is signed: the path belongs to whoever made it. A removal, a reorder and a scale to zero are signed by nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.managed import Entry, ManagedFields, latest
from holdfast.checks.drift.managers import Managers
from holdfast.model import Change, Resource, parse_time


@dataclass(frozen=True, slots=True)
class Window:
    """When something unsigned must have happened."""

    after: datetime | None
    """The object was last known to be as applied; None where nobody has said so."""
    before: datetime | None = None
    """Something later that already saw it; None: it may have been just now."""
    engine: frozenset[str] = frozenset()
    """The field managers of the GitOps engine."""

    @classmethod
    def of(cls, fields: ManagedFields, engine: frozenset[str], owner: Resource) -> Window:
        """From when the engine last wrote this object, or last found it as it should be, whichever is later.

        A Kustomization's controller looks at every object each time and writes only what differs; a HelmRelease's
        only does so with driftDetection.
        """
        written = [each.time for each in fields.entries if each.manager in engine and each.subresource != "status"]
        known = [each for each in (*written, _last_looked(owner)) if each is not None]
        return cls(max(known, default=None), None, engine)

    def text(self, now: datetime) -> str:
        """``between 2026-01-01 10:00:00 UTC (Flux last applied) and 2026-01-01 11:00:00 UTC``."""
        end = shown(self.before or now)
        return f"between {shown(self.after)} (Flux last applied) and {end}" if self.after else f"before {end}"


def attributed(difference: Difference, fields: ManagedFields, managers: Managers, window: Window) -> Difference:
    """The difference with who made it, as far as managedFields tell.

    Nobody where nothing is signed: removals, reorders, a scale to zero, managedFields that were stripped. What was
    taken out of an atomic list or map is signed: whoever did it owns the whole. Where all that is known is that
    somebody was there under another API version, ``paths`` of the change is empty.
    """
    if difference.kind is Kind.ORDER or difference.changed_by:
        return difference
    owners = latest(tuple(each for each in fields.owners(difference.path) if each.manager not in window.engine))
    if difference.kind is Kind.REMOVED and not owners:
        return difference
    holders = tuple(each.change(managers.cls(each.manager, each.operation)) for each in owners)
    if not holders and not fields.owners(difference.path):
        holders = tuple(_was_there(each, managers) for each in latest(_elsewhere(fields, window)))
    return replace(difference, changed_by=holders)


def when(change: Change, now: datetime) -> str:
    """When it was done, claiming no more than is known.

    ``at …`` where the manager holds nothing else of the object, ``not later than …`` otherwise: the time is that of
    its latest change to any of its fields. ``before …`` (the API server's time now) where there is none.
    """
    if change.time is None:
        return f"before {shown(now)}"
    return f"{'at' if len(change.paths) == 1 else 'not later than'} {shown(change.time)}"


def shown(moment: datetime) -> str:
    """``2026-01-01 10:00:00 UTC``."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _last_looked(owner: Resource) -> datetime | None:
    """When the engine last found (or made) all of the owner's objects as they should be."""
    if owner.kind == "HelmRelease" and owner.get("spec", "driftDetection", "mode") != "enabled":
        return None
    newest = owner.get("status", "history", 0)
    if not isinstance(newest, dict) or newest.get("lastReconciledStatus") != "ReconciliationSucceeded":
        return None
    return parse_time(newest.get("lastReconciled"))


def _elsewhere(fields: ManagedFields, window: Window) -> tuple[Entry, ...]:
    return tuple(
        each for each in fields.elsewhere() if each.manager not in window.engine and each.subresource != "status"
    )


def _was_there(entry: Entry, managers: Managers) -> Change:
    return replace(entry.change(managers.cls(entry.manager, entry.operation)), paths=())
