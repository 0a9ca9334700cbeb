"""The fault matrix is judged beside the other live tests, which mostly wait."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from testbed.fault import Fault
from tests.live.judging import Judging


@pytest.fixture(scope="session", autouse=True)
def judging(request: pytest.FixtureRequest) -> Iterator[Judging | None]:
    """Begins with the first live test, where faults are among the tests; None where none are.

    What came of them is kept as holdfast-report/fault-matrix.json, as `testbed fault matrix --json` prints it.
    """
    items = [each for each in request.session.items if isinstance(each, pytest.Function)]
    asked = [cast(Fault, each.callspec.params["fault"]) for each in items if each.originalname == "test_fault"]
    if not asked:
        yield None
        return
    bed = request.getfixturevalue("bed")
    found = Judging(asked, bed.instance.name, alone="HOLDFAST_TESTBED" in os.environ)
    try:
        yield found
    finally:
        file = Path("holdfast-report", "fault-matrix.json")
        results = [each.as_dict() for each in found.end()]
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
