"""The controllers are changed in Git: less memory, other images."""

import json
from pathlib import Path

from testbed import health
from testbed.bed import Bed
from testbed.errors import TestbedError
from testbed.fault import Fault

PATCH = "system/clusters/creodias/system/flux-system/flux-system-patch.yaml"


def _baseline(bed: Bed) -> Path:
    return bed.instance.home / "baseline.json"


def _shrink(bed: Bed) -> None:
    bed.git.replace(PATCH, "memory: 2Gi", "memory: 512Mi")  # the first is source-controller's limit
    _roll_out(bed, "source-controller")


def _from_elsewhere(bed: Bed) -> None:
    _change_image(
        bed, "helm-controller", f"mirror.example.org/fluxcd/helm-controller:{bed.built.version('helm-controller')}"
    )


def _older(bed: Bed) -> None:
    healthy = bed.audit()
    if healthy.findings_json is None:
        raise TestbedError(f"the audit before the change wrote no findings.json (exit {healthy.exit})")
    _baseline(bed).write_text(json.dumps(healthy.findings_json))
    _change_image(bed, "helm-controller", "ghcr.io/fluxcd/helm-controller:v1.2.0")


def _change_image(bed: Bed, controller: str, image: str) -> None:
    running = f"ghcr.io/fluxcd/{controller}:{bed.built.version(controller)}"
    bed.git.replace(bed.components_path, running, image)
    _roll_out(bed, controller)


def _roll_out(bed: Bed, controller: str) -> None:
    before = bed.kube.get("Deployment", "flux-system", controller)["metadata"]["generation"]
    bed.sync("flux-system")
    bed.wait(
        "Deployment",
        "flux-system",
        controller,
        lambda obj: obj["metadata"]["generation"] > before and health.available(obj),
    )


def _swap_pod(bed: Bed) -> None:
    """Of a pod's spec, the image is the one thing that may be changed by hand; the Deployment does not notice."""
    pod = bed.kube.list("Pod", "flux-system", labels="app=helm-controller")[0]["metadata"]["name"]
    image = {"op": "replace", "path": "/spec/containers/0/image", "value": "ghcr.io/fluxcd/helm-controller:v1.2.0"}
    bed.kube.patch("Pod", "flux-system", pod, [image], manager="kubectl-set")


FAULTS = [
    Fault(
        "controller-resources-changed",
        platform="eoepca",
        breaks="source-controller's memory limit is lowered in Git",
        apply=_shrink,
        expect=[("flux.controller.differs", "Deployment/flux-system/source-controller")],
    ),
    Fault(
        "controller-image-changed",
        platform="eoepca",
        breaks="helm-controller's image comes from somewhere else",
        apply=_from_elsewhere,
        expect=[("flux.controller.differs", "Deployment/flux-system/helm-controller")],
    ),
    Fault(
        "controller-version-lower",
        platform="eoepca",
        breaks="helm-controller goes back to an older version than the baseline's",
        apply=_older,
        args=lambda bed: ("--baseline", str(_baseline(bed))),
        expect=[("flux.controller.downgraded", "Deployment/flux-system/helm-controller")],
    ),
    Fault(
        "controller-version-mixed",
        platform="eoepca",
        breaks="helm-controller's pod runs another version than its Deployment asks for",
        apply=_swap_pod,
        revert=lambda bed: bed.kube.delete(
            "Pod",
            "flux-system",
            bed.kube.list("Pod", "flux-system", labels="app=helm-controller")[0]["metadata"]["name"],
        ),
        expect=[("flux.controller.version-differs", "Deployment/flux-system/helm-controller")],
    ),
]
