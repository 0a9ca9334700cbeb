"""A bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from holdfast.reports.progress import Progress


def test_without_a_terminal_a_line_every_ten_seconds() -> None:
    out = io.StringIO()
    seconds = iter(range(0, 100, 4))
    progress = Progress(Console(file=out, width=40), 8, clock=lambda: float(next(seconds)))
    progress.start()
    for number in range(8):
        progress.began(f"scenario [b]{number}[/b] with quite a long sentence")
        progress.ended()
    progress.stop()
    assert out.getvalue().splitlines() == [
        "holdfast: 2 of 8 scenarios judged, now: scenario [b]2[/b] with quite a long sentence",
        "holdfast: 5 of 8 scenarios judged, now: scenario [b]5[/b] with quite a long sentence",
    ]


def test_on_a_terminal_the_bar_names_the_scenario_and_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    out = io.StringIO()
    progress = Progress(Console(file=out, width=80, force_terminal=True), 2)
    progress.start()
    progress.began("Git sources are fetched")
    progress.ended()
    progress.stop()
    progress.stop()
    assert "Git sources are fetched" in out.getvalue()
    assert "1/2" in out.getvalue()
    assert out.getvalue().rstrip().endswith("\x1b[2K")  # the line is wiped
