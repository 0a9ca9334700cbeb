"""``holdfast remedy``: the remedies of a findings.json as one shell script to review.

The script is dry: it looks, and prints what it would write. holdfast never runs it. A command gets into it word by
word, each word quoted, so that no name in the cluster can mean anything to the shell; what is no plain call of a known
program stays a comment to be typed by hand.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path
from typing import Any

from holdfast import remedy_shell as shell
from holdfast.checks.drift.classes import Situation, by_rule
from holdfast.reports import files
from holdfast.reports.findings_json import read_findings
from holdfast.reports.wording import by_flux, one_line, plural, printable

OK, USAGE = 0, 4
OTHER = "other"
SECTIONS = (*(each.value for each in Situation), OTHER)
"""What a person has to decide, in the order of the script; the last is all that is not drift."""

_TITLES = {
    Situation.REVERT: "Changed by hand: put back what Git says, or commit it",
    Situation.KEEP: "As it has to be: say so in Git",
    Situation.UNEXPECTED: "In the cluster and not in Git: add it there, or delete it",
    Situation.RESTORE: "In Git and not in the cluster: bring it back",
    OTHER: "Everything that is not drift",
}
_FIRST = "First: what is not ready, and holds up what it delivers"
_HOLDS_UP = re.compile(
    r"flux\.(kustomization|helmrelease)\.not-ready\Z|flux\.object\.stalled\Z|flux\.reconcile\.stuck\Z"
)
_HEAD = """\
#!/bin/sh
# Remedies of holdfast, to be reviewed before anything of it is run.
#
# {facts}
"""

_FIRST_BY_HAND = re.compile(r"\Amend .* first\b|\Aonce mended\b|\bthen:?\Z")
"""The text of a command that does nothing before somebody has done something else."""

Found = Mapping[str, Any]
"""A finding of a findings.json."""


def remedy(findings: Path, output: Path | None = None, only: str = "*", sections: Sequence[str] = ()) -> int:
    """Write the script.

    Args:
        findings: a findings.json, or the report folder it is in.
        output: where the script goes; None is standard output.
        only: a glob on rules.
        sections: of :data:`SECTIONS`; none given is all of them.

    Returns:
        0, also where there is nothing to mend; 4 with one line on standard error where ``findings`` is no
        findings.json, a section is unknown, or ``output`` cannot be written.
    """
    try:
        unknown = sorted(set(sections) - set(SECTIONS))
        if unknown:
            raise ValueError(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
        document = read_findings(findings / "findings.json" if findings.is_dir() else findings)
        text = script(document, only, sections, name=output.name if output else "remedies.sh")
        _deliver(text, output)
    except ValueError as error:
        print(f"holdfast: {error}", file=sys.stderr)
        return USAGE
    return OK


def _deliver(text: str, output: Path | None) -> None:
    if output is None:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        return
    try:
        files.write(text, output)
    except OSError as error:
        raise ValueError(f"{output}: cannot be written: {error.strerror or error}") from None


def script(document: Found, only: str = "*", sections: Sequence[str] = (), name: str = "remedies.sh") -> str:
    """The script as text: what holds others up, then by situation and owner, severe findings first.

    Args:
        document: a findings.json that has been checked against its schema.
        only: a glob on rules.
        sections: of :data:`SECTIONS`; none given is all of them.
        name: of the file it goes to, for its own instructions.
    """
    wanted = [each for each in document["findings"] if fnmatchcase(each["rule"], only)]
    wanted = [each for each in wanted if not sections or _section(each) in sections]
    waived = [each for each in wanted if each["state"] == "waived"]
    to_do = [each for each in wanted if each["state"] != "waived"]
    parts = [_head(document)]
    if to_do:
        opening = shell.opening(shlex.quote(_word(name)), document["run"]["cluster"]["id"] or "")
        parts += [opening, *_body(to_do), shell.ending()]
    else:
        parts.append(_nothing(document, only, sections))
    parts += [f"\n# waived, because {_word(each['waiver'])}: {_word(each['summary'])}\n" for each in waived]
    return "".join(parts)


def _head(document: Found) -> str:
    run, summary = document["run"], document["summary"]
    cluster = run["cluster"]
    where = cluster["context"] or cluster["server"] or cluster["id"] or "an unnamed cluster"
    facts = [
        f"platform {run['platform']} on {where}, audited {run['started']}",
        plural(len(document["findings"]), "finding"),
    ]
    if unseen := _unseen(document):
        facts.append(f"{unseen} could not be judged: what is wrong there has no remedy here")
    facts.append(f"coverage {summary['coverage']} %")
    lines = "\n# ".join(map(_word, facts))
    return _HEAD.format(facts=lines)


def _unseen(document: Found) -> int:
    """Blind spots nobody has accepted, each once."""
    said = [each for scenario in document["scenarios"] for each in scenario["unknown"] if not each["accepted"]]
    return len({(each["code"], each["subject"]) for each in said})


def _nothing(document: Found, only: str, sections: Sequence[str]) -> str:
    """A script that says why there is nothing in it."""
    if document["findings"]:
        among = f"none of {plural(len(document['findings']), 'finding')} is open under {only}"
        said = f"nothing to mend: {among}{' in ' + ', '.join(sections) if sections else ''}"
    else:
        said = "nothing to mend: the audit has no findings"
    if unseen := _unseen(document):
        said += f", but {unseen} could not be judged"
    return f"set -eu\n\nprintf '%s\\n' {shlex.quote(_word(said))}\n"


def _body(found: Sequence[Found]) -> Iterator[str]:
    ordered = _ordered(found)
    looked: dict[tuple[str, ...], int] = {}
    number = 0
    for title, of_section in groupby(ordered, key=lambda each: each[0]):
        yield f"\n{'#' * 100}\n# {title}\n"
        for owner, of_owner in groupby(of_section, key=lambda each: _owner(each[1])):
            yield f"\n# ---- {_word(owner) or 'nobody delivers these'}\n"
            for _, each in of_owner:
                number += 1
                yield "".join(f"{line}\n" for line in _finding(each, f"{number} of {len(ordered)}", number, looked))


def _ordered(found: Sequence[Found]) -> list[tuple[str, Found]]:
    """Each below its title: what holds others up, its own owner before it; then by situation and owner."""
    owners = {_owner(each) for each in found}
    holding = {each["subject"]: each for each in found if each["subject"] in owners and _HOLDS_UP.match(each["rule"])}
    first = [each for each in found if each["subject"] in holding and _section(each) == OTHER]
    first.sort(key=lambda each: len(_above(each["subject"], holding)))
    others = [each for each in found if not any(each is early for early in first)]
    others.sort(key=lambda each: (SECTIONS.index(_section(each)), _owner(each)))  # stable: severe first
    later = [(_TITLES[_section(each)], each) for each in _from_the_end(others)]
    return [*((_FIRST, each) for each in first), *later]


def _above(subject: str, holding: Mapping[str, Found]) -> list[str]:
    """Who of those that hold others up delivers it, and who delivers that one."""
    way: list[str] = []
    while subject in holding and subject not in way:
        way.append(subject)
        subject = _owner(holding[subject])
    return way


def _from_the_end(found: Sequence[Found]) -> list[Found]:
    """Those that take entries of one list away change places, so that the last entry goes first and none moves."""
    ordered = list(found)
    lists: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for place, each in enumerate(found):
        for way, position in _positions(each):
            lists.setdefault((_section(each), _owner(each), *way), []).append((position, place))
    for taken in lists.values():
        places = sorted(place for _, place in taken)
        for place, (_, source) in zip(places, sorted(taken, reverse=True), strict=True):
            ordered[place] = found[source]
    return ordered


def _positions(found: Found) -> Iterator[tuple[tuple[str, ...], int]]:
    """The list its JSON patch takes an entry of, as words, and the entry's position: at most one."""
    for each in found["remedy"]:
        words = shell.plain_words(each["command"] or "") or ()
        if words[:2] != ("kubectl", "patch") or "--type=json" not in words:
            continue
        if taken := re.search(r'"op":"remove","path":"([^"]*)/([0-9]{1,6})"\}\]\Z', words[-1]):
            yield (*words[2:-1], taken[1]), int(taken[2])
            return


