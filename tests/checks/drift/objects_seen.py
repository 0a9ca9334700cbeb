"""Objects as kube-apiserver 1.35 and Flux 2.9 write them, small enough to read."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from typing import Any

from holdfast.model import Resource
from tests.checks.world import NOON

Raw = dict[str, Any]


def stamp(ago: timedelta = timedelta(0)) -> str:
    """A server's time, so long before noon."""
    return (NOON - ago).strftime("%Y-%m-%dT%H:%M:%SZ")


def entry(manager: str, fields: Raw, *, operation: str = "Update", ago: timedelta = timedelta(hours=1)) -> Raw:
    """One of metadata.managedFields."""
    return {
        "manager": manager,
        "operation": operation,
        "apiVersion": "v1",
        "time": stamp(ago),
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }


def kustomization(name: str = "apps", namespace: str = "flux-system", **spec: Any) -> Resource:
    """A reconciled Kustomization."""
    return Resource(
        {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": {"name": name, "namespace": namespace, "generation": 1, "uid": f"uid-{name}"},
            "spec": {"interval": "10m", "prune": True, "path": f"./{name}", **spec},
            "status": {"observedGeneration": 1, "lastAppliedRevision": "main@sha1:1", "inventory": {"entries": []}},
        }
    )


def helm_release(name: str = "web", namespace: str = "apps", *, status: Raw | None = None, **spec: Any) -> Resource:
    """A reconciled HelmRelease."""
    return Resource(
        {
            "apiVersion": "helm.toolkit.fluxcd.io/v2",
            "kind": "HelmRelease",
            "metadata": {"name": name, "namespace": namespace, "generation": 1},
            "spec": {"interval": "10m", **spec},
            "status": {"observedGeneration": 1, "storageNamespace": namespace, **(status or {})},
        }
    )


def made(
    kind: str,
    name: str,
    namespace: str = "apps",
    *,
    api_version: str = "v1",
    labels: dict[str, str] | None = None,
    annotations: dict[str, str] | None = None,
    owners: list[Raw] | None = None,
    managers: list[Raw] | None = None,
    ago: timedelta = timedelta(hours=1),
    **metadata: Any,
) -> Resource:
    """An object as a LIST of PartialObjectMetadata brings it, with kind and apiVersion filled in."""
    meta: Raw = {"name": name, "uid": f"uid-{kind}-{namespace}-{name}", "creationTimestamp": stamp(ago), **metadata}
    if namespace:
        meta["namespace"] = namespace
    for field, value in (("labels", labels), ("annotations", annotations), ("ownerReferences", owners)):
        if value:
            meta[field] = value
    if managers:
        meta["managedFields"] = managers
    return Resource({"apiVersion": api_version, "kind": kind, "metadata": meta})


def owner_reference(owner: Resource, *, uid: str = "", controller: bool = True) -> Raw:
    """What a controller writes into the objects it makes."""
    found = {"apiVersion": owner.api_version, "kind": owner.kind, "name": owner.name}
    return {**found, "uid": uid or owner.get("metadata", "uid"), "controller": controller, "blockOwnerDeletion": True}


def flux_labels(owner: Resource) -> dict[str, str]:
    """The labels kustomize-controller or helm-controller puts on what it applies."""
    group = owner.ref.group
    return {f"{group}/name": owner.name, f"{group}/namespace": owner.namespace}


DEPLOYMENT: Raw = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {
        "name": "web",
        "namespace": "apps",
        "labels": {
            "app": "web",
            "kustomize.toolkit.fluxcd.io/name": "apps",
            "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
        },
    },
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "containers": [
                    {"name": "web", "image": "nginx:1.27", "ports": [{"containerPort": 80}]},
                    {"name": "log", "image": "fluent-bit:3"},
                ],
                "nodeSelector": {"kubernetes.io/os": "linux"},
            },
        },
    },
}
"""What Git says of a Deployment, as built."""


def desired(**metadata: Any) -> Raw:
    """A copy of :data:`DEPLOYMENT`, its metadata extended."""
    found = copy.deepcopy(DEPLOYMENT)
    found["metadata"].update(metadata)
    return found


def live(**metadata: Any) -> Resource:
    """The same as the API server keeps it."""
    found = desired()
    found["metadata"].update(
        uid="uid-web", resourceVersion="42", generation=1, creationTimestamp=stamp(timedelta(days=1)), **metadata
    )
    found["spec"]["template"]["spec"]["containers"][0]["ports"][0]["protocol"] = "TCP"
    return Resource(found)


def moment(text: str) -> datetime:
    """A server's time, read."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
