"""Rules about whole objects: there, one's own, in Flux's hands, and nothing beside them."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from holdfast.checks.drift import classes, tell
from holdfast.checks.drift.difference import Id
from holdfast.checks.drift.examination import Drift, Examination
from holdfast.checks.drift.missing import Missing, Presence, missing
from holdfast.checks.drift.ownership import Claim, applied_last, contenders
from holdfast.checks.drift.terminating import stuck
from holdfast.checks.drift.unexpected import Dangling, Orphaned, Undecided, Unexpected
from holdfast.checks.flux import delivery
from holdfast.checks.flux.apis import still_served
from holdfast.checks.flux.state import read_state
from holdfast.checks.flux.timing import spell
from holdfast.model import MAJOR, MINOR, Deviation, Judged, Note, Ref, Remedy, Resource, Said, Unobservable, World, rule

_ORIGIN = "issue 4; seed 004, drift scenarios"


@rule(
    "drift.object.missing",
    MAJOR,
    origin=_ORIGIN,
    remedy="let Flux make it anew, and find out who deletes it",
)
def present(owner: Resource, world: World, drift: Drift, within: str = "") -> Said:
    """Every object Flux applied is there."""
    found = drift.of(owner)

    def exists(namespace: str) -> bool | None:
        try:
            return world.find("Namespace", "", namespace) is not None
        except Unobservable:  # what is missing is missing all the same
            return None

    yield from (each for each in found.sight_in(within) if each not in found.lost.values())
    for word in missing(owner, found.view.desired, found.lost, exists):
        if not isinstance(word, Missing):
            yield word
        elif found.lost[Id.of(word.ref)] is Presence.NOT_SERVED:
            yield from _with_its_kind(owner, world)
        elif within in ("", word.ref.namespace, *(each.namespace for each in word.also)):
            yield _missing(word, found, world)
    lost = {id for id in found.lost if within in ("", id.namespace)}
    absent = frozenset(Ref(_version(id, found), id.kind, id.namespace, id.name) for id in lost) - found.unseen
    seen = frozenset(each for each in found.seen if within in ("", each.namespace))
    yield Judged(seen | absent, found.unseen)


def _with_its_kind(owner: Resource, world: World) -> Said:
    """Gone with its CRD: told as whoever asks after APIs tells it, or as Flux itself does."""
    told = tuple(still_served(owner, world))
    for each in told or (delivery.failed(owner, read_state(owner), world),):
        yield replace(each, rule=each.rule or still_served.id) if isinstance(each, Deviation) else each


def _version(id: Id, found: Examination) -> str:
    version = found.view.desired.expected[id]
    return f"{id.group}/{version}" if id.group else version


def _missing(word: Missing, found: Examination, world: World) -> Deviation:
    what = f"{word.ref} and {len(word.also)} more are" if word.also else f"{word.ref} is"
    return tell.thing_of(
        classes.MISSING,
        word.ref,
        world,
        expected=f"there, as {word.owner} applied it",
        observed="not there",
        summary=f"{what} missing: {word.owner} had applied {'them' if word.also else 'it'}",
        cause=word.cause,
        view=found.view,
        affects=tuple(str(each) for each in word.also),
    )


@rule(
    "drift.object.unexpected",
    MINOR,
    origin=_ORIGIN,
    remedy="add it to Git, or delete it",
)
def expected(namespace: Resource, world: World, drift: Drift, managed: bool = False) -> Said:
    """Everything in a namespace that Flux manages comes from Git, or from something that does."""
    around = drift.around()
    name = namespace.name
    if name not in around.managed and not managed:
        yield from around.ungathered
        return
    for stray in around.strays((name,)):
        if isinstance(stray, Unexpected) and stray.ref.namespace == name:
            yield _unexpected(stray, world, drift)
    yield from around.problems


@rule(
    "drift.object.dangling",
    MINOR,
    origin="issue 4; an owner reference to a uid that is gone",
    remedy="untie it and add it to Git, or let it go",
)
def attached(namespace: Resource, world: World, drift: Drift, managed: bool = False) -> Said:
    """What belongs to another object belongs to one that is there."""
    around = drift.around()
    name = namespace.name
    if name not in around.managed and not managed:
        yield from around.ungathered
        return
    for stray in around.strays((name,)):
        if isinstance(stray, Dangling) and stray.ref.namespace == name:
            yield _dangling(stray, world, drift)
    yield from around.problems


def _dangling(stray: Dangling, world: World, drift: Drift) -> Deviation:
    owners = ", ".join(stray.owners)
    return tell.thing_of(
        classes.DANGLING,
        stray.ref,
        world,
        expected="its owner is there",
        observed=f"gone: {owners}",
        summary=f"{stray.ref} belongs to what is no longer there: {owners}",
        cause="its owner was deleted, and the garbage collector has not taken it along",
        live=drift.around().find(stray.ref),
        since=stray.when,
        uid=owners.rpartition("uid ")[2].rstrip(")"),
    )


def _unexpected(stray: Unexpected, world: World, drift: Drift) -> Deviation:
    live = drift.around().find(stray.ref)
    by = tell.hands(stray.who, world.now) if stray.who else "nobody managedFields name"
    what = "a Pod no controller keeps" if stray.bare_pod else "it is in no inventory, and nothing Flux made owns it"
    return tell.thing_of(
        classes.UNEXPECTED,
        stray.ref,
        world,
        expected="what lives here comes from Git",
        observed=what,
        summary=f"{stray.ref} is in no Git" + (f" ({stray.who[0].manager} made it)" if stray.who else ""),
        cause=f"made by {by}",
        live=live,
        changed_by=stray.who,
        since=stray.when,
    )


@rule(
    "drift.object.orphaned",
    MINOR,
    origin="kustomize-controller#1664, #409, #1388",
    remedy="delete it, add it to Git, or take Flux's labels off",
)
def kept_track_of(namespace: Resource, world: World, drift: Drift) -> Said:
    """Everything that says Flux made it is held by somebody of Flux."""
    around = drift.around()
    left: dict[Claim, list[Orphaned]] = defaultdict(list)
    for stray in around.strays():
        if isinstance(stray, Orphaned):
            left[stray.claim].append(stray)
        elif isinstance(stray, Undecided):
            yield Note(classes.PENDING.rule, stray.ref, f"{stray.claim} may yet say that it holds it: {stray.why}")
    for claim, strays in left.items():
        told = [_orphaned(each, world, drift) for each in strays]
        yield from told if len(told) == 1 or not strays[0].owner_gone else (_bereft(claim, told),)
    yield from around.problems


def _bereft(claim: Claim, told: Sequence[Deviation]) -> Deviation:
    """All that an owner who is gone has left behind: one cause, one finding."""
    refs = sorted(str(each.ref) for each in told)
    worst = max((each.severity or MINOR for each in told), key=lambda each: each.rank)
    look = f"kubectl get {','.join(sorted({each.ref.kind.lower() for each in told if each.ref}))} -A -l " + shlex.quote(
        f"kustomize.toolkit.fluxcd.io/name={claim.name},kustomize.toolkit.fluxcd.io/namespace={claim.namespace}"
        if claim.kind == "Kustomization"
        else f"helm.toolkit.fluxcd.io/name={claim.name},helm.toolkit.fluxcd.io/namespace={claim.namespace}"
    )
    return replace(
        told[0],
        ref=None,
        subject=str(claim),
        severity=worst,
        observed=f"{claim} is not there any more; {len(refs)} objects say that it made them",
        summary=f"{claim} is gone and has left {len(refs)} objects behind, {refs[0]} among them",
        cause=f"{claim} was deleted without what it held: deletionPolicy: Orphan, prune: false, or its finalizer taken",
        affects=tuple(refs),
        changed_by=(),
        remedy=(
            Remedy("see them all", look),
            Remedy("if they are needed, bring its declaration back to Git: it takes them over again", writes=True),
            Remedy("if not, delete them one by one, what holds data last"),
        ),
    )


def _orphaned(stray: Orphaned, world: World, drift: Drift) -> Deviation:
    kept = f"; it was meant to stay: {stray.kept}" if stray.kept else ""
    why = f"{stray.claim} is not there any more" if stray.owner_gone else f"{stray.claim} does not hold it"
    return tell.thing_of(
        classes.ORPHANED,
        stray.ref,
        world,
        expected="held by the owner its labels name",
        observed=why,
        summary=f"{stray.ref} was left behind: {why}",
        cause=why + kept,
        live=drift.around().find(stray.ref),
        changed_by=stray.who,
        since=stray.when,
    )


@rule(
    "drift.object.contested",
    MAJOR,
    origin="kustomize-controller#732, #1724",
    remedy="take the object out of all but one of them in Git",
)
def owned_once(owner: Resource, world: World, drift: Drift) -> Said:
    """Every object is applied by one Kustomization or HelmRelease."""
    found = drift.of(owner)
    for ref in sorted(found.seen):
        holders = drift.holders(ref)
        if len(holders) < 2 or holders[0] != owner.ref:  # said once, by the first of them
            continue
        rivals = contenders(Id.of(ref), _appliers(ref, holders, drift), drift.said)
        if rivals:
            yield _contested(ref, rivals, found, world, drift)
    yield from found.sight
    yield Judged(found.seen, found.unseen)


def _appliers(ref: Ref, holders: tuple[Ref, ...], drift: Drift) -> tuple[Ref, ...]:
    """Those that apply it; the CRDs in a chart's crds/ are made once, by whoever comes first."""
    if ref.kind != "CustomResourceDefinition":
        return holders
    return tuple(each for each in holders if each.kind != "HelmRelease" or drift.said(each, Id.of(ref)) is not None)


