"""Edits people make in the platform's Git, for the faults that break it there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from testbed.bed import Bed

CREODIAS = "system/clusters/creodias"
SYSTEM = f"{CREODIAS}/system"
PROCESSING = f"{CREODIAS}/processing-and-chaining"  # no kustomization.yaml: every file in it is applied
RESOURCES = f"{CREODIAS}/resource-management"  # likewise

TRAINING = "Kustomization/flux-system/training"
SEATS = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: training
  namespace: demo
data:
  seats: "20"
"""


def sync_of(kustomization: str) -> str:
    """The file that declares a Kustomization other than flux-system's own."""
    return f"{SYSTEM}/flux-system-extended/{kustomization}-sync.yaml"


def add_training(bed: Bed, manifest: str = SEATS, name: str = "training", **spec: Any) -> None:
    """Adds a Kustomization and the folder it applies, in one commit; returns once Flux has created it."""
    sync = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": "flux-system"},
        "spec": {
            "interval": "1m0s",
            "path": f"./{CREODIAS}/{name}",
            "prune": True,
            "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
            **spec,
        },
    }
    files = {sync_of(name): yaml.safe_dump(sync, sort_keys=False), f"{CREODIAS}/{name}/{name}.yaml": manifest}
    bed.git.commit(files, f"Add the {name} environment")
    bed.sync("flux-system")


def add_tasting(bed: Bed, version: str = "1.0.2", **spec: Any) -> None:
    """Adds the HelmRelease proc/tasting, a second cheese; returns once Flux has created it."""
    source = {"kind": "HelmRepository", "name": "eoepca", "namespace": "common"}
    release = {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "tasting", "namespace": "proc"},
        "spec": {
            "interval": "1m0s",
            "timeout": "30s",
            "chart": {"spec": {"chart": "cheese", "version": version, "sourceRef": source}},
            **spec,
        },
    }
    bed.git.commit({f"{PROCESSING}/hr-tasting.yaml": yaml.safe_dump(release, sort_keys=False)}, "Add a cheese tasting")
    bed.sync("processing-and-chaining")


def set_values(bed: Bed, file: str, values: Mapping[str, Any], **spec: Any) -> None:
    """Merges values, and fields of the spec, into the HelmRelease in a file of Git."""
    release = yaml.safe_load(bed.git.read(file))
    release["spec"]["values"] |= values
    release["spec"] |= spec
    bed.git.commit({file: yaml.safe_dump(release, sort_keys=False)}, f"{file}: new values")
