"""kustomize-controller is taken away by hand. Of all controllers, nobody puts this one back."""

from testbed.bed import Bed
from testbed.fault import Fault

_EXPECT = [("flux.controller.unavailable", "Deployment/flux-system/kustomize-controller")]


def _scale_to_zero(bed: Bed) -> None:
    scale = {"spec": {"replicas": 0}}
    bed.kube.patch("Deployment", "flux-system", "kustomize-controller", scale, manager="kubectl", subresource="scale")
    bed.stop("kustomize-controller")
    bed.wait("Deployment", "flux-system", "kustomize-controller", lambda obj: not obj["status"].get("replicas"))


def _delete(bed: Bed) -> None:
    bed.kube.delete("Deployment", "flux-system", "kustomize-controller", wait=10)
    bed.stop("kustomize-controller")


FAULTS = [
    Fault(
        "controller-scaled-to-zero",
        platform="eoepca",
        breaks="kustomize-controller is scaled to zero",
        apply=_scale_to_zero,
        expect=_EXPECT,
    ),
    Fault(
        "controller-deployment-deleted",
        platform="eoepca",
        breaks="kustomize-controller's Deployment is deleted",
        apply=_delete,
        expect=_EXPECT,
    ),
]
