"""What is going on while a run goes on: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from holdfast.reports.wording import one_line

QUIET = 10.0
"""Seconds between two lines where there is no terminal."""


class Progress:
    """Follows a run, scenario by scenario.

    Args:
        console: where; must write to a copy of stdout or stderr made before pytest captures it.
        total: how many scenarios there are.
        clock: seconds, for tests.
    """

    def __init__(self, console: Console, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._total = total
        self._clock = clock
        self._done = 0
        self._spoke = clock()
        self._bar: Bar | None = None

    def start(self) -> None:
        """Show the bar, when there is a terminal to show it on."""
        if not self._console.is_terminal:
            return
        self._bar = Bar(
            SpinnerColumn(),
            MofNCompleteColumn(),
            BarColumn(bar_width=20),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            console=self._console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._bar.add_task("", total=self._total)
        self._bar.start()

    def began(self, scenario: str) -> None:
        """A scenario is being judged now."""
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], description=one_line(scenario))
            return
        now = self._clock()
        if now - self._spoke >= QUIET:
            self._spoke = now
            line = f"holdfast: {self._done} of {self._total} scenarios judged, now: {one_line(scenario)}"
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def ended(self) -> None:
        """It has been judged."""
        self._done += 1
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[0])

    def stop(self) -> None:
        """Take the bar away; may be called twice."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
