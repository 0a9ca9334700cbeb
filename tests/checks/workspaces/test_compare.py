"""A template beside what is there: what differs is named, what is secret is not told."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.workspaces.compare import Difference, differences

KEY = "geheim-4711"


def hide(text: str) -> str:
    return text.replace(KEY, "(withheld)")


def told(wanted: Any, found: Any) -> list[Difference]:
    return list(differences(wanted, found, hide))


def release(**spec: Any) -> dict[str, Any]:
    return {"spec": {"chart": {"spec": {"version": "1.4.0"}}, "values": {"a": {"b": 1}}, **spec}}


def test_what_the_server_adds_is_no_difference() -> None:
    live = {"metadata": {"name": "vs"}, "status": {}, **release(timeout="5m")}
    live["spec"]["chart"]["spec"]["reconcileStrategy"] = "ChartVersion"
    assert told(release(), live) == []


@pytest.mark.parametrize(
    ("live", "difference"),
    [
        (release(values={"a": {"b": 2}}), Difference("spec.values.a.b", "1", "2")),
        (release(values={"a": {"b": 1, "c": 1}}), Difference("spec.values.a.c", "nothing", "something")),
        (release(values={}), Difference("spec.values.a", "a mapping", "nothing")),
        (release(values={"a": 3}), Difference("spec.values.a", "a mapping", "3")),
        (release(chart={"spec": {"version": "1.3.0"}}), Difference("spec.chart.spec.version", "1.4.0", "1.3.0")),
    ],
)
def test_what_differs(live: dict[str, Any], difference: Difference) -> None:
    assert told(release(), live) == [difference]


def test_lists_by_place() -> None:
    assert told({"a": [1, 2]}, {"a": [1, 3]}) == [Difference("a[1]", "2", "3")]
    assert told({"a": [1, 2]}, {"a": [1]}) == [Difference("a", "a list of 2", "a list of 1")]


@pytest.mark.parametrize("live", ["another-geheim", f"{KEY}\nmore", ""])
def test_no_secret_is_told(live: str) -> None:
    found = told({"data": {"config": f"key = {KEY}"}}, {"data": {"config": live}})
    assert found == [Difference("data.config", "key = (withheld)", "another value")]


def test_a_secret_in_a_wrong_place_is_hidden() -> None:
    assert told({"data": {"a": "x"}}, {"data": {"a": KEY}}) == [Difference("data.a", "x", "(withheld)")]


def test_what_is_called_a_secret_is_not_told() -> None:
    found = told(
        {"spec": {"values": {"admin": {"password": "changeme"}}}}, {"spec": {"values": {"admin": {"password": "x"}}}}
    )
    assert found == [Difference("spec.values.admin.password", "(withheld)", "another value")]
