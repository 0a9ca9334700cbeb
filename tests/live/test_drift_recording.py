"""A drift audit recorded, and audited again where there is no git, no renderer, no cluster and no network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from testbed.bed import Bed
from testbed.platforms.eoepca.hands import LENS, PROC, helm, just_applied, just_released, kubectl
from tests.live.auditing import Ran, holdfast

pytestmark = pytest.mark.live

NO_NETWORK = """
import socket, sys
def refuse(*_, **__):
    raise AssertionError("a recording was asked, and the network answered")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
sys.argv[0] = "holdfast"
from holdfast.cli import main
main()
"""
SIDECAR = [
    {
        "op": "add",
        "path": "/spec/template/spec/containers/-",
        "value": {"name": "debug", "image": "registry.test/debug:1"},
    }
]


@dataclass(frozen=True)
class Kept:
    """The audit of the cluster, and what it kept."""

    ran: Ran
    file: Path


@pytest.fixture(scope="module")
def kept(bed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    bed.reset()
    folder = tmp_path_factory.mktemp("recorded")
    just_released(bed, "test", "cheese")
    just_applied(bed, PROC)
    kubectl(
        bed, "-n", "proc", "set", "image", "deployment/workflow-cleaner", "workflow-cleaner=docker.io/eoepca/mine:1"
    )
    bed.kube.patch("Deployment", "um", "um-login-service", SIDECAR, manager=LENS)
    kubectl(bed, "-n", "test", "delete", "deployment", "cheese")
    helm(bed, "install", "tasting", f"{bed.charts.url}/eoepca/cheese-1.0.1.tgz", "-n", "proc")
    file = folder / "drift.holdfast.gz"
    where = ("--kubeconfig", str(bed.kubeconfig), "--context", "auditor", "--settle", "1s")
    before = os.environ["PATH"]
    os.environ["PATH"] = bed.built.path()
    try:
        ran = holdfast(
            *("record", str(file), "eoepca", *where, "--platform-file", str(bed.platform_file)),
            *("--report-dir", str(folder / "live")),
            reports=folder / "live",
        )
    finally:
        os.environ["PATH"] = before
    yield Kept(ran, file)
    helm(bed, "uninstall", "tasting", "-n", "proc", "--wait")
    bed.reconcile("HelmRelease", "test", "cheese", wait=60, force=True)
    bed.reset()


@pytest.fixture(scope="module")
def replayed(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("replayed")
    (nothing := folder / "bin").mkdir()
    asked = ("audit", "eoepca", "--recording", str(kept.file), "--report-dir", str(folder / "again"))
    done = subprocess.run(
        [sys.executable, "-c", NO_NETWORK, *asked],
        env={"PATH": str(nothing), "HOME": str(nothing), "NO_COLOR": "1", "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Ran(done.returncode, done.stdout, done.stderr, folder / "again")


def test_the_recorded_audit_met_every_kind_of_answer(kept: Kept) -> None:
    """Else the replay would prove nothing: a build from Git, a release in storage, objects around, metadata only."""
    assert kept.ran.status == 1, kept.ran.stdout + kept.ran.stderr
    assert set(kept.ran.findings) >= {
        ("drift.field.changed", "Deployment/proc/workflow-cleaner"),
        ("drift.field.foreign", "Deployment/um/um-login-service"),
        ("drift.object.missing", "Deployment/test/cheese"),
    }
    assert "drift.release.unexpected" in {rule for rule, _ in kept.ran.findings}
    assert kept.ran.unknowns == set()


def test_replayed_it_says_the_same_to_the_byte(kept: Kept, replayed: Ran) -> None:
    assert (replayed.status, replayed.stderr) == (kept.ran.status, ""), replayed.stdout + replayed.stderr
    told, again = kept.ran.document, replayed.document
    for part in ("findings", "notes"):
        assert json.dumps(again[part]) == json.dumps(told[part])
    assert _without(again["summary"], "requests") == _without(told["summary"], "requests")
    assert _verdicts(again) == _verdicts(told)


def test_a_recording_is_small_enough_to_be_sent(kept: Kept) -> None:
    assert kept.file.stat().st_size < 1_000_000


def _verdicts(document: dict[str, Any]) -> list[Any]:
    return [_without(each, "duration") for each in document["scenarios"]]


def _without(told: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != key}
