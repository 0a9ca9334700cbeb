"""Somebody changes in Git how a Kustomization delivers: all of it works, and is not what the feature declares."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import CREODIAS, PROCESSING, SYSTEM, sync_of

NAME = "Kustomization/flux-system/processing-and-chaining"
SYNC = sync_of("processing-and-chaining")


def change(bed: Bed, old: str, new: str) -> None:
    """Edits the Kustomization in Git and waits until it has been applied that way."""
    bed.git.replace(SYNC, old, new)
    bed.sync("flux-system", "processing-and-chaining")
    bed.wait_ready("Kustomization", "flux-system", "processing-and-chaining", 60)


def move(bed: Bed) -> None:
    bed.git.move(PROCESSING, f"{CREODIAS}/processing")
    change(bed, "creodias/processing-and-chaining", "creodias/processing")


def another_source(bed: Bed) -> None:
    sync = f"{SYSTEM}/flux-system/gotk-sync.yaml"
    source = bed.git.read(sync).split("---")[1].replace("name: flux-system\n  namespace", "name: hotfix\n  namespace")
    bed.git.commit({f"{SYSTEM}/flux-system-extended/hotfix-source.yaml": source}, "A source for hotfixes")
    change(bed, "    name: flux-system", "    name: hotfix")


FAULTS = [
    Fault(
        "kustomization-prune-off",
        platform="eoepca",
        breaks="a Kustomization no longer deletes what Git no longer holds",
        apply=lambda bed: change(bed, "prune: true", "prune: false"),
        expect=[("flux.kustomization.differs", NAME)],
    ),
    Fault(
        "kustomization-interval-changed",
        platform="eoepca",
        breaks="a Kustomization is reconciled every half hour instead of every minute",
        apply=lambda bed: change(bed, "interval: 1m0s", "interval: 30m0s"),
        expect=[("flux.kustomization.differs", NAME)],
    ),
    Fault(
        "kustomization-path-differs",
        platform="eoepca",
        breaks="a Kustomization applies another folder than declared",
        apply=move,
        expect=[("flux.kustomization.differs", NAME)],
    ),
    Fault(
        "kustomization-source-differs",
        platform="eoepca",
        breaks="a Kustomization takes its manifests from another source than declared",
        apply=another_source,
        expect=[("flux.kustomization.differs", NAME)],
    ),
]
