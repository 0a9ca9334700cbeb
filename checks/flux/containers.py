"""What became of a controller's containers: how they ended, why they wait, killed for memory, crashing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from holdfast.checks.flux import controllers
from holdfast.checks.flux.controllers import Controller
from holdfast.model import Deviation, Json, Note, Ref, Remedy, Resource, Unobservable, World, parse_time

OOM_KILLED = "flux.controller.oom-killed"
CRASH_LOOPING = "flux.controller.crash-looping"

RECENT = timedelta(hours=24)
"""An out-of-memory kill older than this is history, and only noted."""


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
                restarts=count if isinstance(count := status.get("restartCount"), int) else 0,
                waiting=str(waiting.get("reason") or ""),
                message=" ".join(str(waiting.get("message") or "").split())[:200],
            )


def why_waiting(world: World, controller: Controller) -> str:
    """What keeps its pods from running, as far as that can be read: one clause, "" when nothing tells."""
    try:
        seen = controllers.pods(world, controller)
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


def out_of_memory(controller: Controller, world: World) -> Iterator[Deviation | Note]:
    """One deviation per container killed for memory lately, one note per container killed before that."""
    for pod in controllers.pods(world, controller):
        for ending in endings(pod):
            if ending.reason != "OOMKilled":
                continue
            when = ending.finished.isoformat() if ending.finished else "at an unknown time"
            what = f"container {ending.container} was OOMKilled {when}, {ending.restarts} restarts"
            if ending.finished and world.now - ending.finished > RECENT:
                yield Note("oom-killed-before", controller.deployment.ref, what)
                continue
            limit = _limit(controller, ending.container)
            yield Deviation(
                controller.deployment.ref,
                expected=f"the container stays within its memory limit ({limit})",
                observed=what,
                cause=f"it needed more memory than {limit}",
                summary=f"{controller.deployment.name} ran out of memory ({limit}), {ending.restarts} restarts",
                path=f"spec.template.spec.containers[name={ending.container}].resources.limits.memory",
                since=ending.finished,
                rule=OOM_KILLED,
                outlook="it is started again, and killed again when it needs as much",
                remedy=look_at(controller.deployment.ref, previous=True),
            )


def crashes(controller: Controller, world: World) -> Iterator[Deviation]:
    """One deviation per container in CrashLoopBackOff; one that runs out of memory each time is told as that."""
    for pod in controllers.pods(world, controller):
        for ending in endings(pod):
            if ending.waiting == "CrashLoopBackOff" and ending.reason != "OOMKilled":
                yield _crash(controller, ending, world)


def _crash(controller: Controller, ending: Ending, world: World) -> Deviation:
    ref = controller.deployment.ref
    code = "" if ending.exit_code is None else f" with exit code {ending.exit_code}"
    return Deviation(
        ref,
        expected="the container keeps running",
        observed=f"CrashLoopBackOff of container {ending.container}: it ended{code}, {ending.restarts} restarts",
        cause=f"container {ending.container} ends{code} each time it is started",
        summary=f"{ref.name} keeps crashing, {ending.restarts} restarts",
        path=f"spec.template.spec.containers[name={ending.container}]",
        since=ending.finished,
        affects=controllers.affects(world, controller.name),
        rule=CRASH_LOOPING,
        outlook="it is started again and again, with pauses of up to 5m; what it keeps stays as it is",
        remedy=look_at(ref, previous=True),
    )


def look_at(ref: Ref, previous: bool = False) -> tuple[Remedy, ...]:
    """The read-only commands that show a controller's trouble, ``previous`` for what it said before it ended."""
    logs = f"kubectl logs deployment/{ref.name} -n {ref.namespace} --tail=50" + (" --previous" if previous else "")
    return (
        Remedy("see its pods and events", f"kubectl describe deployment/{ref.name} -n {ref.namespace}"),
        Remedy("read its last words", logs),
    )


def _limit(controller: Controller, container: str) -> str:
    for each in controllers.containers(controller.deployment):
        if each.get("name") == container:
            limits = _mapping(_mapping(each.get("resources")).get("limits"))
            return str(limits.get("memory") or "no limit of its own")
    return "no limit of its own"


def _maps(found: Json) -> list[Mapping[str, Json]]:
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list | tuple) else []


def _mapping(found: Json) -> Mapping[str, Json]:
    return found if isinstance(found, Mapping) else {}
