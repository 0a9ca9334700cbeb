"""Requests to reconcile: done, under way, or lying there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from holdfast.checks.flux.requests import REQUESTED, handled, requested
from holdfast.model import MINOR, Resource, UnknownCode, parse_time
from tests.checks.flux_delivery.hearing import deviation, hear, in_flight
from tests.checks.flux_delivery.objects import ago, made, owned, ready
from tests.checks.flux_delivery.recorded import flux_running, lab, moment, world
from tests.checks.world import NOON, FixedWorld


def asked(token: str, done: str | None = None, **spec: Any) -> dict[str, Any]:
    obj = made("Kustomization", "x", ready(), **spec)
    obj["metadata"]["annotations"] = {REQUESTED: token}
    if done is not None:
        obj["status"]["lastHandledReconcileAt"] = done
    return obj


def test_a_recorded_request_to_a_controller_that_hangs() -> None:
    """kustomize-controller was stopped (SIGSTOP) before badfield was annotated; its Lease kept here."""
    kustomization = lab("Kustomization", "badfield")
    when = parse_time(kustomization.annotations[REQUESTED])
    assert when is not None
    later = when + timedelta(minutes=5)
    found = deviation(handled, kustomization, FixedWorld(kustomization.raw, *flux_running(later), now=later))
    assert (found.rule, handled.severity, found.path) == ("", MINOR, f"metadata.annotations[{REQUESTED}]")
    assert found.summary == "Kustomization/lab/badfield was asked to reconcile 5m ago and has not"
    assert "kubectl-annotate" in [each.manager for each in found.changed_by]


def test_the_same_with_a_lease_nobody_renews_is_the_controllers_finding() -> None:
    kustomization = lab("Kustomization", "badfield")
    later = moment("lab") + timedelta(hours=1)
    seen = FixedWorld(kustomization.raw, *flux_running(later - timedelta(minutes=30)), now=later)
    # the recorded managedFields of the Leases would be taken for a sign of life; they are older than this
    assert deviation(handled, kustomization, seen).rule == "flux.controller.silent"


def test_what_is_done_is_done() -> None:
    obj = asked("any text", done="any text")
    assert hear(handled, Resource(obj), FixedWorld(obj)) == []


def test_nothing_asked_nothing_to_do() -> None:
    seen = world("eoepca")
    assert [word for each in seen.listing("Kustomization").all() for word in hear(handled, each, seen)] == []


@pytest.mark.parametrize("done", [None, "an older one"])
def test_a_request_of_just_now_is_in_flight(done: str | None) -> None:
    obj = asked(ago(seconds=10), done)
    in_flight(handled, Resource(obj), FixedWorld(obj))


@pytest.mark.parametrize(
    "token", [ago(hours=2), "2026-03-02T10:00:00.123456789Z", "2026-03-02T11:00:00+01:00", "1772445600"]
)
def test_a_request_of_two_hours_ago_is_a_finding(token: str) -> None:
    obj = asked(token)
    found = deviation(handled, Resource(obj), FixedWorld(obj, *flux_running(NOON)))
    assert found.observed == "the last one handled is none"
    assert " 1h59m" in found.summary or " 2h" in found.summary


def test_a_token_that_is_no_time_is_as_old_as_its_annotation() -> None:
    obj = asked("testbed-42")
    obj["metadata"]["managedFields"] = [owned("curl", ago(hours=3), "metadata", "annotations", REQUESTED)]
    assert requested(Resource(obj)) == NOON - timedelta(hours=3)


def test_a_request_of_unknown_age_is_unknown_not_fine() -> None:
    obj = asked("testbed-42")
    (word,) = hear(handled, Resource(obj), FixedWorld(obj))
    assert getattr(word, "code", None) is UnknownCode.IN_FLIGHT
    assert type(word).__name__ == "Unobservable"


def test_a_suspended_object_is_told_as_suspended() -> None:
    obj = asked(ago(hours=3), suspend=True)
    assert deviation(handled, Resource(obj), FixedWorld(obj)).rule == "flux.object.suspended"


def test_a_kind_flux_never_reconciles_owes_nothing() -> None:
    oci = made("HelmRepository", "x", type="oci", url="oci://x")
    oci["metadata"]["annotations"] = {REQUESTED: ago(hours=3)}
    assert hear(handled, Resource(oci), FixedWorld(oci)) == []
