"""Objects whose owner is in doubt: none, one that is gone, two."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.kube import Object
from testbed.platforms.eoepca.edits import PROCESSING, add_training
from testbed.platforms.eoepca.hands import PROC, just_applied


def leftover(name: str, kustomization: str) -> Object:
    labels = {
        "kustomize.toolkit.fluxcd.io/name": kustomization,
        "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
    }
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": "proc", "labels": labels},
        "data": {"MAX_JOBS": "4"},
    }


def forget(bed: Bed) -> None:
    """What a failed deletion of older Flux releases leaves: applied and labelled by Flux, in no inventory."""
    bed.kube.apply(leftover("old-queue", PROC), manager="kustomize-controller")


def outlive(bed: Bed) -> None:
    bed.kube.apply(leftover("retired-queue", "retired"), manager="kustomize-controller")


def share(bed: Bed) -> None:
    """Two teams deliver the same ConfigMap, word for word; Flux flips its labels for ever."""
    manifest = bed.git.read(f"{PROCESSING}/workflow-cleaner.yaml").split("---\n")[2]
    add_training(bed, manifest)
    bed.wait_ready("Kustomization", "flux-system", "training")
    just_applied(bed, PROC)


def lose_its_owner(bed: Bed) -> None:
    """The garbage collector is down, as when an aggregated API is: what should go with its owner stays."""
    bed.stop("kube-controller-manager", kill=True)
    owner = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": "gone",
        "uid": "3b9f3b1e-0000-4000-8000-000000000001",
    }
    bed.kube.create(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "gone-config", "namespace": "proc", "ownerReferences": [owner]},
        },
        manager="operator",
    )


FAULTS = [
    Fault(
        "drift-orphan",
        platform="eoepca",
        breaks="an object carries a Kustomization's labels and is in its inventory no more",
        apply=forget,
        expect=[("drift.object.orphaned", "ConfigMap/proc/old-queue")],
    ),
    Fault(
        "drift-owner-gone",
        platform="eoepca",
        breaks="an object belongs to a Kustomization that does not exist any more",
        apply=outlive,
        expect=[("drift.object.orphaned", "ConfigMap/proc/retired-queue")],
    ),
    Fault(
        "drift-two-owners",
        platform="eoepca",
        breaks="two Kustomizations deliver the same object",
        apply=share,
        expect=[("drift.object.contested", "ConfigMap/proc/workflow-cleaner")],
    ),
    Fault(
        "drift-dangling-owner",
        platform="eoepca",
        breaks="the owner of an object is gone, and nobody collects it",
        apply=lose_its_owner,
        expect=[("drift.object.dangling", "ConfigMap/proc/gone-config")],
    ),
]
