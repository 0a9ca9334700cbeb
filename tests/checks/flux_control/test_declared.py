"""What a table, the Deployment, or the baseline says a controller is."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.flux import declared, facts, upgrades
from holdfast.checks.flux.declared import Declared
from holdfast.checks.flux.images import Image, version_of
from holdfast.checks.quantity import parse_quantity
from holdfast.model import Deviation, NotAsked, Note

from ..world import forbidden
from .recorded import Platform, Raw, findings, unknowns

SOURCE = "Deployment/flux-system/source-controller"
IMAGE = "spec.template.spec.containers[name=manager].image"
SEED_000 = {"controller": "source-controller", "memory request": "500Mi", "memory limit": "2Gi", "replicas": "1"}


def manager(platform: Platform, name: str = "source-controller") -> Raw:
    found: Raw = platform.raw("Deployment", name)["spec"]["template"]["spec"]["containers"][0]
    return found


def row(**cells: str) -> Declared:
    return Declared.of({"controller": "source-controller"} | {key.replace("_", " "): cells[key] for key in cells})


@pytest.mark.parametrize(
    ("one", "other"),
    [("500Mi", "524288000"), ("1", "1000m"), ("2Gi", "2048Mi"), ("1e3", "1k"), (".5", "500m"), ("0.1Ki", "102.4")],
)
def test_equal_quantities(one: str, other: str) -> None:
    assert parse_quantity(one) == parse_quantity(other)


@pytest.mark.parametrize("text", ["", "two", "1 Gi", "1GiB", None, True, {}, "Mi"])
def test_no_quantities(text: object) -> None:
    with pytest.raises(ValueError, match="not a quantity"):
        parse_quantity(text)


class TestResources:
    def test_as_declared(self) -> None:
        assert Platform().hear_home(declared.as_declared, Declared.of(SEED_000)) == []

    def test_amounts_are_compared_not_their_spelling(self) -> None:
        wanted = row(memory_request="524288000", cpu_limit="1000m", memory_limit="2048Mi")

        assert Platform().hear_home(declared.as_declared, wanted) == []

    def test_a_lowered_limit(self) -> None:
        platform = Platform()
        manager(platform)["resources"]["limits"]["memory"] = "1Gi"

        (said,) = platform.hear_home(declared.as_declared, Declared.of(SEED_000))

        assert isinstance(said, Deviation)
        assert said.path == "spec.template.spec.containers[name=manager].resources.limits.memory"
        assert (said.expected, said.observed) == ("resources.limits.memory = 2Gi", "resources.limits.memory = 1Gi")

    @pytest.mark.parametrize("resources", [None, {}, {"limits": None}, {"limits": {}}])
    def test_what_is_not_set_differs(self, resources: object) -> None:
        platform = Platform()
        manager(platform)["resources"] = resources

        said = platform.hear_home(declared.as_declared, row(memory_limit="2Gi"))

        assert [each.observed for each in said if isinstance(each, Deviation)] == ["resources.limits.memory = none"]

    def test_none_wants_it_not_to_be_set(self) -> None:
        platform = Platform()
        said = platform.hear_home(declared.as_declared, row(cpu_limit="none"))
        assert len(findings(said, declared.as_declared)) == 1

        del manager(platform)["resources"]["limits"]["cpu"]
        assert platform.hear_home(declared.as_declared, row(cpu_limit="none")) == []

    def test_replicas(self) -> None:
        said = Platform().hear_home(declared.as_declared, row(replicas="2"))

        assert findings(said, declared.as_declared) == [("flux.controller.differs", SOURCE, "spec.replicas")]

    def test_scaled_to_zero_is_told_as_that(self) -> None:
        platform = Platform()
        platform.raw("Deployment", "source-controller")["spec"]["replicas"] = 0

        said = platform.hear_home(declared.as_declared, Declared.of(SEED_000))

        assert findings(said, declared.as_declared) == [("flux.controller.unavailable", SOURCE, "")]

    def test_another_registry(self) -> None:
        said = Platform().hear_home(declared.as_declared, row(image="mirror.example/fluxcd/source-controller:v1.9.3"))

        assert findings(said, declared.as_declared) == [("flux.controller.differs", SOURCE, IMAGE)]

    def test_a_declared_controller_that_is_gone_is_told_as_that(self) -> None:
        said = Platform().drop("Deployment", "source-controller").hear_home(declared.as_declared, row(replicas="1"))

        assert findings(said, declared.as_declared) == [("flux.controller.unavailable", SOURCE, "")]

    def test_deployments_that_cannot_be_read(self) -> None:
        platform = Platform().drop("Deployment")
        platform.problems["Deployment"] = forbidden("deployments")

        for rule in (declared.as_declared, declared.right_version):
            assert unknowns(platform.hear_home(rule, row(replicas="1"))) == [("forbidden", "list deployments")]


class TestVersions:
    @pytest.mark.parametrize("version", ["v1.9.3", "1.9.3"])
    def test_as_declared(self, version: str) -> None:
        assert Platform().hear_home(declared.right_version, row(version=version)) == []

    def test_an_image_declares_its_version(self) -> None:
        wanted = row(image="ghcr.io/fluxcd/source-controller:v1.9.4")
        platform = Platform()

        assert platform.hear_home(declared.as_declared, wanted) == []
        assert findings(platform.hear_home(declared.right_version, wanted), declared.right_version) == [
            ("flux.controller.version-differs", SOURCE, IMAGE)
        ]

    def test_by_digest(self) -> None:
        platform = Platform()
        manager(platform)["image"] = "ghcr.io/fluxcd/source-controller@sha256:" + "a" * 64

        assert unknowns(platform.hear_home(declared.right_version, row(version="v1.9.3"))) == [("unreadable", SOURCE)]
        wanted = row(image="ghcr.io/fluxcd/source-controller@sha256:" + "b" * 64)
        assert len(findings(platform.hear_home(declared.right_version, wanted), declared.right_version)) == 1

    def test_controllers_of_one_release_have_versions_of_their_own(self) -> None:
        """platforms.md A10: v1.8.0, v1.8.1, v1.5.1 and v1.8.1 are all of Flux v2.8.1."""
        platform = Platform()
        assert (
            len({Image.parse(manager(platform, f"{name}-controller")["image"]).tag for name in ("helm", "source")}) == 2
        )

        assert platform.hear_home(declared.right_version) == []

    def test_labels_of_two_releases_are_only_noted(self) -> None:
        platform = Platform()
        platform.raw("Deployment", "helm-controller")["metadata"]["labels"]["app.kubernetes.io/version"] = "v2.8.1"

        (said,) = platform.hear_home(declared.right_version)

        assert isinstance(said, Note)
        assert "v2.8.1, v2.9.2" in said.text

    def test_a_pod_that_still_runs_the_old_version(self) -> None:
        platform = Platform()
        manager(platform)["image"] = "ghcr.io/fluxcd/source-controller:v1.9.4"

        said = platform.hear_home(declared.right_version)

        assert findings(said, declared.right_version) == [("flux.controller.version-differs", SOURCE, IMAGE)]

    def test_a_pod_from_a_mirror_or_on_its_way_out_is_none(self) -> None:
        platform = Platform()
        pods = [each for each in platform.objects if each["kind"] == "Pod"]
        for pod in pods:
            image = pod["spec"]["containers"][0]["image"].replace("ghcr.io", "mirror.example:5000")
            pod["spec"]["containers"][0]["image"] = image
        leaving = {**pods[0], "spec": {"containers": [{"name": "manager", "image": "x/helm-controller:v0.1.0"}]}}
        leaving["metadata"] = {**pods[0]["metadata"], "name": "leaving", "deletionTimestamp": "2026-11-21T03:00:00Z"}

        assert platform.add(leaving).hear_home(declared.right_version) == []

    def test_nothing_deployed_is_never_a_pass(self) -> None:
        said = Platform().drop("Deployment").hear_home(declared.right_version)

        assert {rule for rule, _, _ in findings(said, declared.right_version)} == {"flux.controller.unavailable"}


class TestDowngrade:
    def previous(self) -> dict[str, Any]:
        return facts.facts(Platform().world(), "flux-system")

    def test_the_same_flux(self) -> None:
        assert Platform().hear_home(upgrades.not_downgraded, self.previous()) == []

    def test_a_newer_one(self) -> None:
        platform = Platform()
        manager(platform)["image"] = "ghcr.io/fluxcd/source-controller:v1.10.0"

        assert platform.hear_home(upgrades.not_downgraded, self.previous()) == []

    def test_one_controller_went_back(self) -> None:
        platform = Platform()
        manager(platform)["image"] = "ghcr.io/fluxcd/source-controller:v1.8.4"

        said = platform.hear_home(upgrades.not_downgraded, self.previous())

        assert findings(said, upgrades.not_downgraded) == [("flux.controller.downgraded", SOURCE, IMAGE)]

    def test_flux_went_back_as_a_whole(self) -> None:
        """EOEPCA e6e96c16: v0.35.0 replaced by v0.24.0."""
        platform = Platform()
        for each in platform.objects:
            if each["kind"] == "Deployment":
                each["metadata"]["labels"]["app.kubernetes.io/version"] = "v0.24.0"
                each["spec"]["template"]["spec"]["containers"][0]["image"] = f"x/{each['metadata']['name']}:v0.18.1"

        (said,) = platform.hear_home(upgrades.not_downgraded, self.previous())

        assert isinstance(said, Deviation)
        assert str(said.ref) == "Namespace/flux-system"
        assert len(said.affects) == 4

    def test_without_a_baseline_it_is_not_asked(self) -> None:
        with pytest.raises(NotAsked, match="--baseline"):
            Platform().hear_home(upgrades.not_downgraded, None)

    @pytest.mark.parametrize("previous", [{}, {"controllers": None}, {"controllers": {}}])
    def test_a_baseline_that_knows_nothing_is_unknown(self, previous: dict[str, Any]) -> None:
        said = Platform().hear_home(upgrades.not_downgraded, previous)

        assert unknowns(said) == [("no-desired-state", "run.facts.controllers")]

    def test_versions_that_cannot_be_compared_are_unknown(self) -> None:
        platform = Platform()
        manager(platform)["image"] = "ghcr.io/fluxcd/source-controller:latest"

        assert unknowns(platform.hear_home(upgrades.not_downgraded, self.previous())) == [("unreadable", SOURCE)]

    def test_no_controller_left_is_never_a_pass(self) -> None:
        said = Platform().drop("Deployment").hear_home(upgrades.not_downgraded, self.previous())

        assert {rule for rule, _, _ in findings(said, upgrades.not_downgraded)} == {"flux.controller.unavailable"}

    def test_the_facts_of_a_findings_file(self) -> None:
        assert upgrades.facts_of(None) is None
        assert upgrades.facts_of({"run": {"facts": {"flux": "v2.9.2"}}}) == {"flux": "v2.9.2"}
        assert upgrades.facts_of({"run": None}) == {}


class TestFacts:
    def test_of_the_testbed(self) -> None:
        found: dict[str, Any] = facts.facts(Platform().world(), "flux-system")

        assert found["flux"] == "v2.9.2"
        assert found["controllers"]["helm-controller"] == "ghcr.io/fluxcd/helm-controller:v1.6.4"
        assert found["apis"]["notification.toolkit.fluxcd.io"] == ["v1", "v1beta3"]
        assert 0 < found["reconciles"]["Kustomization/flux-system/user-management"] < 60

    def test_what_could_not_be_read_is_null_not_empty(self) -> None:
        platform = Platform()
        platform.problems = {kind: forbidden(kind) for kind in ("Deployment", "Kustomization", "discovery")}

        assert facts.facts(platform.world(), "flux-system") == {
            "flux": None,
            "controllers": None,
            "apis": None,
            "reconciles": None,
        }


@pytest.mark.parametrize(
    ("text", "repository", "tag", "digest"),
    [
        ("ghcr.io/fluxcd/source-controller:v1.9.3", "ghcr.io/fluxcd/source-controller", "v1.9.3", ""),
        ("registry.example:5000/flux/helm-controller", "registry.example:5000/flux/helm-controller", "", ""),
        ("r/x:v1@sha256:ab", "r/x", "v1", "sha256:ab"),
        ("", "", "", ""),
    ],
)
def test_image_references(text: str, repository: str, tag: str, digest: str) -> None:
    assert Image.parse(text) == Image(repository, tag, digest)


@pytest.mark.parametrize("text", ["latest", "", "6f1c0de", "main"])
def test_no_versions(text: str) -> None:
    assert version_of(text) is None


def test_versions_are_ordered_as_numbers() -> None:
    found = [version_of(text) for text in ("v1.9.3", "v1.10.0", "1.10.0-fips", "v1.10.1_2")]

    assert all(found)
    assert found[0] < found[1] <= found[2] < found[3]  # type: ignore[operator]
