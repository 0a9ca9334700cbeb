"""Pods that look fine and are not, pods that will not go, pods that belong to nobody and never start."""

from collections.abc import Sequence

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.hands import RM, just_applied
from testbed.platforms.eoepca.impatient import impatient
from testbed.platforms.eoepca.kubelet import ended, replaced, waits

ARGS = ("-m", "workloads")


def _alone(bed: Bed, name: str, image: str, **meta: object) -> None:
    """A pod nobody keeps; with ``finalizers`` it waits for a node there is not."""
    spec = {"containers": [{"name": "step", "image": image}], "restartPolicy": "Never"}
    away = {"nodeSelector": {"holdfast.test/no": "such-node"}} if meta else {}
    body = {"metadata": {"name": name, "namespace": "proc", "labels": {"job": name}, **meta}, "spec": {**spec, **away}}
    bed.kube.create({"apiVersion": "v1", "kind": "Pod", **body})


def image_missing(bed: Bed) -> None:
    _alone(bed, "stage-in", "docker.io/eoepca/stage-in:missing")
    waits(bed, "proc", "job=stage-in", "ImagePullBackOff")


def never_goes(bed: Bed) -> None:
    _alone(bed, "stage-out", "docker.io/eoepca/stage-out:1.0", finalizers=["example.org/keep"])
    bed.kube.delete("Pod", "proc", "stage-out")
    bed.wait("Pod", "proc", "stage-out", lambda obj: "deletionTimestamp" in obj["metadata"])


def let_go(bed: Bed) -> None:
    bed.kube.patch("Pod", "proc", "stage-out", {"metadata": {"finalizers": None}})


def at_once(bed: Bed) -> Sequence[str]:
    return (*ARGS, *impatient(bed, pod_ending="0s"))


def without_probe(bed: Bed) -> None:
    just_applied(bed, RM)
    gone = [{"op": "remove", "path": "/spec/template/spec/containers/0/readinessProbe"}]
    bed.kube.patch("StatefulSet", "rm", "data-access-renderer", gone)


FAULTS = [
    Fault(
        "workloads-oom-killed",
        platform="eoepca",
        breaks="a container was killed for want of memory and runs again",
        apply=lambda bed: ended(bed, "rm", "app=harvester", "OOMKilled", 137, 2),
        revert=replaced("rm", "app=harvester"),
        args=ARGS,
        expect=[("workload.container.oom-killed", "Deployment/rm/harvester")],
    ),
    Fault(
        "workloads-restarting",
        platform="eoepca",
        breaks="a container has been restarted nine times, and runs just now",
        apply=lambda bed: ended(bed, "rm", "app=registrar", "Error", 2, 9),
        revert=replaced("rm", "app=registrar"),
        args=ARGS,
        expect=[("workload.container.restarting", "Deployment/rm/registrar")],
    ),
    Fault(
        "workloads-pod-without-image",
        platform="eoepca",
        breaks="a pod of no workload cannot pull its image",
        apply=image_missing,
        revert=lambda bed: bed.kube.delete("Pod", "proc", "stage-in", wait=10),
        args=ARGS,
        expect=[("workload.pod.stuck", "Pod/proc/stage-in")],
    ),
    Fault(
        "workloads-pod-terminating",
        platform="eoepca",
        breaks="a pod was deleted and stays, for a finalizer nobody answers to",
        apply=never_goes,
        revert=let_go,
        args=at_once,
        expect=[("workload.pod.stuck", "Pod/proc/stage-out")],
    ),
    Fault(
        "workloads-probe-removed",
        platform="eoepca",
        breaks="a container that opens a port loses its readiness probe",
        apply=without_probe,
        args=ARGS,
        expect=[("workload.probe.missing", "StatefulSet/rm/data-access-renderer")],
    ),
]
