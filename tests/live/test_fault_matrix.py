"""Every fault, injected into a healthy platform, gives exactly its findings and unknowns; taken back, none."""

from __future__ import annotations

import pytest

from testbed import matrix
from testbed.bed import Bed
from testbed.fault import Fault, discover
from testbed.rounds import rounds
from tests.live.judging import Judging, found_healthy

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def judged(bed: Bed, judging: Judging) -> Judging:
    """From here on the testbed of the other tests judges, too."""
    judging.join(bed)
    return judging


def _by_round() -> list[Fault]:
    return [fault for round_ in rounds(discover(platform="eoepca")) for fault in round_]


@pytest.mark.parametrize("fault", _by_round(), ids=lambda fault: f"{fault.family}:{fault.id}")
def test_fault(judged: Judging, fault: Fault) -> None:
    result = judged.result(fault)
    assert result.passed, matrix.why(result)


def test_after_all_faults_nothing_is_left(bed: Bed, judging: Judging | None) -> None:
    found_healthy(bed, reset=False)
    if judging:
        judging.check()


def test_there_are_as_many_faults_as_promised() -> None:
    assert len([each for each in discover() if each.family == "flux"]) >= 40
