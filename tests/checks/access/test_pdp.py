"""Decisions of the PDP: a Deny says something only of a path that is registered, and of which somebody is permitted."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from holdfast.checks.access import pdp
from holdfast.fixtures.observed import carrier
from holdfast.model import Deviation, Listing, Resource, UnknownCode, Unobservable
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
    said = list(pdp.validated(given, FixedWorld(), decision, registered))
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
        [said] = pdp.validated(given, FixedWorld(), "Deny", registered)
        assert isinstance(said, Unobservable)
        assert (said.code, bool(said.detail and said.remedy)) == (UnknownCode.NOTHING_MATCHED, True)


def test_a_recording_of_before_is_judged_as_it_was() -> None:
    given = Resource(
        {key: each for key, each in answer("Deny").raw.items() if key not in ("registered", "path", "resources")}
    )
    assert heard(given, "Deny") == []
    assert heard(given, "Permit") == DIFFERS


class Asked:
    """A question, and what came."""

    wanted, named, subject = True, None, "decision"

    def __init__(self, *seen: Resource, problems: tuple[Unobservable, ...] = ()) -> None:
        self._listing = Listing("decision", seen, problems)

    def read(self) -> Listing:
        return self._listing


LOST = [("access.policy.decision", PDP)]
BOBS: dict[str, Any] = {"path": "/bobspace", "engine": "um/pdp-engine", "control": DENIED}
UNSEEN = Unobservable(UnknownCode.UNREADABLE, "x", "y")


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (Asked(answer("Deny", **BOBS)), LOST),
        (Asked(answer("Permit", **BOBS)), DIFFERS),
        (Asked(answer("Deny", **{**BOBS, "path": "/ericspace"})), DIFFERS),  # of one resource: perhaps its policy alone
        (Asked(answer("Deny", **{**BOBS, "control": PERMITTED})), DIFFERS),
        (Asked(answer("Deny", **{**BOBS, "control": {**DENIED, "decision": "", "problem": "silent"}})), DIFFERS),
        (Asked(answer("Deny", registered=False, **BOBS)), DIFFERS),
        (Asked(answer("Deny", **BOBS), problems=(UNSEEN,)), DIFFERS),
        (Asked(carrier("decision", "x", {"login": {"status": 401}})), DIFFERS),
        (Asked(problems=(UNSEEN,)), DIFFERS),
    ],
)
def test_that_every_owner_is_denied_is_one_finding(other: Asked, found: list[tuple[str, str]]) -> None:
    mine = answer("Deny", control=DENIED)
    said = list(pdp.validated(mine, FixedWorld(), "Permit", permits=[Asked(mine), other]))
    assert [("access.policy.decision", each.subject) for each in said if isinstance(each, Deviation)] == found


def test_the_looks_ask_the_pdp_for_its_policies_and_the_same_again() -> None:
    asked = {"Request": {"AccessSubject": "o'neil"}}
    [said] = pdp.validated(answer("Deny", engine="um/pdp-engine", asked=asked), FixedWorld(), "Permit")
    assert isinstance(said, Deviation)
    tool = "kubectl -n um exec deploy/pdp-engine -c pdp-engine -- management_tools list --all"
    assert said.remedy[0].command == tool
    words = shlex.split(said.remedy[1].command)
    assert json.loads(words[words.index("-d") + 1]) == asked
    [blind] = pdp.validated(answer("Deny", engine="um/pdp-engine", control=DENIED), FixedWorld(), "Deny")
    assert isinstance(blind, Unobservable)
    assert blind.remedy.startswith(f"{tool}  # ")
