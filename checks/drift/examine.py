"""One object against what its owner says of it: compared, attributed, and sorted by whose word it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from holdfast.checks.drift import ignore
from holdfast.checks.drift.attribution import Window, attributed
from holdfast.checks.drift.blocked import blocked
from holdfast.checks.drift.compare import compare
from holdfast.checks.drift.difference import Difference, Examined, Id, Kind
from holdfast.checks.drift.foreign import foreign, unseen
from holdfast.checks.drift.frozen import Frozen, frozen
from holdfast.checks.drift.managed import ManagedFields
from holdfast.checks.drift.managers import Managers
from holdfast.checks.drift.schema import Node
from holdfast.checks.drift.view import View
from holdfast.checks.flux.state import Phase
from holdfast.model import Change, InFlight, Json, Ref, Resource, UnknownCode, Unobservable

Bounds = Callable[[Resource], tuple[int, int] | None]
"""The bounds an autoscaler keeps a workload's replicas in; None when none does."""
_CRD = ("apiextensions.k8s.io", "CustomResourceDefinition")
_REPLICAS = ("spec", "replicas")


class Schemas(Protocol):
    """Schemas by kind."""

    def of(self, group: str, version: str, kind: str) -> Node | None:
        """The schema; None when the API server has none."""


@dataclass(frozen=True, slots=True)
class Standards:
    """What every comparison of a run is made with."""

    schemas: Schemas
    managers: Managers
    autoscaled: Bounds


def examine(live: Resource, view: View, standards: Standards) -> Examined:
    """Compare one object with what its owner says, without asking anybody anything.

    Returns:
        What differs; ``resource`` is kept where anything is to be told.
    """
    id = Id.of(live.ref)
    desired = view.desired.objects.get(id)
    fields = ManagedFields(live.get("metadata", "managedFields"), live.api_version)
    if desired is None and is_of_crds(view, live.ref):
        going = live.get("metadata", "deletionTimestamp")
        return Examined(live.ref, view.owner.ref, (), live if going else None)
    if rule := ignore.ignored_object(view.owner, desired, live):
        return Examined(live.ref, view.owner.ref, (), live, ignored_by=rule)
    held_off = frozen(view.owner, desired, live)
    try:
        found, unknown = _values(live, view, desired, fields, standards)
    except Unobservable as problem:  # of its schema: what was added to it is told all the same
        found, unknown = [], problem
    reported = [each.path for each in found]
    found += foreign(live, fields, view.engine, standards.managers, desired, reported)
    unknown = unknown or unseen(live, fields)
    if isinstance(held_off, Unobservable):
        unknown, held_off = held_off, None
    if not (found or unknown or held_off or live.get("metadata", "deletionTimestamp")):
        return Examined(live.ref, view.owner.ref)
    told: list[Difference] = []
    for each in found:
        try:
            told.append(_told(each, live, view, desired, standards, held_off))
        except Unobservable as problem:  # of its autoscaler: whether this one is excused; the others stand
            unknown = unknown or problem
    refused = blocked(view, live.ref) if told else ""
    return Examined(live.ref, view.owner.ref, tuple(told), live, unknown, frozen=held_off, blocked=refused)


def _values(
    live: Resource, view: View, desired: Json | None, fields: ManagedFields, standards: Standards
) -> tuple[list[Difference], Unobservable | None]:
    """What Git says and the cluster does not, with who; and why that could not be said, where it could not."""
    if desired is None:
        return [], _unsaid(live, view)
    ref = live.ref
    node = standards.schemas.of(ref.group, ref.api_version.rpartition("/")[2], ref.kind)
    encrypted = Id.of(ref) in view.desired.encrypted
    differences = compare(desired, live.raw, node, fields, view.engine, values_unknown=encrypted)
    if not differences:
        return [], None
    if desired.get("apiVersion") != live.api_version:
        return [], _elsewhere(live, desired)
    window = Window.of(fields, view.engine, view.owner)
    found: list[Difference] = []
    doubted: list[Difference] = []
    for each in differences:
        known = attributed(each, fields, standards.managers, window)
        (doubted if _is_doubtful(known, fields, view) else found).append(known)
    return found, _doubt(doubted, view, live) if doubted else None


