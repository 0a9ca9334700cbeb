"""Which objects an ignore rule of Flux is for: ``target`` of spec.ignore and driftDetection.ignore.

As github.com/fluxcd/pkg/ssa/jsondiff reads it: every part is a regular expression anchored at both ends, the selectors
are written as ``kubectl -l`` takes them, what is empty matches everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from holdfast.model import Json

Labels = Mapping[str, str]
Requirement = Callable[[Labels], bool]

_PARTS = ("group", "version", "kind", "name", "namespace")
_KEY = r"(?P<key>[A-Za-z0-9][\w./-]*)"
_EXISTS = re.compile(rf"(?P<not>!?)\s*{_KEY}")
_EQUALS = re.compile(rf"{_KEY}\s*(?P<operator>==|=|!=|>|<)\s*(?P<value>[\w.-]*)")
_IN = re.compile(rf"{_KEY}\s+(?P<not>not)?in\s*\((?P<values>[^()]*)\)")
_COMMA = re.compile(r",(?![^(]*\))")
_FLAGS = re.compile(r"\(\?([imsU]+)\)")
_NOT_IN_GO = re.compile(r"\(\?(?:[=!#]|<[=!]|P=|>|\()|\\[1-9]|[*+?}]\+|\[:\^")
"""Look-around, back-references, comments, atomic groups and possessive repeats: Python has them, Go refuses the rule.
Negated classes, which Go has, are not read here."""
_CLASSES = {
    "[:alpha:]": "A-Za-z",
    "[:digit:]": "0-9",
    "[:alnum:]": "0-9A-Za-z",
    "[:lower:]": "a-z",
    "[:upper:]": "A-Z",
    "[:word:]": "0-9A-Za-z_",
    "[:xdigit:]": "0-9A-Fa-f",
    "[:punct:]": r"!-/:-@\[-`{-~",
}


@dataclass(frozen=True, slots=True)
class Target:
    """One rule's target, compiled."""

    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    """By part, only those that are given."""
    labels: tuple[Requirement, ...] = ()
    annotations: tuple[Requirement, ...] = ()

    @property
    def asks_metadata(self) -> bool:
        """Whether labels or annotations decide, too."""
        return bool(self.labels or self.annotations)

    def names(self, parts: Mapping[str, str]) -> bool:
        """Whether the rule is for an object of this group, version, kind, name and namespace."""
        return all(pattern.fullmatch(parts[part]) for part, pattern in self.patterns)

    def selects(self, labels: Labels, annotations: Labels) -> bool:
        """Whether the rule is for an object with these."""
        return all(holds(labels) for holds in self.labels) and all(holds(annotations) for holds in self.annotations)


def compiled(target: Json) -> Target:
    """A target as the rule has it.

    Raises:
        ValueError: an expression or a selector that cannot be read.
    """
    if not isinstance(target, Mapping):
        raise ValueError("target is no mapping")
    return Target(
        tuple((part, _pattern(str(target[part]))) for part in _PARTS if target.get(part)),
        _requirements(str(target.get("labelSelector") or "")),
        _requirements(str(target.get("annotationSelector") or "")),
    )


def _pattern(text: str) -> re.Pattern[str]:
    """A Go expression; ``fullmatch`` anchors it. Flags may stand only at the beginning, where both languages agree."""
    if _NOT_IN_GO.search(text):
        raise ValueError(f"{text} is no regular expression for Go")
    flags = _FLAGS.match(text)
    body = f"(?{flags[1]}:{text[flags.end() :]})" if flags else text
    for name, members in {**_CLASSES, r"\z": r"\Z", "(?<": "(?P<"}.items():
        body = body.replace(name, members)
    try:
        return re.compile(body, re.ASCII)
    except re.error as wrong:
        raise ValueError(f"{text} is no regular expression that can be read here: {wrong}") from wrong


def _requirements(selector: str) -> tuple[Requirement, ...]:
    return tuple(_requirement(part.strip()) for part in _COMMA.split(selector)) if selector.strip() else ()


def _requirement(text: str) -> Requirement:
    if found := _EXISTS.fullmatch(text):
        key, wanted = found["key"], not found["not"]
        return lambda labels: (key in labels) is wanted
    if found := _IN.fullmatch(text):
        values = frozenset(value.strip() for value in found["values"].split(","))
        return _one_of(found["key"], values, not found["not"])
    if found := _EQUALS.fullmatch(text):
        if found["operator"] in "<>":
            return _ordered(found["key"], found["operator"], found["value"])
        return _one_of(found["key"], frozenset((found["value"],)), found["operator"] != "!=")
    raise ValueError(f"{text or 'an empty requirement'} is no label selector")


def _one_of(key: str, values: frozenset[str], wanted: bool) -> Requirement:
    """``in`` needs the label; ``notin`` and ``!=`` also match where it is absent."""
    return lambda labels: (key in labels and labels[key] in values) if wanted else labels.get(key) not in values


def _ordered(key: str, operator: str, value: str) -> Requirement:
    limit = int(value)

    def holds(labels: Labels) -> bool:
        try:
            number = int(labels[key])
        except (KeyError, ValueError):
            return False
        return number > limit if operator == ">" else number < limit

    return holds
