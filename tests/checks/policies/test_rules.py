"""Each rule: quiet about a healthy platform, exact about its defect, silent where another one is the cause."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from holdfast.checks.policies import (
    declared,
    emptiness,
    leftovers,
    ownership,
    permissions,
    shape,
    uniqueness,
    workspaces,
)
from holdfast.checks.policies.declaration import of_row
from holdfast.checks.policies.held import PROTECTED, VERBS
from holdfast.model import Deviation, InFlight, Note, Resource, Rule, UnknownCode, Unobservable
from tests.checks.policies.stores import (
    ADES,
    BOB,
    ERIC,
    OWN,
    PDP,
    WORKSPACES,
    ZEROS,
    Platform,
    declares,
    found,
    hear,
    policies,
    policy,
    resource,
)

AT = ("rm/workspace-api-pep", "develop-user")
WORKSPACE = f"{WORKSPACES} /workspaces/develop-user-eric"
GET = f"{PDP} policy Default Ownership Policy of 3f0c9d52-7a41-4e7e-9a16-000000000001 with action get"
NO_GET = {("policies.policy.missing", each) for each in (f"{ADES} /eric", WORKSPACE, f"{OWN} /")}
USERS = (("rm/workspace-api-pep", "/workspaces/*"),)
EVERY: tuple[tuple[Rule[Any], tuple[Any, ...]], ...] = (
    (emptiness.told, ()),
    (permissions.six_each, ()),
    (permissions.no_two_alike, ()),
    (permissions.owner_alone, ()),
    (permissions.well_formed, ()),
    (leftovers.no_orphans, (leftovers.Known(*AT),)),
    (leftovers.none_for_open, ()),
    (leftovers.unregistered, (("3f0c9d52-7a41-4e7e-9a16-999999999999",),)),
    (shape.well_formed, ()),
    (ownership.owned, ()),
    (uniqueness.one_per_path, ()),
    (uniqueness.not_inside, ()),
    (uniqueness.one_per_id, ()),
    (declared.registered, ()),
    (declared.as_declared, ()),
    (declared.nothing_else, (USERS,)),
    (workspaces.registered, AT),
    (workspaces.still_there, AT),
)
NEEDS = {
    **dict.fromkeys(("policies.policy.duplicate", "policies.policy.malformed"), ("PDP",)),
    **dict.fromkeys(
        (
            *(rule.id for rule in (shape.well_formed, ownership.owned)),
            *(rule.id for rule in (uniqueness.one_per_path, uniqueness.not_inside, uniqueness.one_per_id)),
            *(rule.id for rule in (declared.registered, declared.as_declared, declared.nothing_else)),
            *(rule.id for rule in (workspaces.registered, workspaces.still_there)),
        ),
        ("PEP",),
    ),
}
"""The kinds of stores a rule is about, where it is not about both."""


def all_findings(platform: Platform) -> set[tuple[str, str]]:
    """What a whole audit would find."""
    return {one for rule, args in EVERY for one in found(hear(rule, platform, *args), rule)}


def test_a_healthy_platform_is_quiet() -> None:
    platform = Platform()
    assert [word for rule, args in EVERY for word in hear(rule, platform, *args)] == []


def no_get(it: Platform) -> None:
    it.pdp = [each for each in it.pdp if not (each["config"]["action"] == "get" and each["ownership_id"] == ERIC)]


def no_policies(it: Platform) -> None:
    it.pdp = policies(it.bob, it.api, it.workspace, it.home)


def needless(it: Platform) -> None:
    it.pdp += policies(it.docs)


def orphan(it: Platform) -> None:
    it.pdp += policies(resource(9, "/gone", "00000000-aaaa-4a3b-8c4d-0123456789ab"))


def half_removed(it: Platform) -> None:
    """`management_tools remove -r` in the PEP alone, of what Git declares."""
    it.ades.remove(it.eric)


def unowned(it: Platform) -> None:
    it.ades.append(resource(9, "/nobody", ""))


def operators_unasked(it: Platform) -> None:
    it.workspaces.append(resource(9, "/workspaces/develop-user-eric/x", ZEROS))
    it.pdp += policies(it.workspaces[-1])


def twice(it: Platform) -> None:
    it.ades.append(resource(9, "/eric"))
    it.pdp += policies(it.ades[-1])


def nested(it: Platform) -> None:
    it.ades.append(resource(9, "/eric/secret", BOB))
    it.pdp += policies(it.ades[-1])
    it.objects[0] = declares("proc", "ades-pep", *it.ades)


def shared(it: Platform) -> None:
    it.docs["resource_id"] = it.eric["resource_id"]


def delegated(it: Platform) -> None:
    for each in it.pdp[:2]:
        each["config"]["rules"] = [{"OR": [{"EQUAL": {"id": ERIC}}, {"EQUAL": {"id": BOB}}]}]


def wrong_action(it: Platform) -> None:
    it.pdp[0]["config"]["action"] = "bad"


def wrong_scope(it: Platform) -> None:
    it.pdp[0]["scopes"] = ["protected_post"]


def duplicate_policy(it: Platform) -> None:
    it.pdp.append(policy(it.eric, "get", _id="ffffff"))


def other_owner(it: Platform) -> None:
    it.eric["ownership_id"] = BOB
    for each in it.pdp[:6]:
        each["config"]["rules"] = [{"AND": [{"EQUAL": {"id": BOB}}]}]


def opened(it: Platform) -> None:
    it.eric["scopes"] = ["public_access"]
    it.pdp = it.pdp[6:]


def opened_only(it: Platform) -> None:
    """Past the PEP's API: its policies stay."""
    it.eric["scopes"] = ["public_access"]


