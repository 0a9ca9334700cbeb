"""Somebody deletes the branch Flux follows."""

from testbed.fault import Fault

FAULT = Fault(
    "git-branch-missing",
    platform="eoepca",
    breaks="the branch Flux follows is deleted",
    apply=lambda bed: (
        bed.git.delete_branch("develop"),
        bed.reconcile("GitRepository", "flux-system", "flux-system"),
    ),
    revert=lambda bed: bed.git.push("develop"),
    expect=[("flux.source.fetch-failed", "GitRepository/flux-system/flux-system")],
)
