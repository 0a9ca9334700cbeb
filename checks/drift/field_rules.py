"""Rules about the fields of an object: as Git says, in its order, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.checks.drift import classes, tell
from holdfast.checks.drift.classes import Class
from holdfast.checks.drift.confirm import confirmed
from holdfast.checks.drift.difference import Difference, Examined, Kind
from holdfast.checks.drift.examination import Drift, Examination
from holdfast.checks.drift.examine import held_by
from holdfast.checks.drift.foreign import unseen
from holdfast.checks.drift.ignore import ignore_rules
from holdfast.checks.drift.managed import ManagedFields
from holdfast.checks.drift.view import View
from holdfast.checks.flux.classify import one_line
from holdfast.checks.flux.state import Phase
from holdfast.checks.flux.timing import patience, spell
from holdfast.model import (
    MAJOR,
    MINOR,
    Deviation,
    InFlight,
    Judged,
    Note,
    Ref,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

_ORIGIN = "issue 4; seed 004, drift scenarios"


@rule(
    "drift.field.changed",
    MAJOR,
    origin=_ORIGIN,
    remedy="let Flux put it back, or commit the new value to Git",
)
def unchanged(owner: Resource, world: World, drift: Drift, within: str = "") -> Said:
    """Every field Git sets has the value Git says."""
    found = drift.of(owner)
    yield from _of(found, world, drift, within, Kind.CHANGED)
    yield from _excused(found, within)
    yield from _under_way(found)
    yield from _seen_by_helm(owner, found)
    rules = ignore_rules(owner)
    yield from rules.problems
    yield from (Note(classes.LINT.rule, owner.ref, each) for each in rules.warnings)
    yield from _unseen(found, within)
    yield from (_overdue(each, found.view, world) for each in _unknown_values(found, within))


@rule(
    "drift.field.removed",
    MAJOR,
    origin=_ORIGIN,
    remedy="let Flux put it back, or take it out of Git, too",
)
def unremoved(owner: Resource, world: World, drift: Drift, within: str = "") -> Said:
    """Every field Git sets is there."""
    yield from _of(drift.of(owner), world, drift, within, Kind.REMOVED)


@rule(
    "drift.field.order",
    MINOR,
    origin=_ORIGIN,
    remedy="let Flux put the order back, or commit the new one",
)
def in_order(owner: Resource, world: World, drift: Drift, within: str = "") -> Said:
    """Lists are in the order Git has them in: Flux counts it, Kubernetes mostly does not."""
    yield from _of(drift.of(owner), world, drift, within, Kind.ORDER)


@rule(
    "drift.field.foreign",
    MAJOR,
    origin="flux2#2099, helm-controller#896: additions neither `flux diff` nor the controllers see",
    remedy="take it away, or commit it to Git",
)
def own(owner: Resource, world: World, drift: Drift, within: str = "") -> Said:
    """No field of a managed object is held by anyone but its GitOps engine, the cluster and trusted managers."""
    found = drift.of(owner)
    yield from _of(found, world, drift, within, Kind.FOREIGN)
    yield from _unseen(found, within)
    for each in _inside(found, within):
        if each.resource is not None and not each.ignored_by and (untraced := _untraced(each.resource)):
            yield untraced
            yield Judged(frozenset(), frozenset({each.ref}))


@rule(
    "drift.field.hotfix",
    MINOR,
    origin="seed 004, emergency hotfix; the field manager flux-client-side-apply is Flux's own way to let one live",
    remedy="commit it to Git, and give it a waiver with an expiry until then",
)
def no_hotfix(owner: Resource, world: World, drift: Drift, within: str = "") -> Said:
    """No hotfix made with Flux's leave waits to be committed."""
    for deviation in (*unchanged(owner, world, drift, within), *own(owner, world, drift, within)):
        if isinstance(deviation, Deviation) and deviation.rule == classes.HOTFIX.rule:
            yield deviation


@rule(
    "drift.field.fought",
    MAJOR,
    origin="kustomize-controller#792, #870",
    remedy="tell Flux to ignore the field (spec.ignore, driftDetection.ignore), or the other controller to leave it",
)
def not_fought(owner: Resource, world: World, drift: Drift, within: str = "") -> Said:
    """No other controller sets a field that Git sets."""
    for deviation in unchanged(owner, world, drift, within):
        if isinstance(deviation, Deviation) and deviation.rule == classes.FOUGHT.rule:
            yield deviation


@rule(
    "drift.apply.blocked",
    MAJOR,
    origin="reference: a grown volume, an immutable ConfigMap; kustomize-controller's dry-run",
    remedy="make Git say what the cluster has, or let the object be made anew",
)
def applicable(owner: Resource, world: World, drift: Drift, within: str = "") -> Said:
    """Nothing that was changed by hand keeps Flux from applying."""
    found = drift.of(owner)
    for each in _inside(found, within):
        open_ = [one for one in each.differences if not one.ignored_by and not one.lint]
        if each.blocked and open_:
            yield tell.blocked(open_, each, found.view, world, drift)
    yield from found.sight_in(within)
    if found.view.state.phase is Phase.FAILED and found.view.desired.problem is not None:
        yield found.view.desired.problem  # it is refused something, and nobody knows what it wants


