"""In which state a Flux object is, read from what its controller last said, and how far that can be believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from holdfast.checks.flux import managers
from holdfast.model import Condition, Resource, parse_time

SOURCES = ("GitRepository", "HelmRepository", "HelmChart", "OCIRepository", "Bucket", "ExternalArtifact")
DELIVERY = (*SOURCES, "Kustomization", "HelmRelease")
"""The kinds that carry what Git says into the cluster."""

_FAILURES = {  # positive or negative conditions that outlive the attempt that set them: what the last attempt came to
    **dict.fromkeys(
        SOURCES,
        (
            ("StorageOperationFailed", "True"),
            ("FetchFailed", "True"),
            ("BuildFailed", "True"),
            ("IncludeUnavailable", "True"),
            ("SourceVerified", "False"),
        ),
    ),
    "HelmRelease": (("Remediated", "True"), ("Remediated", "False"), ("TestSuccess", "False"), ("Released", "False")),
}


class Phase(StrEnum):
    """What can be said of a Flux object; exactly one holds."""

    SUSPENDED = "suspended"
    """spec.suspend: whatever its conditions say is old."""
    STATIC = "static"
    """Its kind is never reconciled by itself (HelmRepository of type oci): judged by its spec."""
    STALLED = "stalled"
    """Stalled=True while Ready is not False."""
    READY = "ready"
    FAILED = "failed"
    """Ready=False, or the attempt after a failed one is still running."""
    IN_FLIGHT = "in-flight"
    """Nobody has spoken of the object as it is now."""


@dataclass(frozen=True, slots=True)
class State:
    """A phase and what it rests on."""

    phase: Phase
    condition: Condition | None = None
    """The condition that says so; None when suspended, static, or when nobody has said anything yet."""
    since: datetime | None = None
    detail: str = ""
    """One clause: why it is in flight, or that it is being retried."""


def read_state(resource: Resource) -> State:
    """The state of a source, Kustomization or HelmRelease."""
    if resource.get("spec", "suspend") is True:
        return State(Phase.SUSPENDED)
    ready = resource.find_condition("Ready")
    if ready is None and is_static(resource):
        return State(Phase.STATIC)
    stalled = resource.find_condition("Stalled")
    if stalled and stalled.status == "True" and current(stalled, resource) and not _says(ready, "False", resource):
        return State(Phase.STALLED, stalled, stalled.since)
    if ready is None:
        return State(Phase.IN_FLIGHT, None, resource.created, "no Ready condition has been written yet")
    if not current(ready, resource):
        detail = f"generation {resource.generation} has not been looked at yet"
        return State(Phase.IN_FLIGHT, ready, managers.last_write(resource), detail)
    if ready.status == "True":
        return State(Phase.READY, ready, ready.since)
    if ready.status == "False":
        return State(Phase.FAILED, ready, _earliest(ready, resource))
    if failed := last_failure(resource):
        return State(Phase.FAILED, failed, failed.since, "tried again right now, after a failure")
    return State(Phase.IN_FLIGHT, ready, ready.since, f"{ready.reason}: {ready.message}")


def is_static(resource: Resource) -> bool:
    """Flux 2 keeps no status for a HelmRepository of type oci; only the HelmCharts that use it are fetched."""
    return resource.kind == "HelmRepository" and resource.get("spec", "type") == "oci"


def current(condition: Condition, resource: Resource) -> bool:
    """Whether a condition speaks of the object's present generation.

    Its own observedGeneration counts. kustomize-controller raises status.observedGeneration on success only, so that
    one is asked where conditions carry none: Flux before 0.36.
    """
    seen = condition.observed_generation
    if seen is None:
        whole = resource.get("status", "observedGeneration")
        seen = whole if isinstance(whole, int) and whole >= 0 else None
    return seen is None or resource.generation is None or seen >= resource.generation


def last_failure(resource: Resource) -> Condition | None:
    """What the last finished attempt at this very state failed with; None when it did not fail, or nobody can tell."""
    if resource.kind == "Kustomization":
        return _failed_apply(resource)
    for kind, status in _FAILURES.get(resource.kind, ()):
        found = resource.find_condition(kind)
        if found and found.status == status and current(found, resource):
            return found
    return None


def newest_reconcile(resource: Resource) -> Mapping[str, object] | None:
    """The latest entry of a Kustomization's status.history (Flux 2.7 on)."""
    found = resource.get("status", "history", default=())
    if not isinstance(found, Sequence) or isinstance(found, str):
        return None
    entries = [each for each in found if isinstance(each, Mapping) and parse_time(each.get("lastReconciled"))]
    return max(entries, key=lambda each: str(each["lastReconciled"])) if entries else None


def _failed_apply(resource: Resource) -> Condition | None:
    """A Kustomization's last failure: from its history where it keeps one, else from the Healthy condition."""
    healthy = resource.find_condition("Healthy")
    unhealthy = healthy if healthy and _says(healthy, "False", resource) else None
    newest = newest_reconcile(resource)
    if newest is None:
        return unhealthy
    reason = str(newest.get("lastReconciledStatus") or "")
    metadata = newest.get("metadata")
    revision = metadata.get("revision") if isinstance(metadata, Mapping) else None
    if reason == "ReconciliationSucceeded" or (
        revision and revision != resource.get("status", "lastAttemptedRevision")
    ):
        return None  # it went well, or another revision is being tried now, which has not failed yet
    message = unhealthy.message if unhealthy and unhealthy.reason == reason else ""
    since = parse_time(newest.get("firstReconciled")) or parse_time(newest.get("lastReconciled"))
    return Condition("Ready", "False", reason, message, resource.generation, since)


def _says(condition: Condition | None, status: str, resource: Resource) -> bool:
    return condition is not None and condition.status == status and current(condition, resource)


def _earliest(ready: Condition, resource: Resource) -> datetime | None:
    """Since when it fails: Ready is rewritten at every attempt, the condition it is copied from is not."""
    failed = last_failure(resource)
    times = [ready.since, failed.since if failed and failed.reason == ready.reason else None]
    return min((each for each in times if each), default=None)
