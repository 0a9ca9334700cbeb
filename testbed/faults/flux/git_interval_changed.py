"""Somebody lets Flux look at Git less often than was agreed."""

from testbed.bed import Bed
from testbed.fault import Fault

SYNC = "system/clusters/creodias/system/flux-system/gotk-sync.yaml"


def apply(bed: Bed) -> None:
    bed.git.replace(SYNC, "interval: 1m0s", "interval: 1h0m0s")
    bed.sync("flux-system")
    bed.wait("GitRepository", "flux-system", "flux-system", lambda obj: obj["spec"]["interval"] == "1h0m0s")
    bed.wait_ready("GitRepository", "flux-system", "flux-system")


FAULT = Fault(
    "git-interval-changed",
    platform="eoepca",
    breaks="the GitRepository is looked at every hour, not every minute",
    apply=apply,
    expect=[("flux.source.differs", "GitRepository/flux-system/flux-system")],
)
