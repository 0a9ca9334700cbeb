"""Ages, plurals, and one printable line."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from holdfast.model import Remedy
from holdfast.reports import wording
from holdfast.reports.folding import foldable
from tests.reports.example import DANGLING, FORBIDDEN, GIT_AUTH, NOW, TIMED_OUT, healthy, morning, unreachable


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=40), "40 s"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=6, minutes=20), "6 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=3, hours=23), "3 days"),
    ],
)
def test_ages_are_in_one_unit(ago: timedelta, said: str) -> None:
    assert wording.age(NOW - ago, NOW) == said


def test_plurals() -> None:
    assert [wording.plural(count, "finding") for count in (0, 1, 1200)] == ["0 findings", "1 finding", "1,200 findings"]
    assert wording.plural(2, "cause of this", "causes of this") == "2 causes of this"


def test_a_line_is_one_line() -> None:
    assert wording.one_line("a\x1b[31m b\n\tc\u200e\x00") == "a b c"
    assert wording.short("x" * 50 + "-end", 20) == "x" * 13 + " … -end"


def test_a_url_is_broken_where_one_reads_it_in_parts() -> None:
    url = "https://ades.example.org/eric/zoo/?service=WPS&version=1.0.0&request=GetCapabilities"
    assert foldable(f"GET {url} as", 48).splitlines() == [
        "GET https://ades.example.org/eric/zoo/?service=WPS",
        "&version=1.0.0&request=GetCapabilities as",
    ]
    assert foldable("x" * 25, 10).splitlines() == ["x" * 10, "x" * 10, "x" * 5]
    assert foldable(url, 200) == url


def test_unknowns_with_one_cure_are_told_together() -> None:
    big, small = wording.blind_spots((TIMED_OUT, *FORBIDDEN, FORBIDDEN[0]))
    assert (big.code, len(big.subjects)) == ("forbidden", 4)
    assert (small.code, small.subjects) == ("timeout", ("Bucket/rm/eo-products",))


def test_whose_cluster_the_commands_speak_to() -> None:
    run = morning()
    told = "Commands speak to your current context; this audit was of creodias"
    assert wording.addressed(run) == told
    assert wording.addressed(healthy()) == ""  # nothing to type
    assert "--context creodias" in unreachable().unknowns[0].remedy
    assert wording.addressed(unreachable()) == ""  # says itself where it goes
    nameless = replace(run.run, cluster={**run.run.cluster, "context": ""})
    assert wording.addressed(replace(run, run=nameless)) == ""


def test_what_nothing_typed_mends_has_its_rule_s_advice() -> None:
    told = "create what is named (for a Secret: its SealedSecret or ExternalSecret, in Git), or correct the name"
    assert (wording.todo(DANGLING), wording.advice(DANGLING)) == (told, told)
    assert wording.todo(replace(DANGLING, advice="GET it by hand")) == "GET it by hand"
    typed = replace(GIT_AUTH, advice="Mend the credential")
    assert (wording.todo(typed), wording.advice(typed)) == ("", "")


def test_what_its_own_remedy_says_is_to_be_written_goes_before_the_advice_of_the_rule() -> None:
    said = replace(DANGLING.deviation, remedy=(Remedy("name another Secret in Git", writes=True),))
    own = replace(DANGLING, deviation=said)
    assert (wording.todo(own), wording.advice(own)) == ("name another Secret in Git", "")


@pytest.mark.parametrize(
    ("rule", "flux"),
    [("flux.kustomization.failing", True), ("drift.field.changed", True), ("certificates.expiry", False)],
)
def test_what_follows_is_told_of_flux_where_it_is_flux_that_acts(rule: str, flux: bool) -> None:
    assert wording.by_flux(rule) is flux
