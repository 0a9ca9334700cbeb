"""A Kustomization is taken out of Git, and what it delivered is left lying in the cluster."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import sync_of


def apply(bed: Bed) -> None:
    orphan = {"spec": {"deletionPolicy": "Orphan"}}
    bed.kube.patch("Kustomization", "flux-system", "user-management", orphan, manager="kubectl-edit")
    bed.git.commit({sync_of("user-management"): None}, "User management moves elsewhere")
    bed.sync("flux-system")
    bed.kube.delete("Kustomization", "flux-system", "user-management", wait=30)


FAULT = Fault(
    "kustomization-missing",
    platform="eoepca",
    breaks="a declared Kustomization is gone, its objects are not",
    apply=apply,
    expect=[("platform.object.missing", "Kustomization/flux-system/user-management")],
)
