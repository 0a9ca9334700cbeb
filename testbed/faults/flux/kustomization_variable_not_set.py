"""Manifests use a variable nobody gives a value, directly or through a ConfigMap nobody made."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import SEATS, TRAINING, add_training


def not_set(bed: Bed) -> None:
    add_training(bed, SEATS.replace("20", "${SEATS}"), postBuild={"substitute": {"SEAT": "20"}})
    bed.wait_not_ready("Kustomization", "flux-system", "training", "BuildFailed")


def from_nowhere(bed: Bed) -> None:
    source = {"kind": "ConfigMap", "name": "training-variables"}
    add_training(bed, SEATS.replace("20", "${SEATS}"), postBuild={"substituteFrom": [source]})
    bed.wait_not_ready("Kustomization", "flux-system", "training", "BuildFailed")


FAULTS = [
    Fault(
        "kustomization-variable-not-set",
        platform="eoepca",
        breaks="a manifest uses a variable that postBuild does not set",
        apply=not_set,
        expect=[("flux.kustomization.not-ready", TRAINING)],
    ),
    Fault(
        "kustomization-variables-missing",
        platform="eoepca",
        breaks="the ConfigMap a Kustomization takes its variables from does not exist",
        apply=from_nowhere,
        expect=[("flux.kustomization.not-ready", TRAINING)],
    ),
]
