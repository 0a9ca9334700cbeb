"""Every fault, injected into a healthy platform, gives exactly its findings and unknowns; taken back, none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from testbed import matrix
from testbed.bed import Bed
from testbed.fault import Fault, discover

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def healthy(bed: Bed) -> Bed:
    """A platform that is healthy and found healthy: else no fault could be judged."""
    bed.reset()
    audit = bed.audit()
    assert (audit.exit, audit.findings, audit.unknowns) == (0, set(), set()), audit.stdout
    return bed


@pytest.fixture(scope="module")
def results() -> Iterator[list[matrix.Result]]:
    """Kept as holdfast-report/fault-matrix.json, as `python -m testbed fault matrix --json` prints it."""
    kept: list[matrix.Result] = []
    yield kept
    file = Path("holdfast-report", "fault-matrix.json")
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps([each.as_dict() for each in kept], indent=2) + "\n", encoding="utf-8")


@pytest.mark.parametrize("fault", discover(platform="eoepca"), ids=lambda fault: f"{fault.family}:{fault.id}")
def test_fault(healthy: Bed, fault: Fault, results: list[matrix.Result]) -> None:
    result = matrix.judge(healthy, fault, look_after_reset=False)
    if result.error and not result.found:  # the stage failed, not the play: no audit has spoken yet
        healthy.reset()
        result = matrix.judge(healthy, fault, look_after_reset=False)
    results.append(result)
    assert result.passed, matrix.why(result)


def test_after_all_faults_nothing_is_left(healthy: Bed) -> None:
    audit = healthy.audit()
    assert (audit.exit, audit.findings, audit.unknowns) == (0, set(), set()), audit.stdout


def test_there_are_as_many_faults_as_promised() -> None:
    assert len([each for each in discover() if each.family == "flux"]) >= 40
