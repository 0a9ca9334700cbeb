"""The first law, of every rule there is: no data is never a pass, and no shape of data an exception.

A whole audit of the demo's recording is overheard; then each rule is put again, one thing bent at a time, to whatever
it was put to: LISTs that are empty, forbidden, of a kind that is gone, of objects nobody says anything of; carriers of
exchanges that went another way. A new rule is held to it without a line here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pytest

from holdfast.catalogue import all_rules
from tests.checks.laws.hearing import Audited
from tests.checks.laws.quiet import QUIET, THROUGH
from tests.checks.laws.trials import Trial, trials

RULES = [each.id for each in all_rules()]
ALLOWED = {(rule, bend): each for each in QUIET for rule in each.rules for bend in each.bends}
Trials = Mapping[str, tuple[Trial, ...]]


@pytest.fixture(scope="module")
def tried(audited: Audited) -> Trials:
    """Every trial, by rule."""
    found: dict[str, list[Trial]] = defaultdict(list)
    for each in trials(audited.judgements):
        found[each.rule].append(each)
    return {rule: tuple(each) for rule, each in found.items()}


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_put_to_something(tried: Trials, rule: str) -> None:
    """Else nothing below says anything of it: give it a sentence in rest.feature, and what it asks in more.py."""
    assert THROUGH.get(rule, rule) in tried
    assert (rule in THROUGH) is (rule not in tried)


@pytest.mark.parametrize("rule", [each for each in RULES if each not in THROUGH])
def test_no_data_is_never_a_pass(tried: Trials, rule: str) -> None:
    passed: dict[str, list[str]] = defaultdict(list)
    for each in tried[rule]:
        if each.is_silent and each.bend != "whole" and (rule, each.bend) not in ALLOWED:
            passed[each.bend].append(each.subject)
    assert not passed


@pytest.mark.parametrize("rule", [each for each in RULES if each not in THROUGH])
def test_no_shape_makes_a_rule_raise(tried: Trials, rule: str) -> None:
    assert [each for each in tried[rule] if each.error] == []


@pytest.mark.parametrize("rule", sorted({rule for rule, _ in ALLOWED}))
def test_what_is_left_to_another_rule_is_told_by_it(tried: Trials, rule: str) -> None:
    """The reasons of the table hold."""
    spoken: dict[tuple[str, str], set[str]] = defaultdict(set)
    for trial in (trial for each in tried.values() for trial in each):
        spoken[trial.bend, trial.subject] |= trial.spoken
    for each in tried[rule]:
        quiet = ALLOWED.get((rule, each.bend))
        if each.is_silent and quiet and quiet.told_by and "" not in quiet.told_by:
            assert spoken[each.bend, each.subject] & set(quiet.told_by), (each, quiet.reason)


def test_no_reason_is_given_for_nothing(tried: Trials) -> None:
    needed = {(each.rule, each.bend) for of_rule in tried.values() for each in of_rule if each.is_silent}
    assert sorted(set(ALLOWED) - needed) == []
    assert len(ALLOWED) == sum(len(each.rules) * len(each.bends) for each in QUIET), "two entries speak of one thing"
