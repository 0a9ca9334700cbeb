"""What a workload was before, and when it was edited: from the revisions its controller keeps, and from Events.

managedFields forget what was there before and who took something away; a ReplicaSet or ControllerRevision is made the
moment a pod template changes, and holds it whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from holdfast.checks.drift.attribution import shown as at_second
from holdfast.checks.drift.difference import Difference
from holdfast.checks.drift.paths import Path
from holdfast.checks.drift.said import MISSING, at
from holdfast.checks.drift.shown import shown
from holdfast.model import Json, Ref, Resource, parse_time

_REVISION = "deployment.kubernetes.io/revision"
_EARLIER = "deployment.kubernetes.io/revision-history"
_TEMPLATE = ("spec", "template")
_TELLING = frozenset({"ScalingReplicaSet", "SuccessfulCreate", "SuccessfulDelete", "SuccessfulRescale"})
"""Reasons of Events that tell of a change to a workload."""


@dataclass(frozen=True, slots=True)
class Previous:
    """What stood at a path of a pod template before it was as it is."""

    value: Json
    """None for nothing."""
    text: str
    """``before, it was nginx:1 (ReplicaSet/proc/web-5d)``; a secret's value is withheld."""
    edited: datetime | None
    """When the present value came: exact, by the creation of the first revision that has it. None where that is an
    older revision that was put back, which makes nothing new."""


def previous(workload: Resource, revisions: Sequence[Resource], difference: Difference) -> Previous | None:
    """What was there before the difference.

    Args:
        workload: a Deployment, StatefulSet or DaemonSet.
        revisions: ReplicaSets or ControllerRevisions, of others too.
        difference: of the workload.

    Returns:
        None where the path is not of the pod template, or no revision that is left has it otherwise, or none is of
        the present template yet.
    """
    path = difference.path
    if path[:2] != _TEMPLATE:
        return None
    kept = sorted(_numbered(workload, revisions), key=lambda pair: pair[0], reverse=True)
    if not kept or not _is_present(kept[0][1], kept[0][0], workload):
        return None
    newest = first = kept[0][1]
    present = _value(newest, path)
    for _, each in kept[1:]:
        before = _value(each, path)
        if before != present:
            return Previous(before, _said(before, each, workload.ref, path), _made(first, each))
        first = each
    return None


def event_hint(difference: Difference, events: Sequence[Resource]) -> str:
    """The latest thing the workload's controller said it did: ``Scaled down replica set web-5d to 0 (at …)``.

    "" where no Event is left (an API server keeps them for an hour), or the difference is none that scales or rolls
    anything out. A hint: it says when, and not who.

    Args:
        difference: of a workload.
        events: those about it.
    """
    if difference.path != ("spec", "replicas") and difference.path[:2] != _TEMPLATE:
        return ""
    latest = max((each for each in events if each.get("reason") in _TELLING), key=_second, default=None)
    if latest is None:
        return ""
    moment = _moment(latest)
    told = str(latest.get("message") or latest.get("note") or latest.get("reason"))
    return f"{told} (at {at_second(moment)})" if moment else told


def _numbered(workload: Resource, revisions: Sequence[Resource]) -> Iterator[tuple[int, Resource]]:
    for each in revisions:
        number = _number(each) if _is_of(each, workload) else None
        if number is not None:
            yield number, each


def _is_present(revision: Resource, number: int, workload: Resource) -> bool:
    """Whether the newest revision is that of the template as it is now: the controller may not have looked yet."""
    if workload.kind == "Deployment":
        return workload.annotations.get(_REVISION) == str(number) and _has_looked(workload)
    return _has_looked(workload)


def _has_looked(workload: Resource) -> bool:
    return bool(workload.get("status", "observedGeneration") == workload.generation)


def _value(revision: Resource, path: Path) -> Json:
    here = _template(revision)
    for step in path[2:]:
        here = at(here, step)
        if here is MISSING:
            return None
    return here


def _said(before: Json, revision: Resource, ref: Ref, path: Path) -> str:
    what = "it was not there" if before is None else f"it was {shown(before, ref, path)}"
    return f"before, {what} ({revision.ref})"


def _made(first: Resource, older: Resource) -> datetime | None:
    """When the first revision with the present value was made, unless it is older than the one it followed."""
    if _EARLIER in first.annotations or first.created is None:
        return None
    return first.created if older.created is None or older.created <= first.created else None


def _is_of(revision: Resource, workload: Resource) -> bool:
    uid = workload.get("metadata", "uid")
    return uid is not None and any(each.get("uid") == uid for each in revision.maps("metadata", "ownerReferences"))


def _number(revision: Resource) -> int | None:
    if revision.kind == "ControllerRevision":
        found = revision.get("revision")
        return found if isinstance(found, int) else None
    text = revision.annotations.get(_REVISION, "")
    return int(text) if text.isdecimal() else None


def _template(revision: Resource) -> Json:
    if revision.kind == "ControllerRevision":
        found = revision.get("data", *_TEMPLATE, default={})
        return {key: each for key, each in found.items() if key != "$patch"} if isinstance(found, Mapping) else {}
    return revision.get(*_TEMPLATE, default={})


def _second(event: Resource) -> float:
    moment = _moment(event)
    return moment.timestamp() if moment else 0.0


def _moment(event: Resource) -> datetime | None:
    """When it was last seen; Events have had four fields for that."""
    for path in (("series", "lastObservedTime"), ("lastTimestamp",), ("deprecatedLastTimestamp",), ("eventTime",)):
        if found := parse_time(event.get(*path)):
            return found
    return event.created
