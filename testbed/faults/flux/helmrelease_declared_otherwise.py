"""HelmReleases are changed behind the back of the platform's feature: suspended, upgraded, slowed down, removed."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import RESOURCES, SYSTEM

CHEESE = f"{SYSTEM}/test/hr-cheese.yaml"


def upgrade(bed: Bed) -> None:
    bed.git.replace(CHEESE, "version: 1.0.1", "version: 1.0.2")
    bed.sync("flux-system")
    bed.wait("HelmRelease", "test", "cheese", lambda it: it["status"]["history"][0]["chartVersion"] == "1.0.2", 60)
    bed.wait_ready("HelmRelease", "test", "cheese", 60)


def slow_down(bed: Bed) -> None:
    bed.git.replace(CHEESE, "interval: 1m0s", "interval: 2h0m0s")
    bed.sync("flux-system")
    bed.wait_ready("HelmRelease", "test", "cheese", 60)


def remove(bed: Bed) -> None:
    bed.git.commit({f"{RESOURCES}/hr-minio.yaml": None}, "Remove minio")
    bed.sync("resource-management")
    bed.kube.delete("HelmRelease", "rm", "minio", wait=30)  # Flux does; this waits for it


FAULTS = [
    Fault(
        "helmrelease-suspended",
        platform="eoepca",
        breaks="somebody suspends a HelmRelease",
        apply=lambda bed: bed.kube.patch(
            "HelmRelease", "rm", "harbor", {"spec": {"suspend": True}}, manager="kubectl-patch"
        ),
        expect=[("flux.object.suspended", "HelmRelease/rm/harbor")],
    ),
    Fault(
        "helmrelease-version-differs",
        platform="eoepca",
        breaks="a HelmRelease installs another version of its chart than declared",
        apply=upgrade,
        expect=[("flux.helmrelease.differs", "HelmRelease/test/cheese")],
    ),
    Fault(
        "helmrelease-interval-differs",
        platform="eoepca",
        breaks="a HelmRelease is reconciled every two hours instead of every minute",
        apply=slow_down,
        expect=[("flux.helmrelease.differs", "HelmRelease/test/cheese")],
    ),
    Fault(
        "helmrelease-missing",
        platform="eoepca",
        breaks="a declared HelmRelease is taken out of Git, and Flux uninstalls it",
        apply=remove,
        expect=[("platform.object.missing", "HelmRelease/rm/minio")],
    ),
]
