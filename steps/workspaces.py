"""Users' workspaces, as sentences.

Where things are is in platform.toml: ``[names] user_prefix`` and ``workspace_templates``; ``[endpoints]
workspace_api``, ``minio`` and ``harbor``; who asks them in ``[credentials]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.checks.web import reach
from holdfast.checks.web.reach import Expected
from holdfast.checks.workspaces import served, storage, whole
from holdfast.checks.workspaces.whole import Maker
from holdfast.columns import known
from holdfast.fixtures.workspaces import endpoints as endpoints_of
from holdfast.vocabulary import Rows, then

if TYPE_CHECKING:
    from holdfast.fixtures.buckets import Buckets
    from holdfast.fixtures.endpoints import Endpoints
    from holdfast.fixtures.workspaces import Workspaces
    from holdfast.judge import Judge
    from holdfast.model import Query
    from holdfast.platform import Platform

_ANSWERS = Expected(status=frozenset({200, 401, 403}))
"""A guard stands in front of them: being refused is an answer."""


def _prefix(platform: Platform) -> str:
    return platform.names.get("user_prefix", "develop-user")


def _templates(platform: Platform) -> str:
    return platform.names.get("workspace_templates", "rm/workspace-charts")


def _maker(platform: Platform) -> Maker:
    seconds = reach.patience(str(platform.limits.get("workspace_provisioning", "10m")))
    return Maker(platform.endpoints["workspace_api"], seconds)


def _each(judge: Judge, workspaces: Workspaces, platform: Platform) -> list[str]:
    """The workspaces there are; that there is none, or that some may be out of sight, is said."""
    query = workspaces.every(_prefix(platform))
    listing = query.read()
    if listing.problems or not listing.seen:
        judge(whole.equipped, query, {}, _maker(platform))
    return [each.name for each in listing.seen]


@then("every workspace has these Secrets", columns=known("secret", "keys"))
def workspaces_have_secrets(judge: Judge, workspaces: Workspaces, platform: Platform, rows: Rows) -> None:
    wanted = {row["secret"]: [key.strip() for key in row["keys"].split(",")] for row in rows}
    judge(whole.equipped, workspaces.every(_prefix(platform)), wanted, _maker(platform))


@then("every workspace template gives an object")
def templates_render(judge: Judge, workspaces: Workspaces, platform: Platform) -> None:
    templates = _templates(platform)
    for name in _each(judge, workspaces, platform):
        judge(whole.renders, workspaces.compared(name, templates), templates, _maker(platform))


@then("every workspace has every object of its templates")
def workspaces_are_furnished(judge: Judge, workspaces: Workspaces, platform: Platform) -> None:
    for name in _each(judge, workspaces, platform):
        judge(whole.furnished, workspaces.compared(name, _templates(platform)), _maker(platform))


@then("every object of a workspace is as its template gives it")
def workspaces_are_current(judge: Judge, workspaces: Workspaces, platform: Platform) -> None:
    for name in _each(judge, workspaces, platform):
        judge(whole.current, workspaces.compared(name, _templates(platform)), _maker(platform))


@then("the workspace API calls every workspace ready")
def workspaces_are_ready(judge: Judge, workspaces: Workspaces, platform: Platform) -> None:
    for name in _each(judge, workspaces, platform):
        judge(served.ready, workspaces.known(platform.endpoints["workspace_api"], name), name, _maker(platform))


@then("the endpoints of every workspace answer")
def workspace_endpoints_answer(judge: Judge, workspaces: Workspaces, endpoints: Endpoints, platform: Platform) -> None:
    for name in _each(judge, workspaces, platform):
        known = workspaces.known(platform.endpoints["workspace_api"], name)
        judge(served.ready, known, name, _maker(platform))
        for url in endpoints_of(known.read()):
            judge(reach.answers, endpoints.get(url), _ANSWERS)


def _storage(judge: Judge, workspaces: Workspaces, buckets: Buckets, platform: Platform) -> Query:
    names = _each(judge, workspaces, platform)
    return buckets.of(platform.endpoints["minio"], names, workspaces.bucket_name)


@then("the bucket of every workspace exists")
def buckets_exist(judge: Judge, workspaces: Workspaces, buckets: Buckets, platform: Platform) -> None:
    judge(storage.stored, _storage(judge, workspaces, buckets, platform))


@then("no bucket of a deleted workspace is left")
def no_bucket_is_left(judge: Judge, workspaces: Workspaces, buckets: Buckets, platform: Platform) -> None:
    judge(storage.no_bucket_left, _storage(judge, workspaces, buckets, platform), _prefix(platform))


@then("every workspace has a user in the container registry")
def registry_users_exist(judge: Judge, workspaces: Workspaces, platform: Platform) -> None:
    names = _each(judge, workspaces, platform)
    judge(served.registered, workspaces.users(platform.endpoints["harbor"]), names)


@then("no registry user of a deleted workspace is left")
def no_registry_user_is_left(judge: Judge, workspaces: Workspaces, platform: Platform) -> None:
    judge(served.no_user_left, workspaces.users(platform.endpoints["harbor"]), _prefix(platform))
