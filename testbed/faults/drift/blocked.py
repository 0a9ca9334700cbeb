"""Drift that Flux cannot take back: the API server refuses, and the whole Kustomization stands still."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.kube import Object
from testbed.platforms.eoepca.edits import TRAINING, add_training
from testbed.platforms.eoepca.hands import PROC, just_applied, kubectl

STORAGE: Object = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "training"},
    "provisioner": "example.org/nfs",
    "allowVolumeExpansion": True,
}
VOLUME: Object = {
    "apiVersion": "v1",
    "kind": "PersistentVolume",
    "metadata": {"name": "training"},
    "spec": {
        "storageClassName": "training",
        "capacity": {"storage": "1Gi"},
        "accessModes": ["ReadWriteMany"],
        "nfs": {"server": "nfs.example.org", "path": "/training"},
    },
}
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: training
  namespace: demo
spec:
  storageClassName: training
  volumeName: training
  accessModes: [ReadWriteMany]
  resources:
    requests:
      storage: 1Gi
"""


def grow(bed: Bed) -> None:
    """The volume is the storage people's, and there before the claim."""
    bed.kube.create(STORAGE)
    bed.kube.create(VOLUME)
    bed.wait("PersistentVolume", None, "training", lambda it: it["status"].get("phase") == "Available", 60)
    add_training(bed, CLAIM)
    bed.wait("PersistentVolumeClaim", "demo", "training", lambda it: it["status"].get("phase") == "Bound", 60)
    bed.wait_ready("Kustomization", "flux-system", "training")
    kubectl(
        bed,
        *("-n", "demo", "patch", "pvc/training", "-p"),
        '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}',
    )
    bed.reconcile("Kustomization", "flux-system", "training")
    bed.wait_not_ready("Kustomization", "flux-system", "training", "ReconciliationFailed")


def seal(bed: Bed) -> None:
    just_applied(bed, PROC)
    change = '{"immutable":true,"data":{"QUEUE":"any_queue"}}'
    kubectl(bed, "-n", "proc", "patch", "configmap/workflow-cleaner", "-p", change)
    bed.reconcile("Kustomization", "flux-system", PROC)
    bed.wait_not_ready("Kustomization", "flux-system", PROC, "ReconciliationFailed")


FAULTS = [
    Fault(
        "drift-volume-grown",
        platform="eoepca",
        breaks="a volume claim is grown by hand, and what Git asks for is no longer allowed",
        apply=grow,
        expect=[
            ("flux.kustomization.not-ready", TRAINING),
            ("drift.apply.blocked", "PersistentVolumeClaim/demo/training"),
        ],
    ),
    Fault(
        "drift-configmap-sealed",
        platform="eoepca",
        breaks="a ConfigMap is changed and made immutable, so that only deleting it brings Git's content back",
        apply=seal,
        expect=[
            ("flux.kustomization.not-ready", f"Kustomization/flux-system/{PROC}"),
            ("drift.apply.blocked", "ConfigMap/proc/workflow-cleaner"),
        ],
    ),
]
