"""How long a workload may be on its way before it is late: its own deadline where it has one."""

from __future__ import annotations

from holdfast.checks.flux import managers, rollout
from holdfast.checks.flux.timing import spell
from holdfast.checks.workloads.workload import Workload, is_ready
from holdfast.model import Resource, World


def patience(workload: Workload, world: World) -> str:
    """Why it is too early to complain; "" when it is not.

    A Deployment says so itself (progressDeadlineSeconds). The others have no deadline: a new pod of theirs may take as
    long as a Deployment's would by default, and an older one is to be back within a minute.

    Raises:
        Unobservable: the Pods could not all be read.
    """
    if workload.resource.kind == "Deployment":
        return rollout.patience(workload.resource, world.now)
    pods = workload.pods(world)
    waiting = [each for each in pods if not is_ready(each)]
    return next(filter(None, (_on_its_way(each, world) for each in waiting)), "") or _changed(workload, pods, world)


def late(workload: Resource) -> str:
    """The cluster's own word that a rollout will not end by itself; "" when it has said none.

    ReplicaFailure (pods are refused: quota, admission, ServiceAccount) and Progressing=False (the deadline is past),
    which only Deployments have.
    """
    return rollout.stuck(workload) if workload.kind == "Deployment" else ""


def _on_its_way(pod: Resource, world: World) -> str:
    ready = pod.find_condition("Ready")
    if pod.created and world.now - pod.created < rollout.DEADLINE:
        return f"pod {pod.name} was made {spell(world.now - pod.created)} ago"
    if ready and ready.since and world.now - ready.since < rollout.HICCUP:
        return f"pod {pod.name} has not been ready for {spell(world.now - ready.since)} only"
    return ""


def _changed(workload: Workload, pods: tuple[Resource, ...], world: World) -> str:
    """Pods are missing, and it was made or changed just now."""
    changed = managers.last_write(workload.resource)
    if len(pods) < workload.wanted and changed and world.now - changed < rollout.HICCUP:
        return f"it was changed {spell(world.now - changed)} ago"
    return ""
