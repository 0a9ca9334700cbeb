"""The acceptance run after a Flux upgrade, and the gate on a revision."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from testbed.bed import Bed
from testbed.fault import named
from tests.live.auditing import audit, holdfast

pytestmark = pytest.mark.live


@pytest.fixture
def healthy(bed: Bed) -> Bed:
    bed.reset()
    return bed


def test_an_upgrade_is_compared_with_the_run_before_it(healthy: Bed, tmp_path: Path) -> None:
    stays, goes = named("kustomization-suspended"), named("provider-secret-dangling")
    stays.apply(healthy)
    goes.apply(healthy)
    before = audit(healthy, tmp_path / "before")
    assert set(before.findings) == {*stays.expect, *goes.expect}, before.stdout
    baseline = before.reports / "findings.json"

    goes.undo(healthy)
    healthy.upgrade()
    stays.apply(healthy)  # both reset and upgrade wait for a platform that is whole
    after = audit(healthy, tmp_path / "after", "--baseline", str(baseline), "--gate", "new")
    assert after.status == 0, after.stdout
    assert [each["state"] for each in after.document["findings"]] == ["known"]
    assert len(after.document["summary"]["fixed"]) == 1

    told = holdfast("compare", str(baseline), str(after.reports / "findings.json"), "--json", reports=tmp_path)
    compared = json.loads(told.stdout)
    assert told.status == 0
    assert (compared["new"], len(compared["known"]), len(compared["fixed"])) == ([], 1, 1)
    changed = {each["name"]: (each["before"], each["after"]) for each in compared["changed"]}
    assert any("v2.9.2" in str(pair[0]) and "v2.9.5" in str(pair[1]) for pair in changed.values()), changed
    healthy.reset()


def test_going_back_is_a_downgrade(healthy: Bed, tmp_path: Path) -> None:
    healthy.upgrade()
    newer = audit(healthy, tmp_path / "newer")
    assert newer.status == 0, newer.stdout
    healthy.reset()
    older = audit(healthy, tmp_path / "older", "--baseline", str(newer.reports / "findings.json"))
    assert older.status == 1
    assert {rule for rule, _ in older.findings} == {"flux.controller.downgraded"}
    assert {each["state"] for each in older.document["findings"]} == {"new"}


def test_waiting_for_a_revision_that_is_applied_judges_then(healthy: Bed, tmp_path: Path) -> None:
    ran = audit(healthy, tmp_path, "--wait-for", healthy.git.head, "--within", "60s")
    assert ran.status == 0, ran.stdout
    verdicts = {each["name"]: each["verdict"] for each in ran.document["scenarios"]}
    assert verdicts[f"Flux has applied {healthy.git.head}"] == "conforms"


def test_a_revision_that_does_not_come_is_a_finding_that_names_what_blocks(healthy: Bed, tmp_path: Path) -> None:
    ran = audit(healthy, tmp_path, "--wait-for", "0123456789abcdef", "--within", "3s")
    assert ran.status == 1
    assert [rule for rule, _ in ran.findings] == ["flux.revision.not-applied"]
    assert "not pushed, or not fetched" in ran.document["findings"][0]["cause"]