def given_away(it: Platform) -> None:
    """Past the PEP's API: its policies still let in who owned it."""
    it.eric["ownership_id"] = BOB


def half_removed_workspace(it: Platform) -> None:
    it.workspaces.remove(it.workspace)


def undeclared(it: Platform) -> None:
    it.ades.append(resource(9, "/more"))
    it.pdp += policies(it.ades[-1])


def old_document(it: Platform) -> None:
    del it.eric["scopes"]


def no_slash(it: Platform) -> None:
    it.eric["reverse_match_url"] = "eric"


def no_namespace(it: Platform) -> None:
    """A workspace was deleted: its namespace and its own PEP are gone, the policies of that are left."""
    it.objects = it.objects[:2] + it.objects[4:]
    it.own = None


def not_registered(it: Platform) -> None:
    it.workspaces.remove(it.workspace)
    it.pdp = policies(it.eric, it.bob, it.api, it.home)


def empty_pdp(it: Platform) -> None:
    it.pdp = []


def empty_pep(it: Platform) -> None:
    it.ades = []


@pytest.mark.parametrize(
    ("bend", "findings"),
    [
        (no_get, NO_GET),
        (no_policies, {("policies.policy.missing", f"{ADES} /eric")}),
        (needless, {("policies.policy.needless", f"{WORKSPACES} /docs")}),
        (orphan, {("policies.policy.orphan", f"{PDP} resource 3f0c9d52-7a41-4e7e-9a16-000000000009")}),
        (half_removed, {("policies.resource.missing", f"{ADES} /eric")}),
        (operators_unasked, {("policies.resource.unowned", f"{WORKSPACES} /workspaces/develop-user-eric/x")}),
        (twice, {("policies.resource.duplicate", f"{ADES} /eric")}),
        (nested, {("policies.resource.nested", f"{ADES} /eric/secret")}),
        (shared, {("policies.resource.shared-id", "resource 3f0c9d52-7a41-4e7e-9a16-000000000001")}),
        (delegated, {("policies.policy.delegated", f"{ADES} /eric")}),
        (wrong_action, {("policies.policy.malformed", GET)}),
        (wrong_scope, {("policies.policy.malformed", GET)}),
        (duplicate_policy, {("policies.policy.duplicate", GET)}),
        (other_owner, {("policies.resource.differs", f"{ADES} /eric")}),
        (opened, {("policies.resource.differs", f"{ADES} /eric")}),
        (opened_only, {("policies.resource.differs", f"{ADES} /eric")}),
        (given_away, {("policies.resource.differs", f"{ADES} /eric")}),
        (undeclared, {("policies.resource.undeclared", f"{ADES} /more")}),
        (old_document, {("policies.resource.malformed", f"{ADES} /eric")}),
        (no_slash, {("policies.resource.malformed", f"{ADES} eric")}),
        (no_namespace, {("policies.resource.workspace-gone", WORKSPACE)}),
        (not_registered, {("policies.resource.workspace-unregistered", WORKSPACE)}),
        (half_removed_workspace, {("policies.resource.workspace-unregistered", WORKSPACE)}),
        (empty_pdp, {("policies.dump.empty", PDP)}),
        (empty_pep, {("policies.dump.empty", ADES)}),
    ],
)  # fmt: skip
def test_one_cause_is_one_finding(bend: Callable[[Platform], None], findings: set[tuple[str, str]]) -> None:
    platform = Platform()
    bend(platform)
    assert all_findings(platform) == findings


def test_a_resource_of_nobody_is_one_finding() -> None:
    platform = Platform()
    unowned(platform)
    assert found(hear(ownership.owned, platform), ownership.owned) == [("policies.resource.unowned", f"{ADES} /nobody")]
    said = hear(declared.nothing_else, platform, USERS)
    assert found(said, declared.nothing_else) == [("policies.resource.unowned", f"{ADES} /nobody")]


