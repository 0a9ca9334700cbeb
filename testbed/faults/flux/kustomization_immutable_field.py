"""The labels of a Deployment are renamed in Git, its selector with them."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import PROCESSING


def apply(bed: Bed) -> None:
    cleaner = f"{PROCESSING}/workflow-cleaner.yaml"
    bed.git.commit({cleaner: bed.git.read(cleaner).replace("app: workflow-cleaner", "app: cleaner")}, "Shorter labels")
    bed.sync("processing-and-chaining")
    bed.wait_not_ready("Kustomization", "flux-system", "processing-and-chaining", "ReconciliationFailed")


FAULT = Fault(
    "kustomization-immutable-field",
    platform="eoepca",
    breaks="Git changes a field the API server never lets change",
    apply=apply,
    expect=[("flux.kustomization.not-ready", "Kustomization/flux-system/processing-and-chaining")],
)
