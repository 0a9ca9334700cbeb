"""JSON pointers: a path by keys turned into one by positions, for the object as it is now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from holdfast.checks.drift.paths import Key, Member, Path, Step
from holdfast.checks.drift.unsaid import name_at, unsaid
from holdfast.model import Json
from holdfast.model.patterns import WITHHELD

_LONGEST = 500
"""Characters of a value a patch makes sure of."""
SHIFTS = "one at a time: positions shift"
"""The risk of a patch that counts positions in a list."""


class Operation(NamedTuple):
    """One step of a JSON patch (RFC 6902)."""

    op: str
    path: str
    value: Json = None

    @property
    def document(self) -> dict[str, Json]:
        """As JSON."""
        return {"op": self.op, "path": self.path, **({"value": self.value} if self.op != "remove" else {})}


def value_at(path: Path, whole: Json) -> Json:
    """What is there; None when nothing is."""
    for step in path:
        whole = _inside(whole, step)
        if whole is None:
            return None
    return whole


def pointer(path: Path, whole: Json) -> str | None:
    """``/spec/template/spec/containers/1/image``; None when the path leads nowhere in this object."""
    found = _walk(path, whole)
    return found[0] if found else None


def removal(path: Path, whole: Json) -> list[dict[str, Json]] | None:
    """The JSON patch that takes exactly this field away, or refuses to when the lists on the way have moved since.

    None when the path leads nowhere in this object.
    """
    found = _walk(path, whole)
    if found is None:
        return None
    where, tests = found
    value = value_at(path, whole)
    if _may_be_named(path, value) and Operation("test", where, value) not in tests:
        tests = [*tests, Operation("test", where, value)]
    return [*(each.document for each in tests), Operation("remove", where).document]


def counts(path: Path) -> bool:
    """Whether its pointer has positions in lists in it."""
    return any(not isinstance(step, str) for step in path)


def _may_be_named(path: Path, value: Json) -> bool:
    """Whether a command may hold it: it is no secret, and short enough to be read."""
    text = json.dumps(value)
    return unsaid(value, name_at(path)) == value and WITHHELD not in text and len(text) <= _LONGEST


def _walk(path: Path, whole: Json) -> tuple[str, list[Operation]] | None:
    """The pointer, and what has to hold for it to mean the same."""
    where, tests = "", []
    for step in path:
        at = _position(whole, step)
        if at is None:
            return None
        where += f"/{_escaped(str(at))}"
        whole = whole[at]
        if isinstance(step, Key):
            tests += [
                Operation("test", f"{where}/{_escaped(name)}", value) for name, value in step.pairs if name in whole
            ]
        elif isinstance(step, int | Member):
            tests.append(Operation("test", where, whole))
    return where, tests


def _inside(whole: Json, step: Step) -> Json:
    at = _position(whole, step)
    return None if at is None else whole[at]


def _position(whole: Json, step: Step) -> str | int | None:
    """The map's key or the list's index that a step comes to."""
    if isinstance(step, str):
        return step if isinstance(whole, Mapping) and step in whole else None
    if not isinstance(whole, list):
        return None
    if isinstance(step, int):
        return step if 0 <= step < len(whole) else None
    fits = (index for index, each in enumerate(whole) if _is(each, step))
    return next(fits, None)


def _is(entry: Json, step: Key | Member) -> bool:
    if isinstance(step, Member):
        return bool(entry == step.value)
    # a key that is left out has its default, which is what the path says
    return isinstance(entry, Mapping) and all(name not in entry or entry[name] == value for name, value in step.pairs)


def _escaped(token: str) -> str:
    return token.replace("~", "~0").replace("/", "~1")
