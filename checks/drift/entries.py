"""Entries of lists: by their keys, and in which order."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from holdfast.checks.drift.paths import Key
from holdfast.checks.drift.schema import Node
from holdfast.model import Json


def by_key(entries: Sequence[Json], node: Node) -> dict[Key, list[Mapping[str, Json]]] | None:
    """The entries of a list-map under each key, a missing part of it being its default; None for entries without keys.

    More than one have the same key where somebody wrote duplicates, which an Update may do and an Apply may not.
    """
    left_out = (None, "") if node.go else (None,)
    names = sorted(node.keys)
    found: dict[Key, list[Mapping[str, Json]]] = {}
    for each in entries:
        if not isinstance(each, Mapping):
            return None
        pairs = tuple((name, default if (value := each.get(name)) in left_out else value) for name, default in names)
        if not all(isinstance(value, Hashable) for _, value in pairs):
            return None
        found.setdefault(Key(pairs), []).append(each)
    return found


def in_another_order(want: Sequence[Json], have: Sequence[Json]) -> tuple[list[Json], list[Json]] | None:
    """What both hold, in the order of each; None when the orders are the same."""
    mine = [each for each in want if each in have]
    theirs = [each for each in have if each in want]
    return None if mine == theirs or len(mine) != len(theirs) else (mine, theirs)
