"""Objects that were deleted and do not go: what holds them, and who put it there.

``flux diff`` calls them unchanged, and for Flux they count as present (reference row 120).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from holdfast.checks.drift.managed import ManagedFields
from holdfast.checks.drift.managers import Managers
from holdfast.model import Change, Ref, Resource, parse_time

PATIENCE = timedelta(minutes=5)
"""How long after its grace period an object may still be there."""

_WAITS: Mapping[str, str] = {
    "foregroundDeletion": "the objects it owns have to go first",
    "orphan": "the garbage collector has to free the objects it owns",
    "kubernetes.io/pvc-protection": "a Pod still uses the volume claim",
    "kubernetes.io/pv-protection": "a claim still binds the volume",
    "service.kubernetes.io/load-balancer-cleanup": "the cloud's load balancer has to be taken down",
    "finalizers.fluxcd.io": "its Flux controller has to clean up after it",
    "resources-finalizer.argocd.argoproj.io": "Argo CD has to delete what the application made",
    "customresourcecleanup.apiextensions.k8s.io": "the objects of the kind have to go first",
    "external-attacher": "the volume has to be detached",
    "batch.kubernetes.io/job-tracking": "the Job controller has to count the Pod",
}


@dataclass(frozen=True, slots=True)
class Stuck:
    """One that does not go."""

    ref: Ref
    since: datetime
    """When it should have been gone: its deletion and grace period."""
    finalizers: tuple[str, ...]
    waits_for: tuple[str, ...]
    """What that means, one clause each, as far as it is known."""
    who: tuple[Change, ...]
    """Who set the finalizers, as far as managedFields tell."""


def stuck(live: Resource, now: datetime, managers: Managers, patience: timedelta = PATIENCE) -> Stuck | None:
    """Whether an object should have been gone for a while.

    ``metadata.deletionTimestamp`` is the end of the grace period, not the moment of the deletion.
    """
    due = parse_time(live.get("metadata", "deletionTimestamp"))
    if due is None or now - due <= patience:
        return None
    found = live.get("metadata", "finalizers", default=())
    finalizers = tuple(str(each) for each in found) if isinstance(found, list) else ()
    waits = tuple(dict.fromkeys((*_known(finalizers), *_namespace(live))))
    return Stuck(live.ref, due, finalizers, waits, tuple(_setters(live, finalizers, managers)))


def _known(finalizers: tuple[str, ...]) -> Iterator[str]:
    for each in finalizers:
        yield next((text for name, text in _WAITS.items() if each == name or each.startswith(f"{name}/")), "") or (
            f"whoever keeps the finalizer {each} has to remove it"
        )


def _namespace(live: Resource) -> Iterator[str]:
    """A namespace says in its conditions what is left in it; its finalizer is in spec."""
    if live.kind != "Namespace":
        return
    for each in live.conditions:
        if each.status == "True" and each.type.startswith("Namespace"):
            yield each.message


def _setters(live: Resource, finalizers: tuple[str, ...], managers: Managers) -> Iterator[Change]:
    fields = ManagedFields(live.get("metadata", "managedFields"), live.api_version)
    for entry in fields.entries:
        metadata = entry.fields.get("f:metadata")
        owned = metadata.get("f:finalizers") if isinstance(metadata, Mapping) else None
        held = [each for each in finalizers if isinstance(owned, Mapping) and f"v:{json.dumps(each)}" in owned]
        if held:
            cls = managers.cls(entry.manager, entry.operation)
            paths = tuple(f"metadata.finalizers[={each}]" for each in held)
            yield Change(entry.manager, cls, entry.operation, entry.subresource, entry.time, paths)
