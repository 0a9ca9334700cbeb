"""Every fault, injected into a healthy platform, gives exactly its findings and unknowns; taken back, none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from testbed import matrix
from testbed.bed import Bed
from testbed.fault import Fault, discover
from testbed.rounds import rounds

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def healthy(bed: Bed) -> Bed:
    """A platform that is healthy and found healthy: else no fault could be judged."""
    bed.reset()
    audit = bed.audit()
    assert (audit.exit, audit.findings, audit.unknowns) == (0, set(), set()), audit.stdout
    return bed


class Rounds:
    """The faults that are to be judged, each judged with its round when it is first asked about."""

    def __init__(self, bed: Bed, faults: list[Fault]) -> None:
        self._bed = bed
        self._rounds = {each.id: round_ for round_ in rounds(faults) for each in round_}
        self.results: dict[str, matrix.Result] = {}

    def result(self, fault: Fault) -> matrix.Result:
        """What became of it."""
        if fault.id not in self.results:
            self.results |= {each.id: each for each in matrix.judge_together(self._bed, self._rounds[fault.id])}
        return self.results[fault.id]


@pytest.fixture(scope="module")
def judged(healthy: Bed, request: pytest.FixtureRequest) -> Iterator[Rounds]:
    """Kept as holdfast-report/fault-matrix.json, as `python -m testbed fault matrix --json` prints it."""
    items = [each for each in request.session.items if isinstance(each, pytest.Function)]
    asked = [cast(Fault, each.callspec.params["fault"]) for each in items if each.originalname == "test_fault"]
    found = Rounds(healthy, asked)
    yield found
    file = Path("holdfast-report", "fault-matrix.json")
    file.parent.mkdir(exist_ok=True)
    results = sorted(found.results.values(), key=lambda each: (each.family, each.id))
    file.write_text(json.dumps([each.as_dict() for each in results], indent=2) + "\n", encoding="utf-8")


def _by_round() -> list[Fault]:
    return [fault for round_ in rounds(discover(platform="eoepca")) for fault in round_]


@pytest.mark.parametrize("fault", _by_round(), ids=lambda fault: f"{fault.family}:{fault.id}")
def test_fault(judged: Rounds, fault: Fault) -> None:
    result = judged.result(fault)
    assert result.passed, matrix.why(result)


def test_after_all_faults_nothing_is_left(healthy: Bed) -> None:
    audit = healthy.audit()
    assert (audit.exit, audit.findings, audit.unknowns) == (0, set(), set()), audit.stdout


def test_there_are_as_many_faults_as_promised() -> None:
    assert len([each for each in discover() if each.family == "flux"]) >= 40
