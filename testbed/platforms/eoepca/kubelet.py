"""What a kubelet writes into a pod's status, where kwok plays one that never has trouble."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from testbed.bed import Bed
from testbed.bootstrap import until
from testbed.kube import Object

BACK_OFF = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container"}}


def pod(bed: Bed, namespace: str, labels: str) -> Object:
    """The first pod with these labels (``app=registrar``) that is not on its way out."""
    found = [
        each for each in bed.kube.list("Pod", namespace, labels=labels) if "deletionTimestamp" not in each["metadata"]
    ]
    return min(found, key=lambda each: str(each["metadata"]["name"]))


def waits(bed: Bed, namespace: str, labels: str, reason: str) -> None:
    """Returns when a container of such a pod waits for that reason (``ImagePullBackOff``)."""

    def is_it() -> bool:
        found = [each for pod in bed.kube.list("Pod", namespace, labels=labels) for each in _statuses(pod)]
        return any(each["state"].get("waiting", {}).get("reason") == reason for each in found)

    until(is_it, 20, f"no pod of {namespace} with {labels} waits for {reason}")


def _statuses(pod: Object) -> list[Object]:
    found: list[Object] = pod.get("status", {}).get("containerStatuses", [])
    return found


def ended(
    bed: Bed, namespace: str, labels: str, reason: str, code: int, restarts: int, *, init: bool = False, **now: Any
) -> None:
    """Its first (init) container has just ended so; ``now`` is what has become of it, where it has not come back."""
    found, at = pod(bed, namespace, labels), f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
    last = {"terminated": {"reason": reason, "exitCode": code, "startedAt": at, "finishedAt": at}}
    field = "initContainerStatuses" if init else "containerStatuses"
    first, *others = found["status"][field]
    statuses = [{**first, "restartCount": restarts, "lastState": last, **now}, *others]
    ready = "False" if now else "True"
    conditions = [
        {**each, "status": ready, "lastTransitionTime": at} if each["type"] in ("Ready", "ContainersReady") else each
        for each in found["status"]["conditions"]
    ]
    status = {"status": {field: statuses, "conditions": conditions}}
    bed.kube.patch("Pod", namespace, found["metadata"]["name"], status, manager="kubelet", subresource="status")


def replaced(namespace: str, labels: str) -> Callable[[Bed], object]:
    """A fault's `revert`: the pods with these labels make room for new ones."""

    def revert(bed: Bed) -> None:
        for each in bed.kube.list("Pod", namespace, labels=labels):
            bed.kube.delete("Pod", namespace, each["metadata"]["name"], wait=10)
        bed.reset()

    return revert
