"""JUnit XML: a feature is a suite, a scenario a case; what could not be judged is an error, not a failure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC
from pathlib import Path
from xml.etree import ElementTree

from holdfast.model import Finding, RunResult, ScenarioResult, Unknown, Verdict
from holdfast.reports import files, wording
from holdfast.reports.wording import one_line, printable


def write(result: RunResult, path: Path) -> None:
    """Write the document.

    Raises:
        OSError: the file cannot be written.
    """
    files.write(render(result), path)


def render(result: RunResult) -> str:
    """The document as text."""
    findings = {each.fingerprint: each for each in result.findings}
    suites = ElementTree.Element("testsuites", name=f"holdfast {result.run.platform}")
    features: dict[str, list[ScenarioResult]] = {}
    for each in result.scenarios:
        features.setdefault(each.feature, []).append(each)
    cases = [_suite(suites, name, those, findings, result) for name, those in features.items()]
    _count(suites, [case for those in cases for case in those])
    suites.set("time", f"{(result.run.finished - result.run.started).total_seconds():.3f}")
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _suite(
    suites: ElementTree.Element,
    feature: str,
    scenarios: Iterable[ScenarioResult],
    findings: Mapping[str, Finding],
    result: RunResult,
) -> list[ElementTree.Element]:
    suite = ElementTree.SubElement(suites, "testsuite", name=printable(feature))
    started = result.run.started.astimezone(UTC).replace(tzinfo=None)
    suite.set("timestamp", started.isoformat(timespec="seconds"))
    cases = [_case(suite, each, findings, result) for each in scenarios]
    _count(suite, cases)
    suite.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")
    return cases


def _case(
    suite: ElementTree.Element, scenario: ScenarioResult, findings: Mapping[str, Finding], result: RunResult
) -> ElementTree.Element:
    case = ElementTree.SubElement(suite, "testcase", name=printable(scenario.name))
    case.set("classname", printable(scenario.nodeid.partition("::")[0]) or printable(scenario.feature))
    case.set("time", f"{scenario.duration:.3f}")
    met = [findings[each] for each in scenario.findings if each in findings]
    red = [each for each in met if _gates(each, result)]
    blind = [each for each in scenario.unknown if not each.accepted]
    if red:
        _outcome(case, "failure", _heading(red), "\n\n".join(_finding(each) for each in red), red[0].rule)
    elif blind:
        heading = f"{len(blind)} could not be judged: {blind[0].code}: {one_line(blind[0].subject)}"
        _outcome(case, "error", heading, "\n".join(_unknown(each) for each in blind), blind[0].code)
    elif scenario.verdict in (Verdict.NOT_APPLICABLE, Verdict.NOT_ASKED):
        reason = f"{scenario.verdict}: {one_line(scenario.reason) or 'no reason given'}"
        ElementTree.SubElement(case, "skipped", message=reason)
    beside = [_beside(each) for each in met if each not in red]
    beside += [_unknown(each) for each in scenario.unknown if red or each.accepted]
    if beside:
        ElementTree.SubElement(case, "system-out").text = printable("\n\n".join(beside))
    return case


def _gates(finding: Finding, result: RunResult) -> bool:
    """Red: not waived, not below the gate, and new where only new findings fail the run."""
    if finding.state == "waived" or finding.severity.rank < result.fail_on.rank:
        return False
    return finding.state != "known" or not result.only_new


def _outcome(case: ElementTree.Element, tag: str, message: str, body: str, kind: str) -> None:
    ElementTree.SubElement(case, tag, message=message, type=str(kind)).text = printable(body)


def _heading(findings: list[Finding]) -> str:
    first = f"{findings[0].severity}: {one_line(findings[0].summary)}"
    return f"{first} (and {len(findings) - 1} more)" if len(findings) > 1 else first


def _finding(finding: Finding) -> str:
    said = finding.deviation
    lines = [
        f"{finding.severity}: {one_line(finding.summary)}  [{finding.rule} {finding.fingerprint}]",
        f"  expected: {one_line(said.expected)}",
        f"  observed: {one_line(said.observed)}",
        *([f"  cause: {one_line(said.cause)}"] if said.cause else []),
        *([f"  since: {wording.moment(said.since)}"] if said.since else []),
        *([f"  affects: {wording.some(said.affects, 20)}"] if said.affects else []),
        *([f"  outlook: {one_line(said.outlook)}"] if said.outlook else []),
    ]
    for each in said.remedy:
        risk = f" ({cost})" if (cost := wording.cost(each)) else ""
        below = [*wording.fragment(each).splitlines(), *([one_line(each.command)] if each.command else [])]
        lines.append(f"  {wording.why(each)}{risk}{':' if below else ''}")
        lines += [f"    {line}".rstrip() for line in below]
    if advice := wording.advice(finding):
        lines.append(f"  to do: {advice}")
    return "\n".join(lines)


def _beside(finding: Finding) -> str:
    """A finding that is not red: why it is not."""
    why = f"waived: {one_line(finding.waiver)}" if finding.state == "waived" else finding.state or "below the gate"
    return f"not failing ({why})\n{_finding(finding)}"


def _unknown(unknown: Unknown) -> str:
    accepted = f" (accepted: {one_line(unknown.accepted)})" if unknown.accepted else ""
    cure = f"\n  cure: {one_line(unknown.remedy)}" if unknown.remedy else ""
    return f"{unknown.code}: {one_line(unknown.subject)}: {one_line(unknown.detail)}{accepted}{cure}"


def _count(element: ElementTree.Element, cases: list[ElementTree.Element]) -> None:
    element.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(sum(1 for case in cases if case.find(tag) is not None)))
