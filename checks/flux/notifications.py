"""Whether anybody would hear of a failure: Alerts watch something, objects are watched, Receivers listen."""

from __future__ import annotations

from holdfast.checks.flux import chains, cli, kinds, managers
from holdfast.checks.flux.classify import one_line
from holdfast.checks.flux.state import Phase, State, read_state
from holdfast.checks.flux.watching import ANY, Watched, watched
from holdfast.model import (
    MAJOR,
    MINOR,
    Deviation,
    NotAsked,
    Remedy,
    Resource,
    Said,
    World,
    rule,
)

_WITH_STATUS = ("v1beta1", "v1beta2")
"""Versions at which Alerts and Providers are reconciled and say how they are."""


@rule(
    "flux.alert.watches-nothing",
    MAJOR,
    origin="issue A §5; EOEPCA: Alert alert-slack-external watches default/proc, which does not exist",
    remedy="Correct kind, namespace and name of spec.eventSources: the namespace defaults to the Alert's own",
)
def watches_something(alert: Resource, world: World) -> Said:
    """Every Alert that is not suspended watches objects that exist.

    A ``*`` that matches nothing today may match tomorrow: it only counts when the whole Alert matches nothing. An
    object that is named and does not exist is minor while the Alert watches others.
    """
    if alert.get("spec", "suspend") is True:
        return
    entries = tuple(watched(alert))
    lost = [each for each in entries if not each.finds(world)]
    if len(lost) == len(entries):
        yield _watches(alert, lost, "spec.eventSources")
        return
    for each in lost:
        if each.name != ANY:
            yield _watches(alert, [each], f"spec.eventSources[{each}]", minor=True)


@rule(
    "flux.alert.not-covered",
    MINOR,
    origin="issue A §5: objects no Alert covers",
    remedy="Add the object's kind and namespace to the eventSources of an Alert",
)
def covered(resource: Resource, world: World) -> Said:
    """Every source, Kustomization and HelmRelease is watched by an Alert that is not suspended.

    One finding per kind and namespace where no Alert watches any of them, and one per suspended Alert that would.
    """
    alerts = tuple(kinds.every(world, "Alert"))
    if not alerts:
        raise NotAsked("this platform has no Alert: nothing is meant to be watched")
    watching = [each for each in alerts if any(entry.means(resource) for entry in watched(each))]
    if not watching:
        yield _unwatched(resource, alerts)
    elif all(each.get("spec", "suspend") is True for each in watching):
        yield _asleep(watching[0], resource)


@rule(
    "flux.receiver.not-ready",
    MAJOR,
    origin="issue A §5: Receivers",
    remedy="Read the message: most often its Secret has no key token",
)
def receiver_ready(receiver: Resource, world: World) -> Said:
    """Every Receiver that is not suspended listens."""
    state = read_state(receiver)
    if state.phase in (Phase.FAILED, Phase.STALLED):
        yield _deaf(receiver, state)
    elif state.phase is Phase.IN_FLIGHT:
        yield chains.in_flight(receiver, state, world)


@rule(
    "flux.notification.not-ready",
    MAJOR,
    origin="issue A §5: Alerts and Providers of Flux before 2.2 have a status",
    remedy="Read the message: most often the Provider's Secret or address",
)
def notification_ready(resource: Resource, world: World) -> Said:
    """Every Alert and Provider that has a status is Ready."""
    if resource.api_version.rpartition("/")[2] not in _WITH_STATUS:
        raise NotAsked(f"{resource.kind} has no status since v1beta3 (Flux 2.2): its references are judged instead")
    state = read_state(resource)
    if state.phase in (Phase.FAILED, Phase.STALLED):
        yield _deaf(resource, state)
    elif state.phase is Phase.IN_FLIGHT:
        yield chains.in_flight(resource, state, world)


def _watches(alert: Resource, lost: list[Watched], path: str, minor: bool = False) -> Deviation:
    named = ", ".join(map(str, lost)) or "an empty list"
    return Deviation(
        alert.ref,
        expected="spec.eventSources names objects that exist",
        observed=f"nothing matches {named}",
        cause="a kind, namespace or name that is misspelt, or an object that was renamed or removed",
        summary=f"{alert.ref} " + (f"names {named}, which does not exist" if minor else f"watches nothing: {named}"),
        path=path,
        severity=MINOR if minor else None,
        outlook="no event will ever match it",
        remedy=tuple(
            Remedy("see what there is", f"kubectl get {each.kind.lower()} -A") for each in lost[:1] if each.kind
        ),
    )


def _unwatched(resource: Resource, alerts: tuple[Resource, ...]) -> Deviation:
    """No Alert names the object. Mostly none names any of its kind in its namespace: then they are told as one."""
    entries = [entry for alert in alerts for entry in watched(alert)]
    alone = any((entry.kind, entry.namespace) == (resource.kind, resource.namespace) for entry in entries)
    them = str(resource.ref) if alone else f"{resource.kind}/{resource.namespace}/{ANY}"
    entry = f"kind: {resource.kind}, namespace: {resource.namespace}, name: {resource.name if alone else repr(ANY)}"
    return Deviation(
        resource.ref if alone else None,
        subject=them,
        expected=f"one of {len(alerts)} Alerts watches {them}",
        observed="none does",
        cause="others of its kind in its namespace are named, it is not"
        if alone
        else f"no Alert's eventSources has an entry for {resource.kind} in {resource.namespace}",
        summary=f"{them} is watched by no Alert: nobody hears when it fails",
        affects=() if alone else (str(resource.ref),),
        outlook="failures show in conditions only",
        remedy=(
            Remedy("see what is watched", "kubectl get alerts -A -o yaml"),
            Remedy(f"add an entry to an Alert in Git ({entry})", "git grep -n eventSources"),
        ),
    )


def _asleep(alert: Resource, resource: Resource) -> Deviation:
    """An Alert would tell of the object, if it were not suspended."""
    command = cli.resume(alert.ref)
    return Deviation(
        alert.ref,
        expected="not suspended: nothing else watches what it watches",
        observed="spec.suspend is true",
        cause="somebody suspended it, or Git says so",
        summary=f"{alert.ref} is suspended: nobody hears when what it watches fails",
        path="spec.suspend",
        changed_by=managers.who_set(alert, "spec", "suspend"),
        affects=(str(resource.ref),),
        outlook="failures show in conditions only, until it is resumed",
        remedy=(
            Remedy("see who set it, and when", f"kubectl get {alert.ref.where} -o yaml --show-managed-fields"),
            Remedy("let it speak again", command, writes=True, risk="the channel hears of every failure from now on"),
        ),
    )


def _deaf(resource: Resource, state: State) -> Deviation:
    condition = state.condition
    said = f"{condition.reason}: {one_line(condition.message)}" if condition else "nothing"
    return Deviation(
        resource.ref,
        expected="Ready=True",
        observed=f"{'Stalled' if state.phase is Phase.STALLED else 'not Ready'}, {said}",
        cause=one_line(condition.message) if condition else "",
        summary=f"{resource.ref} is not ready: {said}",
        since=state.since,
        outlook="webhooks that call it change nothing; Flux still looks at every interval"
        if resource.kind == "Receiver"
        else "no notification goes out",
        remedy=(Remedy("read its conditions and events", f"kubectl describe {resource.ref.where}"),),
    )
