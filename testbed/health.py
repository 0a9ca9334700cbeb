"""When the platform is healthy.

Every Flux object Ready for what it says now, at the revision Git is at, every Deployment available.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from testbed.build import FLUX
from testbed.errors import TestbedError
from testbed.gotk import NAMESPACE
from testbed.kube import Kube

Object = dict[str, Any]
FLUX_KINDS = (
    "GitRepository",
    "OCIRepository",
    "Bucket",
    "HelmRepository",
    "HelmChart",
    "Kustomization",
    "HelmRelease",
    "Receiver",
)


def condition(obj: Object, kind: str) -> Object | None:
    """The condition of that type, None when absent."""
    conditions: list[Object] = obj.get("status", {}).get("conditions", [])
    return next((each for each in conditions if each["type"] == kind), None)


def ready(obj: Object) -> bool:
    """Ready=True, and said about the current spec."""
    found = condition(obj, "Ready")
    return (
        found is not None
        and found["status"] == "True"
        and found.get("observedGeneration") == obj["metadata"]["generation"]
    )


def not_ready(obj: Object) -> bool:
    """Ready=False, and said about the current spec: broken, not merely on its way."""
    found = condition(obj, "Ready")
    return (
        found is not None
        and found["status"] == "False"
        and found.get("observedGeneration") == obj["metadata"]["generation"]
    )


def available(obj: Object) -> bool:
    """The Deployment is rolled out as it is now, and every replica is available."""
    status = obj.get("status", {})
    wanted = obj["spec"].get("replicas", 1)
    return bool(
        status.get("observedGeneration") == obj["metadata"]["generation"]
        and status.get("updatedReplicas", 0) == wanted
        and status.get("availableReplicas", 0) == wanted
        and status.get("replicas", 0) == wanted
    )


def problems(kube: Kube, revision: str) -> Iterator[str]:
    """What still keeps the platform from being healthy, one line each; nothing when it is."""
    try:
        listed = {kind: kube.list(kind) for kind in FLUX_KINDS}
    except TestbedError as error:
        yield str(error)
        return
    for kind in ("GitRepository", "Kustomization", "HelmRelease"):
        if not listed[kind]:
            yield f"no {kind} exists yet"
    artifacts = {
        _name(obj): obj.get("status", {}).get("artifact", {}).get("revision")
        for kind in ("GitRepository",)
        for obj in listed[kind]
    }
    for name, found in artifacts.items():
        if found != revision:
            yield f"{name} is at {found}, Git at {revision}"
    for objects in listed.values():
        for obj in objects:
            yield from _object_problems(obj)
    for obj in listed["Kustomization"]:
        applied = obj.get("status", {}).get("lastAppliedRevision")
        if applied != revision:
            yield f"{_name(obj)} applied {applied}, Git is at {revision}"
    yield from _lease_problems(kube)
    for obj in kube.list("Deployment"):
        if not available(obj):
            yield f"{_name(obj)} is not available"
    for obj in kube.list("Namespace"):
        if obj["status"].get("phase") != "Active":
            yield f"Namespace/{obj['metadata']['name']} is {obj['status'].get('phase')}"


def _object_problems(obj: Object) -> Iterator[str]:
    if obj.get("spec", {}).get("suspend"):
        yield f"{_name(obj)} is suspended"
    elif not ready(obj):
        found = condition(obj, "Ready") or {}
        yield f"{_name(obj)}: {found.get('reason', 'no Ready condition yet')}: {found.get('message', '')}"[:200]
    elif condition(obj, "Reconciling") is not None:
        yield f"{_name(obj)} is reconciling"


def _lease_problems(kube: Kube) -> Iterator[str]:
    """A controller that does not renew its Lease says Ready about nothing any more."""
    now = datetime.datetime.now(datetime.UTC)
    for name in FLUX:
        lease = kube.find("Lease", NAMESPACE, f"{name}-leader-election")
        spec = (lease or {}).get("spec", {})
        if not spec.get("holderIdentity"):
            yield f"{name} has not become leader"
        elif now - datetime.datetime.fromisoformat(spec["renewTime"]) > datetime.timedelta(seconds=10):
            yield f"{name} has not renewed its Lease since {spec['renewTime']}"


def _name(obj: Object) -> str:
    return f"{obj['kind']}/{obj['metadata'].get('namespace', '')}/{obj['metadata']['name']}"
