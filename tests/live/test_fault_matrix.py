"""Every fault, injected into a healthy platform, gives exactly its findings and unknowns; taken back, none."""

from __future__ import annotations

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


@pytest.mark.parametrize("fault", discover(platform="eoepca"), ids=lambda fault: f"{fault.family}:{fault.id}")
def test_fault(healthy: Bed, fault: Fault) -> None:
    result = matrix.judge(healthy, fault)
    assert result.passed, matrix.why(result)


def test_there_are_as_many_faults_as_promised() -> None:
    assert len([each for each in discover() if each.family == "flux"]) >= 40
