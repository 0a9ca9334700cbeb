"""The parts of a remedy script that are shell: what it does with a command, and which commands it takes at all."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Sequence

_PROGRAMS = ("kubectl", "flux", "helm", "git", "az")
_READING = {
    "kubectl": ("get", "describe", "logs", "events", "top", "auth", "api-resources", "api-versions", "version"),
    "flux": ("get", "diff", "logs", "events", "tree", "trace", "stats", "version"),
    "helm": ("history", "list"),
    "git": ("log", "show", "grep", "diff", "blame"),
}
"""What is run as a look; whatever else a document calls one is left to a person."""
_DESTROYING = ("delete", "uninstall")
_TO_FILL_IN = re.compile(r"[A-Z][A-Z_]+\Z|.*…|\.\.\.\Z")
_INTERACTIVE = ("edit",)
_QUOTED = re.compile(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\\.""", re.DOTALL)
_MEANS_MORE = re.compile(r"[;<>|&()$`\n]|(?:\A|\s)[#~]")
"""Outside quotes: operators, expansions, comments, homes. A glob or a brace is left as it is: kubectl reads those."""

_HOW = """\
#
# sh {name}                       looks, and prints what it would change
# HOLDFAST_REMEDY=ask sh {name}   asks before each change
# HOLDFAST_REMEDY=run sh {name}   changes; of several ways to mend one finding it takes the first,
#                                 and what deletes is asked for even so; what fails is counted, and the exit status 1
# HOLDFAST_LOOK=no ...            leaves out the looks
#
# shellcheck disable=SC2016  # names are quoted so that nothing in them is expanded
set -eu

mode=${{HOLDFAST_REMEDY:-dry}}
looks=${{HOLDFAST_LOOK:-yes}}
mended=
done_above='
'
left_above=$done_above
absent=' '
failed=0
sure=yes
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
  mended=
  printf '\n== %s\n' "$1"
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

# whether a program is there; where it is not, that is said once
there() {
  if command -v "$1" >/dev/null 2>&1; then return 0; fi
  case $absent in
    *" $1 "*) ;;
    *)
      printf 'not on PATH: %s; what needs it is left out\n' "$1"
      absent="$absent$1 "
      ;;
  esac
  return 1
}

# a command that only reads
look() {
  if [ "$looks" != yes ] || ! there "$1"; then return 0; fi
  printf '\n+' && typed "$@"
  "$@" </dev/null || printf '(it failed: exit status %s)\n' "$?"
}

# a command that only reads, and needs a checkout of what Flux follows: one that has this path
look_in_checkout() {
  where=$1
  shift
  if git --literal-pathspecs ls-files --error-unmatch -- "$where" >/dev/null 2>&1; then
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

# a command that changes something, after the risk of it; what several findings share is offered once
mend() {
  risk=$1
  shift
  command=$(typed "$@")
  case $done_above in *"
$command
"*)
    mended=yes
    printf 'done above:%s\n' "$command"
    return 0
    ;;
  esac
  case $left_above in *"
$command
"*)
    if [ "$mode" = run ] && [ -z "$mended" ]; then mended=no; fi
    printf 'as above:%s\n' "$command"
    return 0
    ;;
  esac
  if [ "$mode" = dry ]; then
    printf 'would run:%s\n' "$command"
    [ -z "$risk" ] || printf '     risk: %s\n' "$risk"
    left_above="$left_above$command
"
  elif [ "$mended" = yes ]; then
    printf 'left out, mended already:%s\n' "$command"
  elif [ "$mended" = no ]; then
    printf 'left out, what comes first has failed:%s\n' "$command"
  else
    printf 'now:%s\n' "$command"
    [ -z "$risk" ] || printf 'risk: %s\n' "$risk"
    if [ "$mode$sure" = runyes ] || agreed; then change "$@"; fi
  fi
}

# run it: one that fails is counted, and the next finding gets its turn
change() {
  if there "$1" && "$@" </dev/null; then
    mended=yes
    done_above="$done_above$command
"
  else
    printf '(it failed: exit status %s)\n' "$?"
    failed=$((failed + 1))
    left_above="$left_above$command
"
    if [ "$mode" = run ]; then mended=no; fi
  fi
}

# a command that deletes: asked for, always
destroy() {
  sure=no
  mend "$@"
  sure=yes
}
"""
_GUARD = """
# nothing is changed in another cluster than the one that was audited
cluster={cluster}
if [ "$mode" != dry ]; then
  found=$(kubectl get namespace kube-system -o 'jsonpath={{.metadata.uid}}') || {{
    echo 'kubectl cannot say which cluster it talks to: nothing was done' >&2
    exit 4
  }}
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


_END = """
printf '\\n'
[ "$mode" != dry ] || echo 'Nothing was changed. HOLDFAST_REMEDY=ask asks before each change.'
if [ "$failed" -gt 0 ]; then
  echo "changes that failed: $failed" >&2
  exit 1
fi
"""


def opening(name: str, cluster: str) -> str:
    """How the script is used, its functions, and the check that it is used on the right cluster.

    Args:
        name: of its file.
        cluster: the identity of the cluster that was audited, "" where that is not known.
    """
    guard = _GUARD.format(cluster=shlex.quote(cluster)) if cluster else _NO_GUARD
    return _HOW.format(name=name) + _TOOLS + guard


def ending() -> str:
    """Its last words."""
    return _END


def look(words: Sequence[str]) -> str:
    """The line that runs a command that only reads; "" when it is not known to."""
    if not any(words[1] == verb for verb in _READING.get(words[0], ()) if len(words) > 1):
        return ""
    if words[0] == "git" or words[1] == "diff":
        return f"look_in_checkout {shlex.quote(_path(words))} {shlex.join(words)}"
    return f"look {shlex.join(words)}"


def _path(words: Sequence[str]) -> str:
    """The path a checkout has to have; "" where none is named by which it could be told from another."""
    named = next((words[at + 1] for at, each in enumerate(words[:-1]) if each in ("--", "--path")), "")
    return "" if named.strip("./") == "" else named


def mend(words: Sequence[str], risk: str) -> str:
    """The line that changes something, if it is told to."""
    destroys = any(each in _DESTROYING for each in words[1:])
    return f"{'destroy' if destroys else 'mend'} {shlex.quote(risk)} {shlex.join(words)}"


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
