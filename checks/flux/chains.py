"""From an object that is not ready to the one that is to blame, so that a root cause is reported once.

A Kustomization waits for its source and its dependencies, a HelmRelease for its chart, a chart for its repository;
a failed health check may name another Kustomization or HelmRelease. Whoever is asked, the walk ends at the same object
and says of it what its own check says, so that the findings are one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from holdfast.checks.flux import absence, blame, delivery, keepers, kinds
from holdfast.checks.flux.blame import Target
from holdfast.checks.flux.classify import classify
from holdfast.checks.flux.state import Phase, State, read_state
from holdfast.checks.flux.suspension import suspended
from holdfast.checks.flux.timing import patience, spell
from holdfast.model import Condition, Deviation, InFlight, Remedy, Resource, Unobservable, World

Word = Deviation | InFlight
_DEPTH = 50
"""Longer chains do not occur: what is deeper counts as the root."""


def roots(resource: Resource, world: World) -> tuple[Word, ...]:
    """What is wrong at the beginning of the chain that ends in ``resource``, which is not ready."""
    return tuple(_once(told(each, resource) for each in _walk(resource, read_state(resource), world, ())))


def _walk(resource: Resource, state: State, world: World, trail: tuple[Resource, ...]) -> Iterator[Word]:
    """Every root behind one failed object; ``trail`` are the objects that led here."""
    if any(each.ref == resource.ref for each in trail):
        yield _cycle(resource, trail, world)
        return
    condition = state.condition
    assert condition is not None
    if keeper := _silent_server(resource, condition, world):
        yield told(keeper, resource)
        return
    targets = blame.blamed(resource, condition) if len(trail) < _DEPTH else ()
    answers = [_ask(each, resource, state, world, (*trail, resource)) for each in targets]
    found = [word for each in answers for word in each.words]
    remarks = [each.remark for each in answers if each.remark]
    partly_its_own = condition.reason == "HealthCheckFailed" and condition.message and not blame.only_flux(condition)
    if not found or partly_its_own:
        missing = next((each.missing for each in answers if each.missing), "")
        instead = f"it needs {missing}, which does not exist" if missing else ""
        yield delivery.failed(resource, state, world, also="; ".join(remarks), instead=instead)
    yield from found


def _silent_server(resource: Resource, condition: Condition, world: World) -> Deviation | None:
    """Where an artifact could not be loaded: that the controller that serves it is not there; None when it is."""
    if classify(resource.ref, condition).word != "artifact":
        return None
    for target in blame.source_of(resource):
        try:
            source = world.find(kinds.asked(target.kind), target.namespace, target.name)
        except Unobservable:
            return None
        return keepers.silent(source, world) if source else None
    return None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of asking an object that was blamed: words for it, or why it explains nothing."""

    words: tuple[Word, ...] = ()
    remark: str = ""
    missing: str = ""
    """Its name, when it certainly does not exist."""


def _ask(target: Target, blaming: Resource, blaming_state: State, world: World, trail: tuple[Resource, ...]) -> _Answer:
    """What is wrong with an object that is blamed."""
    name = delivery.named(target.kind, target.namespace, target.name)
    try:
        found = world.find(kinds.asked(target.kind), target.namespace, target.name)
    except Unobservable as problem:
        remark = f"{name} could not be read ({problem.code}), so that nobody could follow further"
        return _Answer(remark=remark if target.certain else "")
    if found is None:
        return _absent(target, name, blaming, world)
    state = read_state(found)
    if state.phase is Phase.FAILED:
        return _Answer(tuple(_walk(found, state, world, trail)))
    if state.phase is Phase.STALLED:
        return _Answer((delivery.stalled(found, state, world),))
    if not target.certain:
        return _Answer()
    if state.phase is Phase.SUSPENDED:
        return _Answer((suspended(found, world),))
    if state.phase is Phase.IN_FLIGHT:
        return _Answer((in_flight(found, state, world),))
    since = blaming_state.since
    if since and world.now - since <= patience(blaming):
        return _Answer((InFlight(str(blaming.ref), f"{name} has just become ready: it is tried again"),))
    return _Answer(remark=f"{name} is ready now")


def _absent(target: Target, name: str, blaming: Resource, world: World) -> _Answer:
    """What is blamed does not exist: gone, or never there."""
    if not target.certain and blaming.kind != "HelmChart":  # a chart without its repository needs no other reason
        return _Answer()
    if absence.has_worked(blaming):
        return _Answer((absence.gone(target.kind, target.namespace, target.name, blaming, world),))
    return _Answer(missing=name)


def in_flight(resource: Resource, state: State, world: World) -> Word:
    """An object nobody has finished with: under way, or stuck once it has taken longer than it may."""
    limit = patience(resource)
    span = world.now - state.since if state.since else None
    if span is not None and span <= limit:
        return InFlight(str(resource.ref), f"{state.detail}, for {spell(span)} of at most {spell(limit)}")
    span_text = f" for {spell(span)}" if span is not None else ", nobody knows since when"
    return keepers.standstill(resource, f"in flight{span_text}: {state.detail}", state, world)


def _cycle(closing: Resource, trail: tuple[Resource, ...], world: World) -> Deviation:
    """Objects that wait for one another: the first of them by name stands for all, whoever was asked."""
    start = next(index for index, each in enumerate(trail) if each.ref == closing.ref)
    ring = trail[start:]
    first = min(range(len(ring)), key=lambda index: str(ring[index].ref))
    ordered = (*ring[first:], *ring[:first])
    path = " → ".join(str(each.ref) for each in (*ordered, ordered[0]))
    root = ordered[0]
    said = delivery.failed(root, read_state(root), world, instead=f"a dependency cycle: {path}")
    look = Remedy("see what each waits for", "flux get all -A --status-selector ready=false")
    find = Remedy("find where Git says so, in a checkout", "git grep -n -A3 dependsOn:")
    cut = Remedy("take one of them out of the other's spec.dependsOn, in Git", writes=True)
    return replace(
        said,
        affects=tuple(str(each.ref) for each in ordered[1:]),
        remedy=(look, find, cut),
        outlook="nothing until the cycle is cut: each waits for the other",
    )


def told(word: Word, resource: Resource) -> Word:
    """The same word, telling that ``resource`` suffers from it."""
    if isinstance(word, InFlight) or word.ref == resource.ref or str(resource.ref) in word.affects:
        return word
    return replace(word, affects=(*word.affects, str(resource.ref)))


def _once(words: Iterator[Word]) -> Iterator[Word]:
    seen: set[str] = set()
    for each in words:
        key = f"in flight {each.subject}" if isinstance(each, InFlight) else f"{each.rule} {each.ref} {each.path}"
        if key not in seen:
            seen.add(key)
            yield each
