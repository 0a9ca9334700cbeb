"""What a HelmRelease takes its values from is gone, or has another key."""

from testbed.bed import Bed
from testbed.fault import Fault

NAME = "HelmRelease/rm/data-access"


def reconcile(bed: Bed) -> None:
    bed.reconcile("HelmRelease", "rm", "data-access")
    bed.wait_not_ready("HelmRelease", "rm", "data-access", "ValuesError")


def delete(bed: Bed) -> None:
    bed.kube.delete("Secret", "rm", "cache-access-secret")
    reconcile(bed)


def rename_key(bed: Bed) -> None:
    rename = [{"op": "move", "from": "/data/values.yaml", "path": "/data/values.yml"}]
    bed.kube.patch("Secret", "rm", "cache-access-secret", rename, manager="kubectl-edit")
    reconcile(bed)


FAULTS = [
    Fault(
        "helmrelease-values-reference-missing",
        platform="eoepca",
        breaks="the Secret a HelmRelease takes values from is deleted",
        apply=delete,
        expect=[("flux.helmrelease.not-ready", NAME)],
    ),
    Fault(
        "helmrelease-values-key-missing",
        platform="eoepca",
        breaks="the Secret a HelmRelease takes values from no longer has the key",
        apply=rename_key,
        expect=[("flux.helmrelease.not-ready", NAME)],
    ),
]
