"""Every rule, put again to whatever it was put to in a whole audit, with one thing bent at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from holdfast.fixtures.preview import Preview
from holdfast.fixtures.survey import Survey
from holdfast.model import Deviation, InFlight, NotAsked, Resource, Rule, Unobservable, World
from tests.checks.laws import worlds
from tests.checks.laws.bends import Traced, of_carrier, of_object
from tests.checks.laws.hearing import Judgement
from tests.checks.laws.worlds import BentWorld

BENDS = (worlds.empty, worlds.unserved, worlds.forbidden, worlds.hollow)


@dataclass(frozen=True, slots=True)
class Trial:
    """One rule, one object, one thing bent."""

    rule: str
    bend: str
    """``empty Pod``: of Pods there is none; ``no status``: of the object itself."""
    subject: str
    spoken: frozenset[str]
    """The rules whose deviations it told; "unknown" where it said that it cannot tell."""
    error: str = ""

    @property
    def is_silent(self) -> bool:
        return not self.spoken and not self.error


def trials(judgements: Iterable[Judgement]) -> Iterator[Trial]:
    """All of them: only what a rule passes in the audit itself can be a pass it should not be."""
    done: set[tuple[str, str, str]] = set()
    for each in judgements:
        for resource in each.query.read().seen:
            key = (each.rule.id, str(resource.ref), repr(each.args)[:300])
            if key not in done:
                done.add(key)
                yield from _tried(each, resource)


def _tried(judgement: Judgement, resource: Resource) -> Iterator[Trial]:
    traced, world = Traced(resource.raw), BentWorld(judgement.world)
    whole = _trial(judgement, "whole", traced, world)
    yield whole
    if resource.kind[:1].islower():
        yield from (_trial(judgement, name, bent, judgement.world) for name, bent in of_carrier(resource))
    if whole.is_silent:
        # what a survey says of an owner it has found out by itself: see test_worlds.py
        if not resource.kind[:1].islower() and not any(isinstance(each, Survey | Preview) for each in judgement.args):
            yield from (_trial(judgement, name, bent, judgement.world) for name, bent in of_object(traced))
        for kind in sorted(world.consulted):
            for bend in BENDS:
                bent_world = BentWorld(judgement.world, kind, bend)
                yield _trial(judgement, f"{bend.__name__} {kind}", resource, bent_world)


def _trial(judgement: Judgement, bend: str, resource: Resource, world: World) -> Trial:
    rule, subject = judgement.rule, str(resource.ref)
    try:
        words = hear(rule, resource, world, *judgement.args, **judgement.kwargs)
    except Exception as error:
        return Trial(rule.id, bend, subject, frozenset(), f"{type(error).__name__}: {error}"[:300])
    return Trial(rule.id, bend, subject, frozenset(_spoken(rule, words)))


def hear(rule: Rule[Any], resource: Resource, world: World, *args: Any, **kwargs: Any) -> list[Any]:
    """Every word of a rule, what it raises included."""
    words: list[Any] = []
    try:
        words.extend(rule(resource, world, *args, **kwargs))
    except (Unobservable, NotAsked) as word:
        words.append(word)
    return words


def _spoken(rule: Rule[Any], words: Iterable[Any]) -> Iterator[str]:
    for word in words:
        if isinstance(word, Deviation):
            yield word.rule or rule.id
        elif isinstance(word, NotAsked):
            yield "not asked"
        elif isinstance(word, Unobservable) and (not isinstance(word, InFlight) or not word.limited):
            yield "unknown"
        elif isinstance(word, InFlight):
            yield "in flight"
