"""``findings.json`` is what its schema says, the same every time, and readable again."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from syrupy.assertion import SnapshotAssertion

from holdfast.model import UnknownCode
from holdfast.reports.findings_json import SCHEMA, document, read_findings, render, write
from tests.reports import example

SCHEMA_DOCUMENT: dict[str, Any] = json.loads(SCHEMA.read_bytes())


@pytest.mark.parametrize("name", example.RUNS)
def test_every_run_fits_the_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMA_DOCUMENT)
    found = json.loads(render(example.RUNS[name]()))
    assert not list(Draft202012Validator(SCHEMA_DOCUMENT).iter_errors(found))


def test_every_key_is_described_and_every_described_key_is_written() -> None:
    found = json.loads(render(example.morning()))
    definitions = SCHEMA_DOCUMENT["$defs"]
    for name, written in (
        ("run", found["run"]),
        ("summary", found["summary"]),
        ("scenario", found["scenarios"][0]),
        ("unknown", found["scenarios"][5]["unknown"][0]),
        ("finding", found["findings"][0]),
        ("remedy", found["findings"][0]["remedy"][0]),
        ("change", found["findings"][1]["changed_by"][0]),
        ("note", found["notes"][0]),
    ):
        assert list(written) == list(definitions[name]["properties"]), name
        assert all(each.get("description") for each in definitions[name]["properties"].values()), name


def test_the_schema_names_every_unknown_code() -> None:
    described = SCHEMA_DOCUMENT["$defs"]["unknown"]["properties"]["code"]["description"]
    assert all(code.value in described for code in UnknownCode)


def test_the_morning(snapshot: SnapshotAssertion) -> None:
    assert render(example.morning()) == snapshot


def test_the_same_run_gives_the_same_bytes() -> None:
    assert render(example.morning()) == render(example.morning())


def test_facts_that_are_no_json_are_written_all_the_same() -> None:
    facts = {"at": datetime(2026, 1, 1, tzinfo=UTC), "kinds": frozenset({"b", "a"})}
    run = replace(example.RUN, facts=facts)
    found = json.loads(render(replace(example.healthy(), run=run)))
    assert found["run"]["facts"] == {"at": "2026-01-01T00:00:00Z", "kinds": ["a", "b"]}


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "findings.json"
    write(example.morning(), file)
    assert read_findings(file) == json.loads(json.dumps(document(example.morning())))
    assert [each.name for each in tmp_path.iterdir()] == ["findings.json"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file or directory"),
        ('{"schema": "holdfast/fin', "is not JSON, or only the beginning of it: "),
        ("[]", "is not a findings.json of holdfast: it has no schema holdfast/findings/v1"),
        ('{"schema": "other"}', "is not a findings.json of holdfast"),
        (
            '{"schema": "holdfast/findings/v2"}',
            "has format holdfast/findings/v2, this holdfast reads holdfast/findings/v1",
        ),
        ('{"schema": "holdfast/findings/v1"}', "$: 'run' is a required property"),
    ],
)
def test_a_file_that_is_not_ours_is_refused_in_one_line(tmp_path: Path, content: str | None, said: str) -> None:
    file = tmp_path / "findings.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ValueError, match=re.escape(f"{file}: {said}")) as refused:
        read_findings(file)
    assert "\n" not in str(refused.value)


def test_a_damaged_finding_is_named(tmp_path: Path) -> None:
    file = tmp_path / "findings.json"
    found = document(example.morning())
    found["findings"][2]["fingerprint"] = "no"
    file.write_text(json.dumps(found))
    with pytest.raises(ValueError, match=r"\$\.findings\[2\]\.fingerprint: 'no' does not match"):
        read_findings(file)
