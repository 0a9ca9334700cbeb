"""PEPs and a PDP as `management_tools` tells of them, healthy, to be bent by a test."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from typing import Any

from holdfast.checks.policies.held import PROTECTED, VERBS
from holdfast.fixtures.observed import carrier
from holdfast.fixtures.policies import KIND, SUBJECT
from holdfast.model import Deviation, Note, Resource, Rule, Unobservable
from tests.checks.world import FixedWorld

ERIC = "7b1d0f9e-2222-4a3b-8c4d-0123456789ab"
BOB = "7b1d0f9e-3333-4a3b-8c4d-0123456789ab"
ZEROS = "0000000000000"
ADES, WORKSPACES, PDP = "PEP proc/ades-pep", "PEP rm/workspace-api-pep", "PDP um/pdp-engine"
OWN = "PEP develop-user-eric/develop-user-eric-pep"
Raw = dict[str, Any]


def resource(number: int, path: str, owner: str = ERIC, *, open_: bool = False, **more: Any) -> Raw:
    """One document of a PEP."""
    return {
        "resource_id": f"3f0c9d52-7a41-4e7e-9a16-{number:012d}",
        "name": f"Resource {number}",
        "ownership_id": owner,
        "reverse_match_url": path,
        "scopes": ["public_access"] if open_ else list(PROTECTED),
        **more,
    }


def policy(of: Raw, verb: str, **more: Any) -> Raw:
    """One document of the PDP, as the PEP has it made."""
    who = {"isOperator": True} if set(of["ownership_id"]) == {"0"} else {"id": of["ownership_id"]}
    config = {"resource_id": of["resource_id"], "action": verb, "rules": [{"AND": [{"EQUAL": who}]}]}
    return {
        "_id": f"{of['resource_id'][-6:]}{VERBS.index(verb):018d}",
        "name": f"Default Ownership Policy of {of['resource_id']} with action {verb}",
        "ownership_id": of["ownership_id"],
        "config": config,
        "scopes": [f"protected_{verb}"],
        **more,
    }


def policies(*resources: Raw) -> list[Raw]:
    """The six of each."""
    return [policy(each, verb) for each in resources for verb in VERBS]


class Platform:
    """Two PEPs, that of a workspace, a PDP, and what Git declares; every test bends its own."""

    def __init__(self) -> None:
        self.eric, self.bob = resource(1, "/eric"), resource(2, "/bob", BOB)
        self.root = resource(3, "/", ZEROS, open_=True)
        self.api = resource(4, "/", ZEROS)
        self.docs = resource(5, "/docs", ZEROS, open_=True)
        self.workspace = resource(6, "/workspaces/develop-user-eric")
        self.home = resource(7, "/")
        self.ades = [self.eric, self.bob, self.root]
        self.workspaces = [self.api, self.docs, self.workspace]
        self.own: list[Raw] | None = [self.home]
        self.pdp = policies(self.eric, self.bob, self.api, self.workspace, self.home)
        self.problems: dict[str, Unobservable] = {}
        self.blind: list[Unobservable] = []
        self.objects: list[Raw] = [
            declares("proc", "ades-pep", self.eric, self.bob, self.root),
            declares("rm", "workspace-api-pep", self.api, self.docs),
            declares("develop-user-eric", "develop-user-eric-pep", self.home),
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "develop-user-eric"}},
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "rm"}},
        ]

    def carrier(self) -> Resource:
        """As the sense makes it."""
        stores = [
            self._store(ADES, self.ades),
            self._store(WORKSPACES, self.workspaces),
            *([] if self.own is None else [self._store(OWN, self.own)]),
            self._store(PDP, self.pdp),
        ]
        told = {"dumps": False, "stores": stores, "blind": [_told(each) for each in self.blind]}
        return carrier(KIND, SUBJECT, copy.deepcopy(told))

    def world(self) -> FixedWorld:
        return FixedWorld(*self.objects)

    def _store(self, subject: str, entries: list[Raw]) -> Raw:
        kind, _, address = subject.partition(" ")
        namespace, _, name = address.partition("/")
        told: Raw = {"kind": kind, "namespace": namespace, "name": name}
        problem = self.problems.get(subject)
        return told | ({"problem": _told(problem)} if problem else {"entries": entries})


def declares(namespace: str, pep: str, *resources: Raw) -> Raw:
    """The ConfigMap of a PEP's chart."""
    wanted = [
        {
            "name": each["name"],
            "description": "",
            "resource_uri": each["reverse_match_url"],
            "scopes": [scope for scope in each["scopes"] if scope not in PROTECTED],
            "default_owner": each["ownership_id"],
        }
        for each in resources
    ]
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"namespace": namespace, "name": f"{pep}-custom-resources"},
        "data": {"default-resources.json": json.dumps({"default_resources": wanted})},
    }


def _told(problem: Unobservable) -> Raw:
    return {
        "code": problem.code.value,
        "subject": problem.subject,
        "detail": problem.detail,
        "remedy": problem.remedy,
    }


def hear(rule: Rule[Any], platform: Platform, *args: Any) -> list[Deviation | Note | Unobservable]:
    """Every word of a rule, what it raises included."""
    words: list[Any] = []
    try:
        words.extend(rule(platform.carrier(), platform.world(), *args))
    except Unobservable as problem:
        words.append(problem)
    return words


def found(words: Iterable[Any], rule: Rule[Any]) -> list[tuple[str, str]]:
    """(rule, subject) of the deviations among them."""
    return [(each.rule or rule.id, each.subject) for each in words if isinstance(each, Deviation)]
