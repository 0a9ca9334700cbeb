"""A Kustomization depends on another that nobody has written."""

from testbed.fault import Fault
from testbed.platforms.eoepca.edits import TRAINING, add_training

FAULT = Fault(
    "kustomization-dependency-missing",
    platform="eoepca",
    breaks="a Kustomization depends on one that does not exist",
    apply=lambda bed: (
        add_training(bed, dependsOn=[{"name": "foundations"}]),
        bed.wait_not_ready("Kustomization", "flux-system", "training", "DependencyNotReady"),
    ),
    expect=[("flux.kustomization.not-ready", TRAINING)],
)
