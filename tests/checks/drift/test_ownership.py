"""Two owners (reference row 115), moved objects (117), whose an object is (131)."""

from __future__ import annotations

from typing import Any

from holdfast.checks.drift.difference import Id
from holdfast.checks.drift.ownership import (
    Claim,
    Owners,
    Standing,
    applied_last,
    claims,
    contenders,
    moved_from,
    owners_of,
)
from holdfast.model import Json, Ref
from tests.checks.drift.objects_seen import desired, flux_labels, helm_release, kustomization, live, made
from tests.checks.drift.surrounded import held

ONE, TWO, CHART = kustomization("apps"), kustomization("infra"), helm_release()
WEB = Id.of(live().ref)
SSA = "kustomize.toolkit.fluxcd.io/ssa"


def says(**by_owner: Json) -> Any:
    """What each owner's source says of the object; those not named are not known."""

    def found(owner: Ref, id: Id) -> Json:
        assert id == WEB
        return by_owner.get(owner.name)

    return found


class TestTwoOwners:
    def test_in_two_inventories(self) -> None:
        owners = Owners.of([held(ONE, live()), held(TWO, live())], [ONE, TWO])
        ownership = owners_of(live(), owners)
        assert ownership.standing is Standing.HELD
        assert ownership.holders == (ONE.ref, TWO.ref)
        assert contenders(WEB, ownership.holders, says()) == (ONE.ref, TWO.ref)
        assert applied_last(live(), ownership.holders) == ONE.ref  # as its labels say

    def test_a_kustomization_and_a_helm_release(self) -> None:
        assert contenders(WEB, [ONE.ref, CHART.ref], says()) == (ONE.ref, CHART.ref)
        relabelled = live(labels=flux_labels(CHART))
        assert applied_last(relabelled, [ONE.ref, CHART.ref]) == CHART.ref
        assert applied_last(live(labels={}), [ONE.ref, CHART.ref]) is None

    def test_one_that_stands_back_does_not_fight(self) -> None:
        for value in ("Ignore", "IfNotPresent"):
            back = desired(annotations={SSA: value})
            assert contenders(WEB, [ONE.ref, TWO.ref], says(infra=back, apps=desired())) == ()
        merged = desired(annotations={SSA: "Merge"})
        assert len(contenders(WEB, [ONE.ref, TWO.ref], says(infra=merged))) == 2

    def test_one_owner_named_twice_is_one(self) -> None:
        assert contenders(WEB, [ONE.ref, ONE.ref], says()) == ()


class TestMoved:
    def test_labels_of_the_owner_before(self) -> None:
        assert moved_from(live(), TWO.ref) == Claim("Kustomization", "flux-system", "apps")

    def test_labels_that_agree_or_are_not_there(self) -> None:
        assert moved_from(live(), ONE.ref) is None
        assert moved_from(live(labels={}), ONE.ref) is None
        assert moved_from(live(), CHART.ref) is None  # HelmReleases have labels of their own


def test_an_object_lists_everybody_it_names() -> None:
    seen = made(
        "ConfigMap",
        "c",
        labels={**flux_labels(CHART), "app.kubernetes.io/managed-by": "Helm"},
        annotations={"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "apps"},
    )
    assert [str(each) for each in claims(seen)] == ["HelmRelease/apps/web", "Release/apps/web"]


def test_a_release_name_is_looked_up_where_it_is_installed() -> None:
    """Its Secrets may lie in another namespace than its objects."""
    release = helm_release(
        "shop",
        "flux-system",
        status={"history": [{"name": "apps-shop", "namespace": "apps", "version": 3}]},
        targetNamespace="apps",
    )
    annotations = {"meta.helm.sh/release-name": "apps-shop", "meta.helm.sh/release-namespace": "apps"}
    owners = Owners.of([held(release)], [release], stored=[])
    ownership = owners_of(made("ConfigMap", "c", annotations=annotations), owners)
    assert (ownership.standing, str(ownership.claim)) == (Standing.ORPHAN, "HelmRelease/flux-system/shop")


def test_a_living_owner_of_another_engine_outweighs_copied_labels() -> None:
    application = made("Application", "shop", "argocd", api_version="argoproj.io/v1alpha1")
    seen = made(
        "ConfigMap",
        "c",
        labels=flux_labels(ONE),
        annotations={"argocd.argoproj.io/tracking-id": "shop:/ConfigMap:apps/c"},
    )
    assert owners_of(seen, Owners.of([held(ONE)], [ONE, application])).standing is Standing.OTHER


def test_cluster_scoped_objects_carry_the_applications_namespace() -> None:
    application = made("Application", "shop", "argocd", api_version="argoproj.io/v1alpha1")
    tracking = {"argocd.argoproj.io/tracking-id": "shop:rbac.authorization.k8s.io/ClusterRole:apps/reader"}
    role = made("ClusterRole", "reader", "", api_version="rbac.authorization.k8s.io/v1", annotations=tracking)
    assert owners_of(role, Owners.of([], [application])).standing is Standing.OTHER
