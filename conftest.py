"""What only a checkout needs: the linked folders are not collected twice, and `make test` says how long it took."""

from __future__ import annotations

import os
import time

import pytest

collect_ignore = ["holdfast", ".venv", ".venv-uv", "node_modules"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Under `make test`, the time since its start: linting and the testbed's build count too."""
    started = os.environ.get("HOLDFAST_TEST_STARTED")
    if started:
        minutes, seconds = divmod(round(time.time() - float(started)), 60)
        terminalreporter.write_line(f"make test: {minutes} min {seconds} s in all")
