"""Whether Flux has done what somebody asked it to do by annotation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from holdfast.checks.flux import chains, cli, delivery, keepers, managers
from holdfast.checks.flux.state import is_static, read_state
from holdfast.checks.flux.suspension import suspended
from holdfast.checks.flux.timing import patience, spell
from holdfast.model import (
    MINOR,
    Deviation,
    InFlight,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    parse_time,
    rule,
)

UNHANDLED = "flux.request.unhandled"
REQUESTED = "reconcile.fluxcd.io/requestedAt"


@rule(
    UNHANDLED,
    MINOR,
    origin="seed 004 'Force immediate sync': an annotation is a request, handled only when status says so",
    remedy="See what the controller is busy with; a request is taken up when the reconcile before it ends",
)
def handled(resource: Resource, world: World) -> Said:
    """Every reconcile that was asked for has been done."""
    asked = resource.annotations.get(REQUESTED)
    if not asked or is_static(resource) or resource.get("status", "lastHandledReconcileAt") == asked:
        return
    if resource.get("spec", "suspend") is True:
        yield suspended(resource, world)
        return
    since, limit = requested(resource), patience(resource)
    if since is None:
        detail = f"asked to reconcile ({asked}), not done yet; nothing tells when it was asked"
        yield Unobservable(
            UnknownCode.IN_FLIGHT, str(resource.ref), detail, f"kubectl get {resource.ref.where} -o yaml"
        )
    elif world.now - since <= limit:
        yield InFlight(str(resource.ref), f"asked to reconcile at {asked}, not done yet")
    elif keeper := keepers.silent(resource, world):
        yield chains.told(keeper, resource)
    else:
        yield _unhandled(resource, world, asked, world.now - since)


def requested(resource: Resource) -> datetime | None:
    """When it was asked for: what the annotation says, where that is a time; else when it was written, if known."""
    asked = str(resource.annotations.get(REQUESTED, ""))
    if moment := parse_time(asked):
        return moment
    if asked.isdecimal() and len(asked) == len("1700000000"):
        return datetime.fromtimestamp(int(asked), UTC)
    written = managers.who_set(resource, "metadata", "annotations", REQUESTED)
    return next((each.time for each in written if each.time), None)


def _unhandled(resource: Resource, world: World, asked: str, span: timedelta) -> Deviation:
    done = resource.get("status", "lastHandledReconcileAt", default="none")
    return Deviation(
        resource.ref,
        expected=f"the request of {asked} is handled",
        observed=f"the last one handled is {done}",
        path=f"metadata.annotations[{REQUESTED}]",
        cause=f"the controller has not come to it for {spell(span)}: busy with others, or not running",
        summary=f"{resource.ref} was asked to reconcile {spell(span)} ago and has not",
        since=world.now - span,
        changed_by=managers.who_set(resource, "metadata", "annotations", REQUESTED),
        outlook=f"it is taken up when the controller comes to it; now: {read_state(resource).phase.value}",
        owner=delivery.owner(resource, world),
        remedy=(
            Remedy("read the object's conditions and events", f"kubectl describe {resource.ref.where}"),
            Remedy(
                "ask again", cli.flux("reconcile", resource.ref), writes=True, risk="applies whatever Git holds now"
            ),
        ),
    )
