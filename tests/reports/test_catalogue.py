"""The rules as people and tools read them."""

from __future__ import annotations

import io
import json
from typing import Any

from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from holdfast.model import MAJOR, MINOR, Resource, Rule, Said, World
from holdfast.reports import catalogue


def nothing(resource: Resource, world: World) -> Said:
    """Never judges."""
    return ()


RULES: list[Rule[Any]] = [
    Rule("flux.source.unused", MINOR, "Every source is used | by something.", "seed 004", "Delete it.", nothing, True),
    Rule(
        "drift.field.changed",
        MAJOR,
        "No <field> differs from Git.",
        "seed 002",
        "flux `diff` it",
        nothing,
        False,
        ("drift.value.changed",),
    ),
]


def test_the_table(snapshot: SnapshotAssertion) -> None:
    out = io.StringIO()
    catalogue.show(RULES, Console(file=out, width=80))
    assert out.getvalue() == snapshot


def test_the_page(snapshot: SnapshotAssertion) -> None:
    assert catalogue.as_markdown(iter(RULES)) == snapshot


def test_the_json_holds_everything() -> None:
    first, second = json.loads(catalogue.as_json(RULES))
    assert first == {
        "id": "drift.field.changed",
        "severity": "major",
        "hygiene": False,
        "statement": "No <field> differs from Git.",
        "origin": "seed 002",
        "remedy": "flux `diff` it",
        "aliases": ["drift.value.changed"],
    }
    assert second["hygiene"] is True
