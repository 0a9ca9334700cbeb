"""Every fault, injected into a healthy platform, gives exactly its findings and unknowns; taken back, none."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import cast

import pytest

from testbed import lifecycle, matrix
from testbed.bed import Bed
from testbed.fault import Fault, discover
from testbed.rounds import rounds

pytestmark = pytest.mark.live


_WORTH_A_SECOND_TESTBED = 20
"""Rounds. A fault is mostly waiting for Flux: two testbeds on two cores take little more than half the time of one."""


def _asked(request: pytest.FixtureRequest) -> list[Fault]:
    items = [each for each in request.session.items if isinstance(each, pytest.Function)]
    return [cast(Fault, each.callspec.params["fault"]) for each in items if each.originalname == "test_fault"]


@pytest.fixture(scope="module")
def healthy(bed: Bed, request: pytest.FixtureRequest) -> Iterator[list[Bed]]:
    """Platforms that are healthy and found healthy, else no fault could be judged: two where there is much to judge."""
    if os.environ.get("HOLDFAST_TESTBED") or len(rounds(_asked(request))) < _WORTH_A_SECOND_TESTBED:
        yield _found_healthy([bed])
        return
    name = f"{bed.instance.name}-second"
    try:
        yield _found_healthy([bed, lifecycle.up(name, "eoepca", lambda line: None)])
    finally:
        lifecycle.down(name)


def _found_healthy(beds: list[Bed]) -> list[Bed]:
    for bed in beds:
        bed.reset()
        audit = bed.audit()
        assert (audit.exit, audit.findings, audit.unknowns) == (0, set(), set()), audit.stdout
    return beds


class Rounds:
    """The faults that are to be judged: round after round, as many at the same time as there are testbeds."""

    def __init__(self, beds: list[Bed], faults: list[Fault]) -> None:
        self._free: SimpleQueue[Bed] = SimpleQueue()
        for bed in beds:
            self._free.put(bed)
        self._pool = ThreadPoolExecutor(len(beds))
        self._results: dict[str, Future[dict[str, matrix.Result]]] = {}
        for round_ in rounds(faults):
            self._results |= dict.fromkeys((each.id for each in round_), self._pool.submit(self._judge, round_))

    def _judge(self, round_: list[Fault]) -> dict[str, matrix.Result]:
        bed = self._free.get()
        try:
            return {each.id: each for each in matrix.judge_together(bed, round_)}
        finally:
            self._free.put(bed)

    def result(self, fault: Fault) -> matrix.Result:
        """What became of it, as soon as that is known."""
        return self._results[fault.id].result()[fault.id]

    def end(self) -> list[matrix.Result]:
        """What became of all that were judged by now; the rest is left."""
        self._pool.shutdown(cancel_futures=True)
        judged = [each.result() for each in self._results.values() if not each.cancelled() and not each.exception()]
        found = {fault: result for each in judged for fault, result in each.items()}
        return sorted(found.values(), key=lambda each: (each.family, each.id))


@pytest.fixture(scope="module")
def judged(healthy: list[Bed], request: pytest.FixtureRequest) -> Iterator[Rounds]:
    """Kept as holdfast-report/fault-matrix.json, as `python -m testbed fault matrix --json` prints it."""
    found = Rounds(healthy, _asked(request))
    try:
        yield found
    finally:
        results = found.end()
        file = Path("holdfast-report", "fault-matrix.json")
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps([each.as_dict() for each in results], indent=2) + "\n", encoding="utf-8")


def _by_round() -> list[Fault]:
    return [fault for round_ in rounds(discover(platform="eoepca")) for fault in round_]


@pytest.mark.parametrize("fault", _by_round(), ids=lambda fault: f"{fault.family}:{fault.id}")
def test_fault(judged: Rounds, fault: Fault) -> None:
    result = judged.result(fault)
    assert result.passed, matrix.why(result)


def test_after_all_faults_nothing_is_left(healthy: list[Bed]) -> None:
    for bed in healthy:
        audit = bed.audit()
        assert (audit.exit, audit.findings, audit.unknowns) == (0, set(), set()), audit.stdout


def test_there_are_as_many_faults_as_promised() -> None:
    assert len([each for each in discover() if each.family == "flux"]) >= 40
