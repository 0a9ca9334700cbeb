"""What earlier jobs left: namespaces and volumes nobody uses any more."""

from __future__ import annotations

import re
from datetime import timedelta

from holdfast.model import MINOR, Deviation, Remedy, Resource, Said, World, rule

_ORIGIN = "test/bin/clean-processing-namespaces.sh of EOEPCA; processingKeepWorkspaceIfFailed of the ADES"
_ENDED = frozenset({"Succeeded", "Failed"})


@rule(
    "processing.namespace.left",
    MINOR,
    origin=_ORIGIN,
    remedy="See that nothing in it is needed, then delete the namespace; find out why its job did not",
)
def namespace_removed(namespace: Resource, world: World, pattern: str, limit: timedelta) -> Said:
    """No namespace of a job outlives the job."""
    if not re.fullmatch(pattern, namespace.name) or namespace.get("metadata", "deletionTimestamp"):
        return
    pods = [each for each in world.listing("Pod").all() if each.namespace == namespace.name]
    if any(each.get("status", "phase") not in _ENDED for each in pods):
        return
    if _is_old(namespace, world, limit):
        name = namespace.name
        yield _of(
            namespace,
            "gone with its job",
            "there, and no pod runs in it",
            "the job failed and kept its workspace, or nobody cleaned up after it",
            f"kubectl -n {name} get all,pvc",
            f"kubectl delete namespace {name}",
            "everything in it is lost: logs and intermediate results, too",
        )


@rule(
    "processing.volume.left",
    MINOR,
    origin=_ORIGIN,
    remedy="See that nobody needs what is in it, then delete the claim; storage fills up with them",
)
def volume_removed(claim: Resource, world: World, pattern: str, limit: timedelta) -> Said:
    """No volume of a job outlives the job."""
    if not re.fullmatch(pattern, claim.name) or claim.get("metadata", "deletionTimestamp"):
        return
    if any(_uses(pod, claim) for pod in world.listing("Pod").all()):
        return
    if _is_old(claim, world, limit):
        where = f"kubectl -n {claim.namespace}"
        yield _of(
            claim,
            "gone with its job",
            "there, and no pod uses it",
            "the job failed and kept its workspace",
            f"{where} describe pvc {claim.name}",
            f"{where} delete pvc {claim.name}",
            "what is in the volume is lost",
        )


def _is_old(thing: Resource, world: World, limit: timedelta) -> bool:
    return thing.created is not None and world.now - thing.created >= limit


def _uses(pod: Resource, claim: Resource) -> bool:
    if pod.namespace != claim.namespace or pod.get("status", "phase") in _ENDED:
        return False
    return any(
        (each.get("persistentVolumeClaim") or {}).get("claimName") == claim.name for each in pod.maps("spec", "volumes")
    )


def _of(thing: Resource, expected: str, observed: str, cause: str, look: str, removal: str, risk: str) -> Deviation:
    remedy = (Remedy("look into it first", look), Remedy("remove it", removal, writes=True, risk=risk))
    since = thing.created
    said = f"{thing.ref}: left by a job that has ended"
    return Deviation(thing.ref, expected, observed, cause, remedy, since=since, summary=said)
