"""A manifest is pushed that the API server does not accept."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import PROCESSING


def apply(bed: Bed) -> None:
    bed.git.replace(f"{PROCESSING}/workflow-cleaner.yaml", "port: 80\n", "port: 80000\n")
    bed.sync("processing-and-chaining")
    bed.wait_not_ready("Kustomization", "flux-system", "processing-and-chaining", "ReconciliationFailed")


FAULT = Fault(
    "kustomization-dry-run-invalid",
    platform="eoepca",
    breaks="a manifest has a value its schema does not allow",
    apply=apply,
    expect=[("flux.kustomization.not-ready", "Kustomization/flux-system/processing-and-chaining")],
)
