"""Whether the controller that keeps an object true is there at all, before the object is blamed for standing still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from holdfast.checks.flux import delivery, kinds, leases
from holdfast.checks.flux.state import State
from holdfast.model import Deviation, Resource, Unobservable, World

_USUAL = "flux-system"


def standstill(
    resource: Resource, observed: str, state: State, world: World, limit: timedelta | None = None
) -> Deviation:
    """The object is stuck; or, where its controller is down or silent, that: one finding for all it keeps."""
    keeper = next(_silent(resource, world), None)
    if keeper is None:
        return delivery.stuck(resource, observed, state, world, limit)
    known = str(resource.ref) in keeper.affects
    return keeper if known else replace(keeper, affects=(*keeper.affects, str(resource.ref)))


def silent(resource: Resource, world: World) -> Deviation | None:
    """What the rules on controllers say of the object's controller; None when it speaks, or nobody can tell."""
    return next(_silent(resource, world), None)


def _silent(resource: Resource, world: World) -> Iterator[Deviation]:
    name = next((name for name, kept in kinds.KEPT_BY.items() if resource.kind in kept), "")
    namespaces = {each.namespace for each in world.listing("Deployment").seen if each.name == name} or {_USUAL}
    for namespace in sorted(namespaces):
        try:
            yield from _told(name, namespace, world)
        except Unobservable:
            return  # the object itself stands still all the same, and that is said


def _told(name: str, namespace: str, world: World) -> Iterator[Deviation]:
    where = Resource({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    for word in leases.speaking(where, world):
        if isinstance(word, Deviation) and word.ref and (word.ref.name == name or word.ref.name.startswith(f"{name}-")):
            yield replace(word, rule=word.rule or leases.SILENT)
