"""A namespace has a ResourceQuota, and what Git holds does not fit: an object is refused, or its pods are."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.kube import Object
from testbed.platforms.eoepca.edits import SEATS, TRAINING, add_training

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: training
  namespace: demo
spec:
  progressDeadlineSeconds: 1
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


def no_room_for(bed: Bed, resource: str) -> None:
    bed.kube.create(
        {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "tight", "namespace": "demo"},
            "spec": {"hard": {resource: "0"}},
        }
    )
    bed.wait("ResourceQuota", "demo", "tight", _counted)


def _counted(quota: Object) -> bool:
    return bool(quota.get("status", {}).get("used"))


def objects(bed: Bed) -> None:
    no_room_for(bed, "count/configmaps")
    add_training(bed, SEATS)
    bed.wait_not_ready("Kustomization", "flux-system", "training", "ReconciliationFailed")


def pods(bed: Bed) -> None:
    no_room_for(bed, "pods")
    add_training(bed, DEPLOYMENT, wait=True)
    bed.wait_not_ready("Kustomization", "flux-system", "training", "HealthCheckFailed")


FAULTS = [
    Fault(
        "kustomization-quota-exceeded",
        platform="eoepca",
        breaks="an object in Git does not fit into the quota of its namespace",
        apply=objects,
        expect=[("flux.kustomization.not-ready", TRAINING)],
    ),
    Fault(
        "kustomization-pods-over-quota",
        platform="eoepca",
        breaks="a Deployment is applied, and the quota of its namespace lets it have no pod",
        apply=pods,
        expect=[("flux.kustomization.not-ready", TRAINING)],
    ),
]
