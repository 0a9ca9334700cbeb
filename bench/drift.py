"""One measurement: the same objects judged by holdfast, by `flux diff` and by `kubectl diff`, beside the floor."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bench import floor
from bench.child import Cost, run
from bench.delivery import ROOT
from bench.mix import Folder
from bench.rival_tools import find
from testbed.bed import REPOSITORY, Bed
from testbed.errors import TestbedError

Report = Callable[[str], None]

CONTEXT = "auditor"
RUNS = 3
_RUNS = range(1, RUNS + 1)
SAMPLE = 30
"""Rivals go object by object, so that their time is proportional: beyond this many Kustomizations, a sample will do."""
_READS = {"get", "list", "watch"}


@dataclass(frozen=True)
class Asked:
    """What the API server's audit log says holdfast asked for."""

    requests: int
    writes: int
    lists: list[str]
    """Paths of its LISTs, without pages."""


@dataclass(frozen=True)
class Audit:
    """One run of holdfast."""

    cost: Cost
    document: dict[str, Any]
    """Its findings.json."""
    asked: Asked


def measure(bed: Bed, wanted: Sequence[Folder], say: Report) -> dict[str, Any]:
    """Everything once, holdfast and the floor three times, medians taken.

    Each run of holdfast starts with an empty cache, as its rivals have none; three more say what the cache saves.
    """
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as caches:
        cold = [_audit(bed, Path(caches) / str(number), f"holdfast drift [{number}/{RUNS}]", say) for number in _RUNS]
        warm = [_audit(bed, Path(caches) / "1", f"again, cached [{number}/{RUNS}]", say) for number in _RUNS]
    asked = cold[-1].asked
    floors = [floor.measure(bed.kubeconfig, CONTEXT, asked.lists) for _ in range(RUNS)]
    bottom = statistics.median(each.seconds for each in floors)
    say(f"floor: {bottom:.2f} s for {floors[0].objects} objects, {floors[0].megabytes:.0f} MB")
    seconds = statistics.median(each.cost.seconds for each in cold)
    flux, flux_objects = _flux_diff(bed, wanted, say)
    kubectl, kubectl_objects = _kubectl_diff(bed, wanted, say)
    return {
        "objects": _objects(wanted),
        "holdfast_s": round(seconds, 3),
        "holdfast_rss_mb": round(statistics.median(each.cost.rss_mb for each in cold), 1),
        "flux_diff_s": _rounded(flux),
        "kubectl_diff_s": _rounded(kubectl),
        "floor_s": round(bottom, 3),
        "requests": asked.requests,
        "writes": max(each.asked.writes for each in (*cold, *warm)),
        "holdfast_cached_s": round(statistics.median(each.cost.seconds for each in warm), 3),
        "holdfast_cpu_s": round(statistics.median(each.cost.cpu_seconds for each in cold), 3),
        "holdfast_runs_s": [round(each.cost.seconds, 3) for each in cold],
        "holdfast_exit": cold[-1].cost.status,
        "holdfast_compared": cold[-1].document["summary"]["objects"],
        "holdfast_findings": sum(cold[-1].document["summary"]["findings"].values()),
        "holdfast_to_floor": round(seconds / bottom, 2),
        "flux_diff_to_holdfast": _ratio(flux, seconds),
        "kubectl_diff_to_holdfast": _ratio(kubectl, seconds),
        "flux_diff_measured_objects": flux_objects,
        "kubectl_diff_measured_objects": kubectl_objects,
        "floor_objects": floors[0].objects,
        "floor_mb": round(floors[0].megabytes, 1),
        "lists": len(asked.lists),
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def _audit(bed: Bed, cache: Path, what: str, say: Report) -> Audit:
    """One `holdfast drift` as a user types it, with an empty cache or with what an earlier run left there."""
    position = bed.audit_log_position()
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as reports:
        command = [sys.executable, "-m", "holdfast", "drift", "--kubeconfig", str(bed.kubeconfig), "--context", CONTEXT]
        command += ["--git-dir", str(bed.git.worktree), "--report-dir", reports, "--settle", "1"]
        cost = run(command, folder=REPOSITORY, environment={"PATH": bed.built.path(), "XDG_CACHE_HOME": str(cache)})
        file = Path(reports) / "findings.json"
        if not file.exists():
            raise TestbedError(f"holdfast drift wrote no findings.json (exit {cost.status}): {cost.said}")
        audit = Audit(cost, orjson.loads(file.read_bytes()), _asked(bed, position))
    took = f"{cost.seconds:.2f} s ({cost.cpu_seconds:.2f} s of CPU), {cost.rss_mb:.0f} MB"
    say(f"{what}: {took}, {audit.asked.requests} requests")
    return audit


def _asked(bed: Bed, position: int) -> Asked:
    """Requests of the auditor since then, each counted once."""
    events = [
        each
        for each in bed.audit_events(position)
        if each["user"].get("username") == CONTEXT and each["stage"] == "ResponseComplete"
    ]
    reviews = ("selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews")
    writes = [
        each
        for each in events
        if each["verb"] not in _READS and (each.get("objectRef") or {}).get("resource") not in reviews
    ]
    lists = floor.lists(each["requestURI"] for each in events if each["verb"] == "list")
    return Asked(len(events), len(writes), lists)


def _flux_diff(bed: Bed, wanted: Sequence[Folder], say: Report) -> tuple[float | None, int]:
    """Seconds for all of it, and how many objects that was measured on: one command per Kustomization."""
    flux = find(bed, "flux")
    if flux is None:
        return None, 0
    sample = _sample(wanted)
    seconds = 0.0
    for number, folder in enumerate(sample, start=1):
        path = str(bed.git.worktree / ROOT / folder.name)
        more = ("--path", path, "-n", "flux-system", "--progress-bar=false")
        seconds += _ran(flux("diff", "kustomization", folder.name, *more), f"flux diff kustomization {folder.name}")
        if number % 5 == 0 or number == len(sample):
            say(f"flux diff kustomization [{number}/{len(sample)}]: {seconds:.1f} s")
    return seconds * _objects(wanted) / _objects(sample), _objects(sample)


def _kubectl_diff(bed: Bed, wanted: Sequence[Folder], say: Report) -> tuple[float | None, int]:
    """The same for kubectl: one command for all of it."""
    kubectl = find(bed, "kubectl")
    if kubectl is None:
        return None, 0
    sample = _sample(wanted)
    files = [part for folder in sample for part in ("-f", str(bed.git.worktree / ROOT / folder.name))]
    seconds = _ran(kubectl("diff", "--server-side", "--force-conflicts", "-R", *files), "kubectl diff --server-side")
    say(f"kubectl diff --server-side: {seconds:.1f} s for {_objects(sample)} objects")
    return seconds * _objects(wanted) / _objects(sample), _objects(sample)


def _sample(wanted: Sequence[Folder]) -> Sequence[Folder]:
    """All Kustomizations, or every n-th of them."""
    return wanted[:: -(-len(wanted) // SAMPLE)]


def _objects(folders: Sequence[Folder]) -> int:
    return sum(folder.objects for folder in folders)


def _ran(cost: Cost, what: str) -> float:
    if cost.status not in (0, 1):
        raise TestbedError(f"{what} ended with {cost.status}: {cost.said}")
    return cost.seconds


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2)


def _ratio(rival: float | None, seconds: float) -> float | None:
    return None if rival is None else round(rival / seconds, 1)
