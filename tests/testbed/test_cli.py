"""What a user sees when something is mistyped: one line, exit 4, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["env", "--name", "no-such-bed"], "no testbed called 'no-such-bed' is up"),
        (["env", "--name", "../etc"], "is no testbed name"),
        (["up", "atlantis", "--name", "no-such-bed"], "no platform called 'atlantis'"),
        (["up", "eoepca", "mlops"], "one testbed holds one platform"),
        (["fault", "revert", "no-such-fault", "--name", "no-such-bed"], "no testbed called"),
        (["fault", "matrix", "no-such-fault"], "no fault is called 'no-such-fault'"),
        (["frobnicate"], "No such command"),
    ],
)
def test_a_mistake_is_one_line(arguments: list[str], says: str, tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "testbed", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
