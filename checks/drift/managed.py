"""Who owns which field: metadata.managedFields, looked into only where somebody asks.

What the API server guarantees, measured: an Update takes the path over from whoever owned it; a removal or a reorder
leaves nothing behind; ``time`` is that of the entry's latest change, whichever of its fields it was, and may be null.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from holdfast.checks.drift.managers import class_of
from holdfast.checks.drift.paths import Key, Member, Path, Step, text
from holdfast.model import Change, Json, parse_time

SELF = "."
"""In fieldsV1: the map or entry itself, beside what is in it."""
_SHOWN = 12
"""So many of an entry's fields are named with it."""

Fields = Mapping[str, Json]
"""A node of fieldsV1."""


class Entry:
    """What one manager owns by one operation."""

    __slots__ = ("_time", "api_version", "fields", "manager", "operation", "subresource")

    def __init__(self, raw: Mapping[str, Json]) -> None:
        self.manager = str(raw.get("manager") or "")
        self.operation = str(raw.get("operation") or "")
        self.subresource = str(raw.get("subresource") or "")
        self.api_version = str(raw.get("apiVersion") or "")
        self._time = raw.get("time")
        fields = raw.get("fieldsV1")
        self.fields: Fields = fields if isinstance(fields, Mapping) else {}
        """Empty where the API server told nothing, or nothing that can be read."""

    @property
    def time(self) -> datetime | None:
        """When it last changed any of its fields; None where the API server keeps none (subresource scale)."""
        return parse_time(self._time)

    def things(self) -> Iterator[Path]:
        """Every field it owns; an entry of a list that it made counts as one."""
        yield from _things(self.fields, ())

    def change(self, cls: str) -> Change:
        """As a finding says it; ``paths`` are the things it owns, a dozen at most."""
        paths = sorted(text(each) for each in self.things())
        shown = (*paths[:_SHOWN], "…") if len(paths) > _SHOWN else tuple(paths)
        return Change(self.manager or "?", cls, self.operation, self.subresource, self.time, shown)


class ManagedFields:
    """An object's managedFields as they stand, null, empty or malformed too.

    Args:
        raw: ``metadata.managedFields``.
        api_version: the version the object was read at. Entries of another version speak of fields by that version's
            names: below metadata they are the same, elsewhere such an entry only says that somebody was there.
    """

    __slots__ = ("_entries", "_raw", "api_version")

    def __init__(self, raw: Json, api_version: str) -> None:
        self._raw = raw
        self.api_version = api_version
        self._entries: tuple[Entry, ...] | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Those that say anything at all."""
        if self._entries is None:
            raw = self._raw if isinstance(self._raw, list) else ()
            self._entries = tuple(Entry(each) for each in raw if isinstance(each, Mapping) and each)
        return self._entries

    @property
    def known(self) -> bool:
        """False when they were stripped (by a cache, a restore, ``[{}]``): then additions have no trace here."""
        return any(each.fields for each in self.entries)

    def owners(self, path: Path) -> tuple[Entry, ...]:
        """The entries that own the field, or parts of it.

        The deepest wins; where a parent is owned as a whole (an atomic list), so is everything in it.
        """
        found = [
            (depth, each)
            for each in self.entries
            if self.speaks_of(each, path) and (depth := _depth(each.fields, path)) is not None
        ]
        deepest = max((depth for depth, _ in found), default=0)
        return tuple(each for depth, each in found if depth == deepest)

    def holders(self, path: Path) -> tuple[Change, ...]:
        """The same as a finding tells it, the latest first; classes by the names alone (see Managers for trust)."""
        return tuple(each.change(class_of(each.manager)) for each in latest(self.owners(path)))

    def speaks_of(self, entry: Entry, path: Path) -> bool:
        """Whether the entry's names are those of this version."""
        return entry.api_version in ("", self.api_version) or path[:1] == ("metadata",)

    def elsewhere(self) -> tuple[Entry, ...]:
        """Entries of another version: of spec they say no more than that somebody was there."""
        return tuple(each for each in self.entries if each.api_version not in ("", self.api_version))


def latest(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The latest first, those without a time last."""
    return tuple(sorted(entries, key=lambda each: each.time.timestamp() if each.time else 0.0, reverse=True))


@lru_cache(maxsize=16384)
def step(key: str) -> Step | None:
    """A key of fieldsV1 as a step; None for ``.`` and for what cannot be read."""
    form, _, rest = key.partition(":")
    if form == "f":
        return rest
    try:
        value = json.loads(rest)
    except ValueError:
        return None
    if form == "k" and isinstance(value, dict):
        return Key(tuple(sorted(value.items())))
    if form == "v":
        return Member(value)
    return value if form == "i" and isinstance(value, int) else None


def child(fields: Fields, wanted: Step) -> Fields | None:
    """What an entry owns at one step further; None for nothing."""
    match wanted:
        case str():
            found = fields.get(f"f:{wanted}")
        case int():
            found = fields.get(f"i:{wanted}")
        case _:
            found = next(
                (each for key, each in fields.items() if key[:2] in ("k:", "v:") and step(key) == wanted), None
            )
    return found if isinstance(found, Mapping) else None


def _depth(fields: Fields, path: Path) -> int | None:
    """How many steps of the path an entry owns the way of; None when it owns nothing there."""
    for depth, each in enumerate(path):
        if depth and not fields:
            return depth
        found = child(fields, each)
        if found is None:
            return None
        fields = found
    return len(path)


def _things(fields: Fields, path: Path) -> Iterator[Path]:
    for key, below in fields.items():
        found = step(key)
        if found is None or not isinstance(below, Mapping):
            continue
        here = (*path, found)
        if not below or (SELF in below and (len(below) == 1 or isinstance(found, Key))):
            yield here
        else:
            yield from _things(below, here)
