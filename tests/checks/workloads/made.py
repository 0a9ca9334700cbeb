"""Workloads and their pods, as an API server and a kubelet make them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from holdfast.model import Deviation, InFlight, Resource, Rule, Unobservable, World

from ..world import NOON

Raw = dict[str, Any]
BACK_OFF: Raw = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container"}}
NOT_PULLED: Raw = {"waiting": {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "eoepca/ades:9"'}}
RUNNING: Raw = {"running": {"startedAt": "2026-03-01T00:00:00Z"}}


def at(**ago: float) -> str:
    """A moment so long before noon."""
    return f"{NOON - timedelta(**ago):%Y-%m-%dT%H:%M:%SZ}"


def condition(kind: str, status: str, reason: str = "", message: str = "", since: str = "") -> Raw:
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": since or at(days=1),
        "lastUpdateTime": since or at(days=1),
    }


def meta(name: str, **more: Any) -> Raw:
    return {"name": name, "namespace": "proc", "generation": 1, "creationTimestamp": at(days=30), **more}


def deployment(ready: int = 1, wanted: int = 1, *conditions: Raw, updated: int | None = None, **spec: Any) -> Raw:
    """``ades``: rolled out long ago, unless it is told otherwise."""
    available = condition("Available", "True" if ready >= wanted else "False", "MinimumReplicasUnavailable")
    usual = [condition("Progressing", "True", "NewReplicaSetAvailable"), available]
    told = {each["type"] for each in conditions}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": meta("ades"),
        "spec": {"replicas": wanted, **template(), **spec},
        "status": {
            "observedGeneration": 1,
            "replicas": wanted,
            "updatedReplicas": wanted if updated is None else updated,
            "readyReplicas": ready,
            "availableReplicas": ready,
            "conditions": [*conditions, *(each for each in usual if each["type"] not in told)],
        },
    }


def template() -> Raw:
    containers = [{"name": "ades", "image": "eoepca/ades:2.0.21", "ports": [{"containerPort": 80}]}]
    labels = {"app": "ades"}
    spec = {"metadata": {"labels": labels}, "spec": {"containers": containers}}
    return {"selector": {"matchLabels": labels}, "template": spec}


def stateful(ready: int = 1, wanted: int = 1, **status: Any) -> Raw:
    usual = {"replicas": wanted, "readyReplicas": ready, "availableReplicas": ready, "updatedReplicas": wanted}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": meta("db"),
        "spec": {"replicas": wanted, **template()},
        "status": {"observedGeneration": 1, **usual, **status},
    }


def daemon(available: int, desired: int) -> Raw:
    status = {"numberAvailable": available, "desiredNumberScheduled": desired, "updatedNumberScheduled": desired}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": meta("puller"),
        "spec": template(),
        "status": {"observedGeneration": 1, **status},
    }


def pod(
    name: str = "ades-7d9f8c5b9-xkqzr",
    state: Raw | None = None,
    *,
    ready: bool = False,
    restarts: int = 0,
    ended: Raw | None = None,
    conditions: Iterable[Raw] = (),
    **more: Any,
) -> Raw:
    """A pod of ``ades``; ``state`` of its container, ``ended`` how the run before ended."""
    last = {"terminated": ended} if ended else {}
    status = {"name": "ades", "ready": ready, "restartCount": restarts, "state": state or RUNNING, "lastState": last}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta(name, labels={"app": "ades"}),
        "spec": {"containers": [{"name": "ades", "image": "eoepca/ades:2.0.21"}], **more},
        "status": {
            "phase": "Running",
            "conditions": [*conditions, condition("Ready", "True" if ready else "False", "ContainersNotReady")],
            "containerStatuses": [status],
        },
    }


def crash(reason: str = "Error", code: int = 1, **ago: float) -> Raw:
    return {"reason": reason, "exitCode": code, "finishedAt": at(**ago or {"minutes": 1})}


Word = Any
Hear = Callable[..., list[Word]]


def hear(check: Rule[Any], raw: Raw, world: World, *args: Any) -> list[Word]:
    """What a check says of an object; one that raises says that."""
    try:
        return list(check(Resource(raw), world, *args))
    except Unobservable as problem:
        return [problem]


def only(said: list[Word]) -> Deviation:
    """The one deviation that was said."""
    assert len(said) == 1, said
    assert isinstance(said[0], Deviation), said
    return said[0]


def is_in_flight(said: list[Word]) -> bool:
    return len(said) == 1 and isinstance(said[0], InFlight)
