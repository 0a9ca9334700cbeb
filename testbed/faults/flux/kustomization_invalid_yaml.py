"""A manifest is pushed that is not YAML."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import PROCESSING


def apply(bed: Bed) -> None:
    bed.git.replace(f"{PROCESSING}/workflow-cleaner.yaml", "  name: workflow-cleaner", "  name workflow-cleaner")
    bed.sync("processing-and-chaining")


FAULT = Fault(
    "kustomization-invalid-yaml",
    platform="eoepca",
    breaks="a manifest in Git is not valid YAML, so nothing of its folder can be built",
    apply=apply,
    expect=[("flux.kustomization.not-ready", "Kustomization/flux-system/processing-and-chaining")],
)
