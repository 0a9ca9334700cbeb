"""The Git server answers otherwise than Flux needs it to; what was fetched before stays applied."""

from collections.abc import Callable

from testbed.bed import Bed
from testbed.fault import Fault


def _fault(name: str, breaks: str, misbehave: Callable[[Bed], object]) -> Fault:
    def apply(bed: Bed) -> None:
        misbehave(bed)
        bed.reconcile("GitRepository", "flux-system", "flux-system")

    def revert(bed: Bed) -> None:
        bed.git.normal()
        bed.reconcile("GitRepository", "flux-system", "flux-system")

    return Fault(
        name,
        platform="eoepca",
        breaks=breaks,
        apply=apply,
        revert=revert,
        expect=[("flux.source.fetch-failed", "GitRepository/flux-system/flux-system")],
    )


FAULTS = [
    _fault(
        "git-credentials-rejected",
        "the deploy token was rotated on the Git server and not in the cluster",
        lambda bed: bed.git.require_auth("git", "another-token"),
    ),
    _fault(
        "git-repository-not-found",
        "the Git server answers 404: the repository was moved, or the credential may not see it",
        lambda bed: bed.git.status(404),
    ),
    _fault("git-host-unreachable", "nothing listens on the Git server's port", lambda bed: bed.git.refuse()),
    _fault("git-timeout", "the Git server accepts connections and says nothing", lambda bed: bed.git.hang()),
    _fault("git-server-error", "the Git server answers 500", lambda bed: bed.git.status(500)),
    _fault(
        "git-login-page",
        "a proxy with single sign-on answers 200 with its login page in place of Git",
        lambda bed: bed.git.login_page(),
    ),
]
