"""A run that is stopped, or breaks, is never green, and what it had found is written."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.frame.test_bad_input import NOWHERE

STEPS = '''
import os, time
from pathlib import Path
from holdfast.model import CRITICAL, Deviation, Listing, Resource, rule
from holdfast.vocabulary import then

THING = Resource({"apiVersion": "v1", "kind": "Thing", "metadata": {"namespace": "ns", "name": "a"}})


class Things:
    subject, wanted, named = "every Thing", False, None
    def read(self):
        return Listing("Thing", (THING,))


@rule("mine.interrupted.bad", CRITICAL, origin="test", remedy="mend it")
def bad(thing, world):
    """Things are good."""
    yield Deviation(thing.ref, "good", "bad")

@then("it is bad")
def _(judge):
    judge(bad, Things())

@then("it takes long")
def _():
    Path(os.environ["SIGN"]).touch()
    time.sleep(60)

@then("the frame breaks")
def _(judge):
    judge.said.deviations.append("not a deviation at all")
'''
FEATURE = (
    "Feature: Mine\n  Scenario: A\n    Then it is bad\n  Scenario: B\n    Then {}\n  Scenario: C\n    Then it is bad\n"
)


def started(folder: Path, step: str) -> subprocess.Popen[str]:
    (folder / "conftest.py").write_text(STEPS)
    (folder / "kubeconfig").write_text(NOWHERE)
    (folder / "mine.feature").write_text(FEATURE.format(step))
    told = ["--report-dir", "report", "--kubeconfig", "kubeconfig", "--deadline", "0s"]
    return subprocess.Popen(
        [sys.executable, "-m", "holdfast", "audit", "mine.feature", *told],
        cwd=folder,
        env={"SIGN": str(folder / "sign"), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_exits_2_with_what_it_had_found(tmp_path: Path, stop: signal.Signals) -> None:
    running = started(tmp_path, "it takes long")
    until = time.monotonic() + 60
    while not (tmp_path / "sign").exists() and time.monotonic() < until and running.poll() is None:
        time.sleep(0.05)
    running.send_signal(stop)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 2, out + err
    assert "Traceback" not in out + err
    document = json.loads((tmp_path / "report" / "findings.json").read_text())
    assert [each["verdict"] for each in document["scenarios"]] == ["deviates", "unknown", "unknown"]
    assert (document["summary"]["exit"], len(document["findings"])) == (2, 1)
    assert "INTERRUPTED" in out


def test_an_error_of_our_own_exits_3_in_one_line_with_what_it_had_found(tmp_path: Path) -> None:
    running = started(tmp_path, "the frame breaks")
    out, err = running.communicate(timeout=60)
    assert running.returncode == 3, out + err
    assert "Traceback" not in out + err
    assert "holdfast: internal error" in err
    document = json.loads((tmp_path / "report" / "findings.json").read_text())
    assert (document["summary"]["exit"], len(document["findings"])) == (3, 1)
    assert "HOLDFAST FAILED (exit 3)" in out
