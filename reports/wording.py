"""The words every report shares: ages, plurals, verdicts, and the first line."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from holdfast.model import Finding, Note, Remedy, RunResult, Severity, Unknown, Verdict

_ENDED_EARLY = {2: "INTERRUPTED", 3: "HOLDFAST FAILED", 4: "NOT RUN", 5: "NOTHING SELECTED"}
_VERDICTS = {
    Verdict.DEVIATES: "DEVIATES",
    Verdict.UNKNOWN: "NOT FULLY JUDGED",
    Verdict.WAIVED: "WAIVED",
    Verdict.CONFORMS: "CONFORMS",
    Verdict.NOT_APPLICABLE: "NOT APPLICABLE",
    Verdict.NOT_ASKED: "NOT ASKED",
}
_LONGEST_CAUSE = 400
_CLIENT = re.compile(r"(?<![\w./-])(?:kubectl|flux|helm)\s")
"""What takes its cluster from the current context."""
_COMMAND = re.compile(
    r"(?:kubectl|flux|helm|git|az|curl|openssl|getent|cmctl|kubeseal|holdfast|make|export|redis-cli|management_tools) "
)
"""What a cure begins with that can be typed as it stands."""
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")


def plural(count: int, one: str, many: str = "") -> str:
    """``1 finding``, ``2 findings``, ``1,200 findings``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def age(since: datetime, now: datetime) -> str:
    """How long, in one unit a person would use: ``40 s``, ``12 min``, ``6 h``, ``3 days``."""
    seconds = max(timedelta(), now - since).total_seconds()
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.0f} h"
    return f"{int(seconds // 86400)} days"


def moment(time: datetime) -> str:
    """RFC 3339 in UTC, whole seconds: ``2026-10-14T03:02:11Z``."""
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def one_line(text: str) -> str:
    """``text`` as one printable line: a cluster's words may hold line breaks, terminal escapes and worse."""
    return " ".join(printable(text).split())


def short(text: str, most: int) -> str:
    """``text`` as one line of at most ``most`` characters; the beginning and the end say what matters."""
    line = one_line(text)
    return line if len(line) <= most else f"{line[: most * 2 // 3]} … {line[-most // 3 + 3 :]}"


def printable(text: str) -> str:
    """``text`` without control characters, terminal escapes, direction overrides and lone surrogates."""
    text = _ESCAPES.sub("", text)
    return "".join(
        char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Cn")
    )


def status_word(result: RunResult) -> str:
    """The verdict of the run in capitals; how it ended, when it did not end by itself."""
    if result.exit in _ENDED_EARLY:
        return _ENDED_EARLY[result.exit]
    return "NOT JUDGED" if result.verdict is Verdict.UNKNOWN and not judged(result) else _VERDICTS[result.verdict]


def judged(result: RunResult) -> bool:
    """Something was judged: else "no findings" would sound like good news."""
    seen = (Verdict.CONFORMS, Verdict.DEVIATES, Verdict.WAIVED)
    return bool(result.findings) or any(each.verdict in seen for each in result.scenarios)


def verdict_word(verdict: Verdict) -> str:
    """A scenario's verdict in capitals."""
    return _VERDICTS[verdict]


def open_findings(result: RunResult) -> tuple[Finding, ...]:
    """The findings that are not waived, severe first."""
    return tuple(each for each in result.findings if each.state != "waived")


def waived_findings(result: RunResult) -> tuple[Finding, ...]:
    """The findings somebody has accepted for a while."""
    return tuple(each for each in result.findings if each.state == "waived")


def counted_unknowns(result: RunResult) -> tuple[Unknown, ...]:
    """The unknowns nobody has accepted, once each."""
    return tuple(each for each in result.unknowns if not each.accepted)


def severities(findings: Iterable[Finding]) -> str:
    """``1 critical, 3 major``; ``no findings`` when there is none."""
    found = [each.severity for each in findings]
    told = [f"{found.count(each)} {each}" for each in Severity if each in found]
    return ", ".join(told) or "no findings"


