"""The version of a chart a HelmRelease asks for is withdrawn; newer ones stay."""

from testbed.bed import Bed
from testbed.fault import Fault


def apply(bed: Bed) -> None:
    bed.charts.withdraw("eoepca", "cheese", "1.0.1")
    bed.reconcile("HelmRepository", "common", "eoepca")
    bed.wait_not_ready("HelmChart", "common", "test-cheese")
    bed.reconcile("HelmRelease", "test", "cheese")


FAULT = Fault(
    "helm-chart-version-missing",
    platform="eoepca",
    breaks="the version of a chart a HelmRelease asks for is no longer in its repository",
    apply=apply,
    expect=[("flux.source.fetch-failed", "HelmChart/common/test-cheese")],
)
