"""`holdfast policies compare`: what changed between two folders of dumps, line by line."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from holdfast import policy_dumps
from holdfast.ledger import FINDING, OK, UNJUDGED, USAGE
from tests.checks.policies.stores import BOB, ERIC, Platform, policies, resource


def written(folder: Path, platform: Platform) -> Path:
    """As bin/dump-policy.sh leaves it."""
    folder.mkdir()
    (folder / "ades-pep.json").write_text(json.dumps(platform.ades, indent=2) + "\n")
    (folder / "pdp-engine.json").write_text(repr(platform.pdp) + "\n")
    return folder


def test_the_same_twice_is_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    platform = Platform()
    before = written(tmp_path / "a", platform)
    platform.ades.reverse()
    platform.ades[0]["scopes"].reverse()
    platform.pdp[0]["_id"] = "another"
    assert policy_dumps.compare(before, written(tmp_path / "b", platform)) == OK
    assert capsys.readouterr().out == "no difference\n"


def test_what_changed_is_told_by_resource_and_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    platform = Platform()
    before = written(tmp_path / "a", copy.deepcopy(platform))
    platform.eric["ownership_id"] = BOB
    platform.ades.remove(platform.bob)
    platform.ades.append(resource(9, "/new"))
    platform.pdp[1]["scopes"].append("protected_get")
    platform.pdp.append({**policies(platform.eric)[0], "_id": "twice"})
    assert policy_dumps.compare(before, written(tmp_path / "b", platform)) == FINDING
    named = "PDP pdp-engine Default Ownership Policy of 3f0c9d52-7a41-4e7e-9a16-000000000001 with action"
    assert capsys.readouterr().out.splitlines() == [
        f"+ {named} get (2)",
        "+ PEP ades-pep /new",
        "- PEP ades-pep /bob",
        f"~ {named} post: scopes.1: (none) -> protected_get",
        f"~ PEP ades-pep /eric: ownership_id: {ERIC} -> {BOB}",
    ]


def test_half_a_dump_is_no_dump(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = written(tmp_path / "a", Platform()), written(tmp_path / "b", Platform())
    (after / "ades-pep.json").write_text("")
    assert policy_dumps.compare(before, after) == UNJUDGED
    assert capsys.readouterr().err == "holdfast: b/ades-pep.json: it is empty: nothing was printed\n"


def test_nothing_to_compare_is_a_mistake(tmp_path: Path) -> None:
    before = written(tmp_path / "a", Platform())
    (tmp_path / "empty").mkdir()
    assert policy_dumps.compare(before, tmp_path / "gone") == USAGE
    assert policy_dumps.compare(before, tmp_path / "empty") == USAGE
