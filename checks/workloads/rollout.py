"""Whether workloads have the pods they want, of the version they want; one finding each, with the pod's cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from holdfast.checks.flux import delivery, kinds, managers, rollout
from holdfast.checks.flux.state import Phase, read_state
from holdfast.checks.workloads import volumes
from holdfast.checks.workloads.causes import Cause, cause_of
from holdfast.checks.workloads.last_words import LastWords, Silent
from holdfast.checks.workloads.patience import late, patience
from holdfast.checks.workloads.workload import Workload
from holdfast.model import (
    CRITICAL,
    MAJOR,
    Deviation,
    InFlight,
    Remedy,
    Resource,
    Said,
    Unobservable,
    World,
    rule,
)

UNREADY = "workload.replicas.unready"
STOPPED = "workload.rollout.stopped"
ZERO = "workload.replicas.zero"
_SILENT = Silent()


@dataclass(frozen=True, slots=True)
class Declared:
    """What a table says of a workload beside its name."""

    replicas: int | None = None
    """At least so many; None when any number but zero will do."""
    purpose: str = ""

    @classmethod
    def of(cls, cells: Mapping[str, str]) -> Declared:
        """From a row.

        Raises:
            ValueError: replicas is no number.
        """
        text = cells.get("replicas", "")
        return cls(int(text) if text else None, cells.get("purpose", ""))


@rule(
    UNREADY,
    MAJOR,
    origin="seed 000 'kubectl rollout status', issue C part 9: rollouts finished, with the cause",
    remedy="Mend what keeps its pods from running: the cause names the container",
)
def rolled_out(workload: Resource, world: World, declared: Declared | None = None, words: LastWords = _SILENT) -> Said:
    """Every workload has all the pods it wants, ready, and of its newest version."""
    read = Workload(workload)
    if unseen := rollout.unseen(workload, world.now):
        yield unseen
    elif declared is not None and (off := _declared_off(read, declared, world)):
        yield off
    elif not read.is_rolled_out or late(workload):
        yield from _late(read, world, declared or Declared(), words)


@rule(
    STOPPED,
    MAJOR,
    origin="issue C part 9: ProgressDeadlineExceeded",
    remedy="Mend what keeps the new pods from running, or take the change back in Git: the version before still serves",
)
def not_stopped(workload: Resource, world: World, words: LastWords = _SILENT) -> Said:
    """No rollout has stopped half-way, with the version before still serving."""
    read = Workload(workload)
    if unseen := rollout.unseen(workload, world.now):
        yield unseen
    elif read.ready >= read.wanted:
        yield from rolled_out(workload, world, None, words)


@rule(
    ZERO,
    CRITICAL,
    origin="issue C part 9: scaled to zero although declared to run; reference/platforms.md M6",
    remedy="Find out who switched it off and why; Git says whether it is to run",
)
def running(workload: Resource, world: World, declared: Declared | None = None) -> Said:
    """Every workload the platform names runs with as many pods as are declared."""
    if off := _declared_off(Workload(workload), declared or Declared(), world):
        yield off


def _declared_off(workload: Workload, declared: Declared, world: World) -> Deviation | None:
    """A workload that is named, and yet wants no pod, or fewer than are declared."""
    resource, wanted = workload.resource, workload.wanted
    least = 1 if declared.replicas is None else declared.replicas
    if wanted >= least:
        return None
    nodes = resource.kind == "DaemonSet"
    what = f"{wanted} nodes match its selector" if nodes else f"scaled to {wanted}"
    state = "is switched off" if not wanted else f"wants fewer pods than {least}"
    return Deviation(
        resource.ref,
        expected=f"at least {least} pod{'s' if least != 1 else ''}",
        observed=what,
        cause="its node selector or the nodes' labels changed" if nodes else "somebody scaled it down, or Git says so",
        summary=f"{_named(resource, declared)} {state}: {what}",
        path="" if nodes else "spec.replicas",
        severity=CRITICAL if not wanted else MAJOR,
        changed_by=managers.who_set(resource, "spec", "replicas"),
        rule=ZERO,
        outlook="nothing brings it back unless Git says how many pods it is to have",
        owner=delivery.owner(resource, world),
        remedy=(*_look(workload), *_scale(workload, least)),
    )


def _late(workload: Workload, world: World, declared: Declared, words: LastWords) -> Iterator[Deviation | Unobservable]:
    """Why pods are missing: at once when that is certain, else when it has had its time."""
    resource, said = workload.resource, late(workload.resource)
    try:
        cause, wait = cause_of(workload, world), patience(workload, world)
    except Unobservable as problem:
        if not said:
            yield problem
            return
        cause, wait = None, ""  # without its pods, the cluster's own word still counts
    if wait and not said and not (cause and cause.certain):
        yield InFlight(str(resource.ref), wait)
    elif cause and cause.volumes and (roots := list(_volumes(cause, workload, world))):
        yield from roots
    else:
        yield _deviation(workload, world, declared, cause, said, words)


def _volumes(cause: Cause, workload: Workload, world: World) -> Iterator[Deviation]:
    """The claims its pod waits for: they are the root, and told once."""
    try:
        for claim in volumes.unbound_of(cause.pod, world):
            said = volumes.unbound(claim, world)
            yield replace(said, affects=(*said.affects, str(workload.resource.ref)))
    except Unobservable:
        return


def _deviation(
    workload: Workload, world: World, declared: Declared, cause: Cause | None, said: str, words: LastWords
) -> Deviation:
    resource, ready, wanted = workload.resource, workload.ready, workload.wanted
    serves = ready >= wanted
    why = _why(workload, world, cause, said)
    observed = "its rollout has stopped, the version before still runs" if serves else f"{ready} of {wanted} ready"
    return Deviation(
        resource.ref,
        expected="every pod ready, and of the newest version",
        observed=f"{observed} ({said})" if said and cause else observed,
        cause=cause.told(words) if cause else why,
        summary=f"{_named(resource, declared)}: {observed}: {why}",
        path=cause.path if cause else "",
        severity=CRITICAL if not ready and wanted else MAJOR,
        since=(cause.since if cause else None) or _since(resource),
        affects=_waiting_for(resource, world),
        rule=STOPPED if serves else UNREADY,
        outlook=_outlook(cause, serves),
        owner=delivery.owner(resource, world),
        remedy=_look(workload, cause),
    )


def _why(workload: Workload, world: World, cause: Cause | None, said: str) -> str:
    resource = workload.resource
    if cause:
        return cause.text
    if resource.get("spec", "paused") is True:
        return "its rollout is paused (spec.paused)"
    said = said or _refused(workload, world)
    available = "" if workload.ready >= workload.wanted else rollout.said(resource)
    return said or available or "its pods do not tell why it goes no further"


def _refused(workload: Workload, world: World) -> str:
    """Pods that were never made: a quota of the namespace that is used up explains that."""
    used_up = [
        each.name
        for each in world.listing("ResourceQuota").seen
        if each.namespace == workload.resource.namespace
        and "pods" in each.get("status", "hard", default={})
        and each.get("status", "used", "pods") == each.get("status", "hard", "pods")
    ]
    return f"pods are missing, and the quota {used_up[0]} allows no more of them" if used_up else ""


def _since(resource: Resource) -> datetime | None:
    found = resource.find_condition("Available")
    return found.since if found and found.status == "False" else None


def _waiting_for(resource: Resource, world: World) -> tuple[str, ...]:
    """Who delivers it, where that one has failed over this very workload."""
    owner = kinds.delivered_by(resource)
    if not owner:
        return ()
    try:
        found = world.find(*owner.split("/", 2))
    except Unobservable:
        return ()
    if found is None or (state := read_state(found)).phase is not Phase.FAILED or state.condition is None:
        return ()
    return (owner,) if resource.name in state.condition.message else ()


def _outlook(cause: Cause | None, serves: bool) -> str:
    still = "; the version before goes on serving" if serves else ""
    if cause and (cause.crashed or cause.certain):
        return f"the kubelet tries again, with pauses of up to 5m{still}"
    return f"nothing changes until the cause is mended{still}"


def _named(resource: Resource, declared: Declared) -> str:
    return f"{resource.ref} ({declared.purpose})" if declared.purpose else str(resource.ref)


def _look(workload: Workload, cause: Cause | None = None) -> tuple[Remedy, ...]:
    ref = workload.resource.ref
    look = Remedy("see it and its events", f"kubectl describe {ref.where}")
    chosen = f" -l {workload.selector}" if workload.selector else ""
    pods = Remedy("see its pods", f"kubectl get pods -n {ref.namespace}{chosen}")
    if cause is None:
        return look, pods
    describe = Remedy("see the pod and its events", f"kubectl describe pod/{cause.pod.name} -n {ref.namespace}")
    again = (_make_again(cause.pod),) if ref.kind == "StatefulSet" else ()
    if not cause.crashed:
        return describe, pods, *again
    logs = f"kubectl logs pod/{cause.pod.name} -c {cause.container} -n {ref.namespace} --previous --tail=50"
    return Remedy("read its last words", logs), describe, *again


def _make_again(pod: Resource) -> Remedy:
    return Remedy(
        "once the cause is mended, make the pod anew: a StatefulSet does not replace one that is broken",
        f"kubectl delete pod/{pod.name} -n {pod.namespace}",
        writes=True,
        risk="the pod is started again; its volumes stay",
    )


def _scale(workload: Workload, replicas: int) -> tuple[Remedy, ...]:
    ref = workload.resource.ref
    if ref.kind == "DaemonSet":
        return (Remedy("see which nodes it asks for", "kubectl get nodes --show-labels"),)
    command = f"kubectl scale {ref.where} --replicas={replicas}"
    return (Remedy("start it again", command, writes=True, risk="whoever switched it off may have had a reason"),)
