"""What a HelmRelease depends on is broken, or not there."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import SYSTEM, add_tasting, set_values


def not_ready(bed: Bed) -> None:
    set_values(bed, f"{SYSTEM}/test/hr-dummy-service.yaml", {"image": {"repository": ""}})
    bed.sync("flux-system")
    bed.wait_not_ready("HelmRelease", "test", "dummy-service", "UpgradeFailed")
    bed.reconcile("HelmRelease", "test", "dummy-service-guard")
    bed.wait_not_ready("HelmRelease", "test", "dummy-service-guard", "DependencyNotReady")


def missing(bed: Bed) -> None:
    add_tasting(bed, dependsOn=[{"name": "cellar"}])
    bed.wait_not_ready("HelmRelease", "proc", "tasting", "DependencyNotReady")


FAULTS = [
    Fault(
        "helmrelease-dependency-not-ready",
        platform="eoepca",
        breaks="a HelmRelease waits for another whose upgrade failed",
        apply=not_ready,
        expect=[("flux.helmrelease.not-ready", "HelmRelease/test/dummy-service")],
    ),
    Fault(
        "helmrelease-dependency-missing",
        platform="eoepca",
        breaks="a HelmRelease depends on one that does not exist",
        apply=missing,
        expect=[("flux.helmrelease.not-ready", "HelmRelease/proc/tasting")],
    ),
]
