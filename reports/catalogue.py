"""The rules, for ``holdfast rules`` and docs/rules.md."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.table import Table

from holdfast.model import Rule
from holdfast.reports.summary_md import code, safe
from holdfast.reports.wording import plural

_INTRODUCTION = """\
# Rules

Generated from the rules themselves; do not edit. A rule's severity can be set in platform.toml under `[severity]`.
A *hygiene* rule is judged only when asked for: `-m hygiene`."""


def show(rules: Iterable[Rule[Any]], console: Console) -> None:
    """Print a table; on a narrow terminal the sentences wrap, ids never do."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("rule", no_wrap=True, overflow="ignore")
    table.add_column("severity", no_wrap=True)
    table.add_column("what is promised", overflow="fold", ratio=1)
    shown = _ordered(rules)
    for each in shown:
        severity = f"{each.severity.value}{', hygiene' if each.hygiene else ''}"
        table.add_row(each.id, severity, each.statement)
    console.print(table)
    console.print(f"{plural(len(shown), 'rule')}; remedies and origins: holdfast rules --json", highlight=False)


def as_json(rules: Iterable[Rule[Any]]) -> str:
    """The catalogue as a JSON list."""
    catalogue = [
        {
            "id": each.id,
            "severity": each.severity.value,
            "hygiene": each.hygiene,
            "statement": each.statement,
            "origin": each.origin,
            "remedy": each.remedy,
            "aliases": list(each.aliases),
        }
        for each in _ordered(rules)
    ]
    return json.dumps(catalogue, indent=2, ensure_ascii=False) + "\n"


def as_markdown(rules: Iterable[Rule[Any]]) -> str:
    """docs/rules.md: a table of contents, then one heading per rule, by subject."""
    shown = _ordered(rules)
    lines = [_INTRODUCTION, "", "| rule | severity | what is promised |", "| :--- | :--- | :--- |"]
    lines += [
        f"| [{code(each.id)}](#{_anchor(each.id)}) | {each.severity.value}{', hygiene' if each.hygiene else ''} "
        f"| {safe(each.statement)} |"
        for each in shown
    ]
    for subject, those in groupby(shown, key=lambda each: each.id.partition(".")[0]):
        lines += ["", f"## {safe(subject)}"]
        for each in those:
            lines += ["", *_entry(each)]
    return "\n".join(lines) + "\n"


def _entry(rule: Rule[Any]) -> list[str]:
    lines = [
        f"### {code(rule.id)}",
        "",
        safe(rule.statement),
        "",
        f"- Severity: {rule.severity.value}{' (hygiene)' if rule.hygiene else ''}",
        f"- What to do: {safe(rule.remedy)}",
        f"- Origin: {safe(rule.origin)}",
    ]
    return [*lines, f"- Formerly: {', '.join(map(code, rule.aliases))}"] if rule.aliases else lines


def _anchor(rule: str) -> str:
    """As GitHub makes it of the heading."""
    return rule.replace(".", "")


def _ordered(rules: Iterable[Rule[Any]]) -> list[Rule[Any]]:
    return sorted(rules, key=lambda each: each.id)
