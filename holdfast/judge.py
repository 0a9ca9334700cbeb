"""The judge of one scenario: asks, settles what could not be seen, adds up what the checks say.

Nothing here knows Flux or pytest. The plugin makes one :class:`Judge` per scenario and reads it at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Concatenate, ParamSpec, Protocol

from holdfast.checks import presence
from holdfast.model import (
    RULES,
    Deviation,
    InFlight,
    Judged,
    Listing,
    NotAsked,
    Note,
    Query,
    Ref,
    Resource,
    Rule,
    Said,
    UnknownCode,
    Unobservable,
    World,
)

Params = ParamSpec("Params")
Judgement = Callable[Concatenate[Resource, World, Params], Said]
_REPORT = "this is a defect of holdfast: report it with the object as evidence shows it"
_LOOKS = 4
"""More than two differ only where objects change from one look to the next."""


class Senses(World, Protocol):
    """A world that can be looked at again."""

    def look_again(self, kinds: Iterable[str], refs: Iterable[Ref]) -> None:
        """Read these kinds (and these objects) afresh, so that the next listing is newer than this call."""

    def wait(self) -> bool:
        """Let a moment of ``--settle`` pass; False once it is used up (or, in a recording, once the record ends)."""


@dataclass(slots=True)
class Heard:
    """What was said, so far."""

    deviations: list[tuple[Rule[Any], Deviation]] = field(default_factory=list)
    unknowns: list[Unobservable] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    judged: set[Ref] = field(default_factory=set)
    blind: set[Ref] = field(default_factory=set)
    """Objects that were there and could not be judged."""
    evidence: dict[Ref, Resource] = field(default_factory=dict)
    """The objects deviations and unknowns speak of, as read."""
    absent: list[str] = field(default_factory=list)
    """Kinds of which there is none, and none was expected."""
    not_asked: list[str] = field(default_factory=list)
    cut: bool = False
    """A step ended, or left a row out, for want of what was not switched on: what it did judge is not all of it."""
    in_flight: list[InFlight] = field(default_factory=list)
    moving: set[Ref] = field(default_factory=set)
    """The objects that are in flight, or wait for one that is."""

    def add(self, other: Heard) -> None:
        """Take over all of ``other``."""
        self.deviations += other.deviations
        self.unknowns += other.unknowns
        self.notes += other.notes
        self.judged |= other.judged
        self.blind |= other.blind
        self.evidence |= other.evidence
        self.absent += other.absent
        self.not_asked += other.not_asked
        self.cut = self.cut or other.cut
        self.in_flight += other.in_flight
        self.moving |= other.moving


Hear = Callable[[], tuple[Heard, set[str]]]
"""One look: what was said, and the kinds that were consulted."""


class _Watched:
    """The world as a check sees it, remembering which kinds it consulted."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.kinds: set[str] = set()

    @property
    def now(self) -> Any:
        return self._world.now

    def listing(self, kind: str) -> Listing:
        self.kinds.add(kind)
        return self._world.listing(kind)

    def find(self, kind: str, namespace: str, name: str) -> Resource | None:
        self.kinds.add(kind)
        return self._world.find(kind, namespace, name)

    def versions(self, group: str) -> dict[str, frozenset[str]]:
        return self._world.versions(group)


class Judge:
    """Judges queries by rules for one scenario.

    Args:
        world: what was read, and a way to read it again.
        confirmed: (rule id, object) pairs of this run that a second look has already confirmed; shared by all judges.
    """

    def __init__(self, world: Senses, confirmed: set[tuple[str, str]] | None = None) -> None:
        self._world = world
        self._confirmed = confirmed if confirmed is not None else set()
        self.said = Heard()
        self.step = Heard()
        """What the present step added; the plugin empties it when a step begins."""

    def __call__(self, check: Rule[Params], query: Query, /, *args: Params.args, **kwargs: Params.kwargs) -> None:
        """Judge every object of ``query`` by ``check``; a deviation is looked at twice before it is believed."""
        hear = partial(self._hear, check, query, args, kwargs)
        said, kinds = self._sure(*hear(), hear)
        while said.in_flight and self._world.wait():
            self._world.look_again(kinds, _refs(said))
            said, kinds = self._sure(*hear(), hear)
        for each in said.in_flight:  # still under way
            if each.limited:  # and within its limits
                said.notes.append(Note("in-flight", None, f"{each.subject}: {each.detail}"))
            else:
                said.unknowns.append(each)
        said.in_flight = []
        self._take(said)

    def unknown(self, problem: Unobservable) -> None:
        """Something outside a check could not be seen."""
        self._take(Heard(unknowns=[problem]))

    def not_asked(self, reason: str) -> None:
        """The step needs what was not switched on."""
        self._take(Heard(not_asked=[reason], cut=True))

    def _take(self, said: Heard) -> None:
        self.said.add(said)
        self.step.add(said)

    def _sure(self, said: Heard, kinds: set[str], hear: Hear) -> tuple[Heard, set[str]]:
        """Look again until every deviation was met by two looks in a row; what keeps changing is believed at last."""
        before: set[tuple[str, str]] = set()
        for _ in range(_LOOKS):
            met = {_key(rule, deviation) for rule, deviation in said.deviations} - self._confirmed
            if met <= before:
                break
            before = met
            self._world.look_again(kinds, _refs(said))
            said, kinds = hear()
        self._confirmed |= {_key(rule, deviation) for rule, deviation in said.deviations}
        return said, kinds

    def _hear(
        self, check: Rule[Any], query: Query, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Heard, set[str]]:
        watched = _Watched(self._world)
        said = Heard()
        listing = query.read()
        watched.kinds.add(listing.kind)
        said.unknowns.extend(listing.problems)
        if not listing.seen and listing.complete:
            _settle_nothing(said, listing, query, watched)
        for resource in listing.seen:
            _hear_one(said, check, resource, watched, args, kwargs)
        return said, watched.kinds


