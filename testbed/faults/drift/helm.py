"""What Helm made is changed, or Helm is used by hand: HelmReleases stay Ready, as Flux does not look."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.hands import LENS, helm, just_applied, just_released, kubectl

CHEESE = "Deployment/test/cheese"
DEBUGGER = {"name": "debug", "image": "docker.io/library/busybox:1.36", "command": ["sleep", "infinity"]}


def change_a_value(bed: Bed) -> None:
    kubectl(bed, "-n", "test", "set", "image", "deployment/cheese", "cheese=docker.io/errm/cheese:stilton")


def change_a_config(bed: Bed) -> None:
    bed.kube.patch("ConfigMap", "test", "cheese-config", {"data": {"WORDS": "fr"}}, manager="kubectl-edit")


def add_a_sidecar(bed: Bed) -> None:
    change = [{"op": "add", "path": "/spec/template/spec/containers/-", "value": DEBUGGER}]
    bed.kube.patch("Deployment", "test", "cheese", change, manager=LENS)


def delete_and_add(bed: Bed) -> None:
    """The headline: a Deployment gone, another with a stranger in it, and not one object of Flux that is not Ready."""
    just_released(bed, "test", "dummy-service")
    kubectl(bed, "-n", "test", "delete", "deployment/dummy-service")
    add_a_sidecar(bed)


def install_again(bed: Bed) -> None:
    bed.reconcile("HelmRelease", "test", "dummy-service", wait=60, force=True)
    bed.reset()


def upgrade_by_hand(bed: Bed) -> None:
    just_released(bed, "test", "cheese")
    chart = f"{bed.charts.url}/eoepca/cheese-1.0.1.tgz"
    helm(bed, "upgrade", "cheese", chart, "-n", "test", "--reuse-values", "--set", "replicaCount=3")


def undo_the_upgrade(bed: Bed) -> None:
    bed.reconcile("HelmRelease", "test", "cheese", wait=60, force=True)
    bed.reset()


def install_by_hand(bed: Bed) -> None:
    helm(bed, "install", "tasting", f"{bed.charts.url}/eoepca/cheese-1.0.1.tgz", "-n", "proc")


def uninstall(bed: Bed) -> None:
    helm(bed, "uninstall", "tasting", "-n", "proc", "--wait")
    bed.reset()


def edit_the_release(bed: Bed) -> None:
    just_applied(bed, "processing-and-chaining")
    values = {"spec": {"values": {"config": {"MAX_JOBS": "80"}}}}
    before = bed.kube.get("HelmRelease", "proc", "proc-ades")["status"]["history"][0]["version"]
    bed.kube.patch("HelmRelease", "proc", "proc-ades", values, manager="kubectl-edit")
    bed.wait("HelmRelease", "proc", "proc-ades", lambda it: it["status"]["history"][0]["version"] > before, 30)
    bed.wait_ready("HelmRelease", "proc", "proc-ades", 60)


FAULTS = [
    Fault(
        "drift-helm-value-changed",
        platform="eoepca",
        breaks="the image of a Deployment that Helm made is changed",
        apply=change_a_value,
        expect=[("drift.field.changed", CHEESE)],
    ),
    Fault(
        "drift-helm-config-changed",
        platform="eoepca",
        breaks="a ConfigMap that Helm made is edited",
        apply=change_a_config,
        expect=[("drift.field.changed", "ConfigMap/test/cheese-config")],
    ),
    Fault(
        "drift-helm-sidecar-added",
        platform="eoepca",
        breaks="a container is added to a Deployment that Helm made",
        apply=add_a_sidecar,
        expect=[("drift.field.foreign", CHEESE)],
    ),
    Fault(
        "drift-everything-ready",
        platform="eoepca",
        breaks="everything is Ready while a Deployment of one chart is gone and another's has a foreign container",
        apply=delete_and_add,
        revert=install_again,
        expect=[("drift.object.missing", "Deployment/test/dummy-service"), ("drift.field.foreign", CHEESE)],
    ),
    Fault(
        "drift-helm-upgraded-by-hand",
        platform="eoepca",
        breaks="somebody upgrades a HelmRelease's release with the Helm CLI",
        apply=upgrade_by_hand,
        revert=undo_the_upgrade,
        expect=[("drift.release.out-of-band", "HelmRelease/test/cheese")],
    ),
    Fault(
        "drift-helm-installed-by-hand",
        platform="eoepca",
        breaks="somebody installs a chart with the Helm CLI into a namespace Flux manages",
        apply=install_by_hand,
        revert=uninstall,
        expect=[("drift.release.unexpected", "Release/proc/tasting")],
    ),
    Fault(
        "drift-helmrelease-values-edited",
        platform="eoepca",
        breaks="the values of a HelmRelease are edited in the cluster, and Flux installs them",
        apply=edit_the_release,
        expect=[("drift.field.changed", "HelmRelease/proc/proc-ades")],
    ),
]
