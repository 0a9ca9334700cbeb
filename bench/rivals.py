"""The same fault, put to every tool: which of them sees it, which misses it, which cries wolf."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.rival_tools import Tool, find
from testbed.bed import Bed
from testbed.errors import TestbedError
from testbed.fault import Fault

Report = Callable[[str], None]

HOLDFAST, FLUX, KUBECTL, SERVER_SIDE, READY = (
    "holdfast",
    "flux diff ks",
    "kubectl diff",
    "kubectl diff --server-side",
    "flux get all",
)
TOOLS = (HOLDFAST, FLUX, KUBECTL, SERVER_SIDE, READY)
WINDOW = 50
"""Seconds until Flux looks again and takes back what is being looked at."""

_FLUX_LINE = re.compile(r"^► (\S+) (?:drifted|created|deleted)", re.MULTILINE)
_KUBECTL_LINE = re.compile(r"^diff -u -N \S*?/LIVE-\d+/\S*?v\d\w*\.([A-Z]\w*)\.([^.\s]*)\.(\S+) ", re.MULTILINE)
_NOT_READY = re.compile(r"^(\S+)\s+([a-z]+/\S+)\s.*\bFalse\b", re.MULTILINE)


@dataclass(frozen=True)
class Verdict:
    """What one tool made of one fault; `seen` is None where it could not be asked."""

    seen: bool | None
    false: tuple[str, ...] = ()
    """What it reported that is not so."""
    error: str = ""

    @property
    def text(self) -> str:
        """As the table has it."""
        if self.error:
            return "seen, as an error" if self.seen else "error"
        if self.seen is None:
            return "-"
        return ("seen" if self.seen else "missed") + (f", false: {', '.join(self.false)}" if self.false else "")


@dataclass
class Row:
    """One fault, or the healthy platform (then `expected` is empty, and only `false` can be right or wrong)."""

    id: str
    breaks: str
    expected: tuple[str, ...]
    verdicts: dict[str, Verdict] = field(default_factory=dict)


@dataclass
class Comparison:
    """All faults, all tools."""

    versions: dict[str, str]
    rows: list[Row]

    def as_dict(self) -> dict[str, Any]:
        """As JSON likes it."""
        rows = [
            {
                "fault": row.id,
                "expected": list(row.expected),
                **{tool: {"verdict": verdict.text, "error": verdict.error} for tool, verdict in row.verdicts.items()},
            }
            for row in self.rows
        ]
        return {"versions": self.versions, "rows": rows}


def compare(bed: Bed, faults: Sequence[Fault], say: Report) -> Comparison:
    """The healthy platform first, then fault after fault."""
    flux, kubectl, kustomize = find(bed, "flux"), find(bed, "kubectl"), find(bed, "kustomize")
    tools = {"flux": flux, "kubectl": kubectl, "kustomize": kustomize}
    asked = [each for each in faults if _a_question_of_drift(each)]
    bed.reset()
    healthy = Row("(healthy)", "nothing", ())
    _ask(bed, healthy, None, flux, kubectl, kustomize)
    rows = [healthy]
    say(f"healthy: {_short(healthy)}")
    for number, fault in enumerate(asked, start=1):
        try:
            row = _judge(bed, fault, flux, kubectl, kustomize)
        except TestbedError as error:  # the stage failed, not the play
            say(f"[{number}/{len(asked)}] {fault.id}: once more, as {error}")
            bed.reset()
            row = _judge(bed, fault, flux, kubectl, kustomize)
        rows.append(row)
        say(f"[{number}/{len(asked)}] {fault.id}: {_short(row)}")
    return Comparison({name: tool.version for name, tool in tools.items() if tool}, rows)


def _a_question_of_drift(fault: Fault) -> bool:
    """Faults of the view are left out: the others are run with every right there is."""
    return fault.context == "auditor" and fault.rights is None and bool(_drifted(fault))


def _drifted(fault: Fault) -> tuple[str, ...]:
    """What is not as in Git; a Kustomization that is not Ready over it has not drifted itself."""
    drifted = {subject for rule, subject in fault.expect if rule.startswith("drift.")}
    return tuple(sorted(drifted or {subject for _, subject in fault.expect}))


def _judge(bed: Bed, fault: Fault, flux: Tool | None, kubectl: Tool | None, kustomize: Tool | None) -> Row:
    row = Row(fault.id, fault.breaks, _drifted(fault))
    fault.apply(bed)
    begun = time.monotonic()
    _ask(bed, row, fault, flux, kubectl, kustomize)
    took = time.monotonic() - begun
    fault.undo(bed)
    bed.wait_healthy()
    if took > WINDOW:
        raise TestbedError(
            f"{fault.id}: asking took {took:.0f} s, and Flux may have mended it meanwhile; less load, please"
        )
    return row


def _ask(
    bed: Bed, row: Row, fault: Fault | None, flux: Tool | None, kubectl: Tool | None, kustomize: Tool | None
) -> None:
    """Every tool in turn; Flux's own first, as what it says ages soonest."""
    row.verdicts[FLUX] = _verdict(row, lambda: _flux_diff(bed, flux)) if flux else Verdict(None)
    row.verdicts[READY] = _ready(row, flux) if flux else Verdict(None)
    if kubectl and kustomize:
        with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as scratch:
            try:
                built = _built(bed, kustomize, Path(scratch))
            except TestbedError as error:
                row.verdicts[KUBECTL] = row.verdicts[SERVER_SIDE] = Verdict(None, error=str(error))
            else:
                row.verdicts[KUBECTL] = _verdict(row, lambda: _kubectl_diff(kubectl, built))
                row.verdicts[SERVER_SIDE] = _verdict(
                    row, lambda: _kubectl_diff(kubectl, built, "--server-side", "--force-conflicts")
                )
    else:
        row.verdicts[KUBECTL] = row.verdicts[SERVER_SIDE] = Verdict(None)
    row.verdicts[HOLDFAST] = _holdfast(bed, fault)