def test_six_policies_of_one_orphan_are_one_finding() -> None:
    platform = Platform()
    orphan(platform)
    [said] = hear(leftovers.no_orphans, platform)
    assert isinstance(said, Deviation)
    assert len(said.affects) == len(VERBS)


def test_policies_are_no_orphans_while_a_pep_is_not_read() -> None:
    platform = Platform()
    orphan(platform)
    problem = Unobservable(UnknownCode.UNREADABLE, ADES, "it is empty")
    platform.problems[ADES] = problem
    assert hear(leftovers.no_orphans, platform) == [problem]
    platform.problems, platform.blind = {}, [Unobservable(UnknownCode.FORBIDDEN, "list deployments", "403")]
    assert hear(leftovers.no_orphans, platform) == platform.blind


@pytest.mark.parametrize(("rule", "args"), EVERY, ids=lambda each: getattr(each, "id", ""))
def test_a_store_that_is_not_read_is_never_a_pass(rule: Rule[Any], args: tuple[Any, ...]) -> None:
    platform = Platform()
    for each in (ADES, WORKSPACES, OWN, PDP):
        platform.problems[each] = Unobservable(UnknownCode.UNREADABLE, each, "it is empty")
    said = hear(rule, platform, *args)
    assert said
    assert all(isinstance(each, Unobservable) for each in said)


@pytest.mark.parametrize("kind", ["PEP", "PDP"])
@pytest.mark.parametrize(("rule", "args"), EVERY, ids=lambda each: getattr(each, "id", ""))
def test_a_kind_of_store_that_nobody_named_is_never_a_pass(kind: str, rule: Rule[Any], args: tuple[Any, ...]) -> None:
    platform, needed = Platform(), set(NEEDS.get(rule.id, ("PEP", "PDP")))
    whole = platform.carrier().raw
    carrier = Resource({**whole, "stores": [each for each in whole["stores"] if each["kind"] != kind]})
    said = [each for each in rule(carrier, platform.world(), *args) if isinstance(each, Unobservable)]
    assert ((UnknownCode.NOTHING_MATCHED, f"every {kind}") in {(each.code, each.subject) for each in said}) == (
        kind in needed
    )
    assert all(each.remedy for each in said)


@pytest.mark.parametrize(("rule", "args"), EVERY, ids=lambda each: getattr(each, "id", ""))
def test_what_was_judged_by_a_dump_says_how_old_it_was(rule: Rule[Any], args: tuple[Any, ...]) -> None:
    platform = Platform()
    carrier = platform.carrier()
    for each in carrier.raw["stores"]:
        each |= {"file": f"{each['name']}.json", "written": "2026-03-01T12:00:00+00:00", "age": "written yesterday"}
    said = list(rule(carrier, platform.world(), *args))
    told = {each.text for each in said if isinstance(each, Note)}
    needed = NEEDS.get(rule.id, ("PEP", "PDP"))
    wanted = {
        f"{one} was judged by {one.rpartition('/')[2]}.json, written yesterday" for one in (ADES, WORKSPACES, OWN, PDP)
    }
    assert (len(said), told) == (len(told), {each for each in wanted if each.partition(" ")[0] in needed})


def test_nothing_held_and_nothing_known_of_it_is_no_pass() -> None:
    platform = Platform()
    platform.ades, platform.workspaces, platform.own, platform.pdp = [], [], [], []
    platform.objects = []
    said = hear(emptiness.told, platform)
    assert len(said) == 4
    assert all(isinstance(each, Unobservable) for each in said)


def test_a_table_names_whom_the_platform_lets_in_too() -> None:
    platform = Platform()
    delegated(platform)
    assert hear(permissions.owner_alone, platform, ({"path": "/eric", "user": BOB},)) == []
    assert hear(permissions.owner_alone, platform, ({"path": "/bob", "user": BOB},)) != []
    other = ({"path": "/eric", "user": BOB, "guard": "rm/workspace-api-pep"},)
    assert hear(permissions.owner_alone, platform, other) != []


@pytest.mark.parametrize(
    "rules", [None, [], {}, [{}], [{"NOT": [{"EQUAL": {"id": ERIC}}]}], [{"AND": [{"EQUAL": {"a": "b"}}]}], "x", [[]]]
)
def test_rules_of_its_own_are_never_the_owners(rules: Any) -> None:
    platform = Platform()
    platform.pdp[0]["config"]["rules"] = rules
    assert found(hear(permissions.owner_alone, platform), permissions.owner_alone) == [
        ("policies.policy.delegated", f"{ADES} /eric")
    ]


