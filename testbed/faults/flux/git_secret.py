"""The Secret with Flux's Git credentials was made by hand, and by hand it is spoilt."""

from testbed.bed import Bed
from testbed.fault import Fault

_EXPECT = [("flux.source.fetch-failed", "GitRepository/flux-system/flux-system")]


def _delete(bed: Bed) -> None:
    bed.kube.delete("Secret", "flux-system", "flux-system")
    bed.reconcile("GitRepository", "flux-system", "flux-system")


def _lose_username(bed: Bed) -> None:
    bed.kube.patch("Secret", "flux-system", "flux-system", {"data": {"username": None}}, manager="kubectl-edit")
    bed.reconcile("GitRepository", "flux-system", "flux-system")


FAULTS = [
    Fault(
        "git-secret-missing",
        platform="eoepca",
        breaks="the Secret with the Git credentials is deleted",
        apply=_delete,
        expect=_EXPECT,
    ),
    Fault(
        "git-secret-malformed",
        platform="eoepca",
        breaks="the Secret with the Git credentials has a password and no username any more",
        apply=_lose_username,
        expect=_EXPECT,
    ),
]