def is_of_crds(view: View, ref: Ref) -> bool:
    """Whether it came from a chart's crds/: no part of the release's manifest, made once, and never upgraded."""
    return view.owner.kind == "HelmRelease" and (ref.group, ref.kind) == _CRD


def _unsaid(live: Resource, view: View) -> Unobservable | None:
    """Why an object has no content to compare with, where its owner's word was otherwise to be had."""
    if view.desired.problem is not None:
        return None
    detail = f"{view.owner.ref} holds it, and {view.desired.source} does not have it"
    return Unobservable(
        UnknownCode.NO_DESIRED_STATE, str(live.ref), detail, f"kubectl get {view.owner.ref.where} -o yaml"
    )


def _elsewhere(live: Resource, desired: Json) -> Unobservable:
    """Fields have other names at another version: what differs there may be the same thing."""
    said = desired.get("apiVersion")
    detail = f"it is declared at {said}, which is not served any more: it was read at {live.api_version}"
    return Unobservable(UnknownCode.NOT_SERVED, str(live.ref), detail, f"declare it at {live.api_version} in Git")


def _is_doubtful(difference: Difference, fields: ManagedFields, view: View) -> bool:
    """Whether Flux itself may have put it so: then it is our picture of Git that is wrong or old, not the cluster."""
    if difference.kind in (Kind.REMOVED, Kind.ORDER):
        return view.desired.proven is False
    if difference.kind is not Kind.CHANGED or difference.changed_by:
        return False
    owners = fields.holders(difference.path)
    return bool(owners) and all(each.manager in view.engine for each in owners)


def _doubt(doubted: list[Difference], view: View, live: Resource) -> Unobservable:
    if not view.settled:
        detail = f"{view.owner.ref} is between two revisions: it may be of either"
        if view.state.phase in (Phase.FAILED, Phase.STALLED):  # nobody knows for how long
            return Unobservable(
                UnknownCode.IN_FLIGHT, str(live.ref), detail, f"kubectl describe {view.owner.ref.where}"
            )
        return InFlight(str(live.ref), detail, f"kubectl describe {view.owner.ref.where}")
    detail = f"{len(doubted)} fields are as {view.owner.ref} set them, and not as {view.desired.source} has them"
    return Unobservable(
        UnknownCode.NO_DESIRED_STATE, str(live.ref), detail, "compare with a kustomize of the controller's own version"
    )


def _told(
    difference: Difference,
    live: Resource,
    view: View,
    desired: Json | None,
    standards: Standards,
    held_off: Frozen | None,
) -> Difference:
    """The difference with the rule of the platform that excuses it, or the lint it really is."""
    if held_off is not None:  # the finding is that it is frozen
        return replace(difference, ignored_by=f"{held_off.mark} set in the cluster")
    if rule := ignore.ignored_difference(view.owner, desired, live, difference):
        return replace(difference, ignored_by=rule)
    if difference.path == _REPLICAS and (bounds := standards.autoscaled(live)):
        return _scaled(difference, live, bounds)
    return difference


def _scaled(difference: Difference, live: Resource, bounds: tuple[int, int]) -> Difference:
    low, high = bounds
    replicas = live.number("spec", "replicas", default=1)
    if not low <= replicas <= high:
        return difference
    said = "an autoscaler sets the replicas and Git does, too: they undo one another; leave spec.replicas out of Git"
    return replace(difference, lint=said)


def held_by(difference: Difference) -> tuple[Change, ...]:
    """Who holds the field, engine and cluster left out."""
    return tuple(each for each in difference.changed_by if each.cls not in ("gitops", "cluster"))
