"""What containers went through while their pods look fine: killed for memory, restarted again and again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from holdfast.checks.flux import delivery
from holdfast.checks.flux.containers import RECENT, Ending, endings
from holdfast.checks.flux.timing import spell
from holdfast.checks.workloads.last_words import LastWords, Silent
from holdfast.checks.workloads.workload import Workload, is_ready
from holdfast.model import MAJOR, MINOR, Deviation, Remedy, Resource, Said, World, rule

RESTARTS = 5
"""So many are a habit."""
_SILENT = Silent()


@rule(
    "workload.container.oom-killed",
    MAJOR,
    origin="issue C part 9; seed 000 'Resource Memory Configuration'",
    remedy="Raise its memory limit in Git, or give it less to do at once",
)
def not_oom_killed(workload: Resource, world: World) -> Said:
    """No container that runs now was killed for want of memory within the last 24 hours."""
    for pod, ending in _lately(Workload(workload), world):
        if ending.reason == "OOMKilled":
            yield _killed(Workload(workload), pod, ending, world)


@rule(
    "workload.container.restarting",
    MINOR,
    origin="issue C part 9: restarts above a limit; seed 000 'kubectl logs --previous'",
    remedy="Read what it said before it ended: kubectl logs --previous",
)
def not_restarting(workload: Resource, world: World, most: int = RESTARTS, words: LastWords = _SILENT) -> Said:
    """No container that runs now has been restarted more often than it may, the last time within 24 hours.

    One that does not run is told as that, and one that runs out of memory as that.
    """
    for pod, ending in _lately(Workload(workload), world):
        if ending.reason != "OOMKilled" and ending.restarts > most:
            yield _restarting(Workload(workload), pod, ending, world, most, words)


def _lately(workload: Workload, world: World) -> Iterator[tuple[Resource, Ending]]:
    """The containers of its ready pods that ended within a day, each container once, its worst pod for all."""
    worst: dict[str, tuple[Resource, Ending]] = {}
    for pod in workload.serving(world):
        for ending in endings(pod) if is_ready(pod) else ():
            recent = ending.finished is not None and world.now - ending.finished <= RECENT
            told = worst.get(ending.container)
            if recent and ending.restarts and (told is None or ending.restarts > told[1].restarts):
                worst[ending.container] = pod, ending
    yield from worst.values()


def _killed(workload: Workload, pod: Resource, ending: Ending, world: World) -> Deviation:
    resource, limit = workload.resource, _limit(workload, ending.container)
    return Deviation(
        resource.ref,
        expected=f"the container stays within its memory limit ({limit})",
        observed=f"container {ending.container} was OOMKilled {_ago(ending, world)}, {ending.restarts} restarts",
        cause=f"it needed more memory than {limit}",
        summary=f"{resource.ref} ran out of memory ({limit}), {ending.restarts} restarts",
        path=f"spec.template.spec.containers[name={ending.container}].resources.limits.memory",
        since=ending.finished,
        outlook="it is started again, and killed again when it needs as much",
        owner=delivery.owner(resource, world),
        remedy=_look(pod, ending),
    )


def _restarting(
    workload: Workload, pod: Resource, ending: Ending, world: World, most: int, words: LastWords
) -> Deviation:
    resource, said = workload.resource, words.of(pod, ending.container)
    code = "" if ending.exit_code is None else f" with exit code {ending.exit_code}"
    why = f"it ended{code} ({ending.reason or 'no reason given'})"
    return Deviation(
        resource.ref,
        expected=f"at most {most} restarts",
        observed=f"container {ending.container} of {pod.name}: {ending.restarts}, the last {_ago(ending, world)}",
        cause=f"{why}; it had said: {said}" if said else why,
        summary=f"{resource.ref} keeps restarting: container {ending.container} {ending.restarts} times, {why}",
        path=f"spec.template.spec.containers[name={ending.container}]",
        since=ending.finished,
        outlook="it runs now; nothing keeps it from ending again",
        owner=delivery.owner(resource, world),
        remedy=_look(pod, ending),
    )


def _ago(ending: Ending, world: World) -> str:
    return f"{spell(max(world.now - ending.finished, timedelta()))} ago" if ending.finished else "at an unknown time"


def _look(pod: Resource, ending: Ending) -> tuple[Remedy, ...]:
    logs = f"kubectl logs pod/{pod.name} -c {ending.container} -n {pod.namespace} --previous --tail=50"
    return (
        Remedy("read its last words", logs),
        Remedy("see the pod and its events", f"kubectl describe pod/{pod.name} -n {pod.namespace}"),
    )


def _limit(workload: Workload, container: str) -> str:
    for each in workload.containers:
        if each.get("name") == container:
            limits = (each.get("resources") or {}).get("limits") or {}
            return str(limits.get("memory") or "no limit of its own")
    return "no limit of its own"
