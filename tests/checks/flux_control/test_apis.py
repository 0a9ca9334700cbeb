"""API versions in use, served, stored, on their way out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from holdfast.checks.flux import apis
from holdfast.checks.flux.api_versions import retired
from holdfast.checks.flux.inventory import Held, inventory, read_entry
from holdfast.checks.flux.kinds import HELM, KINDS, KUSTOMIZE, SOURCE
from holdfast.model import Deviation, NotAsked, Resource

from ..world import forbidden
from .recorded import Platform, Raw, findings, unknowns

OWNERS = ("Kustomization", "HelmRelease")
BY_HAND: Raw = {
    "apiVersion": f"{SOURCE}/v1",
    "kind": "GitRepository",
    "metadata": {"namespace": "um", "name": "by-hand"},
    "spec": {},
}


def entries(platform: Platform) -> list[dict[str, str]]:
    found: list[dict[str, str]] = platform.raw("Kustomization", "user-management")["status"]["inventory"]["entries"]
    return found


@pytest.mark.parametrize(
    ("id", "held"),
    [
        ("um_x_helm.toolkit.fluxcd.io_HelmRelease", Held(HELM, "v2", "HelmRelease", "um", "x")),
        ("_flux-system__Namespace", Held("", "v2", "Namespace", "", "flux-system")),
        ("um_config_v1__ConfigMap", Held("", "v2", "ConfigMap", "um", "config_v1")),
        (
            "_system__node_rbac.authorization.k8s.io_ClusterRole",
            Held("rbac.authorization.k8s.io", "v2", "ClusterRole", "", "system:node"),
        ),
        ("__kyverno.io_ClusterPolicy", Held("kyverno.io", "v2", "ClusterPolicy", "", "")),
    ],
)
def test_inventory_ids(id: str, held: Held) -> None:
    assert read_entry(id, "v2") == held


@pytest.mark.parametrize("status", [None, {}, {"inventory": None}, {"inventory": {"entries": None}}])
def test_no_inventory(status: object) -> None:
    assert list(inventory(Resource({"kind": "Kustomization", "status": status}))) == []


def test_what_is_delivered_elsewhere_is_not_looked_for_here() -> None:
    platform = Platform()
    raw = platform.raw("Kustomization", "user-management")
    entries(platform)[0]["v"] = "v0"
    raw["spec"]["kubeConfig"] = {"secretRef": {"name": "other-cluster"}}

    with pytest.raises(NotAsked, match="another cluster"):
        platform.hear(apis.still_served, "Kustomization", "user-management")


class TestRemoved:
    @pytest.mark.parametrize("kind", [*OWNERS, "CustomResourceDefinition"])
    def test_a_healthy_platform_gives_nothing(self, kind: str) -> None:
        assert Platform().hear(apis.still_served, kind) == []

    def test_a_crd_that_is_gone_is_one_finding(self) -> None:
        platform = Platform()
        for owner in ("user-management", "resource-management"):
            held = platform.raw("Kustomization", owner)["status"]["inventory"]["entries"]
            held.append({"id": f"{owner}_x_bitnami.com_SealedSecret", "v": "v1alpha1"})

        said = platform.hear(apis.still_served, "Kustomization")

        assert findings(said, apis.still_served) == 2 * [("flux.api.removed", "SealedSecret.bitnami.com", "")]

    def test_a_kind_of_flux_itself_is_told_as_by_everybody_who_asks_for_it(self) -> None:
        platform = Platform()
        del platform.served[HELM]

        said: list[Any] = [word for kind in OWNERS for word in platform.hear(apis.still_served, kind)]

        assert set(findings(said, apis.still_served)) == {("platform.api.not-served", "HelmRelease", "")}
        assert "HelmRelease/um/um-login-service" in {each for word in said for each in word.affects}

    def test_a_version_that_is_gone(self) -> None:
        platform = Platform()
        entries(platform)[0] |= {"id": "um_x_policy_PodDisruptionBudget", "v": "v1beta1"}

        (said,) = platform.hear(apis.still_served, "Kustomization")

        assert isinstance(said, Deviation)
        assert said.subject == "PodDisruptionBudget.policy"
        assert said.observed == "it is served at v1 only"

    def test_what_flux_already_failed_over_is_told_once(self) -> None:
        platform = Platform()
        entries(platform)[0] |= {"id": "um_x_bitnami.com_SealedSecret2", "v": "v1alpha1"}
        ready = platform.raw("Kustomization", "user-management")["status"]["conditions"][0]
        message = 'SealedSecret2/um/x not found: no matches for kind "SealedSecret2" in version "bitnami.com/v1alpha1"'
        assert len(platform.hear(apis.still_served, "Kustomization")) == 1

        ready |= {"status": "False", "reason": "ReconciliationFailed", "message": message}

        assert platform.hear(apis.still_served, "Kustomization") == []

    def test_discovery_that_failed_is_unknown(self) -> None:
        platform = Platform()
        platform.problems["discovery"] = forbidden("discovery")

        assert set(unknowns(platform.hear(apis.still_served, "Kustomization"))) == {("forbidden", "list discovery")}

    def test_a_stored_version_that_is_not_served(self) -> None:
        platform = Platform()
        crd = platform.raw("CustomResourceDefinition", "kustomizations.kustomize.toolkit.fluxcd.io")
        crd["status"]["storedVersions"] = ["v1beta1", "v1"]

        said = platform.hear(apis.still_served, "CustomResourceDefinition")

        name = "CustomResourceDefinition/kustomizations.kustomize.toolkit.fluxcd.io"
        assert findings(said, apis.still_served) == [("flux.api.removed", name, "status.storedVersions")]


class TestDeprecated:
    @pytest.mark.parametrize("kind", [*KINDS, "CustomResourceDefinition"])
    def test_a_healthy_platform_gives_nothing(self, kind: str) -> None:
        assert Platform().hear(apis.not_deprecated, kind) == []

    def with_beta(self) -> Platform:
        platform = Platform()
        platform.served[HELM]["v2beta1"] = ["HelmRelease"]
        return platform

    def test_what_git_still_names(self) -> None:
        platform = self.with_beta()
        entry = next(
            each for each in entries(platform) if each["id"].endswith("um-login-service_" + HELM + "_HelmRelease")
        )
        entry["v"] = "v2beta1"

        (said,) = platform.hear(apis.not_deprecated, "Kustomization")

        assert isinstance(said, Deviation)
        assert str(said.ref) == "HelmRelease/um/um-login-service"
        assert said.expected == "helm.toolkit.fluxcd.io/v2"
        assert "removed in Flux 2.7" in said.observed

    def test_managed_fields_of_what_is_delivered_prove_nothing(self) -> None:
        """kustomize-controller does not write when only the apiVersion in Git changed (drift.md 1.1)."""
        platform = self.with_beta()
        for entry in platform.raw("HelmRelease", "data-access")["metadata"]["managedFields"]:
            entry["apiVersion"] = f"{HELM}/v2beta1"

        assert platform.hear(apis.not_deprecated, "HelmRelease") == []

    @pytest.mark.parametrize("how", ["annotation", "managedFields"])
    def test_what_nobody_delivers_was_last_written_as(self, how: str) -> None:
        platform = Platform()
        platform.served[SOURCE]["v1beta2"] = ["GitRepository"]
        metadata = dict(BY_HAND["metadata"])
        old = f"{SOURCE}/v1beta2"
        if how == "annotation":
            metadata["annotations"] = {apis._LAST_APPLIED: json.dumps({"apiVersion": old})}
        else:
            metadata["managedFields"] = [{"manager": "portal", "apiVersion": old, "fieldsV1": {"f:spec": {}}}]
        platform.add({**BY_HAND, "metadata": metadata})

        said = platform.hear(apis.not_deprecated, "GitRepository", "by-hand")

        assert findings(said, apis.not_deprecated) == [
            ("flux.api.deprecated", "GitRepository/um/by-hand", "apiVersion")
        ]

    @pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "null"])
    def test_an_annotation_that_is_no_object_says_nothing(self, text: str) -> None:
        metadata = {**BY_HAND["metadata"], "annotations": {apis._LAST_APPLIED: text}}

        assert Platform().add({**BY_HAND, "metadata": metadata}).hear(apis.not_deprecated, "GitRepository") == []

    def test_a_flux_that_serves_nothing_newer_is_told_once_per_kind(self) -> None:
        """EOEPCA's Flux 0.24 serves source.toolkit.fluxcd.io/v1beta1 only (eoepca.md 1.1); modelled on its CRDs."""
        platform = Platform()
        platform.served[HELM] = {"v2beta1": ["HelmRelease"]}
        for each in platform.objects:
            for entry in each.get("status", {}).get("inventory", {}).get("entries", ()):
                if entry["id"].endswith("_HelmRelease"):
                    entry["v"] = "v2beta1"

        said = platform.hear(apis.not_deprecated, "Kustomization")

        assert len(said) > 4
        assert set(findings(said, apis.not_deprecated)) == {
            ("flux.api.deprecated", "HelmRelease.helm.toolkit.fluxcd.io", "")
        }

    def test_a_stored_version_that_blocks_the_next_upgrade(self) -> None:
        platform = Platform()
        crd = platform.raw("CustomResourceDefinition", "kustomizations.kustomize.toolkit.fluxcd.io")
        crd["spec"]["versions"].append({"name": "v1beta2", "served": True, "storage": False})
        crd["status"]["storedVersions"] = ["v1beta2", "v1"]

        said = platform.hear(apis.not_deprecated, "CustomResourceDefinition")

        assert len(findings(said, apis.not_deprecated)) == 1

    def test_the_newest_versions_are_not_retired(self) -> None:
        for group, versions in Platform().served.items():
            for version, kinds in versions.items():
                assert [kind for kind in kinds if retired(group, kind, version)] == []

    def test_kinds_of_one_group_were_superseded_one_by_one(self) -> None:
        assert str(retired(SOURCE, "Bucket", "v1beta2")) == "deprecated since Flux 2.5, removed in Flux 2.8"
        assert str(retired(KUSTOMIZE, "Kustomization", "v1beta2")) == "deprecated since Flux 2.0, removed in Flux 2.8"
        assert retired("kustomize.config.k8s.io", "Kustomization", "v1beta1") is None
