"""A program run as a user would, with what it cost."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """One run from start to end."""

    status: int
    seconds: float
    cpu_seconds: float
    """Of the processor, its children's included: what a busy machine does not change."""
    rss_mb: float
    """The most memory one process of it held at one time: the program itself, or one it ran."""
    stdout: str
    stderr: str

    @property
    def said(self) -> str:
        """What it complained of, on one line."""
        return " ".join((self.stderr.strip() or self.stdout.strip() or "it said nothing").split())[:400]


def run(command: Sequence[str], *, folder: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Runs it to its end, however long that takes."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        begun = time.monotonic()
        child = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - begun
        child.returncode = os.waitstatus_to_exitcode(status)  # waited for already: Popen must not wait again
        out.seek(0)
        errors.seek(0)
        return Cost(
            child.returncode,
            seconds,
            usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss / 1024,
            out.read().decode(errors="replace"),
            errors.read().decode(errors="replace"),
        )
