"""Owners that no identity provider knows; one that cannot be asked, or lists nobody, is no pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from holdfast.checks.policies.users import owners_exist
from holdfast.fixtures.observed import carrier
from holdfast.model import Deviation, Listing, Resource, UnknownCode, Unobservable
from tests.checks.policies.stores import ADES, BOB, ERIC, OWN, WORKSPACES, Platform, found
from tests.checks.world import FixedWorld

URL = "https://identity.example/admin/realms/eoepca/users"
ANSWER = {"url": URL, "stage": "done", "status": 200, "headers": {"content-type": "application/json"}, "size": 9}


@dataclass
class Asked:
    """A query that has been answered."""

    listing: Listing
    subject: str = "PEPs and PDP"
    wanted: bool = True
    named: None = None

    def read(self) -> Listing:
        return self.listing


def hear(told: dict[str, Any], policies: Resource | Unobservable) -> list[Any]:
    """Every word, what is raised included."""
    seen = () if isinstance(policies, Unobservable) else (policies,)
    problems = (policies,) if isinstance(policies, Unobservable) else ()
    asked = Asked(Listing("policies", seen, problems))
    try:
        return list(owners_exist(carrier("users", f"GET {URL}", told), FixedWorld(), asked))
    except Unobservable as problem:
        return [problem]


def test_owners_that_are_users_are_quiet() -> None:
    assert hear({**ANSWER, "users": [ERIC, BOB]}, Platform().carrier()) == []


def test_all_that_belongs_to_one_stranger_is_one_finding() -> None:
    [said] = hear({**ANSWER, "users": [BOB]}, Platform().carrier())
    assert found([said], owners_exist) == [("policies.resource.owner-unknown", f"user {ERIC}")]
    assert said.affects == (f"{ADES} /eric", f"{WORKSPACES} /workspaces/develop-user-eric", f"{OWN} /")


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ({**ANSWER, "stage": "tcp", "problem": "refused"}, "web.endpoint.unreachable"),
        ({**ANSWER, "status": 503}, "web.endpoint.status"),
        ({**ANSWER, "status": 302, "location": "https://login.example/"}, "web.endpoint.status"),
        ({**ANSWER, "headers": {"content-type": "text/html"}}, "web.endpoint.content-type"),
        ({**ANSWER, "users": None}, "web.endpoint.content"),
    ],
)
def test_a_provider_that_does_not_answer_is_its_own_finding(told: dict[str, Any], rule: str) -> None:
    [said] = hear({"users": None, **told}, Platform().carrier())
    assert isinstance(said, Deviation)
    assert said.rule == rule


def test_nobody_listed_is_nobody_seen() -> None:
    [said] = hear({**ANSWER, "users": []}, Platform().carrier())
    assert isinstance(said, Unobservable)


def test_what_could_not_be_read_of_the_stores_is_said() -> None:
    problem = Unobservable(UnknownCode.UNREADABLE, ADES, "it is empty")
    assert hear({**ANSWER, "users": [ERIC]}, problem) == [problem]
    platform = Platform()
    platform.problems[ADES] = problem
    assert hear({**ANSWER, "users": [ERIC, BOB]}, platform.carrier()) == [problem]
