"""A controller's pod is killed for memory, or crashes each time it is started."""

import datetime
from typing import Any

from testbed.bed import Bed
from testbed.fault import Fault


def _pod(bed: Bed, controller: str) -> dict[str, Any]:
    return bed.kube.list("Pod", "flux-system", labels=f"app={controller}")[0]


def _ended(bed: Bed, controller: str, reason: str, code: int, **now: object) -> None:
    """Writes into the pod's status what a kubelet would, once its container has ended so."""
    pod = _pod(bed, controller)
    at = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
    ended = {"terminated": {"reason": reason, "exitCode": code, "startedAt": at, "finishedAt": at}}
    container = {**pod["status"]["containerStatuses"][0], "restartCount": 3, "lastState": ended, **now}
    ready = "True" if container["ready"] else "False"
    conditions = [
        {**each, "status": ready, "lastTransitionTime": at} if each["type"] in ("Ready", "ContainersReady") else each
        for each in pod["status"]["conditions"]
    ]
    status = {"status": {"containerStatuses": [container], "conditions": conditions}}
    bed.kube.patch("Pod", "flux-system", pod["metadata"]["name"], status, manager="kubelet", subresource="status")


def _crash(bed: Bed) -> None:
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container"}}
    bed.stop("kustomize-controller", kill=True)
    _ended(bed, "kustomize-controller", "Error", 1, state=waiting, ready=False, started=False)
    bed.wait(
        "Deployment", "flux-system", "kustomize-controller", lambda obj: not obj["status"].get("availableReplicas")
    )


def _replace_pod(bed: Bed, controller: str) -> None:
    bed.kube.delete("Pod", "flux-system", _pod(bed, controller)["metadata"]["name"], wait=10)


FAULTS = [
    Fault(
        "controller-oom-killed",
        platform="eoepca",
        breaks="source-controller's container was killed for want of memory and started again",
        apply=lambda bed: _ended(bed, "source-controller", "OOMKilled", 137),
        revert=lambda bed: _replace_pod(bed, "source-controller"),
        expect=[("flux.controller.oom-killed", "Deployment/flux-system/source-controller")],
    ),
    Fault(
        "controller-crash-looping",
        platform="eoepca",
        breaks="kustomize-controller crashes each time it is started",
        apply=_crash,
        revert=lambda bed: (_replace_pod(bed, "kustomize-controller"), bed.start("kustomize-controller")),
        expect=[("flux.controller.crash-looping", "Deployment/flux-system/kustomize-controller")],
    ),
]
