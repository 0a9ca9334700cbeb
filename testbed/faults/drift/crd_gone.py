"""The CRD of delivered objects is deleted, and all of them with it."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.kube import Object
from testbed.platforms.eoepca.edits import add_training

GROUP = "processing.example.org"
QUEUE = f"""\
apiVersion: {GROUP}/v1
kind: Queue
metadata:
  name: training
  namespace: demo
spec:
  workers: 2
"""
CRD: Object = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": f"queues.{GROUP}"},
    "spec": {
        "group": GROUP,
        "scope": "Namespaced",
        "names": {"kind": "Queue", "listKind": "QueueList", "plural": "queues", "singular": "queue"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {
                                    "workers": {"type": "integer"},
                                    "retries": {"type": "integer", "default": 3},
                                },
                            }
                        },
                    }
                },
            }
        ],
    },
}


def apply(bed: Bed) -> None:
    """The operator's CRD is not in Git, as its own installer brings it."""
    bed.kube.create(CRD)
    bed.wait("CustomResourceDefinition", None, f"queues.{GROUP}", _established)
    add_training(bed, QUEUE)
    bed.wait_ready("Kustomization", "flux-system", "training")
    bed.kube.delete("CustomResourceDefinition", None, f"queues.{GROUP}", wait=20)


def _established(crd: Object) -> bool:
    conditions = crd.get("status", {}).get("conditions", [])
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)


FAULT = Fault(
    "drift-crd-gone",
    platform="eoepca",
    breaks="the CRD of an object in Git is deleted, and the object with it",
    apply=apply,
    expect=[("flux.api.removed", "Queue.processing.example.org")],
)
