"""Whether namespaces have room left for what is still to run in them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from holdfast.checks.flux import delivery
from holdfast.checks.quantity import parse_quantity
from holdfast.checks.workloads import rollout
from holdfast.model import MAJOR, MINOR, Deviation, Remedy, Resource, Said, UnknownCode, Unobservable, World, rule

NEAR = Decimal("0.9")
"""Used to this share, it is nearly used up."""


@rule(
    "workload.quota.exhausted",
    MAJOR,
    origin="issue C part 9; seed 000: each namespace has separate resource quotas",
    remedy="Take away what is not needed, or raise the quota in Git",
)
def has_room(quota: Resource, world: World, near: Decimal = NEAR) -> Said:
    """Every ResourceQuota leaves room for more; one that already keeps pods away is told with their workload."""
    hard, used = quota.get("status", "hard"), quota.get("status", "used")
    if not isinstance(hard, dict) or not isinstance(used, dict):
        raise Unobservable(UnknownCode.IN_FLIGHT, str(quota.ref), "nobody has counted yet what is used of it")
    refused = list(_refused(quota, world))
    if refused:
        for each in refused:
            yield from rollout.rolled_out(each, world)
        return
    shares = {key: _share(used[key], limit, quota) for key, limit in hard.items() if key in used}
    full = sorted(key for key, share in shares.items() if share >= 1)
    scarce = sorted(key for key, share in shares.items() if share >= near)
    if scarce:
        yield _deviation(quota, world, scarce, bool(full))


def _refused(quota: Resource, world: World) -> Iterator[Resource]:
    """The Deployments that this quota keeps from having their pods, by their own condition."""
    for each in world.listing("Deployment").all():
        failure = each.find_condition("ReplicaFailure")
        if each.namespace == quota.namespace and failure and f"exceeded quota: {quota.name}," in failure.message:
            yield each


def _share(used: object, limit: object, quota: Resource) -> Decimal:
    """Of what is allowed, what is used; a limit of nothing is a ban, not a lack of room."""
    try:
        most = parse_quantity(limit)
        return parse_quantity(used) / most if most else Decimal(0)
    except ValueError as error:
        raise Unobservable(UnknownCode.UNREADABLE, str(quota.ref), str(error)) from None


def _deviation(quota: Resource, world: World, scarce: list[str], full: bool) -> Deviation:
    told = ", ".join(
        f"{each} {quota.get('status', 'used', each)} of {quota.get('status', 'hard', each)}" for each in scarce
    )
    state = "used up" if full else "nearly used up"
    return Deviation(
        quota.ref,
        expected="less than 90 % used",
        observed=told,
        cause="what runs in the namespace takes it",
        summary=f"{quota.ref} is {state}: {told}",
        severity=MAJOR if full else MINOR,
        outlook="what still fits runs on; the next pod that is too much is refused, a restarted one too"
        if full
        else "nothing yet",
        owner=delivery.owner(quota, world),
        remedy=(
            Remedy("see what is used", f"kubectl describe quota/{quota.name} -n {quota.namespace}"),
            Remedy("see what uses it", f"kubectl get pods -n {quota.namespace} -o wide"),
        ),
    )
