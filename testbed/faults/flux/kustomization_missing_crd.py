"""An object is delivered before the operator that brings its kind."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import PROCESSING

DATABASE = """\
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: ades
  namespace: proc
spec:
  instances: 1
"""


def apply(bed: Bed) -> None:
    bed.git.commit({f"{PROCESSING}/database.yaml": DATABASE}, "A database for the ADES")
    bed.sync("processing-and-chaining")
    bed.wait_not_ready("Kustomization", "flux-system", "processing-and-chaining", "ReconciliationFailed")


FAULT = Fault(
    "kustomization-missing-crd",
    platform="eoepca",
    breaks="an object is of a kind whose CRD is not installed",
    apply=apply,
    expect=[("flux.kustomization.not-ready", "Kustomization/flux-system/processing-and-chaining")],
)
