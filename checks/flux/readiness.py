"""Whether Flux's sources, Kustomizations and HelmReleases do their work."""

from __future__ import annotations

from datetime import timedelta

from holdfast.checks.flux import chains, delivery, keepers
from holdfast.checks.flux.state import Phase, State, newest_reconcile, read_state
from holdfast.checks.flux.suspension import suspended
from holdfast.checks.flux.timing import interval, spell, timeout
from holdfast.model import CRITICAL, MAJOR, Deviation, Resource, Rule, Said, World, parse_time, rule

MISSED = 3
"""So many intervals without a reconcile, and Ready=True is no news any more."""


@rule(
    delivery.FETCH_FAILED,
    CRITICAL,
    origin="seed 004, GitRepository status: Ready False with authentication, clone, timeout",
    remedy="Read the message; mend the credential, the reference, the URL or the way there",
)
def fetched(source: Resource, world: World) -> Said:
    """The last fetch of every source succeeded."""
    yield from _ready(source, world)


@rule(
    delivery.KUSTOMIZATION_NOT_READY,
    CRITICAL,
    origin="seed 004, Kustomization status: Ready False with validation, apply, health",
    remedy="Read the message; correct the manifest in Git, or what keeps the objects from becoming healthy",
)
def kustomization_ready(kustomization: Resource, world: World) -> Said:
    """Every Kustomization has built, applied and seen healthy what its source holds."""
    yield from _ready(kustomization, world)


@rule(
    delivery.HELMRELEASE_NOT_READY,
    CRITICAL,
    origin="issue A §5: HelmReleases are Ready",
    remedy="Read the message; correct chart, values or what keeps the pods from becoming ready",
)
def helmrelease_ready(release: Resource, world: World) -> Said:
    """Every HelmRelease runs the chart and values it asks for."""
    yield from _ready(release, world)


@rule(
    delivery.STALLED,
    CRITICAL,
    origin="seed 004: Stalled means it cannot make progress",
    remedy="Read the condition Stalled: Flux will not try again before the spec changes",
)
def not_stalled(resource: Resource, world: World) -> Said:
    """No object is stalled without saying that it failed."""
    state = read_state(resource)
    if state.phase is Phase.STALLED:
        yield delivery.stalled(resource, state, world)


@rule(
    delivery.STUCK,
    MAJOR,
    origin="DESIGN.md laws 4 and §5: in flight beyond interval + timeout; the newest reconcile older than k intervals",
    remedy="See what the controller is busy with: kubectl logs -n flux-system deploy/CONTROLLER",
)
def not_stuck(resource: Resource, world: World) -> Said:
    """Every object is reconciled within its own interval and timeout."""
    state = read_state(resource)
    if state.phase is Phase.IN_FLIGHT:
        yield chains.in_flight(resource, state, world)
    elif state.phase is Phase.READY and (late := _overdue(resource, world)):
        yield late


READY: dict[str, Rule[[]]] = {
    kind: {
        delivery.FETCH_FAILED: fetched,
        delivery.KUSTOMIZATION_NOT_READY: kustomization_ready,
        delivery.HELMRELEASE_NOT_READY: helmrelease_ready,
    }[id]
    for kind, id in delivery.NOT_READY.items()
}
"""The rule that says whether an object of a kind is ready."""


def _ready(resource: Resource, world: World) -> Said:
    """Nothing when it is ready; else what is wrong at the root, in the words of the root's own rule."""
    state = read_state(resource)
    match state.phase:
        case Phase.SUSPENDED:
            yield suspended(resource, world)
        case Phase.STATIC:
            wrong = delivery.url_of_static(resource)
            yield from (wrong,) if wrong else ()
        case Phase.STALLED:
            yield delivery.stalled(resource, state, world)
        case Phase.IN_FLIGHT:
            yield chains.in_flight(resource, state, world)
        case Phase.FAILED:
            yield from chains.roots(resource, world)
        case Phase.READY:
            late = _overdue(resource, world)
            yield from (late,) if late else ()


def _overdue(resource: Resource, world: World) -> Deviation | None:
    """Ready=True, but the last reconcile lies too far back for it to mean anything.

    Only a Kustomization tells when it was last reconciled without a change (status.history). What a silent controller
    leaves behind elsewhere is found by its Lease.
    """
    newest = newest_reconcile(resource) if resource.kind == "Kustomization" else None
    last = parse_time(newest["lastReconciled"]) if newest else None
    limit: timedelta = MISSED * interval(resource) + timeout(resource)
    if last is None or world.now - last <= limit:
        return None
    observed = f"Ready=True, but last reconciled {spell(world.now - last)} ago"
    return keepers.standstill(resource, observed, State(Phase.READY, since=last), world, limit)