def test_what_a_table_declares_is_registered() -> None:
    platform = Platform()
    rows = tuple(
        of_row(each)
        for each in (
            {"guard": "proc/ades-pep", "path": "/eric", "owner": ERIC, "scopes": "protected", "name": "Resource 1"},
            {"guard": "proc/ades-pep", "path": "/", "owner": "operator", "scopes": "public"},
            {"guard": "rm/workspace-api-pep", "path": "/", "owner": ZEROS, "scopes": ",".join(PROTECTED)},
        )
    )
    assert hear(declared.registered, platform, rows) == []
    assert hear(declared.as_declared, platform, rows) == []
    wrong = (of_row({"guard": "proc/ades-pep", "path": "/eric", "owner": BOB, "scopes": "public", "name": "x"}),)
    [said] = hear(declared.as_declared, platform, wrong)
    assert isinstance(said, Deviation)
    assert said.observed.startswith("name Resource 1; owner 7b1d0f9e-2222")
    gone = (of_row({"guard": "proc/ades-pep", "path": "/alice"}),)
    assert found(hear(declared.registered, platform, gone), declared.registered) == [
        ("policies.resource.missing", f"{ADES} /alice")
    ]


def test_a_table_about_a_pep_that_nobody_read_is_no_pass() -> None:
    rows = (of_row({"guard": "um/other-pep", "path": "/"}),)
    for rule in (declared.registered, declared.as_declared):
        [said] = hear(rule, Platform(), rows)
        assert isinstance(said, Unobservable)


@pytest.mark.parametrize("data", [{}, {"default-resources.json": "{"}, {"default-resources.json": '{"x": 1}'}])
def test_a_declaration_that_cannot_be_read_is_no_empty_one(data: Any) -> None:
    platform = Platform()
    platform.objects[0]["data"] = data
    for rule, args in ((declared.registered, ()), (declared.as_declared, ()), (declared.nothing_else, (USERS,))):
        assert [each.subject for each in hear(rule, platform, *args) if isinstance(each, Unobservable)] == [
            "ConfigMap/proc/ades-pep-custom-resources"
        ]


def test_what_was_unregistered_is_looked_for_everywhere() -> None:
    platform = Platform()
    id = platform.eric["resource_id"]
    assert found(hear(leftovers.unregistered, platform, (id,)), leftovers.unregistered) == [
        ("policies.resource.left-over", f"resource {id}")
    ]
    platform.ades.remove(platform.eric)
    assert len(hear(leftovers.unregistered, platform, (id,))) == 1
    platform.pdp = platform.pdp[6:]
    assert hear(leftovers.unregistered, platform, (id,)) == []


@pytest.mark.parametrize("given", ["eric-workspace", "/eric", "Resource 1", "3f0c9d52"])
def test_what_is_no_id_is_left_nowhere_and_no_pass(given: str) -> None:
    [said] = hear(leftovers.unregistered, Platform(), (given,))
    assert isinstance(said, Unobservable)
    assert (said.code, said.subject) == (UnknownCode.NOTHING_MATCHED, f"resource {given}")
    assert ("PEP proc/ades-pep /eric is called so" in said.detail) == (given in ("/eric", "Resource 1"))


def test_what_an_unregistration_left_is_no_orphan_besides() -> None:
    platform = Platform()
    orphan(platform)
    id = platform.pdp[-1]["config"]["resource_id"]
    said = hear(leftovers.no_orphans, platform, leftovers.Known(unregistered=(id,)))
    assert found(said, leftovers.no_orphans) == [("policies.resource.left-over", f"resource {id}")]


def test_a_workspace_that_is_being_made_or_deleted_is_no_finding() -> None:
    platform = Platform()
    not_registered(platform)
    platform.objects[3]["metadata"]["creationTimestamp"] = "2026-03-02T11:58:00Z"
    assert [type(each) for each in hear(workspaces.registered, platform, *AT)] == [InFlight]
    platform.objects[3]["metadata"]["deletionTimestamp"] = "2026-03-02T11:59:00Z"
    assert hear(workspaces.registered, platform, *AT) == []


def test_workspaces_that_are_wanted_and_called_otherwise_are_no_pass() -> None:
    platform, other = Platform(), ("rm/workspace-api-pep", "ws")
    assert hear(workspaces.registered, platform, *other) == []
    [said] = hear(workspaces.registered, platform, *other, workspaces.MAKING, True)
    assert isinstance(said, Unobservable)
    assert (said.code, said.subject) == (UnknownCode.NOTHING_MATCHED, "every workspace (ws-…)")
    assert hear(workspaces.registered, platform, *AT, workspaces.MAKING, True) == []


def test_below_the_operators_or_an_open_path_everybody_has_a_place() -> None:
    platform = Platform()
    platform.workspaces.append(resource(9, "/docs/private", BOB))
    assert hear(uniqueness.not_inside, platform) == []
