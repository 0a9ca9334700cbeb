"""What `python -m testbed env` prints for a shell to take."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from testbed import __main__ as commands


class _Bed:
    def __init__(self, name: str) -> None:
        self.name = name

    def env(self) -> dict[str, str]:
        return {"HOLDFAST_TESTBED": self.name, "HOLDFAST_TESTBED_BIN": "/built one/bin"}


def test_a_shell_takes_it_and_finds_what_was_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(commands, "Bed", _Bed)
    printed = CliRunner().invoke(commands.app, ["env", "--name", "mine"]).stdout
    script = f'{printed}\necho "$HOLDFAST_TESTBED $PATH"'
    told = subprocess.run(
        ["/bin/sh", "-c", script], capture_output=True, text=True, check=True, env={"PATH": "/usr/bin"}, cwd=tmp_path
    )
    assert told.stdout == "mine /built one/bin:/usr/bin\n"
