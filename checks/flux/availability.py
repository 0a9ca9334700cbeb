"""Whether Flux's controllers run: Deployments available, containers not killed for memory, not crash-looping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from holdfast.checks.flux import controllers, kinds, managers, rollout
from holdfast.checks.flux.controllers import Controller, Ending
from holdfast.model import (
    CRITICAL,
    MAJOR,
    Deviation,
    InFlight,
    Note,
    Ref,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

UNAVAILABLE = "flux.controller.unavailable"
OOM_KILLED = "flux.controller.oom-killed"
CRASH_LOOPING = "flux.controller.crash-looping"

RECENT = timedelta(hours=24)
"""An out-of-memory kill older than this is history, and only noted."""


@rule(
    UNAVAILABLE,
    CRITICAL,
    origin="issue A §5, seed 004 'Flux components': the controllers run",
    remedy="Find out why its pods do not run; nothing the controller keeps is true until they do",
)
def available(namespace: Resource, world: World) -> Said:
    """Every Flux controller that is deployed, or whose objects exist, has all its replicas available."""
    there = controllers.deployed(world, namespace.name)
    for each in there:
        yield from down(each, world)
    gone = list(undeployed(world, namespace.name))
    yield from gone
    if not there and not gone:
        yield controllers.none_deployed(namespace.name)


@rule(
    OOM_KILLED,
    MAJOR,
    origin="issue A §5, seed 000 'Resource Memory Configuration'",
    remedy="Raise the controller's memory limit in Git, or give it less to do at once (--concurrent)",
)
def not_oom_killed(namespace: Resource, world: World) -> Said:
    """No container of a Flux controller was killed for want of memory within the last 24 hours."""
    for each in controllers.all_deployed(world, namespace.name):
        yield from _pods_or_why(each, world)
        yield from out_of_memory(each, world)


@rule(
    CRASH_LOOPING,
    CRITICAL,
    origin="issue A §5: controllers available, not restarting",
    remedy="Read what the container said before it ended: kubectl logs --previous",
)
def not_crash_looping(namespace: Resource, world: World) -> Said:
    """No container of a Flux controller keeps crashing."""
    for each in controllers.all_deployed(world, namespace.name):
        yield from _pods_or_why(each, world)
        yield from crashes(each, world)


def down(controller: Controller, world: World) -> Iterator[Deviation | Unobservable]:
    """Why the controller is not available: nothing when it is; the crash or memory kill where that is the reason."""
    deployment = controller.deployment
    wanted = deployment.get("spec", "replicas", default=1)
    if wanted == 0:
        yield _scaled_away(controller, world)
        return
    if unseen := rollout.unseen(deployment, world.now):
        yield unseen
        return
    ready = deployment.get("status", "availableReplicas", default=0)
    is_available, stuck = deployment.condition("Available").status == "True", rollout.stuck(deployment)
    if ready >= wanted and is_available and not stuck:
        return
    if roots := list(_roots(controller, world)):
        yield from roots
        return
    if not stuck and (wait := rollout.patience(deployment, world.now)):
        yield InFlight(str(deployment.ref), wait)
        return
    cause = controllers.why_waiting(world, controller) or stuck or rollout.said(deployment)
    yield _unavailable(controller, world, f"{ready} of {wanted} available", cause)


def undeployed(world: World, namespace: str) -> Iterator[Deviation | Unobservable]:
    """One deviation per controller that has no Deployment although there are objects only it keeps true."""
    there = {each.name for each in controllers.deployed(world, namespace)}
    for name in kinds.KEPT_BY:
        try:
            if name not in there and controllers.needed(world, name):
                yield absent(name, namespace, world)
        except Unobservable as problem:
            yield problem


def absent(name: str, namespace: str, world: World) -> Deviation:
    """The finding for a controller that has no Deployment although it should."""
    ref = Ref("apps/v1", "Deployment", namespace, name)
    kept = controllers.keeps(world, name)
    return Deviation(
        ref,
        expected="the Deployment exists",
        observed="a complete LIST of Deployments does not hold it",
        cause="it was deleted, or Flux was uninstalled without its objects",
        summary=f"{name} is not deployed: {len(kept)} objects stay as they are, whatever Git says",
        affects=controllers.affects(world, name),
        rule=UNAVAILABLE,
        remedy=(
            Remedy("see what is there", f"kubectl get deployments -n {ref.namespace}"),
            Remedy(
                "install the missing parts again, from the version in Git",
                f"kubectl apply -f gotk-components.yaml -n {ref.namespace}",
                writes=True,
                risk="replaces every Flux Deployment and CRD by that file's",
            ),
        ),
    )


def out_of_memory(controller: Controller, world: World) -> Iterator[Deviation | Note]:
    """One deviation per container killed for memory lately, one note per container killed before that."""
    for pod in controllers.pods(world, controller):
        for ending in controllers.endings(pod):
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
                remedy=_look_at(controller.deployment.ref, previous=True),
            )


def crashes(controller: Controller, world: World) -> Iterator[Deviation]:
    """One deviation per container in CrashLoopBackOff; one that runs out of memory each time is told as that."""
    for pod in controllers.pods(world, controller):
        for ending in controllers.endings(pod):
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
        remedy=_look_at(ref, previous=True),
    )


def _roots(controller: Controller, world: World) -> Iterator[Deviation]:
    """What in its pods explains that a Deployment is not available; nothing when the pods cannot be read."""
    try:
        yield from crashes(controller, world)
        for said in out_of_memory(controller, world):
            if isinstance(said, Deviation):
                yield replace(said, severity=CRITICAL, affects=controllers.affects(world, controller.name))
    except Unobservable:
        return


def _pods_or_why(controller: Controller, world: World) -> Iterable[Deviation | Unobservable]:
    """Nothing when the controller has pods to read; what is wrong with it when it has none."""
    if controllers.pods(world, controller):
        return ()
    return tuple(down(controller, world)) or (
        Unobservable(
            UnknownCode.NOTHING_MATCHED, f"pods of {controller.deployment.ref}", "its selector matches no pod"
        ),
    )


def _unavailable(controller: Controller, world: World, observed: str, cause: str) -> Deviation:
    deployment, kept = controller.deployment, controllers.keeps(world, controller.name)
    condition = deployment.find_condition("Available")
    return Deviation(
        deployment.ref,
        expected="every replica available, and at least one",
        observed=observed,
        cause=cause,
        summary=f"{deployment.name} does not run ({observed}): {len(kept)} objects stay as they are, whatever Git says",
        since=condition.since if condition and condition.status == "False" else None,
        affects=controllers.affects(world, controller.name),
        rule=UNAVAILABLE,
        remedy=_look_at(deployment.ref),
    )


def _scaled_away(controller: Controller, world: World) -> Deviation:
    deployment = controller.deployment
    command = f"kubectl scale {deployment.ref.where} --replicas=1"
    again = Remedy("start it again", command, writes=True, risk="Flux begins to reconcile everything at once")
    return replace(
        _unavailable(controller, world, "scaled to 0", "somebody scaled it to 0, or Git says so"),
        changed_by=managers.who_set(deployment, "spec", "replicas"),
        remedy=(*_look_at(deployment.ref), again),
    )


def _look_at(ref: Ref, previous: bool = False) -> tuple[Remedy, ...]:
    logs = f"kubectl logs deployment/{ref.name} -n {ref.namespace} --tail=50" + (" --previous" if previous else "")
    return (
        Remedy("see its pods and events", f"kubectl describe deployment/{ref.name} -n {ref.namespace}"),
        Remedy("read its last words", logs),
    )


def _limit(controller: Controller, container: str) -> str:
    for each in controllers.containers(controller.deployment):
        if each.get("name") == container:
            return str(((each.get("resources") or {}).get("limits") or {}).get("memory") or "no limit of its own")
    return "no limit of its own"
