"""What an object holds, and what Git says, at one step further; without a schema, by the names fieldsV1 uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from holdfast.checks.drift.paths import Key, Member, Path, Step
from holdfast.model import Json

MISSING: Final[Json] = object()
"""The object has nothing there."""
SILENT: Final[Json] = object()
"""Git says nothing there."""
UNASKED: Final = "(Git was not asked)"
"""What Git says there is not known. As ``desired`` of an addition: somebody holds the field and the engine does not;
whether they added it or took it over from the engine, and what Git says, cannot be told."""
_DEFAULT_KEYS: Mapping[str, Json] = {"protocol": "TCP"}
"""What the API server takes for a key of a list's entry that Git leaves out."""


def at(live: Json, wanted: Step) -> Json:
    """What the object holds; MISSING for nothing."""
    if isinstance(wanted, str):
        return live.get(wanted, MISSING) if isinstance(live, Mapping) else MISSING
    if not isinstance(live, list):
        return MISSING
    match wanted:
        case int():
            return live[wanted] if 0 <= wanted < len(live) else MISSING
        case Key():
            return next((each for each in live if _has(each, wanted)), MISSING)
        case Member():
            return wanted.value if wanted.value in live else MISSING


def said_at(said: Json, wanted: Step, kind: str, path: Path) -> Json:
    """What Git says; SILENT for nothing, UNASKED where nobody knows, ``said`` itself where it is of another shape."""
    if said is SILENT or said is UNASKED:
        return said
    if is_empty(said):
        return SILENT
    if kind == "Secret" and not path and wanted == "data" and isinstance(said, Mapping):
        return {**_map(said.get("data")), **_map(said.get("stringData"))} or SILENT
    if isinstance(wanted, str):
        return said.get(wanted, SILENT) if isinstance(said, Mapping) else said
    found = at(said, wanted) if isinstance(said, list) else said
    return SILENT if found is MISSING else found


def is_empty(said: Json) -> bool:
    """Git says that nothing is to be there, which is to say nothing: what somebody else sets stays."""
    return said is None or said in ({}, [])


def _map(said: Json) -> Mapping[str, Json]:
    return said if isinstance(said, Mapping) else {}


def _has(entry: Json, key: Key) -> bool:
    """Whether it is that entry: a key that is left out stands for its default, or for any where that is not known."""
    return isinstance(entry, Mapping) and all(
        entry.get(name, _DEFAULT_KEYS.get(name, value)) == value for name, value in key.pairs
    )
