"""Drift that is held: by a hand that froze the object, by a suspension, by consent, by somebody who fights."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.kube import Object
from testbed.platforms.eoepca.hands import PROC, RM, edited, just_applied, kubectl

CLEANER = "Deployment/proc/workflow-cleaner"
HARVESTER = "Deployment/rm/harvester"


def suspend_and_change(bed: Bed) -> None:
    """`flux suspend` during an incident, and a value that nobody takes back afterwards."""
    just_applied(bed, "flux-system")
    bed.kube.patch("Kustomization", "flux-system", RM, {"spec": {"suspend": True}}, manager="flux")
    kubectl(bed, "-n", "rm", "set", "env", "deployment/harvester", "LOG_LEVEL=debug")


def keep_a_hotfix(bed: Bed) -> None:
    """Signed as Flux's own documentation asks, so that Flux lets it be."""
    just_applied(bed, PROC)
    kubectl(
        bed,
        *("-n", "proc", "set", "env", "deployment/workflow-cleaner", "RETRIES=5"),
        "--field-manager=flux-client-side-apply",
    )


def fight(bed: Bed) -> None:
    """Another controller applies its own image, and will again as often as Flux does."""
    container = {"name": "harvester", "image": "docker.io/eoepca/rm-harvester:1.1.1"}
    change: Object = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "harvester", "namespace": "rm"},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }
    just_applied(bed, RM)
    bed.kube.apply(change, manager="keel")


FAULTS = [
    Fault(
        "drift-frozen-by-hand",
        platform="eoepca",
        breaks="somebody tells Flux in the cluster to leave an object alone",
        apply=edited(
            PROC, "-n proc annotate deployment/workflow-cleaner kustomize.toolkit.fluxcd.io/reconcile=disabled"
        ),
        expect=[("drift.object.frozen", CLEANER)],
    ),
    Fault(
        "drift-while-suspended",
        platform="eoepca",
        breaks="a Kustomization is suspended, and one of its objects changed",
        apply=suspend_and_change,
        expect=[
            ("flux.object.suspended", f"Kustomization/flux-system/{RM}"),
            ("drift.field.changed", HARVESTER),
        ],
    ),
    Fault(
        "drift-hotfix-kept",
        platform="eoepca",
        breaks="a hotfix is made the way Flux accepts, and is not in Git yet",
        apply=keep_a_hotfix,
        expect=[("drift.field.hotfix", CLEANER)],
    ),
    Fault(
        "drift-controllers-fight",
        platform="eoepca",
        breaks="another controller applies another image than Git says",
        apply=fight,
        expect=[("drift.field.fought", HARVESTER)],
    ),
]
