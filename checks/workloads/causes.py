"""Why pods do not run, read from the pods themselves: the first thing that is certain, else the likeliest.

The kubelet's reasons: k8s.io/kubernetes pkg/kubelet/container/sync_result.go, pkg/kubelet/images/types.go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from holdfast.checks.flux.containers import Ending, endings
from holdfast.checks.workloads.last_words import LastWords
from holdfast.checks.workloads.workload import Workload, is_ready
from holdfast.model import Condition, Resource, World

_IMAGE = ("ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable")
_UNSTARTED = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError")
_UNBOUND = "unbound immediate PersistentVolumeClaims"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why one pod does not serve."""

    rank: int
    """The lower, the surer and the more it explains."""
    text: str
    """One clause."""
    certain: bool
    """Waiting will not help: the kubelet or the scheduler has tried and failed."""
    pod: Resource
    container: str = ""
    since: datetime | None = None
    crashed: bool = False
    """It ran and ended, so that there is a log of it."""
    volumes: bool = False
    """It waits for volumes that are not bound."""

    @property
    def path(self) -> str:
        """Where in the workload: which container."""
        field = "initContainers" if self.container in _init_names(self.pod) else "containers"
        return f"spec.template.spec.{field}[name={self.container}]" if self.container else ""

    def told(self, words: LastWords) -> str:
        """The cause, and what the container said before it crashed, where that may be read."""
        said = words.of(self.pod, self.container) if self.crashed else ""
        return f"{self.text}; it had said: {said}" if said else self.text


def cause_of(workload: Workload, world: World) -> Cause | None:
    """What keeps the pods of a workload from serving; None when they tell nothing.

    Raises:
        Unobservable: the Pods could not all be read.
    """
    return cause_in(each for each in workload.pods(world) if not is_ready(each))


def cause_in(pods: Iterable[Resource]) -> Cause | None:
    """The same of pods that are not ready, whoever owns them."""
    found = [cause for pod in pods for cause in _causes(pod)]
    return min(found, key=lambda each: (not each.certain, each.rank, each.pod.name), default=None)


def _causes(pod: Resource) -> Iterator[Cause]:
    init = _init_names(pod)
    for ending in endings(pod):
        yield from _of_container(pod, ending, "init container" if ending.container in init else "container")
    scheduled, ready = pod.find_condition("PodScheduled"), pod.find_condition("Ready")
    if scheduled and scheduled.status == "False":
        yield _unscheduled(pod, scheduled)
    elif pod.get("status", "phase") == "Failed":
        yield Cause(8, _failed(pod), False, pod)  # it stays there as a record when another has taken its place
    elif ready:
        yield Cause(9, f"pod {pod.name} runs and is not ready: {_unready(ready)}", False, pod, since=ready.since)


def _of_container(pod: Resource, ending: Ending, what: str) -> Iterator[Cause]:
    """At most one word on a container; one that is merely being created has nothing to explain yet."""
    name, restarts = ending.container, f"{ending.restarts} restarts"
    if ending.waiting == "CrashLoopBackOff":
        text = f"{what} {name} {_how_it_ended(ending)} each time it is started, {restarts} (CrashLoopBackOff)"
        yield Cause(1, text, True, pod, name, ending.finished, crashed=True)
    elif ending.waiting in _IMAGE or ending.waiting == "ErrImagePull":
        text = f"the image of {what} {name} cannot be pulled ({ending.waiting}): {ending.message}".rstrip(": ")
        yield Cause(2, text, ending.waiting in _IMAGE, pod, name)
    elif ending.waiting in _UNSTARTED:
        text = f"{what} {name} cannot be started ({ending.waiting}): {ending.message}".rstrip(": ")
        yield Cause(3, text, True, pod, name)
    elif ending.exit_code and not ending.waiting:
        text = f"{what} {name} {_how_it_ended(ending)}, {restarts}"
        yield Cause(5, text, False, pod, name, ending.finished, crashed=ending.restarts > 0)


def _how_it_ended(ending: Ending) -> str:
    if ending.reason == "OOMKilled":
        return "is killed for want of memory (OOMKilled)"
    return "ends" if ending.exit_code is None else f"ends with exit code {ending.exit_code}"


def _unscheduled(pod: Resource, scheduled: Condition) -> Cause:
    """No node takes it. A cluster that grows by itself may have one soon."""
    message = " ".join(scheduled.message.split())
    return Cause(
        6,
        f"no node takes pod {pod.name} ({scheduled.reason}): {message}".rstrip(": "),
        False,
        pod,
        since=scheduled.since,
        volumes=_UNBOUND in message or "persistentvolumeclaim" in message,
    )


def _failed(pod: Resource) -> str:
    reason, message = pod.get("status", "reason", default="Failed"), pod.get("status", "message", default="")
    return f"pod {pod.name} has ended ({reason}): {message}".rstrip(": ")


def _unready(ready: Condition) -> str:
    return ready.message or ready.reason or "no reason is given"


def _init_names(pod: Resource) -> frozenset[str]:
    return frozenset(str(each.get("name")) for each in pod.maps("spec", "initContainers"))
