"""A Secret that Git delivers is changed: which key is told, and no byte of it."""

from collections.abc import Callable
from typing import Any

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import add_training

NAME = "Secret/demo/training"
SECRET = """\
apiVersion: v1
kind: Secret
metadata:
  name: training
  namespace: demo
stringData:
  user: trainer
  password: first-day-of-school
"""


def changed(change: Any) -> Callable[[Bed], object]:
    def apply(bed: Bed) -> None:
        add_training(bed, SECRET)
        bed.wait_ready("Kustomization", "flux-system", "training")
        bed.kube.patch("Secret", "demo", "training", change, manager="kubectl-edit")

    return apply


FAULTS = [
    Fault(
        "drift-secret-changed",
        platform="eoepca",
        breaks="the value of a Secret is changed",
        apply=changed({"stringData": {"password": "changed-by-hand"}}),
        expect=[("drift.field.changed", NAME)],
    ),
    Fault(
        "drift-secret-key-added",
        platform="eoepca",
        breaks="a key is added to a Secret",
        apply=changed({"stringData": {"token": "added-by-hand"}}),
        expect=[("drift.field.foreign", NAME)],
    ),
    Fault(
        "drift-secret-key-removed",
        platform="eoepca",
        breaks="a key is removed from a Secret",
        apply=changed([{"op": "remove", "path": "/data/password"}]),
        expect=[("drift.field.removed", NAME)],
    ),
]
