"""What pods need is not there: volumes, quotas, metrics to scale by."""

from collections.abc import Callable, Sequence

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.kube import Object
from testbed.platforms.eoepca.edits import SYSTEM
from testbed.platforms.eoepca.hands import RM, just_applied
from testbed.platforms.eoepca.impatient import impatient

ARGS = ("-m", "workloads")
RENDERER = ("HorizontalPodAutoscaler", "rm", "data-access-renderer")


def _claim(bed: Bed, name: str, phase: str, **spec: str) -> None:
    wants = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec}
    meta = {"name": name, "namespace": "proc"}
    bed.kube.create({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": wants})
    bed.wait("PersistentVolumeClaim", "proc", name, lambda obj: obj.get("status", {}).get("phase") == phase)


def claim_unbound(bed: Bed) -> None:
    _claim(bed, "results", "Pending", storageClassName="managed-nfs-storage-retain")


def pod_waits_for_its_volume(bed: Bed) -> None:
    """The pod is not told beside its volume: no node takes it before that is there."""
    _claim(bed, "scratch", "Pending", storageClassName="managed-nfs-storage")
    container = {"name": "worker", "image": "docker.io/eoepca/worker:1.0"}
    volume = {"name": "scratch", "persistentVolumeClaim": {"claimName": "scratch"}}
    template = {"metadata": {"labels": {"app": "worker"}}, "spec": {"containers": [container], "volumes": [volume]}}
    spec = {"progressDeadlineSeconds": 1, "selector": {"matchLabels": {"app": "worker"}}, "template": template}
    meta = {"name": "worker", "namespace": "proc"}
    bed.kube.create({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": spec})
    bed.wait("Deployment", "proc", "worker", _says("Progressing", "False"))


def volume_gone(bed: Bed) -> None:
    """A claim that is bound, and its volume deleted under it."""
    meta = {"name": "archive"}
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "capacity": {"storage": "1Gi"},
        "hostPath": {"path": "/data/archive"},
        "storageClassName": "by-hand",
    }
    bed.kube.create({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": meta, "spec": spec})
    _claim(bed, "archive", "Bound", storageClassName="by-hand", volumeName="archive")
    bed.kube.delete("PersistentVolume", None, "archive")
    bed.kube.patch("PersistentVolume", None, "archive", {"metadata": {"finalizers": None}})
    bed.wait("PersistentVolumeClaim", "proc", "archive", lambda obj: obj["status"]["phase"] == "Lost")


def quota_used_up(bed: Bed) -> None:
    meta = {"name": "tight", "namespace": "demo"}
    bed.kube.create({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": meta, "spec": {"hard": {"pods": "2"}}})
    bed.wait("ResourceQuota", "demo", "tight", lambda obj: obj.get("status", {}).get("used", {}).get("pods") == "2")


def metrics_gone(bed: Bed) -> None:
    bed.git.commit({f"{SYSTEM}/metrics/pod-metrics.yaml": None}, "We watch it elsewhere now")
    bed.sync("flux-system")
    bed.wait(*RENDERER, _says("ScalingActive", "False"), 40)


def target_gone(bed: Bed) -> None:
    just_applied(bed, RM)
    bed.kube.patch(*RENDERER, {"spec": {"scaleTargetRef": {"name": "vs-renderer"}}})
    bed.wait(*RENDERER, _says("AbleToScale", "False"), 40)


def at_its_limit(bed: Bed) -> None:
    just_applied(bed, RM)
    bed.kube.patch(*RENDERER, {"spec": {"maxReplicas": 1}})
    _uses(bed, "8Gi")
    bed.wait(*RENDERER, _says("ScalingLimited", "True"), 40)


def at_ease(bed: Bed) -> None:
    """The load goes first: with the limit gone it would scale once more."""
    _uses(bed, "256Mi")
    bed.wait(*RENDERER, _says("ScalingLimited", "False"), 40)
    bed.reset()


def _uses(bed: Bed, memory: str) -> None:
    change = [{"op": "replace", "path": "/containers/0/usage/memory", "value": memory}]
    bed.kube.patch("PodMetrics", "rm", "data-access-renderer-0", change)


def _says(kind: str, status: str) -> Callable[[Object], bool]:
    def says(obj: Object) -> bool:
        conditions = obj.get("status", {}).get("conditions", [])
        return any((each["type"], each["status"]) == (kind, status) for each in conditions)

    return says


def _at_once(**limits: str) -> Callable[[Bed], Sequence[str]]:
    return lambda bed: (*ARGS, *impatient(bed, **limits))


FAULTS = [
    Fault(
        "workloads-claim-unbound",
        platform="eoepca",
        breaks="a PersistentVolumeClaim names a StorageClass that does not exist",
        apply=claim_unbound,
        args=_at_once(volume_binding="0s"),
        expect=[("workload.volume.unbound", "PersistentVolumeClaim/proc/results")],
    ),
    Fault(
        "workloads-volume-not-provisioned",
        platform="eoepca",
        breaks="a provisioner makes no volume, and a Deployment waits for it: the volume alone is told",
        apply=pod_waits_for_its_volume,
        args=_at_once(volume_binding="0s"),
        expect=[("workload.volume.unbound", "PersistentVolumeClaim/proc/scratch")],
    ),
    Fault(
        "workloads-volume-lost",
        platform="eoepca",
        breaks="the PersistentVolume below a claim is deleted",
        apply=volume_gone,
        args=ARGS,
        expect=[("workload.volume.unbound", "PersistentVolumeClaim/proc/archive")],
    ),
    Fault(
        "workloads-quota-used-up",
        platform="eoepca",
        breaks="the pods of a namespace use all of its quota",
        apply=quota_used_up,
        args=ARGS,
        expect=[("workload.quota.exhausted", "ResourceQuota/demo/tight")],
    ),
    Fault(
        "workloads-metrics-gone",
        platform="eoepca",
        breaks="the metrics API is gone, so that no autoscaler sees anything",
        apply=metrics_gone,
        args=ARGS,
        expect=[("workload.autoscaler.blind", "the metrics API metrics.k8s.io")],
    ),
    Fault(
        "workloads-autoscaler-without-target",
        platform="eoepca",
        breaks="an autoscaler is for a StatefulSet that does not exist",
        apply=target_gone,
        args=ARGS,
        expect=[("platform.object.missing", "StatefulSet/rm/vs-renderer")],
        alone="done by hand: Flux takes it back when another fault is committed",
    ),
    Fault(
        "workloads-autoscaler-at-limit",
        platform="eoepca",
        breaks="an autoscaler wants more pods than it may have",
        apply=at_its_limit,
        revert=at_ease,
        args=_at_once(autoscaler_at_limit="0s"),
        expect=[("workload.autoscaler.at-limit", "HorizontalPodAutoscaler/rm/data-access-renderer")],
    ),
]
