"""The HelmRepository a release installs from is taken out of Git."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import SYSTEM


def apply(bed: Bed) -> None:
    bed.git.commit({f"{SYSTEM}/common/helmrepo-harbor.yaml": None}, "Remove an old repository")
    bed.sync("flux-system")
    bed.kube.delete("HelmRepository", "common", "harbor", wait=30)
    bed.reconcile("HelmChart", "common", "rm-harbor")
    bed.reconcile("HelmRelease", "rm", "harbor")


FAULT = Fault(
    "helmrelease-chart-repository-missing",
    platform="eoepca",
    breaks="the repository a HelmRelease gets its chart from is deleted",
    apply=apply,
    expect=[("platform.object.missing", "HelmRepository/common/harbor")],
)
