"""Git has moved on, and the cluster has not: asked for by `--wait-for`, or found because it is left lying."""

import datetime

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import PROCESSING

BLOCKED = "Kustomization/flux-system/processing-and-chaining"
OLD = "develop@sha1:" + "0" * 40


def block(bed: Bed) -> None:
    bed.git.replace(f"{PROCESSING}/workflow-cleaner.yaml", "  name: workflow-cleaner", "  name workflow-cleaner")
    bed.sync()


def leave_behind(bed: Bed) -> None:
    """What a missed event leaves behind, written into the status: no Flux can be made to miss one at will."""
    bed.reconcile("Kustomization", "flux-system", "user-management")  # the next one is a minute away
    was = {"lastAppliedRevision": OLD, "lastAttemptedRevision": OLD}
    bed.kube.patch("Kustomization", "flux-system", "user-management", {"status": was}, subresource="status")
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
    fetched = {"artifact": {"lastUpdateTime": then.strftime("%Y-%m-%dT%H:%M:%SZ")}}
    bed.kube.patch("GitRepository", "flux-system", "flux-system", {"status": fetched}, subresource="status")


FAULTS = [
    Fault(
        "revision-blocked",
        platform="eoepca",
        breaks="a commit that was pushed cannot be applied: one Kustomization does not build",
        apply=block,
        args=lambda bed: ("--wait-for", bed.git.head, "--within", "1s"),
        expect=[("flux.kustomization.not-ready", BLOCKED), ("flux.revision.not-applied", BLOCKED)],
    ),
    Fault(
        "revision-not-fetched",
        platform="eoepca",
        breaks="a pipeline waits for a commit that was never pushed",
        apply=lambda bed: None,
        revert=lambda bed: None,
        args=("--wait-for", "4b825dc642cb6eb9a060e54bf8d69288fbee4904", "--within", "1s"),
        expect=[("flux.revision.not-applied", "GitRepository/flux-system/flux-system")],
    ),
    Fault(
        "revision-not-applied",
        platform="eoepca",
        breaks="a Kustomization says Ready and has not tried what its source fetched an hour ago",
        apply=leave_behind,
        revert=lambda bed: bed.reconcile("Kustomization", "flux-system", "user-management"),
        expect=[("flux.revision.not-applied", "Kustomization/flux-system/user-management")],
    ),
]
