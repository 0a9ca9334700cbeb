"""What changed between two runs. Pure: two documents in, what is new, known, fixed and no longer visible out.

A finding that is gone counts as fixed only where every scenario that met it was fully judged again: otherwise it may
just not have been looked at. A finding that is there for the first time counts as new only where the earlier run could
have seen it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from holdfast.model.finding import fingerprint
from holdfast.model.resource import Ref

Document = Mapping[str, Any]
"""A ``findings.json`` as read."""

_MEASURED = "reconciles"
"""The facts that are measurements: they differ between any two runs."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about the platform or the run that is not the same in both; "" where one of them has no such thing."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, order=True)
class Blindness:
    """One thing that could not be judged in one of the runs."""

    code: str
    subject: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """From run A to run B. Findings are the entries of B's document, or of A's where B has none."""

    a: Document
    b: Document
    same_cluster: bool | None
    """None when one of the runs could not read its cluster's identity."""
    facts: tuple[Fact, ...]
    new: tuple[Document, ...]
    """B found them, and A would have."""
    newly_visible: tuple[Document, ...]
    """B found them; A did not judge the scenarios that meet them."""
    known: tuple[Document, ...]
    fixed: tuple[Document, ...]
    """A found them, B judged the same scenarios and did not."""
    not_judged_again: tuple[Document, ...]
    """A found them; B did not judge the scenarios that met them: nobody knows."""
    blind: tuple[Blindness, ...]
    """What B could not judge, and A did not say so."""
    cured: tuple[Blindness, ...]
    """What A could not judge and B could."""


def compare_runs(a: Document, b: Document, aliases: Mapping[str, str] | None = None) -> Comparison:
    """Compare an earlier run with a later one.

    Args:
        a: the earlier document, as ``read_findings`` gives it.
        b: the later one.
        aliases: former rule ids to present ones, so that a renamed rule's findings stay known.
    """
    before, after = _findings(a, aliases or {}), _findings(b, aliases or {})
    gone = [each for key, each in before.items() if key not in after]
    come = [each for key, each in after.items() if key not in before]
    judged_by_a, judged_by_b = _judged(a), _judged(b)
    blind_a, blind_b = dict(_unknowns(a)), dict(_unknowns(b))
    cured = [each for each, scenario in blind_a.items() if each not in blind_b and scenario in judged_by_b]
    fixed = [each for each in gone if (met := _met(each, a)) and met <= judged_by_b]
    new = [each for each in come if _met(each, b) & judged_by_a]
    one, other = a["run"]["cluster"]["id"], b["run"]["cluster"]["id"]
    return Comparison(
        a=a,
        b=b,
        same_cluster=one == other if one and other else None,
        facts=tuple(_changed(a["run"], b["run"])),
        new=tuple(new),
        newly_visible=tuple(each for each in come if each not in new),
        known=tuple(each for key, each in after.items() if key in before),
        fixed=tuple(fixed),
        not_judged_again=tuple(each for each in gone if each not in fixed),
        blind=tuple(sorted(blind_b.keys() - blind_a.keys())),
        cured=tuple(sorted(cured)),
    )


def _findings(document: Document, aliases: Mapping[str, str]) -> dict[str, Document]:
    """By the fingerprint they would have today."""
    return {_fingerprint(each, aliases): each for each in document["findings"]}


def _fingerprint(finding: Document, aliases: Mapping[str, str]) -> str:
    rule = aliases.get(finding["rule"])
    if rule is None:
        return str(finding["fingerprint"])
    what = finding["resource"]
    ref = Ref(what["apiVersion"], what["kind"], what["namespace"] or "", what["name"]) if what else None
    return fingerprint(rule, ref, finding["subject"], finding["path"] or "")


Scenario = tuple[str, str]
"""Feature and name."""


def _met(finding: Document, document: Document) -> set[Scenario]:
    """The scenarios that met a finding."""
    return {_scenario(each) for each in document["scenarios"] if finding["fingerprint"] in each["findings"]}


def _judged(document: Document) -> set[Scenario]:
    """The scenarios of which nothing was left unseen. An accepted unknown was not seen either."""
    said = ("conforms", "deviates", "waived")
    return {_scenario(each) for each in document["scenarios"] if each["verdict"] in said and not each["unknown"]}


def _scenario(scenario: Document) -> Scenario:
    return scenario["feature"], scenario["name"]


def _unknowns(document: Document) -> Iterator[tuple[Blindness, Scenario]]:
    for scenario in document["scenarios"]:
        for each in scenario["unknown"]:
            yield Blindness(each["code"], each["subject"]), _scenario(scenario)


def _changed(a: Document, b: Document) -> Iterator[Fact]:
    before, after = dict(_facts(a)), dict(_facts(b))
    for name in dict.fromkeys((*before, *after)):
        if before.get(name, "") != after.get(name, ""):
            yield Fact(name, before.get(name, ""), after.get(name, ""))


def _facts(run: Document) -> Iterator[tuple[str, str]]:
    yield "holdfast", str(run["holdfast"])
    yield "platform", str(run["platform"])
    yield "Kubernetes", str(run["cluster"]["version"] or "")
    yield from _flat("", {name: each for name, each in run["facts"].items() if name != _MEASURED})


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Nested facts as ``controllers source-controller``: the image."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(f"{name} {key}".strip(), each)
    elif isinstance(value, list):
        yield name, ", ".join(map(str, value))
    else:
        yield name, "not read" if value is None else str(value)
