"""Whether a controller that looks alive does anything: it renews its Lease every few seconds while it leads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from holdfast.checks.flux import availability, controllers, kinds, state
from holdfast.checks.flux.controllers import Controller
from holdfast.checks.flux.timing import interval, spell
from holdfast.model import (
    CRITICAL,
    Deviation,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    parse_time,
    rule,
)

SILENT = "flux.controller.silent"

LEASE_SECONDS = 35
"""How long Flux's Leases last where they do not say (fluxcd/pkg, leaderelection: renewed every 5 s)."""
GRACE = timedelta(minutes=1)
"""A new pod takes the Lease over within this, image pull included."""


@rule(
    SILENT,
    CRITICAL,
    origin="issue A §5, DESIGN.md §5: Ready is stale when nobody keeps it true",
    remedy="Restart the controller; while it is silent, every Ready=True of its kinds is only a memory",
)
def speaking(namespace: Resource, world: World) -> Said:
    """Every Flux controller that runs keeps renewing its Lease.

    A controller that is not available is told as that, not as silent. One that runs without leader election is
    believed when its objects show a recent reconcile, and unknown otherwise: nothing else shows from outside.
    """
    try:
        there = controllers.deployed(world, namespace.name)
    except Unobservable as problem:
        yield problem
        yield from world.listing("Lease").problems  # the right that would be missed next
        return
    for each in there:
        yield from _heard(each, namespace.name, world)
    yield from availability.undeployed(namespace, world)


def silent_for(lease: Resource, now: datetime) -> timedelta | None:
    """How long nobody has renewed the Lease, where that is too long; None when it is kept.

    renewTime is by the clock of the controller's node, the times in managedFields, of the same write, by the API
    server's: a node whose clock lags raises no alarm, and one whose clock is ahead hides none.

    Raises:
        Unobservable: the Lease does not say when it was last renewed.
    """
    limit = max(2 * timedelta(seconds=lease.number("spec", "leaseDurationSeconds", default=LEASE_SECONDS)), GRACE)
    renewed = _renewed(lease) or lease.created
    if renewed is None:
        raise Unobservable(UnknownCode.UNREADABLE, str(lease.ref), "it does not say when it was last renewed")
    return now - renewed if now - renewed > limit else None


def _renewed(lease: Resource) -> datetime | None:
    said = parse_time(lease.get("spec", "renewTime"))
    times = [parse_time(each.get("time")) for each in lease.maps("metadata", "managedFields")]
    written = max((each for each in times if each), default=None)
    if said is None or written is None:
        return said or written
    return max(said, written) if said - written <= GRACE else written


def _heard(controller: Controller, namespace: str, world: World) -> Iterator[Deviation | Unobservable]:
    if controller.name not in kinds.KEPT_BY:
        return  # Arc's agents and what else calls itself part of Flux: nothing is known of their Leases
    lease = world.find("Lease", namespace, controller.lease)
    quiet = silent_for(lease, world.now) if lease else None
    if lease and quiet is None:
        return
    down = list(availability.down(controller, world))
    if down:
        yield from down
    elif not controller.elects:
        yield from _without_election(controller, world)
    elif lease and quiet:
        yield _silent(controller, world, lease, quiet)
    else:
        yield from _never_spoke(controller, world)


def _silent(controller: Controller, world: World, lease: Resource, quiet: timedelta) -> Deviation:
    holder = lease.get("spec", "holderIdentity") or "nobody"
    return _deviation(
        controller,
        world,
        expected=f"Lease/{lease.namespace}/{lease.name} is renewed every few seconds",
        observed=f"not renewed for {spell(quiet)}, held by {holder}",
        since=_renewed(lease),
    )


def _never_spoke(controller: Controller, world: World) -> Iterator[Deviation]:
    """No Lease at all, although the controller is told to take one: it never got as far as that."""
    condition = controller.deployment.find_condition("Available")
    if condition and condition.since and world.now - condition.since < GRACE:
        return
    yield _deviation(
        controller,
        world,
        expected=f"a Lease {controller.lease}: leader election is switched on",
        observed="a complete LIST of Leases does not hold it",
        since=condition.since if condition else None,
    )


def _deviation(
    controller: Controller, world: World, *, expected: str, observed: str, since: datetime | None
) -> Deviation:
    ref, kept = controller.deployment.ref, controllers.keeps(world, controller.name)
    look = f"kubectl get lease/{controller.lease} -n {ref.namespace} -o yaml"
    return Deviation(
        ref,
        expected=expected,
        observed=observed,
        cause="the process hangs, lost the API server, or runs where nobody sees it, while its pod counts as available",
        summary=f"{ref.name} is silent: {len(kept)} objects may say Ready, but nobody keeps that true",
        since=since,
        affects=controllers.affects(world, controller.name),
        outlook="nothing its kinds promise is reconciled until it speaks again",
        remedy=(
            Remedy("see when it last spoke", look),
            Remedy("read what it says", f"kubectl logs deployment/{ref.name} -n {ref.namespace} --tail=50"),
            Remedy(
                "restart it",
                f"kubectl rollout restart deployment/{ref.name} -n {ref.namespace}",
                writes=True,
                risk="Flux reconciles all its objects at once when it comes back",
            ),
        ),
    )


def _without_election(controller: Controller, world: World) -> Iterator[Unobservable]:
    """Believe a reconcile not older than three intervals; without one, say that nothing can be said."""
    for kind in kinds.KEPT_BY[controller.name]:
        for each in world.listing(kinds.asked(kind)).seen:
            newest = state.newest_reconcile(each)
            last = parse_time(newest.get("lastReconciled")) if newest else None
            if last and world.now - last < 3 * interval(each):
                return
    yield Unobservable(
        UnknownCode.STALE,
        str(controller.deployment.ref),
        "it runs without leader election, so no Lease tells whether it works, and no object shows a recent reconcile",
        "add --enable-leader-election to its arguments, as Flux's own manifests have it",
    )
