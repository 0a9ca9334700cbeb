"""Whether volumes that were asked for are there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from holdfast.checks.flux import delivery
from holdfast.checks.flux.timing import spell
from holdfast.model import MAJOR, Deviation, InFlight, Remedy, Resource, Said, Unobservable, World, rule

BINDS_WITHIN = timedelta(minutes=5)
"""A provisioner that works has bound a claim by then."""
UNBOUND = "workload.volume.unbound"


@rule(
    UNBOUND,
    MAJOR,
    origin="issue C part 9: PVC bound; reference §1.5: the claims of the building blocks",
    remedy="See what its provisioner says: kubectl describe pvc; a claim that is Lost has lost its data's volume",
)
def bound(claim: Resource, world: World, within: timedelta = BINDS_WITHIN) -> Said:
    """Every PersistentVolumeClaim is bound to a volume."""
    phase = claim.get("status", "phase", default="")
    if phase == "Bound":
        yield from _resizing(claim)
        return
    age = world.now - claim.created if claim.created else within
    if phase == "Lost":
        yield _lost(claim, world)
    elif _waits_for_its_first_pod(claim, world):
        return
    elif age < within:
        yield InFlight(str(claim.ref), f"{phase or 'no phase yet'} for {spell(age)} of at most {spell(within)}")
    else:
        yield unbound(claim, world)


def unbound(claim: Resource, world: World) -> Deviation:
    """The finding for a claim that no volume was found for."""
    wanted = claim.get("spec", "resources", "requests", "storage", default="?")
    return Deviation(
        claim.ref,
        expected=f"phase Bound, with a volume of {wanted}",
        observed=f"phase {claim.get('status', 'phase', default='none')}",
        cause=_why(claim, world),
        summary=f"{claim.ref} has no volume: {_why(claim, world)}",
        since=claim.created,
        affects=users(claim, world),
        rule=UNBOUND,
        outlook="pods that use it are not started until a volume is bound",
        owner=delivery.owner(claim, world),
        remedy=_look(claim),
    )


def users(claim: Resource, world: World) -> tuple[str, ...]:
    """The pods that mount it, as far as they can be read."""
    return tuple(
        str(each.ref)
        for each in world.listing("Pod").seen
        if each.namespace == claim.namespace and claim.name in claims_of(each)
    )


def claims_of(pod: Resource) -> tuple[str, ...]:
    """The names of the claims a pod mounts."""
    names = (each.get("persistentVolumeClaim") for each in pod.maps("spec", "volumes"))
    return tuple(str(each.get("claimName")) for each in names if isinstance(each, dict))


def unbound_of(pod: Resource, world: World) -> Iterator[Resource]:
    """The claims of a pod that exist and are not bound.

    Raises:
        Unobservable: the claims could not be read.
    """
    for name in claims_of(pod):
        claim = world.find("PersistentVolumeClaim", pod.namespace, name)
        if claim is not None and claim.get("status", "phase") != "Bound":
            yield claim


def _why(claim: Resource, world: World) -> str:
    name = claim.get("spec", "storageClassName", default="")
    if not name:
        return "it names no StorageClass, and no volume by hand fits"
    try:
        known = world.find("StorageClass", "", str(name))
    except Unobservable:
        return f"nothing of StorageClass {name} was bound to it"
    if known is None:
        return f"its StorageClass {name} does not exist, and no volume by hand fits"
    return f"the provisioner {known.get('provisioner')} of its StorageClass {name} has made no volume"


def _waits_for_its_first_pod(claim: Resource, world: World) -> bool:
    """Its class binds when a pod comes, and there is none: nothing is amiss.

    Raises:
        Unobservable: the StorageClasses or the Pods could not be read.
    """
    name = claim.get("spec", "storageClassName", default="")
    known = world.find("StorageClass", "", str(name)) if name else None
    if known is None or known.get("volumeBindingMode") != "WaitForFirstConsumer":
        return False
    world.listing("Pod").all()
    return not users(claim, world)


def _lost(claim: Resource, world: World) -> Deviation:
    volume = claim.get("spec", "volumeName", default="?")
    return Deviation(
        claim.ref,
        expected=f"phase Bound, with the volume {volume}",
        observed="phase Lost",
        cause=f"its PersistentVolume {volume} no longer exists",
        summary=f"{claim.ref} has lost its volume {volume}",
        affects=users(claim, world),
        rule=UNBOUND,
        outlook="nothing: pods that start anew cannot mount it; whether the data is still there, the storage tells",
        owner=delivery.owner(claim, world),
        remedy=_look(claim),
    )


def _resizing(claim: Resource) -> Iterator[Deviation]:
    """Bound, but it could not be made larger."""
    failed = claim.find_condition("ControllerResizeError") or claim.find_condition("NodeResizeError")
    if failed and failed.status == "True":
        yield Deviation(
            claim.ref,
            expected="the size that is asked for",
            observed=f"{failed.type}: {failed.message}",
            cause="the storage could not make the volume larger",
            summary=f"{claim.ref} cannot be made larger: {failed.message}",
            path="spec.resources.requests.storage",
            since=failed.since,
            remedy=_look(claim),
        )


def _look(claim: Resource) -> tuple[Remedy, ...]:
    return (
        Remedy("see what its provisioner says", f"kubectl describe pvc/{claim.name} -n {claim.namespace}"),
        Remedy("see which volumes and classes there are", "kubectl get storageclass,pv"),
    )
