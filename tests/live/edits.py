"""Every edit of one field a person could make to an object, each with the place it shows at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.entries import by_key
from holdfast.checks.drift.paths import Key, Member, Path
from holdfast.checks.drift.schema import Node, Shape, free
from holdfast.model import Json

Raw = dict[str, Any]
_MAPS = frozenset({"labels", "annotations", "data", "nodeSelector", "matchLabels"})


@dataclass(frozen=True)
class Edit:
    """A JSON patch of one operation or two."""

    operations: tuple[Raw, ...]
    path: Path
    whole: Path = ()
    """What is owned as a whole and the field is part of; () when it is part of nothing such."""
    adds: bool = False
    """Git says nothing of it."""

    def shows_as(self, difference: Difference) -> bool:
        """Whether the difference is this edit's: at its path, or where its consequence is."""
        there = difference.path
        if self.adds:
            return (there == self.path and difference.kind in (Kind.FOREIGN, Kind.CHANGED)) or self._in_whole(there)
        if there[: len(self.path)] == self.path or self._in_whole(there):
            return True
        entry_lost_its_key = isinstance(self.path[-2:-1] and self.path[-2], Key) and there == self.path[:-1]
        return difference.kind is Kind.REMOVED and (entry_lost_its_key or there == self.path[: len(there)])

    def _in_whole(self, there: Path) -> bool:
        return (
            bool(self.whole) and there[: len(self.whole)] == self.whole[: len(there)] and len(there) >= len(self.whole)
        )


def edits(want: Json, have: Json, node: Node, path: Path = (), at: str = "", whole: Path = ()) -> Iterator[Edit]:
    """Changes, removals and additions at and below a place that Git speaks of and the cluster has."""
    if isinstance(want, dict) and isinstance(have, dict):
        yield from _of_map(want, have, node, path, at, whole or (path if node.shape is Shape.ATOMIC_MAP else ()))
    elif isinstance(want, list) and isinstance(have, list):
        yield from _of_list(want, have, node, path, at, whole)
    elif have is not None:
        for value in _others(have, node):
            yield Edit(({"op": "replace", "path": at, "value": value},), path, whole)


def _of_map(want: Raw, have: Raw, node: Node, path: Path, at: str, whole: Path) -> Iterator[Edit]:
    for key, mine in want.items():
        pointer, here, below = f"{at}/{_escaped(key)}", (*path, key), node.child(key) or free(node.go)
        if key in have and have[key] is not None:
            yield from edits(mine, have[key], below, here, pointer, whole)
            if mine not in (None, "", 0, [], {}) and path:
                yield Edit(({"op": "remove", "path": pointer},), here, whole)
        elif mine is False:
            yield Edit(({"op": "add", "path": pointer, "value": True},), here, whole)
    if path and path[-1] in _MAPS and node.is_map and want and isinstance(next(iter(want.values())), str):
        value = (
            "eA=="
            if node.child("x") is not None and getattr(node.child("x"), "shape", None) is Shape.BYTES
            else "added"
        )
        yield Edit(({"op": "add", "path": f"{at}/added", "value": value},), (*path, "added"), whole, adds=True)


def _of_list(want: list[Json], have: list[Json], node: Node, path: Path, at: str, whole: Path) -> Iterator[Edit]:
    if node.shape is Shape.LIST_MAP and not whole:
        there = by_key(have, node) or {}
        for key, entries in (by_key(want, node) or {}).items():
            if key in there and len(there[key]) == len(entries) == 1:
                pointer, here = f"{at}/{have.index(there[key][0])}", (*path, key)
                yield from edits(entries[0], there[key][0], node.items, here, pointer, whole)
                yield Edit(({"op": "remove", "path": pointer},), here, whole)
        if len(have) > 1 and len(want) == len(have):
            yield Edit(({"op": "replace", "path": at, "value": have[::-1]},), path, whole)
        return
    if node.shape is Shape.SET and not whole:
        for each in want:
            yield Edit(({"op": "remove", "path": f"{at}/{have.index(each)}"},), (*path, Member(each)), whole)
        return
    for position, (mine, theirs) in enumerate(zip(want, have, strict=False)):
        yield from edits(mine, theirs, node.items, (*path, position), f"{at}/{position}", whole or path)
    if have:
        yield Edit(({"op": "add", "path": f"{at}/-", "value": have[0]},), path, whole or path)
        yield Edit(({"op": "remove", "path": f"{at}/0"},), path, whole or path)


def _others(have: Json, node: Node) -> Iterator[Json]:
    """Other values of the type, as far as one can guess what the API server takes."""
    if node.shape is Shape.BYTES:
        yield "b3RoZXI="
    elif node.shape is Shape.QUANTITY:
        yield "7"
    elif isinstance(have, bool):
        yield not have
    elif isinstance(have, int):
        yield have + 1
    elif isinstance(have, float):
        yield have + 1.5
    elif isinstance(have, str):
        yield f"{have}x"
        if node.shape is Shape.INT_OR_STRING:
            yield 3


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
