"""A difference, or an object, as a finding: what, who, when, what Flux does next, what to type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from holdfast.checks.drift import classes, history
from holdfast.checks.drift.attribution import Window, when
from holdfast.checks.drift.case import Case
from holdfast.checks.drift.classes import Class, severity_of_object
from holdfast.checks.drift.cleanup import is_sticky
from holdfast.checks.drift.collapse import called, thing
from holdfast.checks.drift.difference import Difference, Examined, Id, Kind
from holdfast.checks.drift.examination import Drift
from holdfast.checks.drift.managed import ManagedFields
from holdfast.checks.drift.outlook import outlook
from holdfast.checks.drift.paths import text
from holdfast.checks.drift.remedies import remedies
from holdfast.checks.drift.severity import severity
from holdfast.checks.drift.shown import both
from holdfast.checks.drift.view import View
from holdfast.model import Change, Deviation, Owner, Ref, Resource, Unobservable, World
from holdfast.model.patterns import WITHHELD

_ELLIPSIS = 110
KNOWN_AS = {
    "node-fetch": "what Lens and other desktops call themselves",
    "OpenAPI-Generator": "a program, or a desktop, with a generated client",
    "Mozilla": "a browser",
}
"""What managers are that do not say it themselves."""


def field(difference: Difference, examined: Examined, view: View, world: World, drift: Drift, what: Class) -> Deviation:
    """One field that is not as Git says."""
    case = _case(difference, examined, view, world, what)
    assert case.live is not None  # kept wherever there is a difference
    live, path = case.live, case.git_path
    expected, observed = both(difference, examined.ref)
    cause, since = _who(difference, live, view, world.now, drift)
    named = called(difference, examined.ref.kind)
    values = f": {observed}, Git says {expected}" if difference.kind is Kind.CHANGED else ""
    if difference.kind is Kind.CHANGED and (observed == expected or WITHHELD in observed):
        values = ""
    return Deviation(
        examined.ref,
        rule=what.rule,
        severity=severity(difference, examined.ref.kind, sticky=is_sticky(case)),
        expected=expected,
        observed=observed,
        path=text(difference.path),
        summary=f"{examined.ref}: {named}{_cut(values)}",
        cause=cause,
        since=since,
        changed_by=difference.changed_by,
        outlook=outlook(case).text,
        remedy=remedies(case),
        owner=_owner(view.owner, path),
        source=view.desired.source,
    )


def blocked(differences: Sequence[Difference], examined: Examined, view: View, world: World, drift: Drift) -> Deviation:
    """An object that was changed so that the engine cannot change it back: all of it in one finding."""
    first = field(differences[0], examined, view, world, drift, classes.BLOCKED)
    named = "; ".join(called(each, examined.ref.kind) for each in differences)
    others = tuple(dict.fromkeys(change for each in differences for change in each.changed_by))
    return replace(
        first,
        severity=None,
        path="",
        summary=_cut(f"{examined.ref} blocks {view.owner.ref}: {named}"),
        cause=f"{first.cause}; {examined.blocked}",
        changed_by=others,
        affects=(str(view.owner.ref),),
        remedy=remedies(_case(differences[0], examined, view, world, classes.BLOCKED), differences[1:]),
    )


def _case(difference: Difference, examined: Examined, view: View, world: World, what: Class) -> Case:
    id = Id.of(examined.ref)
    return Case(
        what=what,
        ref=examined.ref,
        now=world.now,
        owner=view.owner,
        live=examined.resource,
        desired=view.desired.objects.get(id),
        difference=difference,
        git_path=view.desired.git_paths.get(id, ""),
    )


def thing_of(
    what: Class,
    ref: Ref,
    world: World,
    *,
    expected: str,
    observed: str,
    summary: str,
    cause: str = "",
    view: View | None = None,
    live: Resource | None = None,
    changed_by: tuple[Change, ...] = (),
    since: datetime | None = None,
    others: tuple[Ref, ...] = (),
    affects: tuple[str, ...] = (),
    uid: str = "",
    path: str = "",
) -> Deviation:
    """A whole object that is not as it should be."""
    git_path = view.desired.git_paths.get(Id.of(ref), "") if view else ""
    case = Case(
        what=what,
        ref=ref,
        now=world.now,
        owner=view.owner if view else None,
        live=live,
        desired=view.desired.objects.get(Id.of(ref)) if view else None,
        git_path=git_path,
        others=others,
        uid=uid,
    )
    return Deviation(
        ref,
        rule=what.rule,
        severity=severity_of_object(what, ref.kind),
        expected=expected,
        observed=observed,
        summary=summary,
        cause=cause,
        since=since,
        path=path,
        affects=affects,
        changed_by=changed_by,
        outlook=outlook(case).text,
        remedy=remedies(case),
        owner=_owner(view.owner, git_path) if view else None,
        source=view.desired.source if view else "",
    )


def hands(changes: Sequence[Change], now: datetime) -> str:
    """``kubectl-edit (human), not later than …; keel (operator), at …``."""
    return "; ".join(f"{_tool(each)}, {when(each, now)}" for each in changes)


def _tool(change: Change) -> str:
    """``kubectl (human, by scale)``, ``node-fetch (human: what Lens and other desktops call themselves)``."""
    better = KNOWN_AS.get(change.manager.partition("/")[0], "")
    more = f": {better}" if better else f", by {change.subresource}" if change.subresource else ""
    return f"{change.manager} ({change.cls}{more})"


def where(difference: Difference) -> str:
    """The field, as one says it."""
    return thing(difference.path, "object")


def _who(
    difference: Difference, live: Resource, view: View, now: datetime, drift: Drift
) -> tuple[str, datetime | None]:
    """Who did it and when, and what can still be said where nobody signed."""
    others = [each for each in difference.changed_by if each.cls != "gitops"]
    times = [each.time for each in others if each.time]
    said = f"set by {hands(others, now)}" if others else _unsigned(difference, live, view, now)
    told, edited = _before(difference, live, drift)
    return "; ".join(each for each in (said, *told) if each), max(times, default=edited)


def _unsigned(difference: Difference, live: Resource, view: View, now: datetime) -> str:
    fields = ManagedFields(live.get("metadata", "managedFields"), live.api_version)
    if not fields.known:
        return "nobody can say who: its managedFields were stripped"
    if view.owner.kind == "Kustomization" or view.owner.get("spec", "driftDetection", "mode") == "enabled":
        window = Window.of(fields, view.engine, view.owner).text(now)
        return f"nobody can say who, {window}: {_why_not(difference)}"
    return f"nobody can say who: {_why_not(difference)}"


def _why_not(difference: Difference) -> str:
    if difference.kind is Kind.REMOVED:
        return "a removal leaves no trace in managedFields"
    if difference.kind is Kind.ORDER:
        return "a reorder leaves no trace in managedFields"
    return "managedFields name nobody"


def _before(difference: Difference, live: Resource, drift: Drift) -> tuple[list[str], datetime | None]:
    """What ReplicaSets, ControllerRevisions and Events still tell."""
    if difference.path[:2] != ("spec", "template") and difference.path != ("spec", "replicas"):
        return [], None
    try:
        siblings = drift.siblings(live)
    except Unobservable:
        return [], None
    previous = history.previous(live, [each for each in siblings if each.kind != "Event"], difference)
    events = [each for each in siblings if each.kind == "Event"]
    # of a template the revisions tell more, and Events of a rollout are often those of the one before
    hint = history.event_hint(difference, events) if difference.path == ("spec", "replicas") else ""
    told = [each for each in (previous.text if previous else "", hint) if each]
    return told, previous.edited if previous else None


def _owner(owner: Resource, path: str) -> Owner:
    return Owner(str(owner.ref), path or str(owner.get("spec", "path", default="")))


def _cut(words: str) -> str:
    return words if len(words) <= _ELLIPSIS else words[: _ELLIPSIS - 1] + "…"
