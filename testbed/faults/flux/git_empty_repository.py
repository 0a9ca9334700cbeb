"""The repository is made anew on the server, and nobody has pushed to it yet."""

from testbed.bed import Bed
from testbed.fault import Fault


def apply(bed: Bed) -> None:
    bed.git.delete_branch("develop")  # the only one there is
    bed.reconcile("GitRepository", "flux-system", "flux-system")


FAULT = Fault(
    "git-empty-repository",
    platform="eoepca",
    breaks="the Git repository holds no commit",
    apply=apply,
    revert=lambda bed: bed.git.push("develop"),
    expect=[("flux.source.fetch-failed", "GitRepository/flux-system/flux-system")],
)
