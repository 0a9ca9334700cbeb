"""How far an exchange got decides which one rule speaks, and of what: the host, or the address."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from holdfast.checks.web import reach
from holdfast.checks.web.reach import Expected
from holdfast.fixtures.observed import carrier
from holdfast.model import Resource, UnknownCode, Unobservable

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


HOST, ADDRESS = "https://catalogue.example", f"GET {URL}"


def test_as_promised_nothing_is_said() -> None:
    assert said() == []


@pytest.mark.parametrize(
    ("told", "rule", "subject"),
    [
        ({"stage": "dns", "problem": "the name does not resolve"}, "web.endpoint.unreachable", HOST),
        ({"stage": "tcp", "problem": "the connection is refused"}, "web.endpoint.unreachable", HOST),
        ({"stage": "tls", "problem": "self-signed"}, "web.endpoint.untrusted", HOST),
        ({"stage": "http", "problem": "silent for 10 s"}, "web.endpoint.silent", HOST),
        ({"stage": "body", "problem": "the body is larger than 2 MiB"}, "web.endpoint.silent", HOST),
        ({"status": 502}, "web.endpoint.status", HOST),
        ({"status": 302, "location": "https://auth.example/login"}, "web.endpoint.status", HOST),
        ({"status": 404}, "web.endpoint.status", ADDRESS),
        ({"headers": {"content-type": "text/html"}, "text": "<html>Sign in"}, "web.endpoint.content-type", HOST),
        ({"headers": {"content-type": "text/plain"}, "text": "hello"}, "web.endpoint.content-type", ADDRESS),
        ({"headers": {}, "size": 0, "text": ""}, "web.endpoint.content", ADDRESS),
    ],
)
def test_one_trouble_one_rule(told: dict[str, Any], rule: str, subject: str) -> None:
    assert said(**told) == [(rule, subject)]


def test_slower_than_declared() -> None:
    assert said(Expected(within=1.0), seconds=2.5) == [("web.endpoint.silent", ADDRESS)]


def test_without_the_control_probe_nothing_can_be_said() -> None:
    with pytest.raises(Unobservable):
        reach.troubles(endpoint(stage="tcp"), Silent(), JSON)  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["soon", "0s", "5 apples"])
def test_a_time_that_is_none_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        reach.patience(cell)
