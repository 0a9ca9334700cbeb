"""Objects taken out of the engine's hands (reference row 97)."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.drift.frozen import Frozen, frozen
from holdfast.model import Unobservable
from tests.checks.drift.objects_seen import desired, entry, helm_release, kustomization, live, moment

RECONCILE = "kustomize.toolkit.fluxcd.io/reconcile"
SSA = "kustomize.toolkit.fluxcd.io/ssa"
DRIFT_DETECTION = "helm.toolkit.fluxcd.io/driftDetection"
BY_HAND: dict[str, Any] = {"f:metadata": {"f:annotations": {".": {}, f"f:{RECONCILE}": {}}}}


def test_by_hand() -> None:
    seen = live(annotations={RECONCILE: "disabled"}, managedFields=[entry("kubectl-annotate", BY_HAND)])
    found = frozen(kustomization(), desired(), seen)
    assert isinstance(found, Frozen)
    assert str(found.mark) == f"annotation {RECONCILE}: disabled"
    assert [(each.manager, each.cls) for each in found.who] == [("kubectl-annotate", "human")]
    assert found.who[0].time == moment(entry("x", {})["time"])
    assert not found.left_over
    assert str(found.owner) == "Kustomization/flux-system/apps"


@pytest.mark.parametrize("mark", [{RECONCILE: "DISABLED"}, {SSA: "ignore"}])
def test_whatever_the_case_and_as_a_label_too(mark: dict[str, str]) -> None:
    assert isinstance(frozen(kustomization(), desired(), live(labels=mark)), Frozen)


@pytest.mark.parametrize("mark", [{SSA: "Merge"}, {SSA: "IfNotPresent"}, {RECONCILE: "enabled"}, {SSA: ""}])
def test_what_does_not_keep_flux_off(mark: dict[str, str]) -> None:
    assert frozen(kustomization(), desired(), live(annotations=mark)) is None


def test_in_git_it_is_meant() -> None:
    git = desired(annotations={SSA: "Ignore"})
    assert frozen(kustomization(), git, live(annotations={RECONCILE: "disabled"})) is None


def test_left_over_from_git() -> None:
    by_flux = entry("kustomize-controller", BY_HAND, operation="Apply")
    found = frozen(kustomization(), desired(), live(annotations={RECONCILE: "disabled"}, managedFields=[by_flux]))
    assert isinstance(found, Frozen)
    assert found.left_over


def test_without_a_manifest_who_set_it_decides() -> None:
    by_flux = entry("kustomize-controller", BY_HAND, operation="Apply")
    by_hand = entry("k9s", BY_HAND)
    marks = {RECONCILE: "disabled"}
    assert frozen(kustomization(), None, live(annotations=marks, managedFields=[by_flux])) is None
    assert isinstance(frozen(kustomization(), None, live(annotations=marks, managedFields=[by_hand])), Frozen)
    unknown = frozen(kustomization(), None, live(annotations=marks))
    assert isinstance(unknown, Unobservable)
    assert (unknown.code, unknown.subject) == ("no-desired-state", "Deployment/apps/web")


def test_helm_controller_heeds_its_mark_only_where_it_looks() -> None:
    seen = live(annotations={DRIFT_DETECTION: "disabled"})
    looking = helm_release(driftDetection={"mode": "warn"})
    assert isinstance(frozen(looking, desired(), seen), Frozen)
    assert frozen(helm_release(), desired(), seen) is None
    assert frozen(looking, desired(), live(annotations={RECONCILE: "disabled"})) is None
    assert frozen(kustomization(), desired(), seen) is None
