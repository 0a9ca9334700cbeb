"""What a check says, with what it raises."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast.model import Deviation, InFlight, Note, Resource, Unobservable, World


def hear(check: Any, resource: Resource, world: World, *args: Any) -> list[Deviation | Note | Unobservable]:
    """Every word of a check; an Unobservable that is raised counts as one."""
    words: list[Deviation | Note | Unobservable] = []
    said: Iterable[Any] = check(resource, world, *args)
    try:
        words.extend(said)
    except Unobservable as word:
        words.append(word)
    return words


def deviation(check: Any, resource: Resource, world: World, *args: Any) -> Deviation:
    """The one deviation a check yields."""
    (word,) = hear(check, resource, world, *args)
    assert isinstance(word, Deviation), word
    return word


def in_flight(check: Any, resource: Resource, world: World, *args: Any) -> InFlight:
    """The one word a check says of an object that is under way."""
    (word,) = hear(check, resource, world, *args)
    assert isinstance(word, InFlight), word
    return word
