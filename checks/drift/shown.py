"""Values as a report may show them: short, and nothing that could be a secret."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.paths import Key, Member, Path
from holdfast.checks.drift.said import UNASKED
from holdfast.checks.drift.unsaid import unsaid
from holdfast.model import Json, Ref
from holdfast.model.encodings import texts
from holdfast.model.evidence import masked
from holdfast.model.patterns import SECRET_KEY, WITHHELD

LONGEST = 100
NOTHING = "nothing"
_SEALED = "hmac-sha256:"
"""What stands for a Secret's value (holdfast.fixtures.seal)."""
_COPIES = frozenset({"kubectl.kubernetes.io/last-applied-configuration", "openshift.io/token-secret.value"})
"""Annotations that hold what is withheld elsewhere."""
_OPAQUE = frozenset({"caBundle", "patch"})
"""Texts that hold whatever somebody put into them."""
_WRITTEN_IN = {
    "HelmRelease": ("spec", "values"),
    "Kustomization": ("spec", "postBuild", "substitute"),
}
"""Per kind, where people write secrets: of the texts in there only those are shown that can hardly be one."""
_ORDINARY = re.compile(r"[a-z0-9.-][a-z0-9._/:@-]{0,99}\Z")
"""A name, a host, a version, an image: not what a generator of passwords makes."""


def shown(value: Json, ref: Ref, path: Path) -> str:
    """One value on one line. Of a Secret, of what is called like a secret, and of files: not the value."""
    if value is None:
        return NOTHING
    if value is UNASKED:
        return "nothing known"
    if _is_secret(ref, path, value):
        return WITHHELD
    if isinstance(value, str):
        lines = value.splitlines()
        return f"a text of {len(lines)} lines" if len(lines) > 1 else _cut(json.dumps(value, ensure_ascii=False)[1:-1])
    if isinstance(value, dict | list):
        return _cut(json.dumps(_bare(value, ref, path), ensure_ascii=False))
    return json.dumps(value)


def both(difference: Difference, ref: Ref) -> tuple[str, str]:
    """What Git says and what is there, told apart where neither value can be shown."""
    desired, live = difference.desired, difference.live
    if _is_secret(ref, difference.path, desired) or _is_secret(ref, difference.path, live):
        return _secret(difference)
    if isinstance(desired, str) and isinstance(live, str) and ("\n" in desired or "\n" in live):
        return _lines(desired, live)
    return shown(desired, ref, difference.path), shown(live, ref, difference.path)


def hidden(difference: Difference, ref: Ref) -> frozenset[str]:
    """The texts of a difference that are withheld for what they are called: they must not be met elsewhere either."""
    found: set[str] = set()
    for value in (difference.desired, difference.live):
        bare = {} if _is_secret(ref, difference.path, value) else unsaid(value, _last(difference.path))
        found |= set(texts(value)) - set(texts(bare))
    return frozenset(each for each in found if _SEALED not in each and each != UNASKED)


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


def _is_secret(ref: Ref, path: Path, value: Json) -> bool:
    """Whether a single value must not be shown. Maps and lists are shown without the values in them that must not."""
    if ref.group == "" and ref.kind == "Secret" and path[:1] in (("data",), ("stringData",)):
        return True
    if isinstance(value, str) and _is_opaque_text(value, ref, path):
        return True
    words = [step for step in path[-2:] if isinstance(step, str)]
    for step in path:
        if isinstance(step, Key) and path[-1] == "value":  # an environment variable's name says what its value is
            words += [str(value) for name, value in step.pairs if name == "name"]
    return any(_sounds_secret(word) for word in words) or not _OPAQUE.isdisjoint(words)


def _is_opaque_text(text: str, ref: Ref, path: Path) -> bool:
    if _SEALED in text or (ref.kind == "Provider" and path[:2] == ("spec", "address")):
        return True
    if path[:2] == ("metadata", "annotations") and (ref.kind == "Secret" or path[-1] in _COPIES):
        return True
    inside = _WRITTEN_IN.get(ref.kind)
    return inside is not None and path[: len(inside)] == inside and not _ORDINARY.match(text)


def _sounds_secret(word: str) -> bool:
    """By its own name, or as a file: ``password.txt``."""
    return bool(SECRET_KEY.search(word) or SECRET_KEY.search(word.rpartition(".")[0]))


def _bare(value: Json, ref: Ref, path: Path) -> Json:
    """Without what must not be shown, wherever in it."""
    last = _last(path)
    if isinstance(path[-1] if path else "", Key | Member | int):  # an entry of the list the path names before it
        return masked({last: [value]}, _text(ref, path))[last][0]
    return masked({last: value}, _text(ref, path))[last]


def _text(ref: Ref, path: Path) -> Callable[[str], str]:
    return lambda text: WITHHELD if _is_opaque_text(text, ref, path) else text


def _last(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "value")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
