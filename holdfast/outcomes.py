"""A scenario's verdict as a pytest outcome: Allure shows an AssertionError as failed, all else as broken."""

from __future__ import annotations

from holdfast.model import Finding, ScenarioResult, Unknown


class Deviates(AssertionError):
    """The platform is not as promised."""

    __module__ = "builtins"  # reports show an exception by its module: ours says nothing to a reader


class NotJudged(Exception):
    """Something could not be judged."""

    __module__ = "builtins"  # reports show an exception by its module: ours says nothing to a reader


def deviates(findings: list[Finding]) -> Deviates:
    """The findings as one exception, a line or two each."""
    lines = []
    for each in findings:
        said = each.deviation
        lines.append(f"{each.severity}: {each.summary}  [{each.rule}]")
        if said.cause:
            lines.append(f"  because {said.cause}")
        lines += [f"  $ {remedy.command}" for remedy in said.remedy if remedy.command and not remedy.writes][:1]
    return Deviates("\n".join(lines))


def not_judged(unknowns: tuple[Unknown, ...]) -> NotJudged:
    """The unknowns that count as one exception."""
    return NotJudged("\n".join(f"{each.code}: {each.subject}: {each.detail}" for each in unknowns if not each.accepted))


def outcome(result: ScenarioResult, gating: list[Finding]) -> Exception | None:
    """What the scenario raises: its gating findings, else what could not be judged, else nothing."""
    if gating:
        return deviates(gating)
    if any(not each.accepted for each in result.unknown):
        return not_judged(result.unknown)
    return None
