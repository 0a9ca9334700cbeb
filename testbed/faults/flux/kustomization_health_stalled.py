"""A Kustomization that waits for a Job, and the Job fails."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import TRAINING, add_training

JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: training-data
  namespace: demo
spec:
  activeDeadlineSeconds: 1
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: load
          image: docker.io/eoepca/training-data:missing
"""


def apply(bed: Bed) -> None:
    add_training(bed, JOB, wait=True)
    bed.wait_not_ready("Kustomization", "flux-system", "training", "HealthCheckFailed")


FAULT = Fault(
    "kustomization-health-stalled",
    platform="eoepca",
    breaks="a Job a Kustomization waits for has failed",
    apply=apply,
    expect=[("flux.kustomization.not-ready", TRAINING)],
)
