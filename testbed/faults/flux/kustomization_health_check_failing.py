"""A Kustomization that waits for what it applied, and waits in vain.

Takes half a minute: kustomize-controller never waits less than 30 s, whatever spec.timeout says.
"""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import TRAINING, add_training

NOTEBOOK = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: training
  namespace: demo
spec:
  selector:
    matchLabels:
      app: training
  template:
    metadata:
      labels:
        app: training
    spec:
      containers:
        - name: notebook
          image: docker.io/eoepca/notebook:missing
"""


def apply(bed: Bed) -> None:
    add_training(bed, NOTEBOOK, wait=True, timeout="30s")
    bed.wait_not_ready("Kustomization", "flux-system", "training", "HealthCheckFailed")


FAULT = Fault(
    "kustomization-health-check-failing",
    platform="eoepca",
    breaks="a Deployment a Kustomization waits for never becomes ready: its image does not exist",
    apply=apply,
    expect=[("flux.kustomization.not-ready", TRAINING)],
)
