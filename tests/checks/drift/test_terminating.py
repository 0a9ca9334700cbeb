"""Objects that were deleted and do not go (reference row 120)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from holdfast.checks.drift.managers import Managers
from holdfast.checks.drift.terminating import Stuck, stuck
from holdfast.model import Resource
from tests.checks.drift.objects_seen import entry, made, moment, stamp
from tests.checks.world import NOON

MINE = "example.com/mine"
LEFT = "Some content in the namespace has finalizers remaining: example.com/mine in 1 resource instances"


def going(ago: timedelta, *finalizers: str, kind: str = "ConfigMap", **metadata: Any) -> Resource:
    more: dict[str, Any] = {"finalizers": list(finalizers)} if finalizers else {}
    return made(kind, "c", deletionTimestamp=stamp(ago), deletionGracePeriodSeconds=0, **more, **metadata)


def judged(live: Resource) -> Stuck:
    found = stuck(live, NOON, Managers())
    assert found is not None
    return found


def test_held_by_a_finalizer_a_person_set() -> None:
    setter = entry("kubectl-patch", {"f:metadata": {"f:finalizers": {".": {}, f'v:"{MINE}"': {}}}})
    bystander = entry("kustomize-controller", {"f:data": {}}, operation="Apply")
    found = judged(going(timedelta(minutes=6), MINE, managers=[bystander, setter]))
    assert found.finalizers == (MINE,)
    assert found.since == moment(stamp(timedelta(minutes=6)))
    assert [(each.manager, each.cls, each.paths) for each in found.who] == [
        ("kubectl-patch", "human", (f"metadata.finalizers[={MINE}]",))
    ]
    assert found.waits_for == (f"whoever keeps the finalizer {MINE} has to remove it",)


@pytest.mark.parametrize("ago", [timedelta(minutes=-1), timedelta(0), timedelta(minutes=5)])
def test_patience(ago: timedelta) -> None:
    """deletionTimestamp is the end of the grace period, which may lie ahead."""
    assert stuck(going(ago, MINE), NOON, Managers()) is None
    assert stuck(going(timedelta(minutes=5, seconds=1), MINE), NOON, Managers()) is not None


def test_not_deleted() -> None:
    assert stuck(made("ConfigMap", "c", finalizers=[MINE]), NOON, Managers()) is None


@pytest.mark.parametrize(
    ("finalizer", "waits_for"),
    [
        ("kubernetes.io/pvc-protection", "a Pod still uses the volume claim"),
        ("foregroundDeletion", "the objects it owns have to go first"),
        ("external-attacher/ebs-csi-aws-com", "the volume has to be detached"),
        (
            "kubernetes.io/pvc-protection-of-mine",
            "whoever keeps the finalizer kubernetes.io/pvc-protection-of-mine has to remove it",
        ),
    ],
)
def test_what_it_waits_for(finalizer: str, waits_for: str) -> None:
    assert judged(going(timedelta(hours=1), finalizer)).waits_for == (waits_for,)


def test_a_namespace_says_what_is_left_in_it() -> None:
    """As the namespace controller of Kubernetes 1.35 writes it."""
    namespace = going(timedelta(hours=1), kind="Namespace")
    namespace.raw["status"] = {  # type: ignore[index]
        "phase": "Terminating",
        "conditions": [
            {
                "type": "NamespaceDeletionDiscoveryFailure",
                "status": "False",
                "message": "All resources successfully discovered",
            },
            {
                "type": "NamespaceFinalizersRemaining",
                "status": "True",
                "reason": "SomeFinalizersRemain",
                "message": LEFT,
            },
        ],
    }
    assert judged(namespace).waits_for == (LEFT,)


def test_nothing_holds_it_that_can_be_named() -> None:
    found = judged(going(timedelta(hours=1)))
    assert (found.finalizers, found.waits_for, found.who) == ((), (), ())
