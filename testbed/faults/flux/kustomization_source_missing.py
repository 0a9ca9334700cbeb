"""A new Kustomization is written with a typo in the name of its source."""

from testbed.fault import Fault
from testbed.platforms.eoepca.edits import TRAINING, add_training

FAULT = Fault(
    "kustomization-source-missing",
    platform="eoepca",
    breaks="a Kustomization names a source that does not exist",
    apply=lambda bed: (
        add_training(bed, sourceRef={"kind": "GitRepository", "name": "flux-sytem"}),
        bed.wait_not_ready("Kustomization", "flux-system", "training", "ArtifactFailed"),
    ),
    expect=[("flux.kustomization.not-ready", TRAINING)],
)
