"""Somebody deletes the branch Flux follows; others stay."""

from testbed.bed import Bed
from testbed.fault import Fault


def apply(bed: Bed) -> None:
    bed.git.push("main")
    bed.git.delete_branch("develop")
    bed.reconcile("GitRepository", "flux-system", "flux-system")


def revert(bed: Bed) -> None:
    bed.git.push("develop")
    bed.git.delete_branch("main")
    bed.reconcile("GitRepository", "flux-system", "flux-system")


FAULT = Fault(
    "git-branch-missing",
    platform="eoepca",
    breaks="the branch Flux follows is deleted",
    apply=apply,
    revert=revert,
    expect=[("flux.source.fetch-failed", "GitRepository/flux-system/flux-system")],
)
