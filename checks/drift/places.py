"""Places in a document, by position: the JSON pointers of ignore rules against the paths of differences.

Flux removes every pointer from the live object and from the dry-run's answer, one after another, with
github.com/evanphx/json-patch: a missing one is passed over, negative indexes count from the end, and an index counts
what the removals before it have left.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence

from holdfast.checks.drift.paths import Key, Member, Path, Step
from holdfast.model import Json

Place = tuple[str, ...]
"""A pointer taken apart, or a path with the positions its entries have in one document."""
_NAMES = ("name", "containerPort", "port", "mountPath", "devicePath", "ip", "key")
"""What tells an entry of a list from another, the first that it has."""


def parsed(pointer: str) -> Place:
    """``/metadata/annotations/a~1b``; what stands before the first slash is dropped, as Flux's library does."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


def removed(document: Json, pointers: Iterable[Place]) -> tuple[Place, ...]:
    """What removing the pointers takes out of the document, by the positions before the first removal.

    A map's key that is not there is kept: the other copy may have it.
    """
    left: dict[Place, list[int]] = {}
    places = (_resolved(document, pointer, left) for pointer in pointers if pointer)
    return tuple(place for place in places if place)


def _resolved(document: Json, pointer: Place, left: dict[Place, list[int]]) -> Place:
    """Where the pointer ends, () where it ends nowhere; the entry it removes is taken out of ``left``."""
    here: Json = document
    place: Place = ()
    for depth, part in enumerate(pointer):
        if isinstance(here, Mapping):
            if part not in here:
                return place + pointer[depth:]
            here, place = here[part], (*place, part)
        elif isinstance(here, list):
            remaining = left.setdefault(place, list(range(len(here))))
            index = _index(part, len(remaining))
            if index is None:
                return ()
            position = remaining.pop(index) if depth == len(pointer) - 1 else remaining[index]
            here, place = here[position], (*place, str(position))
        else:
            return ()
    return place


def _index(part: str, length: int) -> int | None:
    try:
        index = int(part)
    except ValueError:
        return None
    return index % length if -length <= index < length else None


def placed(document: Json, path: Path) -> Place | None:
    """A difference's path by positions in one document; None where an entry of a list is not in it."""
    here: Json = document
    place: Place = ()
    for step in path:
        if isinstance(here, list):
            position = _position(here, step)
            if position is None:
                return None
            here, place = here[position], (*place, str(position))
        elif isinstance(step, str):
            here = here.get(step) if isinstance(here, Mapping) else None
            place = (*place, step)
        else:
            return None
    return place


def _position(entries: Sequence[Json], step: Step) -> int | None:
    """A key's default may be absent in Git (protocol): absent counts as equal."""
    match step:
        case int():
            return step if 0 <= step < len(entries) else None
        case Key():
            fits = (
                index
                for index, each in enumerate(entries)
                if isinstance(each, Mapping) and all(each.get(name, value) == value for name, value in step.pairs)
            )
            return next(fits, None)
        case Member():
            return next((index for index, each in enumerate(entries) if each == step.value), None)
        case _:
            return None


def covers(places: Iterable[Place], place: Place) -> bool:
    """Whether the whole of ``place`` is removed."""
    return any(place[: len(each)] == each for each in places)


def remainder(value: Json, below: Place, places: Iterable[Place]) -> Json:
    """What is left of the value at ``below``; the value itself, not a copy, when nothing of it is removed."""
    inside = [each[len(below) :] for each in places if len(each) > len(below) and each[: len(below)] == below]
    if not inside:
        return value
    rest = copy.deepcopy(value)
    for place in sorted(inside, key=_backwards, reverse=True):
        _take_out(rest, place)
    return rest


def _backwards(place: Place) -> tuple[tuple[int, str], ...]:
    """Later entries of a list before earlier ones, so that positions hold."""
    return tuple((int(part) if part.isdigit() else -1, part) for part in place)


def _take_out(document: Json, place: Place) -> None:
    here = document
    for part in place[:-1]:
        try:
            here = here[int(part) if isinstance(here, list) else part]
        except (KeyError, IndexError, TypeError, ValueError):
            return
    last = place[-1]
    if isinstance(here, dict):
        here.pop(last, None)
    elif isinstance(here, list) and last.isdigit() and int(last) < len(here):
        del here[int(last)]


def is_empty(value: Json) -> bool:
    """Nothing, or maps and lists of nothing."""
    if isinstance(value, Mapping):
        return all(is_empty(each) for each in value.values())
    return value is None or (isinstance(value, list) and all(is_empty(each) for each in value))


def astray(desired: Json, live: Json, pointer: Place) -> str:
    """``web in Git, debug in the cluster`` where an index of the pointer means two entries; "" where it does not."""
    ours, theirs = desired, live
    for part in pointer:
        if isinstance(ours, list) and isinstance(theirs, list):
            ours, theirs = _entry(ours, part), _entry(theirs, part)
            if ours is None or theirs is None:
                return ""
            if (mine := _name(ours)) != (other := _name(theirs)):
                return f"{mine} in Git, {other} in the cluster"
        elif isinstance(ours, Mapping) and isinstance(theirs, Mapping):
            ours, theirs = ours.get(part), theirs.get(part)
        else:
            return ""
    return ""


def _entry(entries: Sequence[Json], part: str) -> Json:
    index = _index(part, len(entries))
    return None if index is None else entries[index]


def _name(entry: Json) -> str:
    if not isinstance(entry, Mapping):
        return str(entry)
    return next((str(entry[key]) for key in _NAMES if key in entry), "")
