"""`flux uninstall --keep-namespace`: what Flux delivered runs on, and nobody looks after it."""

from testbed.bed import Bed
from testbed.build import FLUX
from testbed.fault import Fault

_GROUPS = ".toolkit.fluxcd.io"


def apply(bed: Bed) -> None:
    for controller in FLUX:
        bed.kube.delete("Deployment", "flux-system", controller)
        bed.stop(controller, kill=True)
    types = [each for each in bed.kube.types() if each.group.endswith(_GROUPS)]
    for each in types:  # first, so that deleting the types deletes nothing else
        kind = f"{each.api_version}/{each.kind}"
        for obj in bed.kube.list_type(each):
            if "finalizers" in obj["metadata"]:
                name, namespace = obj["metadata"]["name"], obj["metadata"]["namespace"]
                bed.kube.patch(kind, namespace, name, {"metadata": {"finalizers": None}}, manager="flux")
    for each in types:
        bed.kube.delete("CustomResourceDefinition", None, f"{each.plural}.{each.group}")
    for each in types:
        bed.kube.delete("CustomResourceDefinition", None, f"{each.plural}.{each.group}", wait=20)


def revert(bed: Bed) -> None:
    bed.reset(300)  # every release is taken over again, which is an upgrade each


FAULT = Fault(
    "flux-uninstalled",
    platform="eoepca",
    breaks="Flux is uninstalled: its controllers and its CRDs are gone",
    apply=apply,
    revert=revert,
    expect=[("flux.controller.unavailable", "Namespace/flux-system")],
)
