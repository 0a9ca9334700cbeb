"""Somebody moves the cluster to another branch: everything is Ready, and nothing is what was agreed."""

from testbed.bed import Bed
from testbed.fault import Fault

SYNC = "system/clusters/creodias/system/flux-system/gotk-sync.yaml"


def apply(bed: Bed) -> None:
    bed.git.replace(SYNC, "branch: develop", "branch: staging")
    bed.git.push("staging")
    bed.sync("flux-system")
    revision = f"staging@sha1:{bed.git.head}"
    for each in bed.kube.list("Kustomization", "flux-system"):
        bed.wait(
            "Kustomization",
            "flux-system",
            each["metadata"]["name"],
            lambda obj: obj.get("status", {}).get("lastAppliedRevision") == revision,
        )


def revert(bed: Bed) -> None:
    bed.reset()
    bed.git.delete_branch("staging")


FAULT = Fault(
    "git-branch-differs",
    platform="eoepca",
    breaks="the GitRepository follows another branch than the one declared",
    apply=apply,
    revert=revert,
    expect=[("flux.source.differs", "GitRepository/flux-system/flux-system")],
)
