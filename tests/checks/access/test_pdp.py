"""Decisions of the PDP: a Deny says something only of a path that is registered, and of which somebody is permitted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from holdfast.checks.access import decisions
from holdfast.fixtures.observed import carrier
from holdfast.model import Deviation, Resource, UnknownCode, Unobservable
from tests.checks.world import FixedWorld

PDP, PEP = "https://auth.example/pdp/policy/validate", "https://pep.example/resources"
NAME = f"GET {PDP}: bob wants to get /ericspace"
PERMITTED = {"status": 200, "decision": "Permit", "problem": ""}
DENIED = {"status": 401, "decision": "Deny", "problem": ""}
DIFFERS = [("access.policy.decision", NAME)]
BLIND = [("nothing-matched", f"resource /ericspace of {PEP}")]


def answer(decision: str, status: int = 0, **told: Any) -> Resource:
    text = json.dumps({"Response": [{"Decision": decision}]})
    given = {"url": PDP, "stage": "done", "problem": "", "size": len(text), "seconds": 0.1, "headers": {}, "text": text}
    where = {"path": "/ericspace", "resources": PEP, "registered": True}
    return carrier("decision", NAME, {**given, **where, "status": status or {"Permit": 200}.get(decision, 401), **told})


def heard(given: Resource, decision: str, registered: bool = True) -> list[tuple[str, str]]:
    said = list(decisions.validated(given, FixedWorld(), decision, registered))
    found = [("access.policy.decision", each.subject) for each in said if isinstance(each, Deviation)]
    return found + [(each.code.value, each.subject) for each in said if isinstance(each, Unobservable)]


def test_a_policy_that_decides_as_declared_is_quiet() -> None:
    assert heard(answer("Permit"), "Permit") == []
    assert heard(answer("Deny", control=PERMITTED), "Deny") == []


@pytest.mark.parametrize(
    ("given", "decision"),
    [
        (answer("Permit"), "Deny"),
        (answer("Deny", control=PERMITTED), "Permit"),
        (answer("Deny", control=DENIED), "Permit"),  # nobody is let in, the owner neither
        (answer("Indeterminate"), "Deny"),
        (answer("Deny", 200, control=PERMITTED), "Deny"),
        (answer("Permit", 401), "Permit"),
        (answer("Permit", registered=False), "Deny"),  # that is wrong, whatever is registered
    ],
)
def test_a_policy_that_decides_otherwise_is_a_finding(given: Resource, decision: str) -> None:
    assert heard(given, decision) == DIFFERS


@pytest.mark.parametrize(("found", "decision"), [("Deny", "Deny"), ("Deny", "Permit"), ("Permit", "Permit")])
def test_of_a_path_that_is_not_registered_nothing_is_said(found: str, decision: str) -> None:
    assert heard(answer(found, registered=False), decision) == BLIND


@pytest.mark.parametrize(
    "control",
    [DENIED, {**PERMITTED, "status": 401}, {"status": 0, "decision": "", "problem": "silent for 10 s"}],
)
def test_a_deny_says_nothing_while_nobody_is_permitted(control: dict[str, Any]) -> None:
    assert heard(answer("Deny", control=control), "Deny") == BLIND


def test_what_nobody_registered_is_denied() -> None:
    assert heard(answer("Deny", registered=False), "Deny", registered=False) == []
    assert heard(answer("Permit", registered=False), "Deny", registered=False) == DIFFERS
    assert heard(answer("Deny", control=DENIED), "Deny", registered=False) == BLIND


def test_every_blind_spot_has_its_cure() -> None:
    for given, registered in ((answer("Deny", registered=False), True), (answer("Deny", control=DENIED), True)):
        [said] = decisions.validated(given, FixedWorld(), "Deny", registered)
        assert isinstance(said, Unobservable)
        assert (said.code, bool(said.detail and said.remedy)) == (UnknownCode.NOTHING_MATCHED, True)


def test_a_recording_of_before_is_judged_as_it_was() -> None:
    given = Resource(
        {key: each for key, each in answer("Deny").raw.items() if key not in ("registered", "path", "resources")}
    )
    assert heard(given, "Deny") == []
    assert heard(given, "Permit") == DIFFERS
