"""``summary.md``: the page a CI job shows. Nothing the platform says can become markup in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from holdfast.model import Finding, Note, RunResult, Unknown
from holdfast.reports import files, wording
from holdfast.reports.wording import one_line, plural, short

_MARKUP = re.compile(r"([\\`*_\[\]<>#+|~&$])")
_MOST = 200
"""Findings told in full: a job page may hold 1 MiB."""
_NAMES = 30
_AFFECTED = 8
"""Of what a finding affects; all of it is in findings.json."""
_LONGEST = 1500
"""Characters of a message: all of it is in findings.json."""


def write(result: RunResult, path: Path) -> None:
    """Write the page.

    Raises:
        OSError: the file cannot be written.
    """
    files.write(render(result), path)


def render(result: RunResult) -> str:
    """The page as GitHub-flavoured markdown."""
    blocks = [
        f"# holdfast: {safe(wording.headline(result)[0])}",
        safe(" · ".join(wording.headline(result)[1:])),
        _counts(result),
        *_findings(result),
        *_unknowns("Could not be judged", wording.counted_unknowns(result)),
        *_list("Fixed since the baseline", (safe(each) for each in result.fixed)),
        *_list("Waived", (f"{safe(each.summary)}: {safe(each.waiver)}" for each in wording.waived_findings(result))),
        *_list("Accepted blind spots", (_accepted(each) for each in result.unknowns if each.accepted)),
        *_list("Set aside", _set_aside(result)),
        *_list(
            "Notes",
            map(_note, result.notes),
        ),
        f"{wording.requests(result)}, {wording.seconds(result)}, {wording.moment(result.run.finished)}, "
        f"holdfast {safe(result.run.holdfast)}",
    ]
    return "\n\n".join(blocks) + "\n"


def safe(text: str) -> str:
    """One line in which no character is markup, for prose and table cells."""
    return _MARKUP.sub(r"\\\1", one_line(text))


def code(text: str) -> str:
    """One line as inline code, whatever backticks it holds."""
    text = one_line(text).replace("|", "¦")
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def block(text: str, language: str = "sh") -> str:
    """Text as a fenced block that nothing in it can close."""
    text = wording.printable(text).strip("\n")
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _counts(result: RunResult) -> str:
    counts = wording.verdict_counts(result)
    objects = result.objects
    return "\n".join(
        [
            "| scenarios | " + " | ".join(each.value for each in counts) + " | coverage |",
            "| ---: |" + " ---: |" * (len(counts) + 1),
            f"| {len(result.scenarios)} | " + " | ".join(map(str, counts.values())) + f" | {result.coverage} |",
            "",
            f"Objects: {objects.expected:,} expected, {objects.compared:,} compared, {objects.unknown:,} unknown.",
        ]
    )


def _findings(result: RunResult) -> Iterable[str]:
    found = wording.open_findings(result)
    if found:
        yield f"## {plural(len(found), 'finding')}"
        if whom := wording.addressed(result):
            yield f"{safe(whom)}."
    for number, each in enumerate(found[:_MOST], 1):
        yield f"### {number}. {each.severity.value}: {safe(each.summary)}{' (new)' if each.state == 'new' else ''}"
        yield _facts(each, result)
        yield from _remedies(each)
    if len(found) > _MOST:
        yield f"{len(found) - _MOST} more in findings.json."


def _facts(finding: Finding, result: RunResult) -> str:
    said = finding.deviation
    since = f"{wording.moment(said.since)}, for {wording.age(said.since, result.run.started)}" if said.since else ""
    changed = ", ".join(
        f"{each.manager} ({each.cls}{', ' + wording.moment(each.time) if each.time else ''})"
        for each in said.changed_by
    )
    rows = {
        "resource": code(finding.subject) + (f" {code(said.path)}" if said.path else ""),
        "expected": safe(short(said.expected, _LONGEST)),
        "observed": safe(short(said.observed, _LONGEST)),
        "cause": safe(short(said.cause, _LONGEST)),
        "changed by": safe(changed),
        "since": safe(since),
        "affects": safe(f"{len(said.affects)}: {wording.some(said.affects, _AFFECTED)}") if said.affects else "",
        "Flux will" if wording.by_flux(finding.rule) else "next": safe(said.outlook),
        "owner": safe(f"{said.owner.ref} {said.owner.path}") if said.owner else "",
        "rule": f"{code(finding.rule)} {code(finding.fingerprint)}",
    }
    return "\n".join(["| | |", "| :--- | :--- |", *(f"| {name} | {text} |" for name, text in rows.items() if text)])


def _remedies(finding: Finding) -> Iterable[str]:
    for each in finding.deviation.remedy:
        why, yaml, cost = wording.why(each), wording.fragment(each), wording.cost(each)
        aside = f" ({safe(cost).replace('writes', '**writes**', 1)})" if cost else ""
        yield safe(why[:1].upper() + why[1:]) + aside + (":" if each.command or yaml else ".")
        if yaml:
            yield block(yaml, "yaml")
        if each.command:
            yield block(one_line(each.command))
    if advice := wording.advice(finding):
        yield f"To do: {safe(advice)}."


def _unknowns(title: str, unknowns: tuple[Unknown, ...]) -> Iterable[str]:
    if unknowns:
        yield f"## {title}: {len(unknowns)}"
    for each in wording.blind_spots(unknowns):
        yield f"{code(each.code)} {safe(wording.some(each.subjects, _NAMES))}" + (
            f": {safe(each.detail)}" if each.detail else ""
        )
        if wording.typed(each.remedy):
            yield block(one_line(each.remedy))
        elif each.remedy:
            yield f"Cure: {safe(each.remedy)}"


def _set_aside(result: RunResult) -> Iterable[str]:
    for word, reasons in wording.set_aside(result).items():
        for reason, names in reasons.items():
            yield safe(f"{word}: {reason} ({plural(len(names), 'scenario')}: {wording.some(names, _AFFECTED)})")


def _accepted(unknown: Unknown) -> str:
    return f"{code(unknown.code)} {safe(unknown.subject)}: {safe(unknown.accepted)}"


def _note(note: Note) -> str:
    return f"{code(note.code)} {safe(f'{note.ref}: {note.text}' if note.ref else note.text)}"


def _list(title: str, lines: Iterable[str]) -> Iterable[str]:
    told = [f"- {each}" for each in lines]
    if told:
        yield f"## {title}"
        yield "\n".join(told)