def _of(found: Examination, world: World, drift: Drift, within: str, kind: Kind) -> Iterator[Deviation]:
    for each in _inside(found, within):
        for difference in () if each.blocked else each.differences:
            if difference.kind is kind and not difference.ignored_by and not difference.lint:
                yield _told(difference, each, found.view, world, drift)


def _told(difference: Difference, examined: Examined, view: View, world: World, drift: Drift) -> Deviation:
    said = tell.field(difference, examined, view, world, drift, class_of(difference))
    answer = drift.tried(examined, view) if difference.kind is not Kind.FOREIGN else None
    if answer is None or examined.resource is None:
        return said
    return confirmed(said, difference, examined.resource, view, answer)


def class_of(difference: Difference) -> Class:
    """What a difference is: by whose hand, where that says more than its kind."""
    by = held_by(difference)
    if by and all(each.cls == "accepted" for each in by):
        return classes.HOTFIX
    controllers = [
        each for each in by if each.cls == "operator" or (each.cls == "unknown" and each.operation == "Apply")
    ]
    if difference.kind is Kind.CHANGED and by and len(controllers) == len(by):
        return classes.FOUGHT
    return classes.OF_FIELD[difference.kind]


def _under_way(found: Examination) -> Iterator[Note]:
    """Its last attempt did not succeed: what Git says by now may be more than what was compared with."""
    state = found.view.state
    if state.phase is Phase.FAILED and state.condition is not None:
        said = f"{state.condition.reason}: {one_line(state.condition.message)}"
        told = f"its last attempt failed ({said}); compared with what it had applied before"
        yield Note(classes.PENDING.rule, found.owner.ref, told)


def _seen_by_helm(owner: Resource, found: Examination) -> Iterator[Deviation | Note]:
    """What helm-controller itself has seen (condition Drifted, from 1.6 on), where we could not look or see nothing."""
    drifted = owner.find_condition("Drifted")
    if drifted is None or drifted.status != "True":
        return
    looked = found.view.desired.problem is None
    if looked and (found.examined or found.lost):  # told field by field
        return
    said = f"helm-controller says: {one_line(drifted.message)}"
    if looked:  # it looks at intervals: what it saw has been put right since
        yield Note(classes.PENDING.rule, owner.ref, f"{said}; nothing differs now")
        return
    yield Deviation(
        owner.ref,
        expected="Drifted=False",
        observed=f"Drifted=True, {drifted.reason}",
        summary=f"{owner.ref} has drifted: {one_line(drifted.message)}",
        cause=said,
        since=drifted.since,
        outlook="it corrects drift only with driftDetection.mode: enabled",
        remedy=(Remedy("see what it saw", f"kubectl describe {owner.ref.where}"),),
    )


def _excused(found: Examination, within: str) -> Iterator[Note]:
    for each in _inside(found, within):
        if each.ignored_by:
            yield Note(classes.IGNORED.rule, each.ref, f"not compared: {each.ignored_by}")
        for difference in each.differences:
            if difference.ignored_by:
                told = f"{tell.where(difference)} differs, and may: {difference.ignored_by}"
                yield Note(classes.IGNORED.rule, each.ref, told)
            elif difference.lint:
                yield Note(classes.LINT.rule, each.ref, f"{tell.where(difference)}: {difference.lint}")


def _untraced(live: Resource) -> Unobservable | None:
    return unseen(live, ManagedFields(live.get("metadata", "managedFields"), live.api_version))


def _unseen(found: Examination, within: str) -> Iterator[Unobservable | Judged]:
    yield from found.sight_in(within)
    yield Judged(_in(found.seen, within), _in(found.unseen, within))


def _unknown_values(found: Examination, within: str) -> Iterator[Unobservable | Judged]:
    """What was seen and could not be compared."""
    desired = found.view.desired
    if desired.problem is not None and found.seen:
        yield desired.problem
        yield Judged(frozenset(), _in(found.seen, within))
    for each in _inside(found, within):
        if each.unknown is not None:
            yield each.unknown
            yield Judged(frozenset(), frozenset({each.ref}))
    for ref in sorted(_in(found.seen, within)):
        if (ref.group, ref.kind, ref.namespace, ref.name) in desired.encrypted:
            yield Unobservable(
                UnknownCode.ENCRYPTED,
                str(ref),
                "Git holds its values encrypted (SOPS): its keys were compared, its values cannot be",
                f"accept it in platform.toml: [[accept]] code = 'encrypted', subject = '{ref}'",
            )
            yield Judged(frozenset(), frozenset({ref}))


def _overdue(word: Unobservable | Judged, view: View, world: World) -> Unobservable | Judged:
    """What is under way for longer than it may take is no longer something to wait for: it is not known."""
    state = view.state
    if not isinstance(word, InFlight) or state.phase is not Phase.IN_FLIGHT or state.since is None:
        return word
    if world.now - state.since <= patience(view.owner):
        return word
    detail = f"{word.detail}, for {spell(world.now - state.since)} by now"
    return Unobservable(UnknownCode.IN_FLIGHT, word.subject, detail, word.remedy)


def _inside(found: Examination, within: str) -> Iterator[Examined]:
    yield from (each for each in found.examined if within in ("", each.ref.namespace))


def _in(refs: frozenset[Ref], within: str) -> frozenset[Ref]:
    return frozenset(each for each in refs if each.namespace == within) if within else refs
