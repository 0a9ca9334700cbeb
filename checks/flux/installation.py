"""Whether Flux is there at all: what is said, once, where it is not."""

from __future__ import annotations

from holdfast.checks.flux import controllers
from holdfast.model import Deviation, Ref, Remedy

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
