"""Logins, userinfo, introspection, decisions: what each answer of an identity provider means."""

from __future__ import annotations

import json
from typing import Any

import pytest

from holdfast.checks.access import decisions, discovery, tokens
from holdfast.fixtures.observed import carrier
from holdfast.model import Deviation, Resource
from tests.checks.world import FixedWorld

ISSUER = "https://identity.example/realms/eoepca"
TOKEN = f"{ISSUER}/protocol/openid-connect/token"


def exchange(kind: str, name: str, **told: Any) -> Resource:
    given = {"url": TOKEN, "stage": "done", "problem": "", "status": 200, "size": 900, "seconds": 0.1, "headers": {}}
    return carrier(kind, name, {**given, **told})


def login(**told: Any) -> dict[str, Any]:
    given = {"login_as": "owner", "from": ISSUER, "tokens": ["access_token", "id_token", "refresh_token"]}
    return {**exchange("token", "x").raw, **given, "same_user": True, "error": "", **told}


def heard(said: Any) -> list[tuple[str, str]]:
    return [(each.rule, each.subject) for each in said if isinstance(each, Deviation)]


def test_whoever_gets_all_three_tokens_is_logged_in() -> None:
    assert heard(tokens.issued(Resource(login()), FixedWorld())) == []


@pytest.mark.parametrize(
    ("told", "subject"),
    [
        ({"status": 401, "error": "invalid_grant"}, "x"),
        ({"status": 401, "error": "invalid_client"}, f"client of logins at {ISSUER}"),
        ({"status": 400, "error": "unauthorized_client"}, f"client of logins at {ISSUER}"),
        ({"tokens": ["access_token", "refresh_token"]}, "x"),
        ({"tokens": []}, "x"),
    ],
)
def test_a_login_that_fails_is_a_finding(told: dict[str, Any], subject: str) -> None:
    assert heard(tokens.issued(Resource(login(**told)), FixedWorld())) == [("access.token.refused", subject)]


@pytest.mark.parametrize(
    ("status", "error", "variable", "cause"),
    [
        (401, "invalid_grant", "TEST_USER, TEST_PASSWORD", "TEST_PASSWORD is wrong, or the account TEST_USER"),
        (401, "unauthorized_client", "ADMIN_CLIENT_SECRET", "secret is another than ADMIN_CLIENT_SECRET has"),
        (401, "invalid_client", "ADMIN_CLIENT_SECRET", "secret is another than ADMIN_CLIENT_SECRET has"),
        (400, "unauthorized_client", "ADMIN_CLIENT_ID", "direct access grants are off"),
    ],
)
def test_a_refused_login_names_the_variables_and_the_cause(status: int, error: str, variable: str, cause: str) -> None:
    given = {"given": ["TEST_USER", "TEST_PASSWORD"], "client_given": ["ADMIN_CLIENT_ID", "ADMIN_CLIENT_SECRET"]}
    [said] = tokens.issued(Resource(login(status=status, error=error, **given)), FixedWorld())
    assert isinstance(said, Deviation)
    assert variable in said.summary
    assert cause in said.cause


def test_a_login_is_made_again_by_hand_without_a_token_on_the_screen() -> None:
    given = {"given": ["TEST_USER", "TEST_PASSWORD"], "client_given": ["ADMIN_CLIENT_ID", "ADMIN_CLIENT_SECRET"]}
    [said] = tokens.issued(Resource(login(status=401, error="invalid_grant", **given)), FixedWorld())
    assert isinstance(said, Deviation)
    command = said.remedy[0].command
    assert command.endswith(f"'{TOKEN}' | jq '{{error, error_description, scope}}'")
    assert '--data-urlencode "password=$TEST_PASSWORD"' in command


def test_a_decision_is_asked_for_again_as_who_asked() -> None:
    asked = {"permission": "/eric/*", "response_mode": "decision"}
    name = f"decision of {ISSUER}: the owner wants /eric/*"
    denied = exchange("decision", name, error="access_denied", asked=asked, audience_given=["OAPIP_CLIENT_ID"])
    [said] = decisions.decided(denied, FixedWorld(), "granted")
    assert isinstance(said, Deviation)
    command = said.remedy[0].command
    for part in ("$OWNER_TOKEN", '"audience=$OAPIP_CLIENT_ID"', "'permission=/eric/*'", "| head -c 2000"):
        assert part in command


def test_a_recording_of_before_names_no_variables() -> None:
    [said] = tokens.issued(Resource(login(status=401, error="invalid_grant")), FixedWorld())
    assert isinstance(said, Deviation)
    assert (said.summary, said.cause[:31]) == ("x: status 401: invalid_grant", "the password given is wrong, or")


def test_a_token_that_names_somebody_else_is_a_finding() -> None:
    assert heard(tokens.issued(Resource(login(same_user=False)), FixedWorld())) == [("access.identity.differs", "x")]


def test_a_login_that_fails_is_told_once_by_whatever_needed_it() -> None:
    failed = login(status=401, error="invalid_grant")
    said = {
        pair
        for check in (tokens.userinfo, tokens.active)
        for pair in heard(check(carrier("x", "anything", {"login": failed}), FixedWorld()))
    }
    said |= set(heard(decisions.decided(carrier("decision", "d", {"login": failed}), FixedWorld(), "granted")))
    assert said == {("access.token.refused", f"token of the owner from {ISSUER}")}


