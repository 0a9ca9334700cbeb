"""``holdfast`` run as a user runs it, with its reports kept for the test to read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from testbed.bed import Bed


@dataclass(frozen=True)
class Ran:
    """A finished command, its reports, and what findings.json says."""

    status: int
    stdout: str
    stderr: str
    reports: Path

    @property
    def document(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.reports / "findings.json").read_text())
        return read

    @property
    def findings(self) -> list[tuple[str, str]]:
        return sorted((each["rule"], each["subject"]) for each in self.document["findings"])

    @property
    def unknowns(self) -> set[tuple[str, str]]:
        return {
            (each["code"], each["subject"])
            for scenario in self.document["scenarios"]
            for each in scenario["unknown"]
            if not each["accepted"]
        }


def holdfast(*arguments: str, reports: Path, timeout: float = 240, environment: Mapping[str, str] | None = None) -> Ran:
    """Run a command of holdfast in a process of its own."""
    environment = {**os.environ, "COLUMNS": "120", "NO_COLOR": "1", **(environment or {})}
    environment.pop("KUBECONFIG", None)
    done = subprocess.run(
        [sys.executable, "-m", "holdfast", *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        env=environment,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr, reports)


def audit(bed: Bed, reports: Path, *arguments: str, context: str = "auditor", settle: str = "2s") -> Ran:
    """Audit the testbed's platform."""
    own = "--kubeconfig" in arguments
    where = () if own else ("--kubeconfig", str(bed.kubeconfig), "--context", context)
    named = () if "--platform-file" in arguments else ("--platform-file", str(bed.platform_file))
    told = ("eoepca", *where, *named, "--settle", settle, "--report-dir", str(reports), *arguments)
    return holdfast("audit", *told, reports=reports, environment=bed.backing.environment())