def headline(result: RunResult) -> list[str]:
    """The first line, in parts: verdict and exit status, where, how much, what was not seen, what is new, why."""
    found = open_findings(result)
    unknown = counted_unknowns(result)
    new = sum(1 for each in found if each.state == "new")
    blind = [f"{len(unknown)} could not be judged"] if judged(result) else _first_blind_spot(unknown)
    return [
        f"{status_word(result)} (exit {result.exit})",
        where(result),
        _found(result) if judged(result) else "nothing was judged",
        *(blind if unknown else []),
        *([f"{new} new since {result.run.baseline}"] if result.run.baseline else []),
        *([_conforming(result)] if judged(result) else []),
        one_line(result.reason),
    ]


def _found(result: RunResult) -> str:
    """The open findings by severity; the waived ones where there is nothing else to say."""
    waived = len(waived_findings(result))
    told = severities(open_findings(result))
    return f"{waived} waived" if waived and told == "no findings" else told


def _first_blind_spot(unknowns: Sequence[Unknown]) -> list[str]:
    return [f"{each.code}: {one_line(some(each.subjects, 1))}" for each in blind_spots(unknowns)[:1]]


def _conforming(result: RunResult) -> str:
    """``3 of 9 scenarios conform``: of those that apply here and were asked for."""
    apart = result.count(Verdict.NOT_APPLICABLE) + result.count(Verdict.NOT_ASKED)
    apply = plural(len(result.scenarios) - apart, "scenario")
    return f"{result.count(Verdict.CONFORMS)} of {apply} conform{'s' if result.count(Verdict.CONFORMS) == 1 else ''}"


def where(result: RunResult) -> str:
    """``eoepca on creodias``, and whether it is a recording."""
    run = result.run
    cluster = run.cluster.get("context") or run.cluster.get("server") or run.cluster.get("id") or "an unnamed cluster"
    return f"{run.platform} on {cluster}" + (f" (recording {run.recording})" if run.recording else "")


def requests(result: RunResult) -> str:
    """``41 requests (31 list, 9 get, 1 selfsubjectreview)``."""
    made = sorted(((count, verb) for verb, count in result.requests.items() if count), reverse=True)
    total = plural(sum(count for count, _ in made), "request")
    return f"{total} ({', '.join(f'{count} {verb}' for count, verb in made)})" if made else total


def seconds(result: RunResult) -> str:
    """How long the run took."""
    return f"{(result.run.finished - result.run.started).total_seconds():.1f} s"


def addressed(result: RunResult) -> str:
    """That commands go to the current context, and which one this audit was of; "" where there is none to type."""
    context = result.run.cluster.get("context")
    commands = [each.command for finding in open_findings(result) for each in finding.deviation.remedy]
    commands += [each.remedy for each in counted_unknowns(result)]
    if not context or not any(_CLIENT.search(each) and "--context" not in each for each in commands):
        return ""
    return f"Commands speak to your current context; this audit was of {one_line(context)}"


def cause(finding: Finding) -> str:
    """Why, as far as known; else what was expected and what was there."""
    said = finding.deviation
    if said.cause:
        return short(said.cause, _LONGEST_CAUSE)
    return (
        f"not known; expected {short(said.expected, _LONGEST_CAUSE)}, observed {short(said.observed, _LONGEST_CAUSE)}"
    )


def look(finding: Finding) -> Remedy | None:
    """The first command that only reads."""
    return next((each for each in finding.deviation.remedy if each.command and not each.writes), None)


def by_flux(rule: str) -> bool:
    """Whether what a finding of this rule foretells is Flux's doing, as the end of a certificate is not."""
    return rule.partition(".")[0] in ("flux", "drift")


def ways(finding: Finding) -> tuple[Remedy, ...]:
    """How to mend it: the first that writes; where that is YAML to commit, also the command that stands against it."""
    given = [each for each in finding.deviation.remedy if each.writes and (each.command or fragment(each))]
    if not given or given[0].command:
        return tuple(given[:1])
    return (given[0], *[each for each in given[1:] if each.command][:1])


