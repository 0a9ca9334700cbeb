"""Guarded paths and Ingresses: who gets in, and what leads around a guard."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.access import ingresses, paths
from holdfast.fixtures.observed import carrier
from holdfast.model import Deviation, Resource
from tests.checks.world import FixedWorld

URL = "https://dummy.example/ericspace"
AUTH = {"nginx.ingress.kubernetes.io/auth-url": "https://auth.example/auth"}


def visit(who: str, status: int, **told: Any) -> Resource:
    name = f"GET {URL}" + (f" as the {who}" if who else "")
    given = {"url": URL, "stage": "done", "problem": "", "size": 2, "seconds": 0.1, "headers": {}}
    return carrier("visit", name, {**given, "status": status, **told})


def heard(said: Any) -> list[tuple[str, str]]:
    return [(each.rule, each.subject) for each in said if isinstance(each, Deviation)]


def test_a_guarded_path_that_behaves_is_quiet() -> None:
    assert heard(paths.closed(visit("", 401), FixedWorld(), {401})) == []
    assert heard(paths.owned(visit("owner", 200), FixedWorld(), {200})) == []
    assert heard(paths.kept(visit("other", 403, anonymous=401), FixedWorld(), {403})) == []


def test_a_path_open_to_all_is_one_finding_whoever_met_it() -> None:
    alone = heard(paths.closed(visit("", 200), FixedWorld(), {401}))
    another = heard(paths.kept(visit("other", 200, anonymous=200), FixedWorld(), {403}))
    assert alone == another == [("access.path.open", f"GET {URL}")]


def test_a_path_open_to_another_user_is_another_finding() -> None:
    said = heard(paths.kept(visit("other", 200, anonymous=401), FixedWorld(), {403}))
    assert said == [("access.path.shared", f"GET {URL} as the other")]


@pytest.mark.parametrize("status", [401, 403])
def test_an_owner_who_is_kept_out_is_a_finding(status: int) -> None:
    assert heard(paths.owned(visit("owner", status), FixedWorld(), {200})) == [
        ("access.path.refused", f"GET {URL} as the owner")
    ]


@pytest.mark.parametrize("status", [404, 500, 502, 302])
def test_an_outage_is_no_matter_of_access_and_no_pass(status: int) -> None:
    for check in (paths.closed, paths.owned, paths.kept):
        assert [rule for rule, _ in heard(check(visit("", status), FixedWorld(), {401}))] == ["web.endpoint.status"]


def ingress(name: str, service: str, annotations: dict[str, str] | None = None, namespace: str = "test") -> Resource:
    backend = {"service": {"name": service, "port": {"name": "http"}}}
    rule = {"host": f"{name}.example", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    metadata = {"name": name, "namespace": namespace, "annotations": annotations or {}}
    spec = {"rules": [rule]}
    return Resource({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec})


def bypasses(*there: Resource, meant: tuple[tuple[str, str], ...] = ()) -> list[str]:
    world = FixedWorld(*(each.raw for each in there))
    said = [each for one in there for each in ingresses.guarded(one, world, meant)]
    return [str(each.ref) for each in said if isinstance(each, Deviation)]


def test_an_open_ingress_beside_a_guarded_one_is_found() -> None:
    assert bypasses(ingress("guarded", "dummy", AUTH), ingress("open", "dummy")) == ["Ingress/test/open"]


def test_a_snippet_that_asks_is_a_guard_and_one_that_does_not_is_none() -> None:
    snippet = "nginx.ingress.kubernetes.io/configuration-snippet"
    asks = ingress("guarded", "dummy", {snippet: "auth_request /auth;"})
    more = ingress("other", "dummy", {snippet: "more_set_headers 'X: y';"})
    assert bypasses(asks, more) == ["Ingress/test/other"]


def test_a_guard_in_front_counts_by_its_name() -> None:
    assert bypasses(ingress("guarded", "dummy-pep"), ingress("open", "dummy")) == ["Ingress/test/open"]


@pytest.mark.parametrize(
    "there",
    [
        (ingress("one", "dummy"), ingress("two", "dummy")),  # nothing guards it: that is not for this rule to say
        (ingress("guarded", "dummy", AUTH), ingress("also", "dummy", AUTH)),
        (ingress("guarded", "dummy", AUTH), ingress("open", "another")),
        (ingress("guarded", "dummy", AUTH), ingress("open", "dummy", namespace="elsewhere")),
        (ingress("guarded", "dummy", AUTH), Resource({"kind": "Ingress", "metadata": {"name": "x"}, "spec": {}})),
    ],
)
def test_what_leads_around_no_guard_is_quiet(there: tuple[Resource, ...]) -> None:
    assert bypasses(*there) == []


def test_a_way_that_is_meant_is_quiet() -> None:
    assert bypasses(ingress("guarded", "d", AUTH), ingress("open", "d"), meant=(("test", "open"),)) == []


def test_a_login_page_lets_nobody_in() -> None:
    for check, who, promised in ((paths.owned, "owner", 200), (paths.closed, "", 401), (paths.kept, "other", 403)):
        masked = visit(who, 200, login_page=True, anonymous=200)
        assert [rule for rule, _ in heard(check(masked, FixedWorld(), {promised}))] == ["web.endpoint.content-type"]
