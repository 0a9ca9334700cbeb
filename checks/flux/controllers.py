"""Flux's controllers as they are deployed: which there are, which there should be, what their pods went through."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from holdfast.checks.flux import kinds
from holdfast.checks.flux.selectors import selects
from holdfast.model import Json, Resource, UnknownCode, Unobservable, World, parse_time

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
        for part in (*(self.container.get("command") or ()), *(self.container.get("args") or ())):
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
    return tuple(
        Controller(_controller_of(each.name), each)
        for each in world.listing("Deployment").all()
        if each.namespace == namespace and (_controller_of(each.name) in _KNOWN or each.labels.get(PART_OF) == "flux")
    )


def all_deployed(world: World, namespace: str) -> tuple[Controller, ...]:
    """The same, where a Flux without any Deployment leaves nothing to judge.

    Raises:
        Unobservable: the Deployments could not all be read, or there is none.
    """
    if found := deployed(world, namespace):
        return found
    raise none_deployed(namespace)


def none_deployed(namespace: str) -> Unobservable:
    """What is said where there is no Deployment of Flux at all."""
    return Unobservable(
        UnknownCode.NOTHING_MATCHED,
        f"Flux controllers in {namespace}",
        "there is no Deployment of Flux in this namespace",
        f"kubectl get deployments -A -l {PART_OF}=flux; name the right one as flux_namespace in platform.toml",
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


@dataclass(frozen=True, slots=True)
class Ending:
    """How a container ended, and where it is now."""

    container: str
    reason: str
    """``OOMKilled``, ``Error``, ``Completed``; "" when it has not ended."""
    finished: datetime | None
    exit_code: int | None
    restarts: int
    waiting: str
    """Why it does not run at present: ``CrashLoopBackOff``, ``ImagePullBackOff``; "" when it runs."""
    message: str
    """What the kubelet says about the waiting, one line."""


def endings(pod: Resource) -> Iterator[Ending]:
    """One per container of the pod that has a status; the latest end counts."""
    for field in ("initContainerStatuses", "containerStatuses"):
        for status in _maps(pod.get("status", field)):
            now, last = _mapping(status.get("state")), _mapping(status.get("lastState"))
            ended = _mapping(now.get("terminated")) or _mapping(last.get("terminated"))
            waiting = _mapping(now.get("waiting"))
            yield Ending(
                container=str(status.get("name") or "?"),
                reason=str(ended.get("reason") or ""),
                finished=parse_time(ended.get("finishedAt")),
                exit_code=ended.get("exitCode"),
                restarts=int(status.get("restartCount") or 0),
                waiting=str(waiting.get("reason") or ""),
                message=" ".join(str(waiting.get("message") or "").split())[:200],
            )


def why_waiting(world: World, controller: Controller) -> str:
    """What keeps its pods from running, as far as that can be read: one clause, "" when nothing tells."""
    try:
        seen = pods(world, controller)
    except Unobservable:
        return ""
    for pod in seen:
        for ending in endings(pod):
            if ending.waiting:
                return f"{ending.waiting} of container {ending.container}: {ending.message}".rstrip(": ")
        scheduled = pod.find_condition("PodScheduled")
        if scheduled and scheduled.status == "False":
            return f"pod not scheduled: {scheduled.message}"
    return ""


def _controller_of(deployment: str) -> str:
    return next((name for name in _KNOWN if deployment == name or deployment.startswith(f"{name}-")), deployment)


def containers(deployment: Resource) -> list[Mapping[str, Json]]:
    """The containers of its pod template."""
    return _maps(deployment.get("spec", "template", "spec", "containers"))


def _maps(found: Json) -> list[Mapping[str, Json]]:
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list | tuple) else []


def _mapping(found: Json) -> Mapping[str, Json]:
    return found if isinstance(found, Mapping) else {}
