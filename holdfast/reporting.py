"""Every report of a run, into one folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from rich.console import Console

from holdfast.model import RunResult
from holdfast.reports import findings_json, images_json, junit, metrics, summary_md, terminal

WRITERS = {
    "findings.json": findings_json.write,
    "junit.xml": junit.write,
    "summary.md": summary_md.write,
    "metrics.prom": metrics.write,
    "images.json": images_json.write,
}
"""One writer per file. Allure's results are written by allure-pytest while the run goes on."""


def write(result: RunResult, folder: Path) -> None:
    """Write every report. One that cannot be written does not keep the others from being written.

    Errors go to stderr, one line each: results already gathered are never lost to a full disk in another format.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _complain(folder, error)
        return
    for name, writer in WRITERS.items():
        try:
            writer(result, folder / name)
        except OSError as error:
            _complain(folder / name, error)


def show(result: RunResult, folder: Path, console: Console | None = None) -> None:
    """The summary a person reads."""
    terminal.show(result, console or Console(), _near(folder))


def _near(folder: Path) -> str:
    """The folder as one would type it from here."""
    try:
        return str(folder.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(folder)


def _complain(path: Path, error: OSError) -> None:
    print(f"holdfast: {path}: cannot be written: {error.strerror or error}", file=sys.stderr)


def duplicate(descriptor: int) -> Console:
    """A console on a copy of stdout (1) or stderr (2), made before pytest captures it."""
    return Console(file=os.fdopen(os.dup(descriptor), "w", encoding="utf-8", errors="replace"))
