"""A Kustomization is to apply as a ServiceAccount nobody has made."""

from testbed.fault import Fault
from testbed.platforms.eoepca.edits import TRAINING, add_training

FAULT = Fault(
    "kustomization-service-account-missing",
    platform="eoepca",
    breaks="the ServiceAccount a Kustomization applies as does not exist",
    apply=lambda bed: (
        add_training(bed, serviceAccountName="trainer"),
        bed.wait_not_ready("Kustomization", "flux-system", "training", "ReconciliationFailed"),
    ),
    expect=[("flux.kustomization.not-ready", TRAINING)],
)