def _section(found: Found) -> str:
    what = by_rule(found["rule"])
    return what.situation.value if what is not None and what.situation is not None else OTHER


def _owner(found: Found) -> str:
    owner = found["owner"]
    return str(owner["ref"]) if owner else ""


def _finding(found: Found, count: str, number: int, looked: dict[tuple[str, ...], int]) -> Iterator[str]:
    """One finding: what is the matter as comments, then its remedies."""
    yield ""
    yield f"# {count} · {found['severity']} · {_word(found['rule'])}"
    owner = found["owner"]
    facts = {
        "cause": found["cause"],
        "Git": owner["path"] if owner else None,
        "Flux" if by_flux(found["rule"]) else "next": found["outlook"],
    }
    yield from (f"#   {name:<6} {_word(said)}" for name, said in facts.items() if said)
    yield f"finding {shlex.quote(_word(found['summary']))}"
    for each in found["remedy"]:
        yield from _remedy(each, number, looked)


def _remedy(said: Found, number: int, looked: dict[tuple[str, ...], int]) -> Iterator[str]:
    """The reason as a comment, what belongs into Git below it, then the command."""
    head, *fragment = printable(said["text"]).split("\n")
    yield f"# {_word(head)}"
    yield from (f"#     {line}".rstrip() for line in fragment)
    risk = _word(said["risk"] or "")
    if not said["command"]:
        if said["writes"] and risk:
            yield f"#   risk: {risk}"
        return
    words = shell.plain_words(said["command"])
    by_hand = words is None or (said["writes"] and _FIRST_BY_HAND.search(head) is not None)
    line = "" if by_hand or words is None else shell.mend(words, risk) if said["writes"] else shell.look(words)
    if words is None or not line:
        yield f"#   by hand{', it writes' if said['writes'] else ''}: {_word(said['command'])}"
        if risk:
            yield f"#   risk: {risk}"
    elif said["writes"] or looked.setdefault(words, number) == number:
        yield line
    else:
        yield f"#   looked at in {looked[words]}: {_word(said['command'])}"


def _word(text: object) -> str:
    """Somebody else's words for a comment: they stay on their line."""
    return one_line(str(text))
