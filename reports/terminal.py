"""The summary for a tired person: the first line says it all, then at most ten root causes and what to type.

Text wraps under itself; commands never do, so that they can be copied: they stand alone on their line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from holdfast.model import Finding, Remedy, RunResult, Severity, Verdict
from holdfast.reports import wording
from holdfast.reports.folding import foldable
from holdfast.reports.wording import one_line, plural, short

MOST = 10
"""Root causes shown; the rest is in the report."""

_COLOURS = {Severity.CRITICAL: "bold red", Severity.MAJOR: "yellow", Severity.MINOR: "cyan"}
_GOOD, _BAD, _DOUBTFUL = "bold green", "bold red", "bold yellow"
_LABEL = 8
"""Columns before the text of a labelled line: `cause   `."""
_INDENT = 3
_WIDEST = 140
"""Columns used at most: longer lines are hard to read."""
_LONGEST = 270
"""Characters of what Flux does next: two lines or three; all of it is in the report."""
_BLIND_SPOTS = 5


def show(result: RunResult, console: Console, folder: str) -> None:
    """Print the summary.

    Args:
        result: what to tell.
        console: where; its width, colours and encoding are respected.
        folder: where the reports are, as one would type it.
    """
    page = _Page(console)
    style = _style(result)
    page.parts(wording.headline(result), style)
    _findings(result, page, folder)
    _blind_spots(result, page, folder)
    _small_print(result, page)
    if whom := wording.addressed(result):
        page.line()
        page.text(whom)
    page.line()
    ending = [f"{folder}/summary.md", wording.requests(result), wording.seconds(result)]
    page.parts([f"{wording.status_word(result)} (exit {result.exit})", *ending], style)


def _style(result: RunResult) -> str:
    if result.exit == 0:
        return _DOUBTFUL if result.verdict in (Verdict.DEVIATES, Verdict.UNKNOWN) else _GOOD
    return _BAD if result.exit == 1 else _DOUBTFUL


def _findings(result: RunResult, page: _Page, folder: str) -> None:
    found = wording.open_findings(result)
    for number, each in enumerate(found[:MOST], 1):
        page.line()
        _finding(each, number, result, page, folder)
    rest = found[MOST:]
    if rest:
        page.line()
        page.text(f"+{len(rest)} more ({wording.severities(rest)}) in {folder}/summary.md")
    if kept := [str(number) for number, each in enumerate(found[:MOST], 1) if wording.keepable(each)]:
        page.line()
        page.text(f"To keep what was changed in {', '.join(kept)}: the YAML to commit is in {folder}/summary.md")


def _finding(finding: Finding, number: int, result: RunResult, page: _Page, folder: str) -> None:
    """What, since when, what it affects; why; what Flux does next; what to type."""
    said = finding.deviation
    what = [one_line(finding.summary)]
    if said.since:
        what.append(f"for {wording.age(said.since, result.run.started)}")
    if said.affects:
        what.append(f"affects {wording.some(said.affects, 2)}")
    if finding.state == "new":
        what.append("new")
    page.labelled(f"{number:>2} ", finding.severity.value.upper(), " · ".join(what), _COLOURS[finding.severity])
    why = wording.cause(finding)
    if why not in what[0]:  # said already
        page.labelled(" " * _INDENT, "cause", why)
    if said.owner and said.owner.path and said.owner.ref not in said.outlook and not wording.keepable(finding):
        page.labelled(" " * _INDENT, "Git", one_line(f"{said.owner.path} ({said.owner.ref})"))
    if said.outlook:
        page.labelled(" " * _INDENT, "Flux" if wording.by_flux(finding.rule) else "next", short(said.outlook, _LONGEST))
    if look := wording.look(finding):
        page.command("look", look.command)
    _mend(wording.ways(finding), page, folder)
    if todo := wording.todo(finding):
        page.labelled(" " * _INDENT, "do", todo)


def _mend(ways: Sequence[Remedy], page: _Page, folder: str) -> None:
    """The ways to mend it with what each costs, and below them the command, if it is one to copy at this hour."""
    told = []
    for each in ways:
        safe = each.command and not wording.loses_data(each)
        where = "" if safe else f"{'command' if each.command else 'YAML'} in {folder}/summary.md"
        aside = "; ".join(part for part in (wording.cost(each) if each.command else "", where) if part)
        told.append(f"{wording.why(each)} ({aside})")
        if safe:
            break
    if told:
        page.labelled(" " * _INDENT, "mend", "; ".join(told))
    if ways and ways[-1].command and not wording.loses_data(ways[-1]):
        page.command("", ways[-1].command)


def _blind_spots(result: RunResult, page: _Page, folder: str) -> None:
    """What could not be judged, by what would cure it."""
    unknowns = wording.counted_unknowns(result)
    if not unknowns:
        return
    page.line()
    page.text(f"Could not be judged: {len(unknowns)}", style=_DOUBTFUL)
    groups = wording.blind_spots(unknowns)
    for each in groups[:_BLIND_SPOTS]:
        page.text(f"{each.code}: {wording.some(each.subjects, 3)}", indent=_INDENT)
        if each.detail:
            page.labelled(" " * _INDENT, "why", short(each.detail, 300))
        if wording.typed(each.remedy):
            page.command("cure", each.remedy)
        elif each.remedy:
            page.labelled(" " * _INDENT, "cure", one_line(each.remedy))
    if len(groups) > _BLIND_SPOTS:
        rest = sum(len(each.subjects) for each in groups[_BLIND_SPOTS:])
        page.text(f"+{rest} more in {folder}/summary.md", indent=_INDENT)
    if any(each.code == "forbidden" for each in groups):
        page.text("holdfast preflight lists every right that is missing; holdfast rbac prints the role", indent=_INDENT)


def _small_print(result: RunResult, page: _Page) -> None:
    """What is accepted, what is fixed, what was left aside, what was told beside."""
    waived = wording.waived_findings(result)
    accepted = [each for each in result.unknowns if each.accepted]
    lines = [f"Waived: {one_line(each.summary)}, because {one_line(each.waiver)}" for each in waived]
    lines += [
        f"Accepted: {each.code}: {one_line(each.subject)}, because {one_line(each.accepted)}" for each in accepted
    ]
    lines += [f"Fixed: {one_line(each)}" for each in result.fixed]
    for word, reasons in wording.set_aside(result).items():
        told = (f"{reason} ({plural(len(names), 'scenario')})" for reason, names in reasons.items())
        lines.append(f"{word}: {' · '.join(told)}")
    lines += wording.notes(result)
    if lines:
        page.line()
    for each in _at_most(lines, MOST):
        page.text(each, style="dim", hang=2)


def _at_most(lines: Sequence[str], most: int) -> Iterable[str]:
    return lines if len(lines) <= most else [*lines[: most - 1], f"+{len(lines) - most + 1} more in the report"]


class _Page:
    """A console that wraps with hanging indents and leaves commands alone."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._width = max(40, min(console.width, _WIDEST))
        self._encoding = console.encoding

    def line(self) -> None:
        """An empty line."""
        self._console.print()

    def parts(self, parts: Sequence[str], style: str) -> None:
        """Parts joined by dots, the first one in colour; on a terminal a line is broken between parts.

        Elsewhere (a file, a CI log, ``| head -1``) the first line is all of it.
        """
        lines: list[list[str]] = [[]]
        for part in parts:
            if self._console.is_terminal and lines[-1] and cell_len(" · ".join([*lines[-1], part])) > self._width - 2:
                lines.append([])
            lines[-1].append(part)
        for number, each in enumerate(lines):
            text = Text(self._writable(" · ".join(each)))
            if number == 0:
                text.stylize(style, 0, len(parts[0]))
            if self._console.is_terminal:
                self._wrapped(text, first="" if number == 0 else "  ", rest="  ")
            else:
                self._console.print(text, soft_wrap=True, highlight=False)

    def text(self, text: str, *, style: str = "", indent: int = 0, hang: int = 2) -> None:
        """A paragraph."""
        self._wrapped(self._text(text, indent + hang, style), first=" " * indent, rest=" " * (indent + hang))

    def labelled(self, before: str, label: str, text: str, style: str = "dim") -> None:
        """A short word, and text that wraps under itself."""
        rest = " " * (len(before) + max(_LABEL, len(label) + 1))
        self._wrapped(self._text(text, len(rest)), first=f"{before}{label:<{_LABEL - 1}} ", rest=rest, style=style)

    def command(self, label: str, command: str) -> None:
        """A command alone on its line, however long."""
        line = Text(f"{' ' * _INDENT}{label:<{_LABEL}}", style="dim")
        line.append(self._writable(one_line(command)), style="bold")
        self._console.print(line, soft_wrap=True, highlight=False)

    def _text(self, text: str, hang: int, style: str = "") -> Text:
        return Text(foldable(self._writable(text), self._room(hang)), style=style)

    def _room(self, hang: int) -> int:
        """Columns for text that hangs so far."""
        return max(20, self._width - hang)

    def _writable(self, text: str) -> str:
        """``text`` as a terminal without Unicode can show it."""
        if self._encoding.startswith("utf"):
            return text
        return text.replace(" · ", " | ").replace("…", "...").encode(self._encoding, "replace").decode(self._encoding)

    def _wrapped(self, text: Text, *, first: str, rest: str, style: str = "") -> None:
        lines = [
            line for line in text.wrap(self._console, self._room(len(rest))) if line.plain.strip()
        ]  # a long word leaves one empty
        for number, line in enumerate(lines or [Text()]):
            lead = Text(first if number == 0 else rest, style=style if number == 0 else "")
            line.rstrip()
            self._console.print(lead + line, soft_wrap=True, highlight=False)