def _verdict(row: Row, look: Callable[[], set[str]]) -> Verdict:
    try:
        found = look()
    except TestbedError as error:
        named = bool(row.expected) and all(_names(str(error), subject) for subject in row.expected)
        return Verdict(named or None, error=str(error))
    return Verdict(set(row.expected) <= found, tuple(sorted(found - set(row.expected))))


def _names(error: str, subject: str) -> bool:
    """Whether an error speaks of an object, in Flux's way or in the API server's."""
    kind, _, name = subject.partition("/")
    return subject in error or f'{kind} "{name.rpartition("/")[2]}"' in error


def _flux_diff(bed: Bed, flux: Tool) -> set[str]:
    """What `flux diff kustomization` names, over every Kustomization there is."""
    found: set[str] = set()
    for name, folder in _kustomizations(bed):
        more = ("--path", str(folder), "-n", "flux-system", "--progress-bar=false")
        cost = flux("diff", "kustomization", name, *more)
        if cost.status not in (0, 1):
            raise TestbedError(f"flux diff kustomization {name}: {cost.said}")
        found |= flux_named(cost.stdout)
    return found


def _kubectl_diff(kubectl: Tool, built: Path, *more: str) -> set[str]:
    cost = kubectl("diff", *more, "-f", str(built))
    if cost.status not in (0, 1):
        raise TestbedError(f"kubectl diff: {cost.said}")
    return kubectl_named(cost.stdout)


def flux_named(output: str) -> set[str]:
    """The objects `flux diff kustomization` reports."""
    return set(_FLUX_LINE.findall(output))


def kubectl_named(output: str) -> set[str]:
    """The objects `kubectl diff` reports, by the files it compares."""
    return {
        f"{kind}/{namespace}/{name}" if namespace else f"{kind}/{name}"
        for kind, namespace, name in _KUBECTL_LINE.findall(output)
    }


def _built(bed: Bed, kustomize: Tool, scratch: Path) -> Path:
    """What kustomize makes of every Kustomization's folder, as one file."""
    texts = []
    for name, folder in _kustomizations(bed):
        copy = scratch / name
        shutil.copytree(folder, copy, ignore=_not_yaml)
        if not (copy / "kustomization.yaml").exists():
            kustomize("create", "--autodetect", "--recursive", folder=copy)
        cost = kustomize("build", str(copy))
        if cost.status != 0:
            raise TestbedError(f"kustomize build of {name}: {cost.said}")
        texts.append(cost.stdout)
    file = scratch / "built.yaml"
    file.write_text("---\n".join(texts))
    return file


def _not_yaml(folder: str, names: list[str]) -> list[str]:
    """Files Flux does not take for manifests."""
    return [name for name in names if (Path(folder) / name).is_file() and not name.endswith((".yaml", ".yml"))]


def _kustomizations(bed: Bed) -> Iterable[tuple[str, Path]]:
    for each in bed.kube.list("Kustomization", "flux-system"):
        yield each["metadata"]["name"], bed.git.worktree / each["spec"]["path"]


def _ready(row: Row, flux: Tool) -> Verdict:
    """`flux get all` names no objects: anything at all that is not Ready counts as seen."""
    cost = flux("get", "all", "-A", "--status-selector", "ready=false")
    said = {f"{name} in {namespace}" for namespace, name in _NOT_READY.findall(cost.stdout)}
    return Verdict(bool(said) and bool(row.expected), () if row.expected else tuple(sorted(said)))


def _holdfast(bed: Bed, fault: Fault | None) -> Verdict:
    """By the whole: what it must find and nothing else, rule and object, also what it must call unknown."""
    try:
        ran = bed.audit() if fault is None else fault.audit(bed)
    except TestbedError as error:
        return Verdict(None, error=str(error))
    if ran.findings_json is None:
        return Verdict(None, error=f"it wrote no findings.json: {(ran.stderr or ran.stdout).strip()[-200:]}")
    expected = set() if fault is None else {*fault.expect, *fault.unknowns}
    found = ran.findings | ran.unknowns
    false = tuple(sorted(f"{rule} {subject}" for rule, subject in found - expected))
    return Verdict(expected <= found, false)


def _short(row: Row) -> str:
    return ", ".join(f"{tool} {row.verdicts[tool].text}" for tool in TOOLS)
