"""What the delivery rules say of one object: the words of its own failure, stall or standstill."""

from __future__ import annotations

from datetime import timedelta

from holdfast.checks.flux import kinds
from holdfast.checks.flux.classify import Cause, classify, one_line
from holdfast.checks.flux.state import SOURCES, State, is_static
from holdfast.checks.flux.timing import patience, retry_interval, spell
from holdfast.model import Deviation, Owner, Ref, Remedy, Resource, Unobservable, World

FETCH_FAILED = "flux.source.fetch-failed"
KUSTOMIZATION_NOT_READY = "flux.kustomization.not-ready"
HELMRELEASE_NOT_READY = "flux.helmrelease.not-ready"
STALLED = "flux.object.stalled"
STUCK = "flux.reconcile.stuck"

NOT_READY = {
    **dict.fromkeys(SOURCES, FETCH_FAILED),
    "Kustomization": KUSTOMIZATION_NOT_READY,
    "HelmRelease": HELMRELEASE_NOT_READY,
}
"""Per kind, the rule its failure breaks."""

_BACKOFF = "Flux tries again by itself, with pauses that grow up to 15m"
"""--max-retry-delay of every controller is 15 minutes."""
_DEPENDENCY = "Flux looks again every 30s (--requeue-dependency)"


def failed(resource: Resource, state: State, world: World, *, also: str = "", instead: str = "") -> Deviation:
    """The failure of the object itself: what its own check says when nothing else is to blame.

    Args:
        also: what was found on the way, in addition to what the condition says.
        instead: a better cause than what the condition says.
    """
    condition = state.condition
    assert condition is not None
    cause = classify(resource.ref, condition)
    text = instead or "; ".join(each for each in (cause.text, _before_remediation(resource, cause), also) if each)
    said = f"{condition.reason}: {one_line(condition.message)}".rstrip(": ")
    verb = "cannot be fetched" if resource.kind in SOURCES else "is not ready"
    return Deviation(
        resource.ref,
        rule=NOT_READY[resource.kind],
        expected="Ready=True",
        observed=f"Ready=Unknown, {state.detail}: {said}" if state.detail else f"Ready=False, {said}",
        cause=text,
        remedy=cause.remedy,
        summary=f"{resource.ref} {verb}: {text}",
        since=state.since,
        outlook=_outlook(resource, cause),
        owner=owner(resource, world),
    )


def _before_remediation(release: Resource, cause: Cause) -> str:
    """Why a release was rolled back or uninstalled: the condition Released keeps what had gone wrong before."""
    released = release.find_condition("Released")
    if cause.word != "remediated" or released is None or released.status != "False":
        return ""
    return classify(release.ref, released).text


def stalled(resource: Resource, state: State, world: World) -> Deviation:
    """Flux has given up on the object although nothing says that it failed."""
    condition = state.condition
    assert condition is not None
    cause = classify(resource.ref, condition)
    return Deviation(
        resource.ref,
        rule=STALLED,
        expected="not Stalled",
        observed=f"Stalled=True, {condition.reason}: {one_line(condition.message)}",
        cause=cause.text,
        remedy=cause.remedy,
        summary=f"{resource.ref} is stalled: {cause.text}",
        since=state.since,
        outlook="nothing until its spec changes: Flux has stopped trying",
        owner=owner(resource, world),
    )


def stuck(resource: Resource, observed: str, state: State, world: World, limit: timedelta | None = None) -> Deviation:
    """Nobody has finished with the object within the time Flux gives itself."""
    allowed = spell(limit or patience(resource))
    controller = next((name for name, kept in kinds.KEPT_BY.items() if resource.kind in kept), "its controller")
    return Deviation(
        resource.ref,
        rule=STUCK,
        expected=f"reconciled within {allowed} (interval and timeout)",
        observed=observed,
        cause=f"{controller} has not finished with it: busy with others, waiting for a lock, or not running",
        remedy=(
            Remedy("read the object's conditions and events", f"kubectl describe {resource.ref.where}"),
            Remedy("see what the controller says", f"kubectl logs -n flux-system deploy/{controller} --tail=50"),
        ),
        summary=f"{resource.ref} is stuck: {observed}",
        since=state.since,
        outlook="nobody can tell: it may finish, or hang until the controller is restarted",
        owner=owner(resource, world),
    )


def owner(resource: Resource, world: World) -> Owner | None:
    """The Kustomization or HelmRelease that delivers the object, by the labels Flux puts on it."""
    delivered = kinds.delivered_by(resource)
    if not delivered:
        return None
    kind, namespace, name = delivered.split("/")
    try:
        found = world.find(kind, namespace, name)
    except Unobservable:
        found = None
    return Owner(delivered, str(found.get("spec", "path", default="")) if found else "")


def url_of_static(resource: Resource) -> Deviation | None:
    """A HelmRepository of type oci is never fetched itself: only its URL can be wrong."""
    url = str(resource.get("spec", "url", default=""))
    if not is_static(resource) or url.startswith("oci://"):
        return None
    text = "its type is oci and its URL is not: no chart can be pulled from it"
    return Deviation(
        resource.ref,
        rule=FETCH_FAILED,
        expected="spec.url begins with oci://",
        observed=f"spec.url is {url}",
        cause=text,
        path="spec.url",
        remedy=(Remedy("see what is asked for", f"kubectl get {resource.ref.where} -o jsonpath='{{.spec}}'"),),
        summary=f"{resource.ref} cannot be fetched: {text}",
        outlook="nothing until its spec changes",
    )


def named(kind: str, namespace: str, name: str) -> str:
    """``Kind/namespace/name``, as findings write it."""
    return str(Ref("", kind, namespace, name))


def _outlook(resource: Resource, cause: Cause) -> str:
    stall, ready = resource.find_condition("Stalled"), resource.find_condition("Ready")
    if stall and stall.status == "True":
        until = "its spec changes"
        if resource.kind == "HelmRelease":
            until = "its spec or chart changes, or somebody resets it"
        elif resource.kind == "HelmChart":
            until = "its spec or its repository changes"
        more = f": {one_line(stall.message)}" if ready is None or ready.message != stall.message else ""
        return f"nothing until {until}: stalled, {stall.reason}{more}"
    if cause.word == "dependency" and resource.kind in ("Kustomization", "HelmRelease"):
        return _DEPENDENCY
    if resource.kind == "Kustomization":
        return f"Flux tries again every {spell(retry_interval(resource))}"
    return _BACKOFF
