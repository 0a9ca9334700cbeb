"""The fault matrix: inject, audit, compare exactly, revert, audit again and demand nothing."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from typing import Any

from testbed import rounds
from testbed.bed import AuditRun, Bed
from testbed.errors import TestbedError
from testbed.fault import Fault

Report = Callable[[str], None]
Pair = tuple[str, str]


@dataclass
class Result:
    """What became of one fault.

    `found` is what the audit said, findings and unknowns alike; `error` is set when something failed before it could
    speak.
    """

    id: str
    family: str
    platform: str
    expected: list[Pair]
    found: list[Pair] = field(default_factory=list)
    unexpected: list[Pair] = field(default_factory=list)
    missing: list[Pair] = field(default_factory=list)
    left_over: list[Pair] = field(default_factory=list)  # still found after the revert
    exit: int | None = None
    seconds: float = 0.0
    error: str = ""
    beside: list[str] = field(default_factory=list)  # the other faults its audit had to find
    apart: str = ""  # why a round it was in concluded nothing

    @property
    def passed(self) -> bool:
        return not (self.unexpected or self.missing or self.left_over or self.error)

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "passed": self.passed}


def run(bed: Bed, faults: Iterable[Fault], report: Report) -> list[Result]:
    """The faults one after the other on one testbed, a line each.

    The platform has to be healthy, and found healthy, before the first.
    """
    chosen = list(faults)
    bed.reset()
    first = _audit(bed)
    if first.findings or first.unknowns or first.exit != 0:
        said = sorted(first.findings | first.unknowns)[:3] or first.stderr.strip().splitlines()[-1:]
        raise TestbedError(f"no fault can be judged: the healthy platform is not found healthy ({first.exit}: {said})")
    results = []
    for number, fault in enumerate(chosen, start=1):
        result = judge(bed, fault)
        results.append(result)
        verdict = "ok  " if result.passed else "FAIL"
        report(f"[{number}/{len(chosen)}] {verdict} {fault.id:40} {result.seconds:5.1f} s{why(result)}")
    if left := _left(_audit(bed)):
        raise TestbedError(f"after all faults the platform is not found healthy: {left[:3]}")
    failed = sum(not result.passed for result in results)
    seconds = sum(result.seconds for result in results)
    report(f"{len(results) - failed} of {len(results)} faults gave exactly what they must in {seconds:.0f} s")
    return results


def judge(bed: Bed, fault: Fault, *, look_after_reset: bool = True) -> Result:
    """Inject one fault into a healthy platform, audit, compare, take it back, and audit again.

    Args:
        bed, fault: the one into the other.
        look_after_reset: also audit where the revert is `bed.reset()`, which compares every object with the healthy
            platform itself. Whoever judges many leaves that to the next fault's audit, which has to be exact, too.
    """
    expected = sorted([*fault.expect, *fault.unknowns])
    result = Result(fault.id, fault.family, fault.platform, expected)
    begun = time.monotonic()
    try:
        fault.apply(bed)
        audit = fault.audit(bed)
        result.exit = audit.exit
        _compare(result, [fault], audit)
        if audit.exit != fault.exit_status:
            result.error = f"exit {audit.exit}, not {fault.exit_status}"
    except Exception as error:  # a fault that is written wrongly must not end the matrix
        result.error = str(error) if isinstance(error, TestbedError) else f"{type(error).__name__}: {error}"
    try:
        fault.undo(bed)
        bed.wait_healthy()
        if fault.revert is not None or look_after_reset:
            result.left_over = _left(_audit(bed, *_afterwards(fault)))
        if result.left_over and fault.revert is not None:
            bed.reset()  # the next fault deserves a healthy platform; the failure stays on record
    except Exception as error:
        result.error = result.error or f"after the revert: {error}"
        bed.reset()
    result.seconds = round(time.monotonic() - begun, 1)
    return result


def judge_together(bed: Bed, faults: Sequence[Fault]) -> list[Result]:
    """Inject several faults, audit once, compare exactly, take them back, and audit once more: a result each.

    The audit has to say what every one of them must give, each as often as it must, and nothing else. If it does not,
    or if anything else fails, nothing is concluded: both halves are judged anew, down to each alone, by `judge`.
    """
    if len(faults) == 1:
        return [_alone(bed, faults[0])]
    begun = time.monotonic()
    audit_arguments = rounds.arguments(faults)
    try:
        wrong = _round(bed, faults, audit_arguments)
    except Exception as error:
        wrong = str(error) if isinstance(error, TestbedError) else f"{type(error).__name__}: {error}"
    try:
        for fault in reversed(faults):
            if fault.revert is not None:
                fault.revert(bed)
        bed.reset()
        if not wrong and (left := _left(_audit(bed, *audit_arguments))):
            wrong = f"left over {_spelt(left)}"
    except Exception as error:
        wrong = wrong or f"after the revert: {error}"
        bed.reset()
    if wrong:
        half = len(faults) // 2
        halves = (judge_together(bed, faults[:half]), judge_together(bed, faults[half:]))
        return [replace(each, apart=each.apart or wrong) for each in chain(*halves)]
    seconds = round((time.monotonic() - begun) / len(faults), 1)
    return [_found_beside(each, faults, seconds) for each in faults]


def _alone(bed: Bed, fault: Fault) -> Result:
    """A fault that could not be staged is staged once more; what an audit has said is never asked twice."""
    result = judge(bed, fault, look_after_reset=False)
    if not result.error or result.found:
        return result
    bed.reset()
    return judge(bed, fault, look_after_reset=False)


def _round(bed: Bed, faults: Sequence[Fault], audit_arguments: Sequence[str]) -> str:
    """What was not as it must be, "" when nothing was."""
    rounds.apply(bed, faults)
    audit = bed.audit(*audit_arguments)
    all_of_them = Result("", "", "", [])
    _compare(all_of_them, faults, audit)
    if audit.exit != 1:
        all_of_them.error = f"exit {audit.exit}, not 1"
    return why(all_of_them).strip()


def _found_beside(fault: Fault, faults: Sequence[Fault], seconds: float) -> Result:
    expected = sorted([*fault.expect, *fault.unknowns])
    result = Result(fault.id, fault.family, fault.platform, expected, found=expected, exit=1, seconds=seconds)
    result.beside = [each.id for each in faults if each is not fault]
    return result


def _afterwards(fault: Fault) -> Sequence[str]:
    """What has to be quiet after the revert: Flux and drift where they spoke, else the fault's own family.

    The whole platform has to be quiet before the first fault and after the last.
    """
    if fault.family in ("flux", "drift"):
        return ("-m", "flux or drift")
    arguments = ("--allow", "exec") if callable(fault.args) else tuple(fault.args)
    return arguments if "-m" in arguments else (*arguments, "-m", fault.family)


def _audit(bed: Bed, *arguments: str) -> AuditRun:
    return bed.audit(*arguments)


def _left(audit: AuditRun) -> list[Pair]:
    _spoke(audit)
    left = sorted(audit.findings | audit.unknowns)
    if audit.exit != 0 and not left:
        raise TestbedError(f"the audit ended with {audit.exit} although it found nothing")
    return left


def _compare(result: Result, faults: Sequence[Fault], audit: AuditRun) -> None:
    """Findings are counted: the same defect told twice is one too many."""
    _spoke(audit)
    found = Counter([*audit.every_finding, *audit.unknowns])
    expected = Counter(pair for each in faults for pair in (*each.expect, *each.unknowns))
    result.found = sorted(found.elements())
    result.unexpected, result.missing = sorted((found - expected).elements()), sorted((expected - found).elements())


def _spoke(audit: AuditRun) -> None:
    """An audit that wrote nothing has found nothing, which must not look like a pass."""
    if audit.findings_json is None:
        last = (audit.stderr.strip() or audit.stdout.strip()).splitlines()[-1:] or ["it printed nothing"]
        raise TestbedError(f"holdfast audit wrote no findings.json (exit {audit.exit}): {last[0]}")


def why(result: Result) -> str:
    """What was not as it must be, "" when nothing was."""
    parts = [
        f"{word} {_spelt(pairs)}"
        for word, pairs in (
            ("unexpected", result.unexpected),
            ("missing", result.missing),
            ("left over", result.left_over),
        )
        if pairs
    ]
    if result.error:
        parts.append(result.error)
    return f"  {'; '.join(parts)}" if parts else ""


def _spelt(pairs: Iterable[Pair]) -> str:
    return ", ".join(f"{rule} {subject}" for rule, subject in pairs)