def _contested(ref: Ref, rivals: tuple[Ref, ...], found: Examination, world: World, drift: Drift) -> Deviation:
    live = world.find(f"{ref.kind}.{ref.group}" if ref.group else ref.kind, ref.namespace, ref.name)
    last = applied_last(live, rivals) if live else None
    names = " and ".join(map(str, rivals))
    return tell.thing_of(
        classes.CONTESTED,
        ref,
        world,
        expected="one owner",
        observed=names,
        summary=f"{ref} is applied by both {names}",
        cause=f"both hold it; its labels say that {last} applied it last" if last else "both hold it",
        view=found.view,
        live=live,
        others=rivals,
        affects=tuple(map(str, rivals)),
    )


@rule(
    "drift.object.frozen",
    MAJOR,
    origin="kustomize-controller: reconcile: disabled, ssa: Ignore on the live object",
    remedy="take the annotation away, or set it in Git",
)
def not_frozen(owner: Resource, world: World, drift: Drift) -> Said:
    """Nobody has taken an object out of Flux's hands without a word in Git."""
    found = drift.of(owner)
    for each in found.examined:
        if each.frozen is None:
            continue
        others = tuple(one for one in each.frozen.who if one.cls != "gitops")
        by = tell.hands(others, world.now) if others else "nobody managedFields name"
        hidden = len(each.differences)
        yield tell.thing_of(
            classes.FROZEN,
            each.ref,
            world,
            expected="Flux applies it",
            observed=str(each.frozen.mark),
            summary=f"{each.ref} is hidden from Flux by its {each.frozen.mark}",
            cause=f"set by {by}" + (f"; {hidden} of its fields differ from Git meanwhile" if hidden else ""),
            view=found.view,
            live=each.resource,
            changed_by=each.frozen.who,
            since=max((one.time for one in others if one.time), default=None),
        )
    yield from found.sight
    yield Judged(found.seen, found.unseen)


@rule(
    "drift.object.terminating",
    MAJOR,
    origin="issue 4; flux diff calls it unchanged",
    remedy="find out who answers for the finalizer, and bring them back",
)
def not_terminating(owner: Resource, world: World, drift: Drift) -> Said:
    """Nothing Flux holds has been deleted and cannot go."""
    found = drift.of(owner)
    for each in found.examined:
        held = stuck(each.resource, world.now, drift.managers) if each.resource is not None else None
        if held is None:
            continue
        by = [one for one in held.who if one.cls != "gitops"]
        yield tell.thing_of(
            classes.TERMINATING,
            held.ref,
            world,
            expected="gone, or not deleted at all",
            observed=f"deleted {spell(world.now - held.since)} ago, held by {', '.join(held.finalizers) or 'nothing'}",
            summary=f"{held.ref} was deleted and cannot go: {', '.join(held.finalizers) or 'no finalizer is left'}",
            cause="; ".join(held.waits_for) + (f"; set by {tell.hands(by, world.now)}" if by else ""),
            view=found.view,
            live=each.resource,
            changed_by=held.who,
            since=held.since,
        )
    yield from found.sight
    yield Judged(found.seen, found.unseen)
