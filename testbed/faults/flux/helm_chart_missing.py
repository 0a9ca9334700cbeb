"""A chart is withdrawn from its repository; what is installed keeps running, the next change will not arrive."""

from testbed.bed import Bed
from testbed.fault import Fault


def apply(bed: Bed) -> None:
    bed.charts.withdraw("harbor", "harbor")
    bed.reconcile("HelmRepository", "common", "harbor")
    bed.wait_not_ready("HelmChart", "common", "rm-harbor")
    bed.reconcile("HelmRelease", "rm", "harbor")


FAULT = Fault(
    "helm-chart-missing",
    platform="eoepca",
    breaks="a chart a HelmRelease installs is no longer in its repository",
    apply=apply,
    expect=[("flux.source.fetch-failed", "HelmChart/common/rm-harbor")],
)
