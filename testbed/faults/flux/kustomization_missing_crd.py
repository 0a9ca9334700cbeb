"""An object is delivered before the operator that brings its kind."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import PROCESSING

CERTIFICATE = """\
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: ades
  namespace: proc
spec:
  secretName: ades-tls
  dnsNames: [ades.develop.eoepca.org]
  issuerRef:
    name: letsencrypt
"""


def apply(bed: Bed) -> None:
    bed.git.commit({f"{PROCESSING}/certificate.yaml": CERTIFICATE}, "Ask for a certificate")
    bed.sync("processing-and-chaining")
    bed.wait_not_ready("Kustomization", "flux-system", "processing-and-chaining", "ReconciliationFailed")


FAULT = Fault(
    "kustomization-missing-crd",
    platform="eoepca",
    breaks="an object is of a kind whose CRD is not installed",
    apply=apply,
    expect=[("flux.kustomization.not-ready", "Kustomization/flux-system/processing-and-chaining")],
)
