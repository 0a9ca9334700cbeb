"""A new version does not come up, or what the platform names is switched off or not there."""

import yaml

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.kube import Object
from testbed.platforms.eoepca.hands import PROC, RM, edited, just_applied, kubectl
from testbed.platforms.eoepca.kubelet import BACK_OFF, ended, replaced, waits

ARGS = ("-m", "workloads")
WITH_LOGS = (*ARGS, "--allow", "logs")  # of which kwok has none: the findings stand without them
ELSEWHERE = {"spec": {"template": {"spec": {"nodeSelector": {"holdfast.test/no": "such-node"}}}}}
CRASH = {"spec": {"template": {"metadata": {"annotations": {"holdfast.test/pod": "crash"}}}}}
TRAINING = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: training
  namespace: demo
spec:
  selector:
    matchLabels:
      app: training
  template:
    metadata:
      labels:
        app: training
    spec:
      containers:
        - name: notebook
          image: docker.io/eoepca/notebook:1.0
"""


def image_missing(bed: Bed) -> None:
    just_applied(bed, PROC)
    image = "workflow-cleaner=docker.io/eoepca/workflow-cleaner:missing"
    kubectl(bed, "-n", "proc", "set", "image", "deployment/workflow-cleaner", image)
    waits(bed, "proc", "app=workflow-cleaner", "ImagePullBackOff")


def database_crashes(bed: Bed) -> None:
    just_applied(bed, RM)
    bed.kube.patch("StatefulSet", "rm", "harbor-harbor-database", CRASH)
    waits(bed, "rm", "app=harbor-harbor-database", "CrashLoopBackOff")
    bed.wait("StatefulSet", "rm", "harbor-harbor-database", lambda obj: not obj["status"].get("availableReplicas"))


def database_mended(bed: Bed) -> None:
    """A StatefulSet does not replace a pod that is broken, not even when its template is mended."""
    bed.reset()
    bed.kube.delete("Pod", "rm", "harbor-harbor-database-0")  # another of the same name comes at once
    bed.wait("StatefulSet", "rm", "harbor-harbor-database", lambda obj: obj["status"].get("availableReplicas") == 1)


def init_fails(bed: Bed) -> None:
    ended(bed, "rm", "app=registrar", "Error", 1, 4, init=True, state=BACK_OFF, ready=False)
    bed.wait("Deployment", "rm", "registrar", lambda obj: not obj["status"].get("availableReplicas"))


def killed_each_time(bed: Bed) -> None:
    ended(bed, "rm", "app=harvester", "OOMKilled", 137, 6, state=BACK_OFF, ready=False, started=False)
    bed.wait("Deployment", "rm", "harvester", lambda obj: obj["status"].get("availableReplicas") == 1)


def deadline_passed(bed: Bed) -> None:
    just_applied(bed, RM)
    bed.kube.patch("Deployment", "rm", "harvester", {"spec": {"progressDeadlineSeconds": 1, **ELSEWHERE["spec"]}})
    bed.wait("Deployment", "rm", "harvester", _past_its_deadline)


def _past_its_deadline(deployment: Object) -> bool:
    return any(each.get("reason") == "ProgressDeadlineExceeded" for each in deployment["status"]["conditions"])


def no_room_for_pods(bed: Bed) -> None:
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "tight", "namespace": "demo"}}
    bed.kube.create({**quota, "spec": {"hard": {"pods": "2"}}})
    bed.wait("ResourceQuota", "demo", "tight", lambda obj: obj.get("status", {}).get("used", {}).get("pods") == "2")
    bed.kube.create(yaml.safe_load(TRAINING))
    bed.wait("Deployment", "demo", "training", _refused)


def _refused(deployment: Object) -> bool:
    return any(each["type"] == "ReplicaFailure" for each in deployment.get("status", {}).get("conditions", []))


def without_nodes(bed: Bed) -> None:
    just_applied(bed, PROC)
    bed.kube.patch("DaemonSet", "proc", "continuous-image-puller", ELSEWHERE)
    bed.wait("DaemonSet", "proc", "continuous-image-puller", lambda obj: obj["status"]["desiredNumberScheduled"] == 0)


FAULTS = [
    Fault(
        "workloads-image-missing",
        platform="eoepca",
        breaks="an image that does not exist is rolled out; the version before goes on serving",
        apply=image_missing,
        args=ARGS,
        expect=[("workload.rollout.stopped", "Deployment/proc/workflow-cleaner")],
    ),
    Fault(
        "workloads-database-crashing",
        platform="eoepca",
        breaks="the pod of a StatefulSet crashes each time it is started",
        apply=database_crashes,
        revert=database_mended,
        args=WITH_LOGS,
        expect=[("workload.replicas.unready", "StatefulSet/rm/harbor-harbor-database")],
    ),
    Fault(
        "workloads-init-failing",
        platform="eoepca",
        breaks="the init container of a Deployment fails each time, so that its pod never starts",
        apply=init_fails,
        revert=replaced("rm", "app=registrar"),
        args=ARGS,
        expect=[("workload.replicas.unready", "Deployment/rm/registrar")],
    ),
    Fault(
        "workloads-out-of-memory",
        platform="eoepca",
        breaks="one of two pods is killed for memory each time it is started",
        apply=killed_each_time,
        revert=replaced("rm", "app=harvester"),
        args=ARGS,
        expect=[("workload.replicas.unready", "Deployment/rm/harvester")],
    ),
    Fault(
        "workloads-deadline-exceeded",
        platform="eoepca",
        breaks="no node takes the pods of a new version, until the rollout's deadline is past",
        apply=deadline_passed,
        args=ARGS,
        expect=[("workload.rollout.stopped", "Deployment/rm/harvester")],
    ),
    Fault(
        "workloads-quota-exceeded",
        platform="eoepca",
        breaks="the quota of a namespace lets a Deployment have no pod; the quota is not told beside it",
        apply=no_room_for_pods,
        args=ARGS,
        expect=[("workload.replicas.unready", "Deployment/demo/training")],
    ),
    Fault(
        "workloads-switched-off",
        platform="eoepca",
        breaks="a Deployment the platform names is scaled to zero",
        apply=edited(RM, "-n rm scale deployment/harvester --replicas=0"),
        args=ARGS,
        expect=[("workload.replicas.zero", "Deployment/rm/harvester")],
    ),
    Fault(
        "workloads-daemon-without-nodes",
        platform="eoepca",
        breaks="the node selector of a DaemonSet matches no node any more",
        apply=without_nodes,
        args=ARGS,
        expect=[("workload.replicas.zero", "DaemonSet/proc/continuous-image-puller")],
    ),
    Fault(
        "workloads-missing",
        platform="eoepca",
        breaks="a StatefulSet the platform names is deleted",
        apply=edited(RM, "-n rm delete statefulset/data-access-renderer"),
        args=ARGS,
        expect=[("platform.object.missing", "StatefulSet/rm/data-access-renderer")],
    ),
]