@pytest.mark.parametrize("active", [False, None, "true"])
def test_only_active_true_is_active(active: object) -> None:
    answer = exchange("introspection", "i", active=active)
    assert [each.observed for each in tokens.active(answer, FixedWorld()) if isinstance(each, Deviation)] == [
        f"active: {active}"
    ]


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("granted", {"status": 200, "result": True}),
        ("granted", {"status": 200, "rpt": True, "result": None}),
        ("denied", {"status": 403, "error": "access_denied"}),
        ("denied", {"status": 400, "error": "request_denied"}),
        ("unauthorised", {"status": 401, "error": "invalid_client"}),
        ("unauthorised", {"status": 401, "error": "unauthorized_client"}),
    ],
)
def test_decisions_are_told_apart(outcome: str, told: dict[str, Any]) -> None:
    answer = exchange("decision", "d", **told)
    for wanted in decisions.OUTCOMES:
        assert (heard(decisions.decided(answer, FixedWorld(), wanted)) == []) == (wanted == outcome)


@pytest.mark.parametrize(
    "told",
    [
        {"result": False},
        {"result": "true"},
        {},
        {"status": 400, "error": "invalid_resource"},  # the path is not there at all: that is no denial
        {"status": 403},  # a page of something before the provider
        {"status": 401},
        {"status": 401, "error": ""},
    ],
)
def test_no_decision_is_none(told: dict[str, Any]) -> None:
    answer = exchange("decision", "d", **told)
    assert all(heard(decisions.decided(answer, FixedWorld(), wanted)) == [("", "d")] for wanted in decisions.OUTCOMES)


def discovered(text: str, **told: Any) -> Resource:
    url = f"{ISSUER}/.well-known/openid-configuration"
    media = {"content-type": "application/json"}
    return exchange("endpoint", f"GET {url}", url=url, text=text, headers=media, size=len(text), **told)


def test_discovery_promises_its_endpoints_and_its_own_name() -> None:
    good = discovered(f'{{"issuer": "{ISSUER}", "token_endpoint": "{TOKEN}"}}')
    assert heard(discovery.told(good, FixedWorld(), ISSUER, ["token_endpoint"])) == []
    assert heard(discovery.told(good, FixedWorld(), ISSUER, ["policy_endpoint"])) == [
        ("access.discovery.endpoint", ISSUER)
    ]
    other = discovered(f'{{"issuer": "https://elsewhere", "token_endpoint": "{TOKEN}"}}')
    assert heard(discovery.told(other, FixedWorld(), ISSUER, ["token_endpoint"])) == [
        ("access.discovery.issuer", ISSUER)
    ]


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri"])
def test_an_endpoint_of_plain_http_is_a_finding_whoever_met_it(name: str) -> None:
    place = TOKEN.replace("https:", "http:")
    document = {"issuer": ISSUER, "token_endpoint": TOKEN, "jwks_uri": TOKEN, name: place}
    named = heard(
        discovery.told(discovered(json.dumps(document)), FixedWorld(), ISSUER, ["token_endpoint", "jwks_uri"])
    )
    found = {"discovery": True, "issuer": ISSUER, "lacks": [], "in_clear": {name: place}}
    login = exchange("x", "y", url=f"{ISSUER}/.well-known/openid-configuration", **found)
    login.raw["headers"]["content-type"] = "application/json"
    met = heard(tokens.userinfo(carrier("userinfo", "u", {"login": login.raw}), FixedWorld()))
    assert named == met == [("access.discovery.endpoint", ISSUER)]


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "<html>"])
def test_discovery_nobody_can_read_is_one_finding_whoever_met_it(text: str) -> None:
    """Nobody says then that the provider calls itself something else: it has said nothing."""
    seen = discovered(text) if text else discovered("", status=404)
    scenario = heard(discovery.told(seen, FixedWorld(), ISSUER, ["token_endpoint"]))
    facts = {"discovery": True, "readable": False, "issuer": "", "lacks": ["token_endpoint"], "in_clear": {}}
    login = {key: each for key, each in {**seen.raw, **facts}.items() if key != "text"}
    met = heard(tokens.userinfo(carrier("userinfo", "u", {"login": login}), FixedWorld()))
    assert scenario == met
    assert len(met) == 1


def test_a_provider_that_is_plain_http_itself_is_not_judged_for_its_endpoints() -> None:
    here = ISSUER.replace("https:", "http:")
    said = discovered(json.dumps({"issuer": here, "token_endpoint": f"{here}/token"}))
    assert heard(discovery.told(said, FixedWorld(), here, ["token_endpoint"])) == []


@pytest.mark.parametrize("text", ["[]", "null", '"x"', "{", "<html>", "[" * 5000])
def test_discovery_that_is_no_object_is_never_a_pass(text: str) -> None:
    assert [rule for rule, _ in heard(discovery.told(discovered(text), FixedWorld(), ISSUER, []))] == [
        "web.endpoint.content"
    ]


@pytest.mark.parametrize(
    ("told", "count"),
    [
        ({"status": 401, "ticket": True, "as_uri": ISSUER}, 0),
        ({"status": 401, "ticket": False, "as_uri": ""}, 1),
        ({"status": 401, "ticket": True, "as_uri": "https://elsewhere"}, 1),
        ({"status": 200}, 1),
        ({"status": 403}, 1),
    ],
)
def test_a_guard_names_a_ticket(told: dict[str, Any], count: int) -> None:
    assert len(heard(decisions.offered(exchange("ticket", "t", **told), FixedWorld(), ISSUER))) == count
