"""Two Kustomizations wait for one another."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import SEATS, TRAINING, add_training


def apply(bed: Bed) -> None:
    add_training(bed, dependsOn=[{"name": "workshop"}])
    add_training(bed, SEATS.replace("training", "workshop"), "workshop", dependsOn=[{"name": "training"}])
    for name in ("training", "workshop"):
        bed.wait_not_ready("Kustomization", "flux-system", name, "DependencyNotReady")


FAULT = Fault(
    "kustomization-dependency-cycle",
    platform="eoepca",
    breaks="two Kustomizations depend on each other",
    apply=apply,
    expect=[("flux.kustomization.not-ready", TRAINING)],
)
