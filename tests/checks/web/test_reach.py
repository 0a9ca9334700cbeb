"""How far an exchange got decides which one rule speaks, and of what: the host, or the address."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from holdfast.checks.web import reach
from holdfast.checks.web.login import is_login_page
from holdfast.checks.web.reach import Expected
from holdfast.fixtures.observed import carrier
from holdfast.model import Deviation, Resource, UnknownCode, Unobservable

URL = "https://catalogue.example/csw?service=CSW"
JSON = Expected(media="application/json")


class Api:
    """A cluster whose API server answers."""

    @property
    def now(self) -> datetime:
        return datetime(2026, 11, 21, tzinfo=UTC)


class Silent:
    """A cluster nobody reaches."""

    @property
    def now(self) -> datetime:
        raise Unobservable(UnknownCode.UNREACHABLE, "the API server", "refused")


def endpoint(**told: Any) -> Resource:
    given = {"url": URL, "stage": "done", "problem": "", "status": 200, "size": 2, "text": "{}", "seconds": 0.1}
    return carrier("endpoint", f"GET {URL}", {**given, "headers": {"content-type": "application/json"}, **told})


def said(expected: Expected = JSON, **told: Any) -> list[tuple[str, str]]:
    return [(each.rule, each.subject) for each in reach.troubles(endpoint(**told), Api(), expected)]  # type: ignore[arg-type]


HOST, ADDRESS, EXCHANGE = "https://catalogue.example", "https://catalogue.example/csw", f"GET {URL}"
LOGIN = '<html><form action="/x"><input name="user"><input type="password" name="p"></form></html>'
HTML = {"content-type": "text/html; charset=utf-8"}


def test_as_promised_nothing_is_said() -> None:
    assert said() == []


@pytest.mark.parametrize(
    ("told", "rule", "subject"),
    [
        ({"stage": "dns", "problem": "the name does not resolve"}, "web.endpoint.unreachable", HOST),
        ({"stage": "tcp", "problem": "the connection is refused"}, "web.endpoint.unreachable", HOST),
        ({"stage": "tls", "problem": "self-signed"}, "web.endpoint.untrusted", HOST),
        ({"stage": "http", "problem": "silent for 10 s"}, "web.endpoint.silent", ADDRESS),
        ({"stage": "body", "problem": "the body is larger than 2 MiB"}, "web.endpoint.silent", ADDRESS),
        ({"status": 500}, "web.endpoint.status", ADDRESS),
        ({"status": 502}, "web.endpoint.status", ADDRESS),
        ({"status": 507}, "web.endpoint.status", ADDRESS),
        ({"status": 302, "location": "https://auth.example/login"}, "web.endpoint.status", ADDRESS),
        ({"status": 404}, "web.endpoint.status", EXCHANGE),
        ({"headers": HTML, "text": "<html>Sign in"}, "web.endpoint.content-type", ADDRESS),
        ({"headers": {"content-type": "text/plain"}, "text": "hello"}, "web.endpoint.content-type", EXCHANGE),
        ({"headers": {}, "size": 0, "text": ""}, "web.endpoint.content", EXCHANGE),
    ],
)
def test_one_trouble_one_rule(told: dict[str, Any], rule: str, subject: str) -> None:
    assert said(**told) == [(rule, subject)]


def test_slower_than_declared() -> None:
    assert said(Expected(within=1.0), seconds=2.5) == [("web.endpoint.silent", EXCHANGE)]


def test_whoever_asks_and_for_what_a_failing_address_is_one_finding() -> None:
    asked = (f"{URL}&request=GetRecords", f"{URL}&request=GetCapabilities")
    found = [carrier("endpoint", f"GET {url} as the owner", {**endpoint(status=503).raw, "url": url}) for url in asked]
    said = {each.subject for one in found for each in reach.troubles(one, Api(), JSON)}  # type: ignore[arg-type]
    assert said == {ADDRESS}


@pytest.mark.parametrize(
    "url", ["https://catalogue.example", "https://catalogue.example/", "https://catalogue.example?a=b"]
)
def test_the_root_of_a_host_is_one_address(url: str) -> None:
    assert said(status=500, url=url) == [("web.endpoint.status", f"{HOST}/")]


def answers(expected: Expected, **told: Any) -> list[tuple[str, str]]:
    found = reach.answers(endpoint(**told), Api(), expected)  # type: ignore[arg-type]
    return [(each.rule, each.subject) for each in found]  # type: ignore[union-attr]


@pytest.mark.parametrize("media", ["", "application/json"])
@pytest.mark.parametrize("told", [{"size": 0, "text": ""}, {"size": 3, "text": " \n "}])
def test_an_empty_answer_is_no_pass(media: str, told: dict[str, Any]) -> None:
    assert answers(Expected(media=media), **told) == [("web.endpoint.content", EXCHANGE)]


@pytest.mark.parametrize("media", ["", "text/html"])
def test_a_login_page_is_no_pass(media: str) -> None:
    told = {"headers": HTML, "text": LOGIN}
    assert answers(Expected(media=media), **told) == [("web.endpoint.content-type", ADDRESS)]
    assert answers(Expected(media=media, login=True), **told) == []


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        (Expected({204}), {"status": 204, "size": 0, "text": "", "headers": {}}),
        (Expected({302}), {"status": 302, "size": 0, "text": "", "location": "https://auth.example/login"}),
        (Expected({401}), {"status": 401, "size": 0, "text": ""}),
        (Expected(media="empty"), {"size": 0, "text": "", "headers": {}}),
        (Expected(), {"headers": HTML, "text": "<html><a href='/login'>Sign in</a> with your password</html>"}),
        (Expected(media="text/html"), {"headers": HTML, "text": "<html><form action='/search'><input name='q'>"}),
        (Expected(), {"text": '{"form": "<input type=password>"}'}),
    ],
)
def test_what_may_be_so_is_no_alarm(expected: Expected, told: dict[str, Any]) -> None:
    assert answers(expected, **told) == []


def test_content_where_none_is_promised() -> None:
    found = answers(Expected(media="empty"), headers=HTML, text=LOGIN)
    assert found == [("web.endpoint.content-type", EXCHANGE)]


def test_a_cell_for_login_pages_that_says_something_else() -> None:
    assert (reach.may_be_login("allowed"), reach.may_be_login("")) == (True, False)
    with pytest.raises(ValueError, match="is not 'allowed'"):
        reach.may_be_login("yes")


@pytest.mark.parametrize(
    "text",
    [
        LOGIN,
        "<html><form><input name=password></form>",
        "<form><INPUT TYPE='PASSWORD'/></form>",
        '<form id="kc-form-login" action="https://auth.example/realms/x/login-actions/authenticate?code=a">',
        '<form action="https://auth.example/realms/x/protocol/openid-connect/auth?client_id=a" method="get">',
        '<meta http-equiv="refresh" content="0; url=https://auth.example/oauth2/authorize?response_type=code">',
        '<form method="post"><input type="hidden" name="SAMLRequest" value="x"/></form>',
        "<body><ak-flow-executor flowSlug='x'></ak-flow-executor>",
    ],
)
def test_a_login_page(text: str) -> None:
    assert is_login_page("text/html; charset=utf-8", text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><h1>EOEPCA</h1><a href='https://auth.example/realms/x/protocol/openid-connect/auth'>log in</a></html>",
        "<form action='/search'><input name='query' placeholder='password'></form>",
        "<meta http-equiv='refresh' content='5; url=/index.html'>",
        "<input " + "x" * 10_000,
        "<script>const login = '<b>password</b>'</script>",
    ],
)
def test_no_login_page(text: str) -> None:
    assert not is_login_page("text/html", text)


def test_a_login_page_of_which_only_that_is_told() -> None:
    assert said(Expected(), login_page=True) == [("web.endpoint.content-type", ADDRESS)]
    assert said(Expected({401}), login_page=True) == [("web.endpoint.status", EXCHANGE)]
    assert not is_login_page("application/json", LOGIN.removeprefix("<html>"))


def test_without_the_control_probe_nothing_can_be_said() -> None:
    with pytest.raises(Unobservable):
        reach.troubles(endpoint(stage="tcp"), Silent(), JSON)  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["soon", "0s", "5 apples"])
def test_a_time_that_is_none_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        reach.patience(cell)


def test_a_name_without_an_address_is_looked_up_first() -> None:
    (told,) = reach.troubles(endpoint(stage="dns", problem="no such name"), Api(), JSON)  # type: ignore[arg-type]
    assert told.remedy[0].command == "getent hosts catalogue.example"
    (told,) = reach.troubles(endpoint(stage="tcp", problem="refused"), Api(), JSON)  # type: ignore[arg-type]
    assert not told.remedy[0].command.startswith("getent")


@pytest.mark.parametrize(
    ("name", "told", "command"),
    [
        ("GET x", {}, f"curl -sS -i --max-time 10 '{URL}' | head -c 2000"),
        ("GET x", {"stage": "tcp"}, f"curl -sS -o /dev/null -D - --max-time 10 '{URL}'"),
        (
            "GET x as the owner",
            {},
            f"curl -sS -i --max-time 10 --oauth2-bearer \"$OWNER_TOKEN\" '{URL}' | head -c 2000",
        ),
        (
            "GET x",
            {"signed_with": ["API_TOKEN"]},
            f"curl -sS -i --max-time 10 --oauth2-bearer \"$API_TOKEN\" '{URL}' | head -c 2000",
        ),
        ("GET x", {"signed_with": ["A", "B"]}, f"curl -sS -i --max-time 10 -u \"$A:$B\" '{URL}' | head -c 2000"),
    ],
)
def test_the_look_asks_as_it_was_asked_and_shows_what_came(name: str, told: dict[str, Any], command: str) -> None:
    asked = Resource({**endpoint(text="", size=0, **told).raw, "metadata": {"name": name}})
    [said] = [each for each in reach.answers(asked, Api(), Expected()) if isinstance(each, Deviation)]  # type: ignore[arg-type]
    assert said.remedy[0].command == command
