"""Dumps of policies, made earlier, that are cut off, empty, not of everything, or of something that was wrong."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from testbed.bed import Bed
from testbed.errors import TestbedError
from testbed.fault import Fault
from testbed.faults.policies import restore
from testbed.services.policies import PDP, PEPS, resource_id

ERIC = resource_id("ades-pep", "/eric")
OF_A_WORKSPACE = "develop-user-alice-pep"
_NOTED = "dumped.txt"
"""Beside the dumps: when each was made."""
_WEEK = 7 * 24 * 3600


def folder(bed: Bed) -> Path:
    """Where this testbed's dumps go."""
    return bed.instance.home / "dumps"


def dump(bed: Bed) -> None:
    """`holdfast policies dump`, as somebody does before a change."""
    where = ["--kubeconfig", str(bed.kubeconfig), "--context", "auditor", "--platform-file", str(bed.platform_file)]
    command = [sys.executable, "-m", "holdfast", "policies", "dump", str(folder(bed)), *where]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise TestbedError(f"holdfast policies dump ended with {done.returncode}: {done.stderr.strip()[-300:]}")


def by_dumps(bed: Bed) -> list[str]:
    return ["--policy-dump", str(folder(bed)), "-m", "policies"]


def spoilt(file: str, keep: Callable[[str], str]) -> Callable[[Bed], None]:
    """Dumped, and one of the files is not whole any more."""

    def apply(bed: Bed) -> None:
        dump(bed)
        path = folder(bed) / file
        path.write_text(keep(path.read_text()))

    return apply


def left_out(bed: Bed) -> None:
    """What bin/dump-policy.sh leaves: it knows five deployments, and no workspace."""
    dump(bed)
    (folder(bed) / f"{OF_A_WORKSPACE}.json").unlink()


def of_before(bed: Bed) -> None:
    """What is wrong in the dump is right in the cluster by now."""
    found = bed.policies.documents(PDP)
    bed.policies.write(PDP, [it for it in found if it["config"]["resource_id"] != ERIC])
    dump(bed)
    bed.policies.write(PDP, found)


def of_last_week(bed: Bed) -> None:
    """As bin/dump-policy.sh left them a week ago."""
    dump(bed)
    (folder(bed) / _NOTED).unlink()
    for file in folder(bed).iterdir():
        os.utime(file, (time.time() - _WEEK, time.time() - _WEEK))


def copied(bed: Bed) -> None:
    """Dumped a week ago, kept in Git, and cloned a minute ago: the files are new, what was noted is not."""
    dump(bed)
    noted = folder(bed) / _NOTED
    before = (datetime.now(UTC) - timedelta(seconds=_WEEK)).isoformat(timespec="seconds")
    lines = (line.partition(" ")[2] for line in noted.read_text().splitlines())
    noted.write_text("".join(f"{before} {line}\n" for line in lines))


_STALE = [("stale", f"PEP {namespace}/{name}") for name, namespace in PEPS.items()] + [("stale", f"PDP um/{PDP}")]

FAULTS = [
    Fault(
        "policies-dump-old",
        platform="eoepca",
        breaks="the dumps are a week old: they say what was, not what is",
        apply=of_last_week,
        revert=restore,
        args=by_dumps,
        unknowns=_STALE,
    ),
    Fault(
        "policies-dump-copied",
        platform="eoepca",
        breaks="the dumps are a week old, and were copied today",
        apply=copied,
        revert=restore,
        args=by_dumps,
        unknowns=_STALE,
    ),
    Fault(
        "policies-dump-empty-file",
        platform="eoepca",
        breaks="jq failed, and bin/dump-policy.sh left an empty file and said done",
        apply=spoilt("ades-pep.json", lambda text: ""),
        revert=restore,
        args=by_dumps,
        unknowns=[("unreadable", "PEP proc/ades-pep")],
    ),
    Fault(
        "policies-dump-cut-off",
        platform="eoepca",
        breaks="half of the PDP's dump was written",
        apply=spoilt("pdp-engine.json", lambda text: text[: len(text) // 2]),
        revert=restore,
        args=by_dumps,
        unknowns=[("unreadable", "PDP um/pdp-engine")],
    ),
    Fault(
        "policies-dump-without-workspaces",
        platform="eoepca",
        breaks="the dumps are those of bin/dump-policy.sh, which knows no PEP of a workspace",
        apply=left_out,
        revert=restore,
        args=by_dumps,
        unknowns=[("nothing-matched", "PEP develop-user-alice/develop-user-alice-pep")],
    ),
    Fault(
        "policies-dump-of-before",
        platform="eoepca",
        breaks="the dump is of a time when a resource had no policies",
        apply=of_before,
        revert=restore,
        args=by_dumps,
        expect=[("policies.policy.missing", "PEP proc/ades-pep /eric")],
    ),
]
