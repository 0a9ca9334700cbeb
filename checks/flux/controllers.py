"""Flux's controllers as they are deployed: which there are, which there should be, what their pods went through."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.checks.flux import kinds
from holdfast.checks.flux.selectors import selects
from holdfast.model import Json, Resource, World

ARC_AGENTS = ("fluxconfig-agent", "fluxconfig-controller")
"""What Azure Arc's extension adds beside Flux's own controllers."""

_KNOWN = (*kinds.KEPT_BY, *ARC_AGENTS)
PART_OF = "app.kubernetes.io/part-of"
_AFFECTS = 50
"""So many objects are named in a finding; its summary tells how many there are."""


@dataclass(frozen=True, slots=True)
class Controller:
    """One Deployment of Flux; a shard counts under the controller it is a shard of."""

    name: str
    """``source-controller``; the Deployment's own name when it is none Flux is known to have."""
    deployment: Resource

    @property
    def container(self) -> Mapping[str, Json]:
        """The container that runs the controller: ``manager`` in every release of Flux, else the first."""
        found = containers(self.deployment)
        named = [each for each in found if each.get("name") == "manager"]
        return next(iter((*named, *found)), {})

    @property
    def image(self) -> str:
        return str(self.container.get("image") or "")

    def flag(self, name: str) -> str | None:
        """The value of a command-line flag, ``true`` when it has none, None when it is not given."""
        parts = [self.container.get(field) for field in ("command", "args")]
        for part in (each for field in parts if isinstance(field, list) for each in field):
            found = re.fullmatch(rf"--?{re.escape(name)}(?:=(.*))?", str(part))
            if found:
                return found[1] or "true"
        return None

    @property
    def elects(self) -> bool:
        """Whether it takes a Lease, as every release of Flux makes it."""
        return self.flag("enable-leader-election") == "true"

    @property
    def lease(self) -> str:
        """The name of its Lease; a shard's ends in a digest of its selector (fluxcd/pkg, leaderelection.GenerateID)."""
        base = f"{self.name}-leader-election"
        selector = self.flag("watch-label-selector")
        return f"{base}-{hashlib.sha256(selector.encode()).hexdigest()[:8]}" if selector else base


def deployed(world: World, namespace: str) -> tuple[Controller, ...]:
    """Flux's Deployments in its namespace: known by name or by the part-of label its manifests carry.

    Raises:
        Unobservable: the Deployments could not all be read.
    """
    return tuple(Controller(_controller_of(each.name), each) for each in anywhere(world) if each.namespace == namespace)


def anywhere(world: World) -> tuple[Resource, ...]:
    """The Deployments of Flux in every namespace.

    Raises:
        Unobservable: the Deployments could not all be read.
    """
    return tuple(
        each
        for each in world.listing("Deployment").all()
        if _controller_of(each.name) in _KNOWN or each.labels.get(PART_OF) == "flux"
    )


def needed(world: World, controller: str) -> bool:
    """Whether there are objects that only this controller keeps true.

    Raises:
        Unobservable: none was seen, and not all could be read.
    """
    kept = [world.listing(kinds.asked(kind)) for kind in kinds.KEPT_BY.get(controller, ())]
    return any(each.seen for each in kept) or any(each.all() for each in kept)


def keeps(world: World, controller: str) -> tuple[str, ...]:
    """Objects the controller keeps true, as far as they could be read: ``Kind/namespace/name``."""
    return tuple(
        str(each.ref) for kind in kinds.KEPT_BY.get(controller, ()) for each in world.listing(kinds.asked(kind)).seen
    )


def affects(world: World, controller: str) -> tuple[str, ...]:
    """The first fifty of what :func:`keeps` tells."""
    return keeps(world, controller)[:_AFFECTS]


def pods(world: World, controller: Controller) -> tuple[Resource, ...]:
    """The pods its Deployment selects.

    Raises:
        Unobservable: the Pods could not all be read.
    """
    selector = controller.deployment.get("spec", "selector")
    return tuple(
        each
        for each in world.listing("Pod").all()
        if each.namespace == controller.deployment.namespace and selects(selector, each.labels)
    )


def _controller_of(deployment: str) -> str:
    return next((name for name in _KNOWN if deployment == name or deployment.startswith(f"{name}-")), deployment)


def containers(deployment: Resource) -> list[Mapping[str, Json]]:
    """The containers of its pod template."""
    return _maps(deployment.get("spec", "template", "spec", "containers"))


def _maps(found: Json) -> list[Mapping[str, Json]]:
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list | tuple) else []
