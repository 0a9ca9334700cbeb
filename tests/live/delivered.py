"""A Kustomization of one's own on the testbed, delivered as the platform delivers everything: through its Git."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from testbed.bed import Bed
from testbed.kube import Object

NAMESPACE = "flux-system"
FOLDER = "system/clusters/creodias/careful"
"""Beside the folders the platform's own Kustomizations look into."""
_SYNC = "system/clusters/creodias/system/test"


def text(*objects: Object) -> str:
    """As YAML documents."""
    return yaml.safe_dump_all(objects, sort_keys=False, allow_unicode=True)


def files(name: str, objects: Mapping[str, str], spec: Mapping[str, Any] | None = None) -> dict[str, str]:
    """The files by which Flux gets a Kustomization of this name, and what it applies, by file name."""
    kustomization = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "interval": "1h",
            "timeout": "20s",
            "path": f"./{FOLDER}/{name}",
            "prune": True,
            "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
            **(spec or {}),
        },
    }
    own = {f"{FOLDER}/{name}/{file}": content for file, content in objects.items()}
    return {**own, f"{_SYNC}/{name}-sync.yaml": text(kustomization)}


def deliver(bed: Bed, *deliveries: dict[str, str]) -> None:
    """Commit these files, and wait until Flux has applied them."""
    bed.git.commit({path: content for each in deliveries for path, content in each.items()}, "Deliver")
    bed.sync("flux-system")
    for each in deliveries:
        for path in each:
            if path.startswith(_SYNC):
                bed.wait_ready("Kustomization", NAMESPACE, path.rpartition("/")[2].removesuffix("-sync.yaml"), 40)
