"""A Kustomization is to apply to another cluster, and the way there is missing."""

from testbed.fault import Fault
from testbed.platforms.eoepca.edits import TRAINING, add_training

FAULT = Fault(
    "kustomization-kubeconfig-missing",
    platform="eoepca",
    breaks="the Secret with the kubeconfig a Kustomization applies with does not exist",
    apply=lambda bed: (
        add_training(bed, kubeConfig={"secretRef": {"name": "training-cluster"}}),
        bed.wait_not_ready("Kustomization", "flux-system", "training", "ReconciliationFailed"),
    ),
    expect=[("flux.kustomization.not-ready", TRAINING)],
)
