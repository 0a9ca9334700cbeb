"""``holdfast remedy``: the remedies of a findings.json as one shell script to review.

The script is dry: it looks, and prints what it would write. holdfast never runs it. A command gets into it word by
word, each word quoted, so that no name in the cluster can mean anything to the shell; what is no plain call of a known
program stays a comment to be typed by hand.
"""

from __future__ import annotations

import re
import shlex
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path
from typing import Any

from holdfast.checks.drift.classes import Situation, by_rule
from holdfast.reports import files
from holdfast.reports.findings_json import read_findings
from holdfast.reports.wording import one_line, plural, printable

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
_PROGRAMS = ("kubectl", "flux", "helm", "git", "az")
_DESTROYING = ("delete", "uninstall")
_TO_FILL_IN = re.compile(r"[A-Z][A-Z_]+\Z|.*…|\.\.\.\Z")
_INTERACTIVE = ("edit",)
_QUOTED = re.compile(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\\.""", re.DOTALL)
_MEANS_MORE = re.compile(r"[;<>|&()$`\n]|(?:\A|\s)[#~]")
"""Outside quotes: operators, expansions, comments, homes. A glob or a brace is left as it is: kubectl reads those."""

_HEAD = """\
#!/bin/sh
# Remedies of holdfast, to be reviewed before anything of it is run.
#
# {facts}
#
# sh {name}                       looks, and prints what it would change
# HOLDFAST_REMEDY=ask sh {name}   asks before each change
# HOLDFAST_REMEDY=run sh {name}   changes; of several ways to mend one finding it takes the first,
{indent}                              and what deletes is asked for even so
# HOLDFAST_LOOK=no                   leaves out the looks
set -eu

mode=${{HOLDFAST_REMEDY:-dry}}
looks=${{HOLDFAST_LOOK:-yes}}
cluster={cluster}
number=0
mended=
ran=' '
export GIT_PAGER=cat PAGER=cat
"""
_TOOLS = r"""
case $mode in
  dry | ask | run) ;;
  *)
    echo "HOLDFAST_REMEDY is dry, ask or run, not: $mode" >&2
    exit 4
    ;;
esac

# one finding begins
finding() {
  number=$1
  mended=
  printf '\n== %s\n' "$2"
}

# a command that is also the remedy of an earlier finding: once is enough
as_above() {
  case $ran in *" $1 "*) mended=yes ;; esac
}

# the words of a command as one would type them
typed() {
  for word do
    case $word in
      '' | *[!A-Za-z0-9_@%+=:,./-]*) printf " '%s'" "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
  printf '\n'
}

# a command that only reads
look() {
  [ "$looks" = yes ] || return 0
  printf '\n+' && typed "$@"
  "$@" </dev/null || printf '(it failed: exit status %s)\n' "$?"
}

# a command that only reads, and needs a checkout of what Flux follows
look_in_checkout() {
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    look "$@"
  elif [ "$looks" = yes ]; then
    printf '\nin a checkout:' && typed "$@"
  fi
}

# somebody at the terminal says yes
agreed() {
  printf 'run it? [y/N] '
  answer=
  { read -r answer </dev/tty; } 2>/dev/null || printf '(no terminal to answer at)\n'
  [ "$answer" = y ] || [ "$answer" = yes ]
}

# a command that changes something, after the risk of it
mend() {
  risk=$1
  shift
  if [ "$mode" = dry ]; then
    printf 'would run:' && typed "$@"
    [ -z "$risk" ] || printf '     risk: %s\n' "$risk"
  elif [ -n "$mended" ]; then
    printf 'left out, mended already:' && typed "$@"
  else
    printf 'now:' && typed "$@"
    [ -z "$risk" ] || printf 'risk: %s\n' "$risk"
    if [ "$mode" = run ] || agreed; then
      "$@" </dev/null
      mended=yes
      ran="$ran$number "
    fi
  fi
}

# a command that deletes: asked for, always
destroy() {
  if [ "$mode" = run ]; then
    mode=ask
    mend "$@"
    mode=run
  else
    mend "$@"
  fi
}
"""
_GUARD = """
# nothing is changed in another cluster than the one that was audited
if [ "$mode" != dry ]; then
  found=$(kubectl get namespace kube-system -o 'jsonpath={.metadata.uid}')
  if [ "$found" != "$cluster" ]; then
    echo "kubectl talks to cluster $found; these remedies are for $cluster: nothing was done" >&2
    exit 4
  fi
fi
"""
_NO_GUARD = """
# which cluster was audited is not known: make sure that kubectl talks to the same one
if [ "$mode" != dry ]; then
  echo "it is not known which cluster was audited: now it is $(kubectl config current-context)"
  agreed || exit 4
fi
"""

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
    """The script as text: by situation, then by owner, severe findings first.

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
    parts = [_head(document, name)]
    if to_do:
        parts += [_TOOLS, _GUARD if document["run"]["cluster"]["id"] else _NO_GUARD, *_body(to_do)]
    else:
        parts.append(_nothing(document, only, sections))
    parts += [f"\n# waived, because {_word(each['waiver'])}: {_word(each['summary'])}\n" for each in waived]
    return "".join(parts)


