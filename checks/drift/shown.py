"""Values as a report may show them: short, and nothing that could be a secret."""

from __future__ import annotations

import json

from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.paths import Key, Path
from holdfast.checks.drift.said import UNASKED
from holdfast.model import Json, Ref
from holdfast.model.evidence import masked
from holdfast.model.patterns import SECRET_KEY, WITHHELD

LONGEST = 100
NOTHING = "nothing"
_NAMED = ("value",)


def shown(value: Json, ref: Ref, path: Path) -> str:
    """One value on one line. Of a Secret, of what is called like a secret, and of files: not the value."""
    if value is None:
        return NOTHING
    if value is UNASKED:
        return "nothing known"
    if _is_secret(ref, path):
        return WITHHELD
    if isinstance(value, str):
        lines = value.splitlines()
        return f"a text of {len(lines)} lines" if len(lines) > 1 else _cut(json.dumps(value, ensure_ascii=False)[1:-1])
    if isinstance(value, dict | list):
        bare = masked({_last(path): value}, str)[_last(path)]
        return _cut(json.dumps(bare, ensure_ascii=False))
    return json.dumps(value)


def both(difference: Difference, ref: Ref) -> tuple[str, str]:
    """What Git says and what is there, told apart where neither value can be shown."""
    desired, live = difference.desired, difference.live
    if _is_secret(ref, difference.path):
        return _secret(difference)
    if isinstance(desired, str) and isinstance(live, str) and ("\n" in desired or "\n" in live):
        return _lines(desired, live)
    return shown(desired, ref, difference.path), shown(live, ref, difference.path)


def _secret(difference: Difference) -> tuple[str, str]:
    said = {
        Kind.CHANGED: ("the value in Git (withheld)", "another value (withheld)"),
        Kind.REMOVED: ("a value (withheld)", NOTHING),
        Kind.FOREIGN: (NOTHING, "a value (withheld)"),
        Kind.ORDER: ("the order in Git", "another order"),
    }
    return said[difference.kind]


def _lines(desired: str, live: str) -> tuple[str, str]:
    """Two files: where they part, not what they say there."""
    if desired.rstrip("\n") == live.rstrip("\n"):
        return _ends(desired), _ends(live)
    ours, theirs = desired.splitlines(), live.splitlines()
    first = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=False), 1) if a != b), None)
    at = first or min(len(ours), len(theirs)) + 1
    return f"a text of {len(ours)} lines", f"a text of {len(theirs)} lines that differs from line {at} on"


def _ends(text: str) -> str:
    count = len(text) - len(text.rstrip("\n"))
    return {0: "no line break at its end", 1: "a line break at its end"}.get(count, f"{count} line breaks at its end")


def _is_secret(ref: Ref, path: Path) -> bool:
    if ref.group == "" and ref.kind == "Secret" and path[:1] in (("data",), ("stringData",)):
        return True
    words = [step for step in path[-2:] if isinstance(step, str)]
    for step in path:
        if isinstance(step, Key):  # an environment variable's name says what its value is
            words += [str(value) for name, value in step.pairs if name == "name" and path[-1] in _NAMED]
    return any(SECRET_KEY.search(word) for word in words) or "caBundle" in path


def _last(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "value")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