def _settle_nothing(said: Heard, listing: Listing, query: Query, world: World) -> None:
    """Zero objects in a complete LIST: missing, unexpectedly empty, or simply not part of this platform."""
    if not listing.served and (query.wanted or query.named):
        said.deviations += _only(presence.not_served, query, world)
    elif query.named:
        said.deviations += _only(presence.missing, query, world)
    elif query.wanted:
        detail = "the LIST is complete and empty, and the platform says there are some"
        said.unknowns.append(Unobservable(UnknownCode.NOTHING_MATCHED, query.subject, detail))
    else:
        said.absent.append(listing.kind)


def _only(check: Rule[[]], query: Query, world: World) -> list[tuple[Rule[Any], Deviation]]:
    named = query.named or (query.subject.removeprefix("every "), "", "")
    said = check(presence.absent(*named), world)
    return [(_rule_of(each, check), each) for each in said if isinstance(each, Deviation)]


def _rule_of(deviation: Deviation, check: Rule[Any]) -> Rule[Any]:
    """The rule a deviation breaks: the one it names, where a check speaks for another."""
    return RULES[deviation.rule] if deviation.rule else check


def _hear_one(
    said: Heard, check: Rule[Any], resource: Resource, world: World, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    """Run one check on one object; what it could not see does not undo what it has already said."""
    seen_all = True
    try:
        for word in check(resource, world, *args, **kwargs):
            if isinstance(word, Deviation):
                said.deviations.append((_rule_of(word, check), word))
                said.evidence[word.ref or resource.ref] = (
                    resource if word.ref in (None, resource.ref) else _seen(world, word.ref, resource)
                )
            elif isinstance(word, Note):
                said.notes.append(word)
            elif isinstance(word, Judged):
                said.judged |= word.refs
                said.blind |= word.blind
            elif isinstance(word, InFlight):
                said.in_flight.append(word)
                said.moving.add(resource.ref)
            else:
                said.unknowns.append(word)
                said.evidence[resource.ref] = resource
                seen_all = False
    except InFlight as word:
        said.in_flight.append(word)
        said.moving.add(resource.ref)
    except Unobservable as word:
        said.unknowns.append(word)
        said.evidence[resource.ref] = resource
        seen_all = False
    except NotAsked as word:
        said.not_asked.append(str(word))
        return
    except Exception as error:  # one object nobody foresaw must not hide what is wrong with the others
        detail = f"the check {check.id} failed on it: {type(error).__name__}: {error}"
        said.unknowns.append(Unobservable(UnknownCode.UNREADABLE, str(resource.ref), detail, _REPORT))
        said.evidence[resource.ref] = resource
        seen_all = False
    (said.judged if seen_all else said.blind).add(resource.ref)


def _seen(world: World, ref: Ref, instead: Resource) -> Resource:
    try:
        kind = f"{ref.kind}.{ref.group}" if ref.group else ref.kind
        return world.find(kind, ref.namespace, ref.name) or instead
    except Unobservable:
        return instead


def _key(rule: Rule[Any], deviation: Deviation) -> tuple[str, str]:
    return rule.id, f"{deviation.ref or deviation.subject} {deviation.path}"


def _refs(said: Heard) -> set[Ref]:
    return set(said.evidence) | said.moving | {each.ref for _, each in said.deviations if each.ref}
