"""Objects of a kind of their own in the platform's Git: an operator's queue, and the CRD its installer brings."""

from __future__ import annotations

from testbed.bed import Bed
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


def add_queue(bed: Bed) -> None:
    """The CRD by hand, a Queue by Flux; returns when it is there."""
    bed.kube.create(CRD)
    bed.wait("CustomResourceDefinition", None, f"queues.{GROUP}", _established)
    add_training(bed, QUEUE)
    bed.wait_ready("Kustomization", "flux-system", "training")


def _established(crd: Object) -> bool:
    conditions = crd.get("status", {}).get("conditions") or []
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)
