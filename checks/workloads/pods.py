"""Pods no workload speaks for: those that will not go, and those that belong to nothing that is rolled out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from holdfast.checks.flux.rollout import DEADLINE
from holdfast.checks.flux.timing import spell
from holdfast.checks.workloads.causes import Cause, cause_in
from holdfast.checks.workloads.last_words import LastWords, Silent
from holdfast.checks.workloads.workload import is_ready
from holdfast.model import (
    MAJOR,
    Deviation,
    InFlight,
    Json,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    parse_time,
    rule,
)

ENDS_WITHIN = timedelta(minutes=5)
"""Beyond its grace period, which deletionTimestamp already holds."""
_SPOKEN_FOR = ("ReplicaSet", "StatefulSet", "DaemonSet")
_SILENT = Silent()


@rule(
    "workload.pod.stuck",
    MAJOR,
    origin="issue C part 9: pods stuck; reference/platforms.md M1, M34",
    remedy="See what it waits for: kubectl describe pod",
)
def not_stuck(pod: Resource, world: World, within: timedelta = ENDS_WITHIN, words: LastWords = _SILENT) -> Said:
    """No pod is stuck: on its way out for minutes, or of no workload and unable to start."""
    leaving, phase = parse_time(pod.get("metadata", "deletionTimestamp")), pod.get("status", "phase")
    if leaving is not None:
        yield from _leaving(pod, world, world.now - leaving, within)
    elif not phase:
        raise Unobservable(
            UnknownCode.UNREADABLE, str(pod.ref), "its status names no phase", f"kubectl get {pod.ref.where} -o yaml"
        )
    elif phase == "Unknown":
        yield _deviation(pod, "phase Unknown", "its node does not answer", "it counts as running, and nobody knows")
    elif controller(pod).get("kind") not in _SPOKEN_FOR and phase in ("Pending", "Running"):
        yield from _alone(pod, world, words)


def controller(pod: Resource) -> Mapping[str, Json]:
    """The owner that made the pod and replaces it; empty when nobody does."""
    owners = pod.maps("metadata", "ownerReferences")
    return next((each for each in owners if each.get("controller")), {})


def _leaving(pod: Resource, world: World, since: timedelta, within: timedelta) -> Iterator[Deviation | InFlight]:
    if since < within:
        yield InFlight(str(pod.ref), f"on its way out, {spell(max(since, timedelta()))} beyond its grace period")
        return
    finalizers = ", ".join(pod.texts("metadata", "finalizers"))
    cause = f"it waits for its finalizers: {finalizers}" if finalizers else _node(pod, world)
    outlook = "it stays until that is done; a StatefulSet makes no other pod of its name until then"
    yield _deviation(pod, f"terminating for {spell(since)} beyond its grace period", cause, outlook)


def _node(pod: Resource, world: World) -> str:
    name = str(pod.get("spec", "nodeName", default=""))
    try:
        node = world.find("Node", "", name) if name else None
    except Unobservable:
        return f"its node {name} has not said that it ended"
    if node is None:
        return f"its node {name} does not exist any more" if name else "it was never on a node"
    return f"its node {name} {'has not said that it ended' if is_ready(node) else 'is not ready'}"


def _alone(pod: Resource, world: World, words: LastWords) -> Iterator[Deviation | InFlight]:
    cause = None if is_ready(pod) else cause_in((pod,))
    if cause is None:
        return
    age = world.now - pod.created if pod.created else DEADLINE
    if not cause.certain and age < DEADLINE:
        yield InFlight(str(pod.ref), f"{cause.text}, for {spell(age)} of at most {spell(DEADLINE)}")
        return
    yield _deviation(pod, "it does not run", cause.told(words), "nothing starts another in its place", cause)


def _deviation(pod: Resource, observed: str, cause: str, outlook: str, why: Cause | None = None) -> Deviation:
    owner = controller(pod)
    made_by = f"{owner.get('kind')}/{pod.namespace}/{owner.get('name')}" if owner else ""
    look = Remedy("see what it waits for", f"kubectl describe pod/{pod.name} -n {pod.namespace}")
    return Deviation(
        pod.ref,
        expected="it runs, or goes",
        observed=observed,
        cause=cause,
        summary=f"{pod.ref} is stuck: {why.text if why else cause}",
        affects=(made_by,) if made_by else (),
        outlook=outlook,
        remedy=(look,),
    )
