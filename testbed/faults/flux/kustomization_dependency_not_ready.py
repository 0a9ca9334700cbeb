"""What a Kustomization depends on is broken: one root cause, however many wait for it."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import PROCESSING, add_training


def apply(bed: Bed) -> None:
    bed.git.replace(f"{PROCESSING}/workflow-cleaner.yaml", "  name: workflow-cleaner", "  name workflow-cleaner")
    add_training(bed, dependsOn=[{"name": "processing-and-chaining"}])
    bed.wait_not_ready("Kustomization", "flux-system", "processing-and-chaining")
    bed.wait_not_ready("Kustomization", "flux-system", "training", "DependencyNotReady")


FAULT = Fault(
    "kustomization-dependency-not-ready",
    platform="eoepca",
    breaks="a Kustomization waits for another that does not build",
    apply=apply,
    expect=[("flux.kustomization.not-ready", "Kustomization/flux-system/processing-and-chaining")],
)
