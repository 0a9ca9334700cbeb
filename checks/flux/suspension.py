"""Suspended objects: Flux leaves them alone, whatever their conditions still say."""

from __future__ import annotations

from datetime import datetime, timedelta

from holdfast.checks.flux import cli, delivery, managers
from holdfast.checks.flux.state import newest_reconcile
from holdfast.model import MAJOR, MINOR, Deviation, Remedy, Resource, Said, World, parse_time, rule

SUSPENDED = "flux.object.suspended"
LONG = timedelta(hours=24)
"""A suspension older than this is no maintenance window any more: major instead of minor."""

_ARC = "clusterconfig.azure.com/is-managed"


@rule(
    SUSPENDED,
    MINOR,
    origin="seed 004 'Suspend GitOps'; DESIGN.md §4: minor below 24 h, major after",
    remedy="Ask who suspended it; when the maintenance is over: flux resume KIND NAME -n NAMESPACE",
)
def active(resource: Resource, world: World) -> Said:
    """No object is suspended."""
    if resource.get("spec", "suspend") is True:
        yield suspended(resource, world)


def suspended(resource: Resource, world: World) -> Deviation:
    """What is said of an object that is suspended."""
    who = managers.who_set(resource, "spec", "suspend")
    since = _since(resource)
    unsure = "" if since else "; since when is not recorded"
    by_git = any(each.cls == "gitops" for each in who)
    name = ", ".join(each.manager for each in who) or "nobody managedFields still knows"
    return Deviation(
        resource.ref,
        rule=SUSPENDED,
        severity=MAJOR if since and world.now - since > LONG else MINOR,
        expected="not suspended",
        observed=f"spec.suspend is true{unsure}",
        path="spec.suspend",
        summary=f"{resource.ref} is suspended{unsure}",
        cause="Git itself says so" if by_git else f"set by {name}, not by Git",
        remedy=_remedy(resource, by_git),
        since=since,
        changed_by=who,
        outlook="Flux does nothing to it until it is resumed: neither new revisions nor repairs",
        owner=delivery.owner(resource, world),
    )


def _since(resource: Resource) -> datetime | None:
    """The best evidence of when it was suspended, and which way that is off.

    The manager that owns spec.suspend set it at the time of its entry or before; without managedFields, it was still
    reconciled at the latest time its status tells, so it was suspended after that.
    """
    times = [each.time for each in managers.who_set(resource, "spec", "suspend") if each.time]
    if times:
        return min(times)
    newest, ready = newest_reconcile(resource), resource.find_condition("Ready")
    return parse_time(newest["lastReconciled"]) if newest else ready.since if ready else None


def _remedy(resource: Resource, by_git: bool) -> tuple[Remedy, ...]:
    look = Remedy("see who set it, and when", f"kubectl get {resource.ref.where} -o yaml --show-managed-fields")
    risk = "Flux applies at once whatever came in meanwhile"
    if by_git:
        find = Remedy("find it in a checkout", "git grep -n 'suspend: true'")
        return look, find, Remedy("take `suspend: true` out in Git", writes=True)
    if resource.labels.get(_ARC) == "true":
        az = "az k8s-configuration flux update --suspend false -n CONFIG -c CLUSTER -g GROUP -t connectedClusters"
        return look, Remedy("Azure Arc holds the wanted state: resume it there", az, writes=True, risk=risk)
    return look, Remedy("when the maintenance is over", cli.resume(resource.ref), writes=True, risk=risk)
