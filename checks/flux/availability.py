"""Whether Flux's controllers run: Deployments available, containers not killed for memory, not crash-looping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from holdfast.checks.flux import containers, controllers, installation, kinds, managers, rollout
from holdfast.checks.flux.controllers import Controller
from holdfast.model import (
    CRITICAL,
    MAJOR,
    Deviation,
    InFlight,
    Ref,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

UNAVAILABLE = installation.UNAVAILABLE


@rule(
    UNAVAILABLE,
    CRITICAL,
    origin="issue A §5, seed 004 'Flux components': the controllers run",
    remedy="Find out why its pods do not run; nothing the controller keeps is true until they do",
)
def available(namespace: Resource, world: World) -> Said:
    """Every Flux controller that is deployed, or whose objects exist, has all its replicas available."""
    for each in controllers.deployed(world, namespace.name):
        yield from down(each, world)
    yield from undeployed(namespace, world)


@rule(
    containers.OOM_KILLED,
    MAJOR,
    origin="issue A §5, seed 000 'Resource Memory Configuration'",
    remedy="Raise the controller's memory limit in Git, or give it less to do at once (--concurrent)",
)
def not_oom_killed(namespace: Resource, world: World) -> Said:
    """No container of a Flux controller was killed for want of memory within the last 24 hours."""
    for each in controllers.deployed(world, namespace.name):
        yield from _pods_or_why(each, world)
        yield from containers.out_of_memory(each, world)
    yield from undeployed(namespace, world)


@rule(
    containers.CRASH_LOOPING,
    CRITICAL,
    origin="issue A §5: controllers available, not restarting",
    remedy="Read what the container said before it ended: kubectl logs --previous",
)
def not_crash_looping(namespace: Resource, world: World) -> Said:
    """No container of a Flux controller keeps crashing."""
    for each in controllers.deployed(world, namespace.name):
        yield from _pods_or_why(each, world)
        yield from containers.crashes(each, world)
    yield from undeployed(namespace, world)


def down(controller: Controller, world: World) -> Iterator[Deviation | Unobservable]:
    """Why the controller is not available: nothing when it is; the crash or memory kill where that is the reason."""
    deployment = controller.deployment
    wanted = deployment.number("spec", "replicas", default=1)
    if wanted == 0:
        yield scaled_away(controller, world)
        return
    if unseen := rollout.unseen(deployment, world.now):
        yield unseen
        return
    ready = deployment.number("status", "availableReplicas", default=0)
    is_available, stuck = deployment.condition("Available").status == "True", rollout.stuck(deployment)
    if ready >= wanted and is_available:
        yield from (_stopped(controller, stuck),) if stuck else ()
        return
    if roots := list(_roots(controller, world)):
        yield from roots
        return
    if not stuck and (wait := rollout.patience(deployment, world.now)):
        yield InFlight(str(deployment.ref), wait)
        return
    cause = containers.why_waiting(world, controller) or stuck or rollout.said(deployment)
    yield _unavailable(controller, world, f"{ready} of {wanted} available", cause)


def undeployed(namespace: Resource, world: World) -> Iterator[Deviation | Unobservable]:
    """One deviation per controller that has no Deployment although there are objects only it keeps true.

    Where there is neither a Deployment nor an object, Flux is not there at all, and that is said.
    """
    there = {each.name for each in controllers.deployed(world, namespace.name)}
    nothing = not there
    for name in kinds.KEPT_BY:
        try:
            if name not in there and controllers.needed(world, name):
                nothing = False
                yield absent(name, namespace.name, world)
        except Unobservable as problem:
            nothing = False
            yield problem
    if nothing:
        yield installation.not_installed(namespace.name)


def all_gone(kind: str, world: World) -> Deviation | None:
    """Of a kind that is not served: that Flux is gone as a whole, with all its kinds and controllers; else None."""
    if kind.partition(".")[0] not in kinds.KINDS:
        return None
    try:
        if any(world.versions(group) for group in kinds.GROUPS) or controllers.anywhere(world):
            return None
    except Unobservable:
        return None
    return installation.not_installed(installation.USUAL_NAMESPACE)


def absent(name: str, namespace: str, world: World) -> Deviation:
    """The finding for a controller that has no Deployment although it should."""
    ref = Ref("apps/v1", "Deployment", namespace, name)
    kept = controllers.keeps(world, name)
    return Deviation(
        ref,
        expected="the Deployment exists",
        observed="a complete LIST of Deployments does not hold it",
        cause="it was deleted, or Flux was uninstalled without its objects",
        summary=f"{name} is not deployed"
        + (f": {len(kept)} objects stay as they are, whatever Git says" if kept else ""),
        affects=controllers.affects(world, name),
        rule=UNAVAILABLE,
        outlook="nothing: nobody else applies what Git holds"
        if name == "kustomize-controller"
        else "where Git holds it, kustomize-controller puts it back at its next reconcile",
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


def _roots(controller: Controller, world: World) -> Iterator[Deviation]:
    """What in its pods explains that a Deployment is not available; nothing when the pods cannot be read."""
    try:
        yield from containers.crashes(controller, world)
        for said in containers.out_of_memory(controller, world):
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
        outlook="what it keeps stays as it is until it runs again",
        remedy=containers.look_at(deployment.ref),
    )


def _stopped(controller: Controller, why: str) -> Deviation:
    ref = controller.deployment.ref
    return Deviation(
        ref,
        expected="the Deployment's newest version runs",
        observed="its rollout has stopped, the version before still runs",
        cause=why,
        summary=f"{ref.name} still runs what was deployed before: its rollout has stopped",
        severity=MAJOR,
        rule=UNAVAILABLE,
        outlook="it is not tried again before the Deployment changes",
        remedy=containers.look_at(ref),
    )


def scaled_away(controller: Controller, world: World) -> Deviation:
    """The finding for a controller whose Deployment wants no pod."""
    deployment = controller.deployment
    command = f"kubectl scale {deployment.ref.where} --replicas=1"
    again = Remedy("start it again", command, writes=True, risk="Flux begins to reconcile everything at once")
    return replace(
        _unavailable(controller, world, "scaled to 0", "somebody scaled it to 0, or Git says so"),
        changed_by=managers.who_set(deployment, "spec", "replicas"),
        remedy=(*containers.look_at(deployment.ref), again),
    )
