"""The pytest fixture `bed`: one live testbed for the whole session.

To be imported in a conftest.py: `from testbed.pytest_fixture import bed`. HOLDFAST_TESTBED names a testbed that is up
already; without it one is built if need be, started for the session and taken down at its end.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from testbed import lifecycle
from testbed.bed import Bed


@pytest.fixture(scope="session")
def bed() -> Iterator[Bed]:
    """A healthy eoepca testbed. What a test changes it has to take back, or leave to `bed.reset()`."""
    given = os.environ.get("HOLDFAST_TESTBED")
    if given:
        found = Bed(given)
        found.reset()
        yield found
        return
    name = f"pytest-{os.getpid()}"
    try:
        yield lifecycle.up(name, "eoepca", _tell)
    finally:
        lifecycle.down(name)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
