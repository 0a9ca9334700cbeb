"""Small objects made by hand, for what is easier said than recorded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.checks.world import NOON

_VERSIONS = {
    "Kustomization": "kustomize.toolkit.fluxcd.io/v1",
    "HelmRelease": "helm.toolkit.fluxcd.io/v2",
    "Alert": "notification.toolkit.fluxcd.io/v1beta3",
    "Deployment": "apps/v1",
    "Lease": "coordination.k8s.io/v1",
}


def ago(**span: float) -> str:
    """A time before noon, as the API server writes it."""
    return at(NOON - timedelta(**span))


def at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def made(kind: str, name: str, *conditions: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """An object of Flux, generation 1, an hour old, with an interval of one minute."""
    return {
        "apiVersion": _VERSIONS.get(kind, "source.toolkit.fluxcd.io/v1"),
        "kind": kind,
        "metadata": {"name": name, "namespace": "flux-system", "generation": 1, "creationTimestamp": ago(hours=1)},
        "spec": {"interval": "1m", **spec},
        "status": {"conditions": list(conditions)},
    }


def said(
    type_: str, status: str, reason: str = "", message: str = "", generation: int | None = 1, since: str | None = None
) -> dict[str, Any]:
    """A condition; an hour old unless told otherwise."""
    told = {"type": type_, "status": status, "reason": reason, "message": message}
    told["lastTransitionTime"] = since or ago(hours=1)
    return told if generation is None else {**told, "observedGeneration": generation}


def ready(message: str = "Applied revision: main@sha1:0123", since: str | None = None) -> dict[str, Any]:
    return said("Ready", "True", "Succeeded", message, since=since)


def waits_for(dependency: str, since: str | None = None) -> dict[str, Any]:
    """What kustomize-controller says of a Kustomization whose dependency is not ready."""
    message = f"dependency 'flux-system/{dependency}' is not ready"
    return said("Ready", "False", "DependencyNotReady", message, since=since)


def owned(manager: str, when: str, *path: str, operation: str = "Update") -> dict[str, Any]:
    """An entry of managedFields."""
    fields: dict[str, Any] = {}
    for step in reversed(path):
        fields = {f"f:{step}": fields}
    return {"manager": manager, "operation": operation, "time": when, "fieldsType": "FieldsV1", "fieldsV1": fields}


def flux_024(version: str, kind: str, name: str, reason: str, message: str, **status: Any) -> dict[str, Any]:
    """An object as Flux 0.24 leaves it: one condition, without an observedGeneration of its own."""
    return {
        **made(kind, name),
        "apiVersion": version,
        "status": {
            "observedGeneration": 1,
            "conditions": [said("Ready", "True", reason, message, generation=None)],
            **status,
        },
    }
