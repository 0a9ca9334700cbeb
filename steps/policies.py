"""What PEPs and the PDP hold, as sentences."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pytest_bdd import parsers

from holdfast.checks.flux import timing
from holdfast.checks.policies import (
    declaration,
    declared,
    emptiness,
    leftovers,
    ownership,
    permissions,
    shape,
    uniqueness,
    workspaces,
)
from holdfast.checks.policies import users as owners
from holdfast.columns import known
from holdfast.model import NotAsked
from holdfast.vocabulary import Rows, then

if TYPE_CHECKING:
    from holdfast.fixtures.policies import Policies
    from holdfast.fixtures.users import Users
    from holdfast.judge import Judge
    from holdfast.platform import Platform


@then("every PEP and the PDP say what they hold")
def all_say_what_they_hold(judge: Judge, policies: Policies) -> None:
    judge(emptiness.told, policies.held())


@then("every protected resource has a policy for each verb")
def every_verb_has_a_policy(judge: Judge, policies: Policies) -> None:
    judge(permissions.six_each, policies.held())


@then("no two policies say the same")
def no_two_policies_say_the_same(judge: Judge, policies: Policies) -> None:
    judge(permissions.no_two_alike, policies.held())


@then("every policy is well formed")
def every_policy_is_well_formed(judge: Judge, policies: Policies) -> None:
    judge(permissions.well_formed, policies.held())


@then("every policy lets in the owner of its resource alone")
def owners_alone_are_let_in(judge: Judge, policies: Policies) -> None:
    judge(permissions.owner_alone, policies.held())


@then(
    "every policy lets in the owner of its resource alone, but for these",
    columns=known("path", "user", "guard?", "reason?"),
)
def owners_and_these_are_let_in(judge: Judge, policies: Policies, rows: Rows) -> None:
    judge(permissions.owner_alone, policies.held(), tuple(row.given() for row in rows))


@then("no policy is left of a resource that no PEP holds")
def no_policy_is_left(judge: Judge, policies: Policies, platform: Platform) -> None:
    names = platform.names
    gone = _ids(names.get("unregistered_resources", ""))
    known = leftovers.Known(names.get("workspace_pep", ""), names.get("user_prefix", ""), _making(platform), gone)
    judge(leftovers.no_orphans, policies.held(), known)


@then("no resource that is open has policies")
def no_open_resource_has_policies(judge: Judge, policies: Policies) -> None:
    judge(leftovers.none_for_open, policies.held())


@then(parsers.re(r'resources? "(?P<ids>[^"]*)" (?:is|are) registered nowhere'))
def registered_nowhere(judge: Judge, policies: Policies, ids: str) -> None:
    named = _ids(ids)
    if not named:
        raise NotAsked("names no resource: give the ids under [names] unregistered_resources in a --platform-file")
    judge(leftovers.unregistered, policies.held(), named)


@then("every registered resource is well formed")
def every_resource_is_well_formed(judge: Judge, policies: Policies) -> None:
    judge(shape.well_formed, policies.held())


@then("every registered resource has an owner")
def every_resource_has_an_owner(judge: Judge, policies: Policies) -> None:
    judge(ownership.owned, policies.held())


@then("no path is registered twice in one PEP")
def no_path_is_registered_twice(judge: Judge, policies: Policies) -> None:
    judge(uniqueness.one_per_path, policies.held())


@then("no resource lies inside another user's")
def no_resource_lies_inside_anothers(judge: Judge, policies: Policies) -> None:
    judge(uniqueness.not_inside, policies.held())


@then("no two resources have one id")
def no_two_resources_have_one_id(judge: Judge, policies: Policies) -> None:
    judge(uniqueness.one_per_id, policies.held())


@then("every PEP holds the resources its configuration declares")
def configured_resources_are_registered(judge: Judge, policies: Policies) -> None:
    judge(declared.registered, policies.held())
    judge(declared.as_declared, policies.held())


@then("these resources are registered", columns=known(*declaration.COLUMNS))
def these_resources_are_registered(judge: Judge, policies: Policies, rows: Rows) -> None:
    wanted = tuple(declaration.of_row(row.given()) for row in rows)
    judge(declared.registered, policies.held(), wanted)
    judge(declared.as_declared, policies.held(), wanted)


@then("no other resource is registered")
def no_other_resource_is_registered(judge: Judge, policies: Policies) -> None:
    judge(declared.nothing_else, policies.held())


@then("no other resource is registered, but below these paths", columns=known("guard", "path"))
def no_other_resource_is_registered_but(judge: Judge, policies: Policies, rows: Rows) -> None:
    judge(declared.nothing_else, policies.held(), tuple((row["guard"], row["path"]) for row in rows))


@then("every owner of a resource is a user of the identity provider")
def owners_are_users(judge: Judge, policies: Policies, users: Users) -> None:
    judge(owners.owners_exist, users.known(), policies.held())


@then(parsers.re(r'every workspace "(?P<prefix>[^"]+)-\*" is registered in PEP "(?P<guard>[^"]+)", and no other is'))
def workspaces_are_registered(judge: Judge, policies: Policies, platform: Platform, prefix: str, guard: str) -> None:
    wanted = "workspaces" in platform.wanted
    judge(workspaces.registered, policies.held(), guard, prefix, _making(platform), wanted)
    judge(workspaces.still_there, policies.held(), guard, prefix)


def _ids(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def _making(platform: Platform) -> timedelta:
    """How long the workspace API may take to register a workspace."""
    return timing.parse_duration(str(platform.limits.get("workspace_registration", ""))) or workspaces.MAKING
