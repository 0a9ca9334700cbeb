"""Every row there is, and whose an object is."""

from __future__ import annotations

import re
from functools import cache

import yaml

from tests.live.corpus import edits, flux_state, healthy, helm, unexpected
from tests.live.corpus.row import Row

ROWS: tuple[Row, ...] = tuple(
    sorted(
        (*healthy.ROWS, *edits.ROWS, *flux_state.ROWS, *unexpected.ROWS, *helm.ROWS),
        key=lambda row: (row.number, row.letter),
    )
)
_NAMED = re.compile(r"row-\d{3}[a-z]?")


def subject(obj: dict[str, object]) -> str:
    """``Kind/namespace/name`` or ``Kind/name``."""
    metadata = obj["metadata"]
    assert isinstance(metadata, dict)
    return "/".join(str(part) for part in (obj["kind"], metadata.get("namespace"), metadata["name"]) if part)


def row_of(subject: str) -> Row | None:
    """The row an object belongs to, by its own name or because a manifest or the row itself names it."""
    if found := _by_subject().get(subject):
        return found
    if match := _NAMED.search(subject.rpartition("/")[2]):
        return _by_name().get(match[0]) or _by_name().get(match[0][:7])
    return None


@cache
def _by_name() -> dict[str, Row]:
    return {row.name: row for row in ROWS}


@cache
def _by_subject() -> dict[str, Row]:
    found = {}
    for row in ROWS:
        for each in (*row.also, *(subject(obj) for obj in objects(row.git)), *(told.subject for told in row.told)):
            found[each] = row
    return found


def objects(manifests: str) -> list[dict[str, object]]:
    """The documents of a manifest, for their names only: values are what kustomize makes of them."""
    return [each for each in yaml.safe_load_all(manifests) if each]
