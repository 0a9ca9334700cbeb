"""A folder is moved in Git and the Kustomization that points at it is forgotten."""

from testbed.bed import Bed
from testbed.fault import Fault

SYNC = "system/clusters/creodias/system/flux-system-extended/resource-management-sync.yaml"


def apply(bed: Bed) -> None:
    bed.git.replace(SYNC, "creodias/resource-management", "creodias/resource-mgmt")
    bed.sync("flux-system")
    bed.wait_not_ready("Kustomization", "flux-system", "resource-management")


FAULT = Fault(
    "kustomization-path-missing",
    platform="eoepca",
    breaks="a Kustomization points at a path that is not in Git",
    apply=apply,
    expect=[("flux.kustomization.not-ready", "Kustomization/flux-system/resource-management")],
)
