"""`flux suspend source git flux-system`: everything stays Ready, and nothing new ever comes."""

from testbed.bed import Bed
from testbed.fault import Fault


def _suspend(bed: Bed, value: bool | None) -> None:
    bed.kube.patch("GitRepository", "flux-system", "flux-system", {"spec": {"suspend": value}}, manager="flux")


FAULT = Fault(
    "source-suspended",
    platform="eoepca",
    breaks="the GitRepository is suspended",
    apply=lambda bed: _suspend(bed, True),
    revert=lambda bed: _suspend(bed, None),
    expect=[("flux.object.suspended", "GitRepository/flux-system/flux-system")],
)
