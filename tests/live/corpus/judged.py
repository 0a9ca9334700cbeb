"""The corpus and what `holdfast drift` said of it, before and after."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from testbed.bed import Bed
from tests.live.corpus.edits import TRUSTED
from tests.live.corpus.row import Row
from tests.live.corpus.rows import row_of

PLATFORM = f"""\
[platform]
name = "corpus"
includes = ["drift"]

[managers]
trusted = ["{TRUSTED}"]
"""


@dataclass(frozen=True)
class Verdict:
    """One run of `holdfast drift`."""

    status: int
    stdout: str
    stderr: str
    reports: Path

    @cached_property
    def document(self) -> dict[str, Any]:
        file = self.reports / "findings.json"
        assert file.exists(), self.stdout + self.stderr
        read: dict[str, Any] = json.loads(file.read_text())
        return read

    @property
    def findings(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.document["findings"]
        return found

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """(rule, subject, path) of every finding."""
        return sorted((each["rule"], each["subject"], each["path"] or "") for each in self.findings)

    @property
    def unknown(self) -> list[tuple[str, str]]:
        """(code, subject) of everything that could not be judged."""
        every = (each for scenario in self.document["scenarios"] for each in scenario["unknown"])
        return sorted({(each["code"], each["subject"]) for each in every})

    @property
    def notes(self) -> list[tuple[str, str]]:
        """(code, object) of every note."""
        return sorted({(each["code"], _ref(each["resource"])) for each in self.document["notes"]})

    def about(self, row: Row) -> list[dict[str, Any]]:
        """The findings about a row's objects."""
        return [each for each in self.findings if row_of(each["subject"]) is row]

    def unknown_about(self, row: Row) -> set[str]:
        """Codes of what could not be judged of the row."""
        return {code for code, subject in self.unknown if row in (row_of(each) for each in _objects_in(subject))}


def _ref(resource: dict[str, Any] | None) -> str:
    if resource is None:
        return ""
    return "/".join(part for part in (resource["kind"], resource.get("namespace"), resource["name"]) if part)


def _objects_in(subject: str) -> list[str]:
    return re.findall(r"[A-Z]\w+/[\w./-]+", subject)


def drift(bed: Bed, reports: Path, *arguments: str, kubeconfig: Path | None = None, platform: str = "") -> Verdict:
    """`holdfast drift` as a user runs it, with the platform's own checkout of Git."""
    where = [kubeconfig] if kubeconfig else [bed.kubeconfig, "--context", "auditor"]
    command = [sys.executable, "-m", "holdfast", "drift", "--kubeconfig", *map(str, where)]
    command += ["--git-dir", str(bed.git.worktree), "--settle", "1s", "--report-dir", str(reports), *arguments]
    if platform:
        file = reports.with_suffix(".toml")
        file.write_text(platform)
        command += ["--platform-file", str(file)]
    environment = {**os.environ, "COLUMNS": "120", "NO_COLOR": "1", "PATH": bed.built.path()}
    environment.pop("KUBECONFIG", None)
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, check=False)
    return Verdict(done.returncode, done.stdout, done.stderr, reports)