def _head(document: Found, name: str) -> str:
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
    shown = shlex.quote(_word(name))
    head = _HEAD.format(facts=lines, name=shown, indent="#" + " " * len(shown), cluster=_quoted(cluster["id"] or ""))
    return head if document["findings"] else head.partition("set -eu")[0] + "set -eu\n"


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
    return f"\nprintf '%s\\n' {_quoted(_word(said))}\n"


def _body(found: Sequence[Found]) -> Iterator[str]:
    ordered = sorted(found, key=lambda each: (SECTIONS.index(_section(each)), _owner(each)))  # stable: severe first
    given: dict[tuple[str, ...], int] = {}
    number = 0
    for section, of_section in groupby(ordered, key=_section):
        yield f"\n{'#' * 100}\n# {_TITLES[section]}\n"
        for owner, of_owner in groupby(of_section, key=_owner):
            yield f"\n# ---- {_word(owner) or 'nobody delivers these'}\n"
            for each in of_owner:
                number += 1
                yield "".join(f"{line}\n" for line in _finding(each, f"{number} of {len(ordered)}", number, given))
    yield "\nprintf '\\n'\n"
    yield "[ \"$mode\" != dry ] || printf 'Nothing was changed. HOLDFAST_REMEDY=ask asks before each change.\\n'\n"


def _section(found: Found) -> str:
    what = by_rule(found["rule"])
    return what.situation.value if what is not None and what.situation is not None else OTHER


def _owner(found: Found) -> str:
    owner = found["owner"]
    return str(owner["ref"]) if owner else ""


def _finding(found: Found, count: str, number: int, given: dict[tuple[str, ...], int]) -> Iterator[str]:
    """One finding: what is the matter as comments, then its remedies."""
    yield ""
    yield f"# {count} · {found['severity']} · {_word(found['rule'])}"
    owner = found["owner"]
    facts = {
        "cause": found["cause"],
        "Git": owner["path"] if owner else None,
        "Flux": found["outlook"],
    }
    yield from (f"#   {name:<6} {_word(said)}" for name, said in facts.items() if said)
    yield f"finding {number} {_quoted(_word(found['summary']))}"
    for each in found["remedy"]:
        yield from _remedy(each, number, given)


def _remedy(said: Found, number: int, given: dict[tuple[str, ...], int]) -> Iterator[str]:
    """The reason as a comment, what belongs into Git below it, then the command."""
    head, *fragment = printable(said["text"]).split("\n")
    yield f"# {_word(head)}"
    yield from (f"#     {line}".rstrip() for line in fragment)
    risk = _word(said["risk"] or "")
    if not said["command"]:
        if said["writes"] and risk:
            yield f"#   risk: {risk}"
        return
    words = plain_words(said["command"])
    if words is None:
        yield f"#   by hand{', it writes' if said['writes'] else ''}: {_word(said['command'])}"
        if risk:
            yield f"#   risk: {risk}"
    elif (first := given.get(words)) is not None and first != number:
        yield f"as_above {first}  # {_word(said['command'])}"
    else:
        given[words] = number
        yield _call(words, risk, writes=said["writes"])


def _call(words: Sequence[str], risk: str, *, writes: bool) -> str:
    call = " ".join(map(_quoted, words))
    if not writes and not _destroys(words):
        return f"look_in_checkout {call}" if words[0] == "git" or words[:2] == ("flux", "diff") else f"look {call}"
    return f"{'destroy' if _destroys(words) else 'mend'} {_quoted(risk)} {call}"


def _destroys(words: Sequence[str]) -> bool:
    return any(each in _DESTROYING for each in words[1:3])


def plain_words(command: str) -> tuple[str, ...] | None:
    """The words of a plain call of a program we know; None for anything a shell would make more of.

    None as well where something has to be filled in, and where a character in it cannot be read.
    """
    if not _is_readable(command):
        return None
    try:
        words = tuple(shlex.split(command))
    except ValueError:  # a quote that is not closed
        return None
    if not words or words[0] not in _PROGRAMS or any(_TO_FILL_IN.match(each) for each in words[1:]):
        return None
    if _MEANS_MORE.search(_QUOTED.sub(_unquoted, command)) or any(each in _INTERACTIVE for each in words[1:2]):
        return None
    return words


def _unquoted(found: re.Match[str]) -> str:
    """What a quoted part leaves for a shell to expand: between double quotes, variables and commands."""
    part = found.group()
    bare = re.sub(r"\\.", "", part, flags=re.DOTALL)
    return "$" if part.startswith('"') and re.search(r"[$`]", bare) else "x"


def _is_readable(text: str) -> bool:
    return all(
        char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp") for char in text
    )


def _quoted(word: str) -> str:
    return shlex.quote(word)


def _word(text: object) -> str:
    """Somebody else's words for a comment: they stay on their line."""
    return one_line(str(text))
