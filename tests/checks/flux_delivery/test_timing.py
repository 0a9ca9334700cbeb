"""Durations, and how long Flux may take."""

from __future__ import annotations

from datetime import timedelta

import pytest

from holdfast.checks.flux.timing import parse_duration, patience, spell, timeout
from holdfast.model import Resource
from tests.checks.flux_delivery.objects import made


@pytest.mark.parametrize("text", ["1m", "60s", "1m0s", "0.0166666666666666666h", "60000ms"])
def test_the_same_minute_in_many_words(text: str) -> None:
    assert parse_duration(text) == timedelta(minutes=1)


@pytest.mark.parametrize("text", ["", "1", "1 m", "m", "1x", "1m2", None, 60])
def test_what_is_no_duration(text: object) -> None:
    assert parse_duration(text) is None


def test_zero_is_a_duration() -> None:
    assert parse_duration("0") == parse_duration("0s") == timedelta()


@pytest.mark.parametrize(
    ("span", "text"),
    [(timedelta(seconds=90), "1m30s"), (timedelta(hours=25), "1d1h"), (timedelta(), "0s"), (timedelta(-1), "0s")],
)
def test_a_span_is_spelt_short(span: timedelta, text: str) -> None:
    assert spell(span) == text


@pytest.mark.parametrize(
    ("kind", "spec", "seconds"),
    [
        ("GitRepository", {}, 60),
        ("GitRepository", {"timeout": "5s"}, 5),
        ("HelmChart", {}, 60),
        ("HelmRelease", {}, 300),
        ("Kustomization", {"interval": "10m"}, 570),  # interval - 30s
        ("Kustomization", {"interval": "40s"}, 30),  # never less than 30s
        ("Kustomization", {"timeout": "10s"}, 30),
        ("Kustomization", {"timeout": "3m"}, 180),
    ],
)
def test_timeouts_are_those_the_controllers_take(kind: str, spec: dict[str, str], seconds: int) -> None:
    assert timeout(Resource(made(kind, "x", **spec))) == timedelta(seconds=seconds)


def test_patience_is_interval_and_timeout_or_the_longer_retry() -> None:
    assert patience(Resource(made("GitRepository", "x"))) == timedelta(minutes=2)
    assert patience(Resource(made("Kustomization", "x", timeout="1m", retryInterval="5m"))) == timedelta(minutes=6)
