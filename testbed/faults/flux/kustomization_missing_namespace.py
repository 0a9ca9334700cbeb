"""A manifest is moved to a namespace nobody creates."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import PROCESSING


def apply(bed: Bed) -> None:
    cleaner = f"{PROCESSING}/workflow-cleaner.yaml"
    bed.git.commit(
        {cleaner: bed.git.read(cleaner).replace("namespace: proc", "namespace: processing")}, "Move the cleaner"
    )
    bed.sync("processing-and-chaining")
    bed.wait_not_ready("Kustomization", "flux-system", "processing-and-chaining", "ReconciliationFailed")


FAULT = Fault(
    "kustomization-missing-namespace",
    platform="eoepca",
    breaks="an object is to live in a namespace that does not exist",
    apply=apply,
    expect=[("flux.kustomization.not-ready", "Kustomization/flux-system/processing-and-chaining")],
)
