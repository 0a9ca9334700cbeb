"""Whether Flux is there at all: what is said, once, where it is not."""

from __future__ import annotations

from holdfast.checks.flux import controllers, kinds
from holdfast.model import Deviation, Ref, Remedy, Unobservable, World

UNAVAILABLE = "flux.controller.unavailable"
USUAL_NAMESPACE = "flux-system"


def not_installed(namespace: str) -> Deviation:
    """The finding for a cluster that should have Flux in this namespace and has nothing of it."""
    install = Remedy(
        "install it again, from the version in Git",
        f"kubectl apply -k DIRECTORY_OF_gotk-components.yaml -n {namespace}",
        writes=True,
        risk="Flux takes over what it once delivered, and applies what Git says now",
    )
    return Deviation(
        Ref("v1", "Namespace", "", namespace),
        expected="Flux runs in this namespace",
        observed="complete LISTs hold neither a Deployment of Flux here nor an object of its kinds anywhere",
        cause="Flux was uninstalled, or flux_namespace in platform.toml names another namespace than Flux runs in",
        summary=f"Flux is not installed in {namespace}",
        rule=UNAVAILABLE,
        outlook="nothing Git says reaches the cluster; what was delivered runs on, and nobody looks after it",
        remedy=(
            Remedy("look for it elsewhere", f"kubectl get deployments -A -l {controllers.PART_OF}=flux"),
            Remedy("see whether its CRDs are there", "kubectl get crds -l app.kubernetes.io/part-of=flux"),
            install,
        ),
    )


def gone(kind: str, world: World) -> Deviation | None:
    """Of a kind that is not served: that Flux is gone as a whole, with all its kinds and controllers; else None."""
    if kind.partition(".")[0] not in kinds.KINDS:
        return None
    try:
        if any(world.versions(group) for group in kinds.GROUPS) or controllers.anywhere(world):
            return None
    except Unobservable:
        return None
    return not_installed(USUAL_NAMESPACE)