def advice(finding: Finding) -> str:
    """What its rule says is to be done; "" where one of its own remedies mends it."""
    if any(each.writes for each in finding.deviation.remedy):
        return ""
    told = one_line(finding.advice)
    return told[:1].lower() + told[1:] if told[1:2].islower() else told


def todo(finding: Finding) -> str:
    """What to do where there is nothing to type that mends it; "" where there is."""
    if ways(finding):
        return ""
    return "; ".join(why(each) for each in finding.deviation.remedy if each.writes) or advice(finding)


def cost(remedy: Remedy) -> str:
    """``writes: what it may cost``; "" for what only reads."""
    if not remedy.writes:
        return ""
    return f"writes: {one_line(remedy.risk)}" if remedy.risk else "writes"


def keepable(finding: Finding) -> bool:
    """There is YAML to commit, and it is not the way to mend it but the way to keep what was changed."""
    return any(fragment(each) and each not in ways(finding) for each in finding.deviation.remedy)


def loses_data(remedy: Remedy) -> bool:
    """What it costs cannot be brought back: not for copying in haste."""
    return remedy.risk.startswith("DATA LOSS")


def why(remedy: Remedy) -> str:
    """The sentence of a remedy, without the YAML that may stand below it."""
    return one_line(remedy.text.strip().partition("\n")[0])


def fragment(remedy: Remedy) -> str:
    """The YAML to commit that stands below the sentence, "" when there is none."""
    return printable(remedy.text.strip().partition("\n")[2]).strip("\n")


@dataclass(frozen=True, slots=True)
class Blind:
    """Unknowns with one code and one cure: they go away together."""

    code: str
    remedy: str
    subjects: tuple[str, ...]
    detail: str
    """What the first of them was told."""


def blind_spots(unknowns: Iterable[Unknown]) -> list[Blind]:
    """Unknowns grouped by code and cure, the largest group first."""
    groups: dict[tuple[str, str], list[Unknown]] = {}
    for each in unknowns:
        groups.setdefault((each.code, each.remedy), []).append(each)
    made = [
        Blind(code, remedy, tuple(dict.fromkeys(each.subject for each in those)), those[0].detail)
        for (code, remedy), those in groups.items()
    ]
    return sorted(made, key=lambda each: (-len(each.subjects), each.code, each.remedy))


def typed(cure: str) -> bool:
    """Whether the cure of an unknown is a command, and not a sentence."""
    return _COMMAND.match(one_line(cure)) is not None


def some(names: Sequence[str], most: int) -> str:
    """The first few names and how many more there are."""
    told = ", ".join(map(one_line, names[:most]))
    return f"{told} and {len(names) - most} more" if len(names) > most else told


def verdict_counts(result: RunResult) -> Mapping[Verdict, int]:
    """How many scenarios have each verdict, strongest first, zeros included."""
    return {each: result.count(each) for each in Verdict}


def notes(result: RunResult) -> list[str]:
    """What the verdict does not cover, word for word; of all other notes how many there are."""
    told = [f"Not previewed: {one_line(f'{each.ref}: {each.text}')}" for each in result.notes if _limits(each)]
    rest = Counter(each.code for each in result.notes if not _limits(each))
    if rest:
        told.append(f"Notes in the report: {', '.join(f'{count} {one_line(code)}' for code, count in rest.items())}")
    return told


def _limits(note: Note) -> bool:
    return note.code == "not-previewed"


def set_aside(result: RunResult) -> dict[str, dict[str, list[str]]]:
    """The scenarios left aside: ``Not asked`` and ``Not applicable``, why, and their names."""
    told: dict[str, dict[str, list[str]]] = {}
    for each in result.scenarios:
        if each.verdict in (Verdict.NOT_APPLICABLE, Verdict.NOT_ASKED):
            why = one_line(each.reason) or "no reason given"
            told.setdefault(verdict_word(each.verdict).capitalize(), {}).setdefault(why, []).append(each.name)
    return told
