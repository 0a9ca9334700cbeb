"""A Deployment on its way: seen by the cluster, rolling out, stuck, or only just interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from holdfast.checks.flux import managers
from holdfast.checks.flux.timing import spell
from holdfast.model import InFlight, Resource, UnknownCode, Unobservable, parse_time

HICCUP = timedelta(minutes=1)
"""A pod that was evicted or whose node was drained is back within this; until then nothing is wrong."""
DEADLINE = timedelta(minutes=10)
"""A rollout's spec.progressDeadlineSeconds where it is left out (apps/v1)."""


def unseen(deployment: Resource, now: datetime) -> Unobservable | None:
    """Why its status says nothing of the Deployment as it is now; None when it does."""
    seen, generation = deployment.get("status", "observedGeneration"), deployment.generation
    if isinstance(seen, int) and (generation is None or seen >= generation):
        return None
    detail, changed = "the cluster has not looked at the Deployment as it is now", managers.last_write(deployment)
    if changed and now - changed < HICCUP:
        return InFlight(str(deployment.ref), detail)
    return Unobservable(
        UnknownCode.STALE, str(deployment.ref), detail, "see whether kube-controller-manager runs: kubectl get lease -A"
    )


def stuck(deployment: Resource) -> str:
    """Why a rollout will not come to an end by itself; "" when there is none or it may still."""
    for kind, status in (("ReplicaFailure", "True"), ("Progressing", "False")):
        found = deployment.find_condition(kind)
        if found and found.status == status:
            return f"{found.reason}: {found.message}"
    return ""


def patience(deployment: Resource, now: datetime) -> str:
    """Why it is too early to complain that it is not available; "" when it is not too early."""
    progressing, available = deployment.find_condition("Progressing"), deployment.find_condition("Available")
    if progressing and progressing.status == "True" and progressing.reason != "NewReplicaSetAvailable":
        seconds = deployment.get("spec", "progressDeadlineSeconds")
        limit = timedelta(seconds=seconds) if isinstance(seconds, int) else DEADLINE
        moved = max((each for each in _updates(deployment) if each), default=progressing.since)
        return f"a rollout is under way since {moved}" if moved and now - moved < limit else ""
    since = available.since if available and available.status == "False" else None
    return f"not available for {spell(now - since)} only" if since and now - since < HICCUP else ""


def said(deployment: Resource) -> str:
    """The condition Available in the cluster's own words, "" when there is none."""
    found = deployment.find_condition("Available")
    return f"{found.reason}: {found.message}" if found else ""


def _updates(deployment: Resource) -> Iterator[datetime | None]:
    for each in deployment.maps("status", "conditions"):
        if each.get("type") == "Progressing":
            yield parse_time(each.get("lastUpdateTime"))
