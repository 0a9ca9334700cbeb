"""A folder is renamed in Git and the Kustomization that points at it is forgotten."""

from testbed.bed import Bed
from testbed.fault import Fault

FOLDER = "system/clusters/creodias/resource-management"


def apply(bed: Bed) -> None:
    bed.git.move(FOLDER, "system/clusters/creodias/resource-mgmt")
    bed.sync("resource-management")


FAULT = Fault(
    "kustomization-path-missing",
    platform="eoepca",
    breaks="a Kustomization points at a path that is not in Git",
    apply=apply,
    expect=[("flux.kustomization.not-ready", "Kustomization/flux-system/resource-management")],
)
