"""Suspended: for how long, by whom, and how bad that is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from holdfast.checks.flux.suspension import active
from holdfast.model import MAJOR, MINOR, Resource
from tests.checks.flux_delivery.hearing import deviation, hear
from tests.checks.flux_delivery.objects import ago, made, owned, ready
from tests.checks.flux_delivery.recorded import lab, raw, world
from tests.checks.world import FixedWorld


def test_suspended_by_hand_tells_by_whom_and_since_when() -> None:
    found = deviation(active, lab("Kustomization", "good"), world())
    (who,) = found.changed_by
    assert (who.manager, who.cls, who.operation, who.paths) == ("kubectl-patch", "human", "Update", ("spec.suspend",))
    assert found.severity == MINOR
    assert found.cause == "set by kubectl-patch, not by Git"
    assert found.since == who.time
    assert found.observed == "spec.suspend is true"
    assert [each.command for each in found.remedy if each.writes] == ["flux resume kustomization good -n lab"]


def test_suspended_in_git_is_mended_in_git() -> None:
    found = deviation(active, lab("Kustomization", "suspended-in-git"), world())
    assert [each.cls for each in found.changed_by] == ["gitops"]
    assert found.cause == "Git itself says so"
    assert not any("flux resume" in each.command for each in found.remedy)
    assert found.owner is not None
    assert found.owner.ref == "Kustomization/flux-system/flux-system"


@pytest.mark.parametrize(("hours", "severity"), [(1, MINOR), (23.9, MINOR), (24.1, MAJOR), (2400, MAJOR)])
def test_after_a_day_it_is_major(hours: float, severity: str) -> None:
    obj = made("HelmRelease", "x", ready(), suspend=True)
    obj["metadata"]["managedFields"] = [owned("flux", ago(hours=hours), "spec", "suspend")]
    assert deviation(active, Resource(obj), FixedWorld(obj)).severity == severity


def test_the_recorded_suspension_is_major_the_day_after() -> None:
    assert deviation(active, lab("Kustomization", "good"), world(later=timedelta(days=2))).severity == MAJOR


def test_without_managed_fields_the_last_reconcile_bounds_it() -> None:
    obj = made("HelmRelease", "x", ready(since=ago(hours=30)), suspend=True)
    found = deviation(active, Resource(obj), FixedWorld(obj))
    assert (found.severity, found.observed) == (MAJOR, "spec.suspend is true")
    assert found.changed_by == ()
    assert "nobody managedFields still knows" in found.cause


def test_without_any_evidence_it_says_so() -> None:
    obj = made("GitRepository", "x", suspend=True)
    found = deviation(active, Resource(obj), FixedWorld(obj))
    assert (found.severity, found.observed) == (MINOR, "spec.suspend is true; since when is not recorded")


@pytest.mark.parametrize("value", [False, None, "true", 0])
def test_what_is_not_suspended(value: object) -> None:
    obj = made("Alert", "x", suspend=value)
    assert hear(active, Resource(obj), FixedWorld(obj)) == []


def test_a_kind_without_a_status_can_be_suspended_too() -> None:
    obj = made("Alert", "x", suspend=True)
    del obj["status"]
    assert deviation(active, Resource(obj), FixedWorld(obj)).remedy[-1].command == "flux resume alert x -n flux-system"


def test_azure_arc_holds_the_wanted_state() -> None:
    obj = made("Kustomization", "x", ready(), suspend=True)
    obj["metadata"]["labels"] = {"clusterconfig.azure.com/is-managed": "true"}
    assert (
        "az k8s-configuration flux update --suspend false"
        in deviation(active, Resource(obj), FixedWorld(obj)).remedy[-1].command
    )


def test_a_manager_that_owns_other_fields_did_not_suspend() -> None:
    obj = raw("lab", "Kustomization", "good")
    obj["metadata"]["managedFields"].append(owned("kubectl-edit", ago(hours=1), "spec", "interval"))
    assert [each.manager for each in deviation(active, Resource(obj), world()).changed_by] == ["kubectl-patch"]
