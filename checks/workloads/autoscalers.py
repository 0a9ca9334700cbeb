"""Whether autoscalers see their metrics, can scale what they are for, and have room left.

Conditions and reasons: k8s.io/kubernetes pkg/controller/podautoscaler/horizontal.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from holdfast.checks import presence
from holdfast.checks.flux import delivery
from holdfast.checks.flux.rollout import HICCUP
from holdfast.checks.flux.timing import spell
from holdfast.checks.workloads import rollout
from holdfast.checks.workloads.workload import KINDS
from holdfast.model import MAJOR, MINOR, Condition, Deviation, InFlight, Remedy, Resource, Said, World, rule

BLIND = "workload.autoscaler.blind"
AT_LIMIT_FOR = timedelta(minutes=15)
"""A peak is shorter than this."""
_METRICS = {"FailedGetResourceMetric": "metrics.k8s.io", "FailedGetContainerResourceMetric": "metrics.k8s.io"}


@rule(
    BLIND,
    MAJOR,
    origin="seed 000 'Check autoscaling', issue C part 9: AbleToScale, ScalingActive",
    remedy="See its conditions: kubectl describe hpa; without metrics it scales nothing",
)
def can_scale(autoscaler: Resource, world: World) -> Said:
    """Every autoscaler reaches what it scales, and sees the metrics it scales by."""
    able = autoscaler.condition("AbleToScale")
    if able.status == "False":
        yield from _unable(autoscaler, able, world)
        return
    active = autoscaler.find_condition("ScalingActive")
    if active and active.status == "False":
        yield from _inactive(autoscaler, active, world)


@rule(
    "workload.autoscaler.at-limit",
    MINOR,
    origin="issue C part 9: ScalingLimited at max",
    remedy="Raise maxReplicas in Git if the nodes have room, or find out what asks for so much",
)
def has_room(autoscaler: Resource, world: World, longest: timedelta = AT_LIMIT_FOR) -> Said:
    """No autoscaler has wanted more pods than it may have for longer than a peak lasts."""
    limited = autoscaler.find_condition("ScalingLimited")
    if limited is None or limited.status not in ("True", "False"):
        autoscaler.condition("AbleToScale")  # raises where nothing is said of it at all
        return
    most = autoscaler.number("spec", "maxReplicas", default=0)
    if limited.status == "False" or limited.reason != "TooManyReplicas":
        return
    lasted = world.now - limited.since if limited.since else longest
    if lasted < longest:
        yield InFlight(str(autoscaler.ref), f"at its limit of {most} for {spell(lasted)} of at most {spell(longest)}")
        return
    yield _deviation(autoscaler, limited, world, f"it may have {most} pods, and wants more", "spec.maxReplicas")


def _unable(autoscaler: Resource, able: Condition, world: World) -> Iterator[Deviation | InFlight]:
    kind, name = _target(autoscaler)
    if kind in KINDS and world.find(kind, autoscaler.namespace, name) is None:
        absent = presence.absent(kind, autoscaler.namespace, name)
        for each in presence.missing(absent, world):
            if isinstance(each, Deviation):
                yield replace(each, rule=presence.missing.id, affects=(str(autoscaler.ref),))
        return
    yield _in_time(autoscaler, able, world) or _deviation(
        autoscaler, able, world, f"it cannot scale {kind}/{name}: {able.reason}: {able.message}"
    )


def _inactive(autoscaler: Resource, active: Condition, world: World) -> Said:
    kind, name = _target(autoscaler)
    if active.reason == "ScalingDisabled":  # its target wants no pod: that is what is wrong, if anything
        target = world.find(kind, autoscaler.namespace, name) if kind in KINDS else None
        yield from rollout.running(target, world) if target else ()
        return
    group = _METRICS.get(active.reason, "")
    if group and not world.versions(group):
        yield _no_metrics(autoscaler, active, group)
        return
    why = f"it does not see its metrics: {active.reason}: {active.message}"
    yield _in_time(autoscaler, active, world) or _deviation(autoscaler, active, world, why)


def _in_time(autoscaler: Resource, condition: Condition, world: World) -> InFlight | None:
    """Pods that have just started have no metrics yet."""
    if condition.since is None or world.now - condition.since >= HICCUP:
        return None
    detail = f"{condition.type}={condition.status} for {spell(world.now - condition.since)} only"
    return InFlight(str(autoscaler.ref), detail)


def _no_metrics(autoscaler: Resource, active: Condition, group: str) -> Deviation:
    """One finding, however many autoscalers are blind by it."""
    return Deviation(
        None,
        subject=f"the metrics API {group}",
        expected=f"the API server serves {group}, by which autoscalers scale",
        observed="it does not",
        cause="metrics-server is not installed, or its APIService is gone",
        summary=f"autoscalers scale nothing: the API server does not serve {group}",
        since=active.since,
        affects=(str(autoscaler.ref),),
        rule=BLIND,
        outlook="the number of pods stays as it is, whatever the load",
        remedy=(
            Remedy("see whether it is registered, and answers", f"kubectl get apiservices v1beta1.{group}"),
            Remedy("see whether metrics-server runs", "kubectl get deployment metrics-server -n kube-system"),
        ),
    )


def _deviation(autoscaler: Resource, said: Condition, world: World, why: str, path: str = "") -> Deviation:
    kind, name = _target(autoscaler)
    return Deviation(
        autoscaler.ref,
        expected="ScalingLimited is not TooManyReplicas" if path else "AbleToScale=True and ScalingActive=True",
        observed=f"{said.type}={said.status}, {said.reason}: {said.message}",
        cause=why,
        summary=f"{autoscaler.ref}: {why}",
        path=path,
        since=said.since,
        affects=(f"{kind}/{autoscaler.namespace}/{name}",),
        outlook="the number of pods stays as it is, whatever the load",
        owner=delivery.owner(autoscaler, world),
        remedy=(Remedy("see its conditions", f"kubectl describe hpa/{autoscaler.name} -n {autoscaler.namespace}"),),
    )


def _target(autoscaler: Resource) -> tuple[str, str]:
    reference = ("spec", "scaleTargetRef")
    return str(autoscaler.get(*reference, "kind", default="?")), str(autoscaler.get(*reference, "name", default="?"))
