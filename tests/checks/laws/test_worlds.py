"""The first law, of whole audits: a platform of which nothing can be seen never conforms, whatever stands in the way.

The demo's recording is bent as a whole, so that senses, steps and judge are held to the law together with the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from holdfast.catalogue import all_rules
from tests.checks.laws import hearing, recordings
from tests.checks.laws.hearing import Audited, Judgement
from tests.checks.laws.quiet import THROUGH
from tests.checks.laws.recordings import Bend, Exchange

NOT_SEEN: dict[str, tuple[Bend, Bend]] = {
    "forbidden": (recordings.forbidden, recordings.refusing_endpoints),
    "not in time": (recordings.late, recordings.silent_endpoints),
    "login pages": (recordings.login_page, recordings.endpoints_behind_login),
}
"""What stands in the way of the API server, and of whatever else is asked."""
STILL = {
    ("login pages", "The User Profile has a page to log in"): "a page to log in is what is promised",
}
"""Scenarios that conform all the same, and why."""
BROKEN = ("failed on it: ", "the step itself failed: ")
"""How the judge and the vocabulary tell what a check or a step should not have raised."""
JUDGED = {each.id for each in all_rules()} - set(THROUGH)
World = Callable[..., Audited]


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> World:
    """An audit of the platform as it is met there; one for all who ask."""
    whole = recordings.whole()

    @cache
    def audit(*bends: Bend) -> Audited:
        def bend(exchange: Exchange) -> Exchange:
            for each in bends:
                exchange = each(exchange)
            return exchange

        folder = tmp_path_factory.mktemp("world")
        return hearing.audit(recordings.write(folder / "bent.holdfast.gz", whole, bend), folder)

    return audit


def broken(audited: Audited) -> list[str]:
    """What was raised and should not have been."""
    return [each["detail"] for each in audited.unknowns if any(mark in each["detail"] for mark in BROKEN)]


def judged(audited: Audited) -> set[str]:
    return {each.rule.id for each in audited.judgements}


def silent(judgements: list[Judgement]) -> list[str]:
    return sorted({each.subject for each in judgements if each.is_silent})


@pytest.mark.parametrize("name", NOT_SEEN)
def test_what_cannot_be_seen_never_conforms(met: World, name: str) -> None:
    audited = met(*NOT_SEEN[name])
    conforming = {each["name"] for each in audited.findings["scenarios"] if each["verdict"] == "conforms"}
    assert conforming == {scenario for world, scenario in STILL if world == name}
    assert broken(audited) == []
    assert audited.findings["summary"]["exit"] != 0


@pytest.mark.parametrize("name", NOT_SEEN)
def test_a_look_that_failed_is_unknown_of_every_object_of_the_cluster(met: World, name: str) -> None:
    """Not a finding either: that we may not see it says nothing of the thing."""
    audited = met(*NOT_SEEN[name])
    of_cluster = [each for each in audited.judgements if not each.query.read().kind[:1].islower()]
    assert [each.subject for each in of_cluster if not each.said.unknowns and not each.said.absent] == []
    assert [each.subject for each in of_cluster if each.said.deviations] == []


def test_what_is_empty_is_absent_or_unknown_and_never_passed(met: World) -> None:
    audited = met(recordings.empty)
    nothing = [each for each in audited.judgements if not each.query.read().seen]
    assert silent(nothing) == []
    named = [each for each in nothing if each.query.named and each.query.read().complete]
    assert [each.subject for each in named if not each.said.deviations] == []
    assert broken(audited) == []


def test_a_kind_that_is_gone_deviates(met: World) -> None:
    audited = met(recordings.unserved)
    gone = [each for each in audited.judgements if not each.query.read().served]
    assert silent(gone) == []
    wanted = [each for each in gone if each.query.wanted or each.query.named]
    assert len({each.rule.id for each in wanted}) > 20
    assert [each.subject for each in wanted if not each.said.deviations] == []
    assert broken(audited) == []


def test_every_rule_is_put_to_something_there_too(met: World) -> None:
    """Where everything is late every sentence still comes to its judgement, so that none of it is left out."""
    assert judged(met(*NOT_SEEN["not in time"])) >= {
        each for each in JUDGED if not each.startswith(("workspace.", "drift.preview"))
    }
