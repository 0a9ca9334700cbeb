"""Somebody deletes what Git holds."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.hands import PROC, RM, edited, just_released, kubectl


def delete_what_helm_made(bed: Bed) -> None:
    """Flux does not notice: it looks at a release only when its chart or values change."""
    just_released(bed, "test", "cheese")
    kubectl(bed, "-n", "test", "delete", "deployment/cheese")


def install_again(bed: Bed) -> None:
    bed.reconcile("HelmRelease", "test", "cheese", wait=60, force=True)
    bed.reset()


FAULTS = [
    Fault(
        "drift-object-deleted",
        platform="eoepca",
        breaks="a ConfigMap of a Kustomization is deleted",
        apply=edited(PROC, "-n proc delete configmap/workflow-cleaner"),
        expect=[("drift.object.missing", "ConfigMap/proc/workflow-cleaner")],
    ),
    Fault(
        "drift-deployment-deleted",
        platform="eoepca",
        breaks="a Deployment of a Kustomization is deleted",
        apply=edited(PROC, "-n proc delete deployment/workflow-cleaner"),
        expect=[("drift.object.missing", "Deployment/proc/workflow-cleaner")],
    ),
    Fault(
        "drift-role-binding-deleted",
        platform="eoepca",
        breaks="a RoleBinding of a Kustomization is deleted",
        apply=edited(RM, "-n rm delete rolebinding/registrar"),
        expect=[("drift.object.missing", "RoleBinding/rm/registrar")],
    ),
    Fault(
        "drift-helm-deployment-deleted",
        platform="eoepca",
        breaks="a Deployment that Helm made is deleted, and everything stays Ready",
        apply=delete_what_helm_made,
        revert=install_again,
        expect=[("drift.object.missing", "Deployment/test/cheese")],
    ),
]
