"""Addresses of one host that fail alike are one finding of the host; else each is its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from holdfast.checks.web import reach
from holdfast.checks.web.place import resolve
from holdfast.judge import Heard
from holdfast.ledger import Gate, Ledger
from holdfast.model import Deviation, Ref, Run, RunResult, Verdict
from holdfast.waivers import Waiver, Waivers

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
HOST = "https://catalogue.example"
CSW, SEARCH, STAC = (f"{HOST}/{each}" for each in ("csw", "opensearch", "stac"))
ASKED = (f"{CSW}?service=CSW", f"{SEARCH}?q=1", "https://other.example/")


def failing(*addresses: str, observed: str = "status 502", cause: str = "the service behind it fails") -> Heard:
    rule = reach.passed
    said = [Deviation(None, "200", observed, cause, subject=each, affects=(f"GET {each}",)) for each in addresses]
    return Heard(deviations=[(rule, each) for each in said], judged={Ref("holdfast/observed", "endpoint", "", "x")})


def closed(ledger: Ledger, heard: Iterable[Heard], asked: Collection[str] = ASKED) -> RunResult:
    for number, each in enumerate(heard):
        ledger.enter(f"f::{number}", "f", str(number), (), each, 0.1, NOW)
    return ledger.close(Run("id", NOW, NOW, "0", {}, "test"), {}, asked=asked)


def subjects(result: RunResult) -> list[str]:
    return [each.subject for each in result.findings]


def test_a_host_that_fails_at_every_address_is_one_finding() -> None:
    result = closed(Ledger(), [failing(CSW), failing(SEARCH, observed="status 503"), failing(CSW)])
    [found] = result.findings
    assert (found.rule, found.subject) == ("web.endpoint.status", HOST)
    assert found.deviation.affects == (CSW, f"GET {CSW}", SEARCH, f"GET {SEARCH}")
    assert found.summary == f"{HOST}: status 502, at every address that was asked"
    assert [each.findings for each in result.scenarios] == [(found.fingerprint,)] * 3


@pytest.mark.parametrize(
    ("heard", "asked", "told"),
    [
        ([failing(CSW)], (CSW,), [CSW]),
        ([failing(CSW), failing(SEARCH)], (*ASKED, STAC), [CSW, SEARCH]),
        ([failing(CSW), failing(SEARCH, cause="it has moved")], ASKED, [CSW, SEARCH]),
        ([failing(CSW), failing(f"GET {SEARCH}")], ASKED, [f"GET {SEARCH}", CSW]),
        ([failing(CSW), failing(SEARCH)], (), [CSW, SEARCH]),
    ],
    ids=["one address", "another answers", "another cause", "of the exchange", "nobody knows"],
)
def test_else_each_address_is_its_own(heard: list[Heard], asked: Collection[str], told: list[str]) -> None:
    assert subjects(closed(Ledger(), heard, asked)) == told


def waiver(resource: str) -> Waivers:
    entry = Waiver(rule="web.endpoint.status", resource=resource, reason="old", owner="me", expires=date(2027, 1, 1))
    return Waivers([entry])


def test_what_is_waived_hides_nothing_else() -> None:
    result = closed(Ledger(waivers=waiver(CSW)), [failing(CSW), failing(SEARCH)])
    assert [(each.subject, each.state) for each in result.findings] == [(SEARCH, ""), (CSW, "waived")]
    assert result.exit == 1


def test_a_waiver_of_the_host_waives_what_it_is_made_of() -> None:
    result = closed(Ledger(waivers=waiver(HOST)), [failing(CSW), failing(SEARCH)])
    assert [(each.subject, each.state) for each in result.findings] == [(HOST, "waived")]
    assert {each.verdict for each in result.scenarios} == {Verdict.WAIVED}
    assert (result.exit, result.notes) == (0, ())


def baseline(result: RunResult) -> dict[str, Any]:
    return {each.fingerprint: {"scenarios": ["f::0", "f::1"], "summary": each.subject} for each in result.findings}


def test_an_address_that_still_fails_is_known_from_when_the_whole_host_did() -> None:
    before = baseline(closed(Ledger(), [failing(CSW), failing(SEARCH)]))
    result = closed(Ledger(Gate(only_new=True), baseline=before), [failing(CSW), failing()], (*ASKED, STAC))
    assert [(each.subject, each.state) for each in result.findings] == [(CSW, "known")]
    assert (result.exit, result.fixed) == (0, ())


def test_a_host_of_which_one_address_was_known_is_new_and_nothing_is_fixed() -> None:
    before = baseline(closed(Ledger(), [failing(CSW)]))
    result = closed(Ledger(baseline=before), [failing(CSW), failing(SEARCH)])
    assert [(each.subject, each.state) for each in result.findings] == [(HOST, "new")]
    assert result.fixed == ()


def nameless(*hosts: str) -> Heard:
    said = [
        Deviation(
            None, "a connection", "no such name", "no DNS record", (resolve(urlsplit(each).hostname or ""),), each
        )
        for each in hosts
    ]
    return Heard(deviations=[(reach.reached, each) for each in said])


def causes(*hosts: str, asked: Collection[str] = ASKED) -> set[str]:
    return {each.deviation.cause for each in closed(Ledger(), [nameless(*hosts)], asked).findings}


def test_where_no_host_at_all_has_an_address_it_may_be_this_machine() -> None:
    told = "none of the 2 hosts that were asked resolves here: perhaps it is this machine's own DNS"
    assert causes(HOST, "https://other.example") == {told}
    assert causes(HOST) == {"no DNS record"}  # another one was asked, and has one
    assert causes(HOST, asked=(CSW,)) == {"no DNS record"}  # one host proves nothing
