"""Mistakes in gotk-sync.yaml: Flux applies them to its own GitRepository and saws off the branch it sits on."""

from collections.abc import Sequence

from testbed.bed import Bed
from testbed.fault import Fault

SYNC = "system/clusters/creodias/system/flux-system/gotk-sync.yaml"
_FAILED = [("flux.source.fetch-failed", "GitRepository/flux-system/flux-system")]


def _fault(name: str, breaks: str, old: str, new: str, expect: Sequence[tuple[str, str]] = _FAILED) -> Fault:
    def apply(bed: Bed) -> None:
        bed.git.replace(SYNC, old.replace("@GIT@", bed.git.url), new)
        bed.sync("flux-system")
        bed.wait_not_ready("GitRepository", "flux-system", "flux-system")

    return Fault(name, platform="eoepca", breaks=breaks, apply=apply, expect=expect)


def _unsigned(bed: Bed) -> None:
    # No commit carries a signature, so that the keys are never read.
    keys = {"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "flux-system", "name": "git-signers"}}
    bed.kube.create(keys | {"stringData": {"author.asc": "the authors' public keys"}}, manager="kubectl-create")
    verify = "  verify:\n    mode: HEAD\n    secretRef:\n      name: git-signers\n"
    bed.git.replace(SYNC, "  interval: 1m0s\n", f"  interval: 1m0s\n{verify}")
    bed.sync("flux-system")
    bed.wait_not_ready("GitRepository", "flux-system", "flux-system")


FAULTS = [
    _fault(
        "git-host-unknown",
        "the URL of the GitRepository names a host no DNS server knows",
        "  url: @GIT@",
        "  url: http://git.eoepca.invalid",
    ),
    _fault(
        "git-url-invalid",
        "the URL of the GitRepository holds a variable nobody substitutes",
        "  url: @GIT@",
        "  url: http://${git_host}",
    ),
    _fault(
        "git-provider-misconfigured",
        "the GitRepository is to authenticate as a GitHub App, and its Secret holds none",
        "  interval: 1m0s\n",
        "  interval: 1m0s\n  provider: github\n",
    ),
    _fault(
        "git-include-missing",
        "the GitRepository includes another one that does not exist",
        "  interval: 1m0s\n",
        "  interval: 1m0s\n  include:\n    - repository:\n        name: shared-manifests\n",
        expect=[("platform.object.missing", "GitRepository/flux-system/shared-manifests")],
    ),
    Fault(
        "git-commit-unsigned",
        platform="eoepca",
        breaks="the GitRepository demands signed commits, and the last one is not signed",
        apply=_unsigned,
        expect=_FAILED,
    ),
]
