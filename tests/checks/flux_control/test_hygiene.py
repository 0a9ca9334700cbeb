"""What harms nobody today."""

from __future__ import annotations

import pytest

from holdfast.checks.flux import hygiene
from holdfast.model import RULES

from ..world import forbidden
from .recorded import Platform, Raw, findings, unknowns

LABEL = "app.kubernetes.io/managed-by"


def test_they_are_off_by_default() -> None:
    ids = ("flux.source.unused", "flux.chart.floating-version", "flux.label.missing")

    assert all(RULES[each].hygiene for each in ids)


class TestUnused:
    def test_sources_of_the_system(self) -> None:
        assert Platform().hear(hygiene.used, "GitRepository") == []

    def test_repositories_nobody_uses(self) -> None:
        """EOEPCA has six of them; the recording holds few HelmReleases, so more here."""
        said = Platform().hear(hygiene.used, "HelmRepository")

        unused = {subject for _, subject, _ in findings(said, hygiene.used)}
        assert {"HelmRepository/common/bitnami", "HelmRepository/rm/eox-charts"} <= unused
        assert "HelmRepository/common/nginx" not in unused

    def test_another_source_may_use_it(self) -> None:
        extra: Raw = {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "GitRepository",
            "metadata": {"namespace": "flux-system", "name": "extra"},
        }
        platform = Platform().add(extra)
        assert len(platform.hear(hygiene.used, "GitRepository")) == 1

        platform.raw("GitRepository", "flux-system")["spec"]["include"] = [{"repository": {"name": "extra"}}]
        assert platform.hear(hygiene.used, "GitRepository") == []

    def test_an_artifact_generator_may_use_it(self) -> None:
        generator: Raw = {
            "apiVersion": "source.extensions.fluxcd.io/v1beta1",
            "kind": "ArtifactGenerator",
            "metadata": {"namespace": "common", "name": "all"},
            "spec": {"sources": [{"alias": "x", "kind": "HelmRepository", "name": "bitnami"}]},
        }

        assert Platform().add(generator).hear(hygiene.used, "HelmRepository", "bitnami") == []

    def test_users_that_cannot_be_read_are_unknown(self) -> None:
        platform = Platform()
        platform.problems["HelmRelease"] = forbidden("helmreleases")

        assert unknowns(platform.hear(hygiene.used, "GitRepository")) == [("forbidden", "list helmreleases")]


class TestPinned:
    def release(self, version: object) -> Platform:
        platform = Platform()
        platform.raw("HelmRelease", "ingress-nginx")["spec"]["chart"]["spec"]["version"] = version
        return platform

    def test_the_range_of_ingress_nginx(self) -> None:
        """EOEPCA hr-ingress-nginx.yaml: "<4.5.0"."""
        said = Platform().hear(hygiene.pinned, "HelmRelease")

        assert findings(said, hygiene.pinned) == [
            ("flux.chart.floating-version", "HelmRelease/ingress-nginx/ingress-nginx", "spec.chart.spec.version")
        ]

    @pytest.mark.parametrize("version", ["4.4.2", "v4.4.2", "1.0.0-rc.1", "1.0.0+build.5"])
    def test_one_version(self, version: str) -> None:
        assert self.release(version).hear(hygiene.pinned, "HelmRelease", "ingress-nginx") == []

    @pytest.mark.parametrize(
        "version", ["*", "", None, "1.x", "1.2", "~1.2.3", "^1.2.3", ">=1.0.0 <2.0.0", "1.2.3 || 2"]
    )
    def test_many_versions(self, version: object) -> None:
        assert len(self.release(version).hear(hygiene.pinned, "HelmRelease", "ingress-nginx")) == 1

    def test_a_chart_out_of_git_has_no_version_to_ask_for(self) -> None:
        platform = self.release("*")
        platform.raw("HelmRelease", "ingress-nginx")["spec"]["chart"]["spec"]["sourceRef"]["kind"] = "GitRepository"

        assert platform.hear(hygiene.pinned, "HelmRelease", "ingress-nginx") == []

    @pytest.mark.parametrize(("ref", "found"), [({"semver": "1.x"}, 1), ({"tag": "1.2.3"}, 0), (None, 0)])
    def test_an_oci_repository(self, ref: object, found: int) -> None:
        repository: Raw = {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "OCIRepository",
            "metadata": {"namespace": "um", "name": "charts"},
            "spec": {"ref": ref},
        }

        assert len(Platform().add(repository).hear(hygiene.pinned, "OCIRepository")) == found


class TestLabels:
    @pytest.mark.parametrize(
        ("label", "found"), [(LABEL, 1), (f"{LABEL}=Flux", 1), ("app.kubernetes.io/part-of=flux", 0)]
    )
    def test_of_a_controller(self, label: str, found: int) -> None:
        said = Platform().hear(hygiene.labelled, "Deployment", "source-controller", label)

        assert len(findings(said, hygiene.labelled)) == found

    def test_a_value_counts_when_it_is_given(self) -> None:
        platform = Platform()
        platform.raw("Deployment", "source-controller")["metadata"]["labels"][LABEL] = "Flux"

        assert platform.hear(hygiene.labelled, "Deployment", "source-controller", LABEL) == []
        assert platform.hear(hygiene.labelled, "Deployment", "source-controller", f"{LABEL}=Flux") == []
        assert len(platform.hear(hygiene.labelled, "Deployment", "source-controller", f"{LABEL}=Helm")) == 1

    def test_what_flux_does_not_deliver_is_not_asked(self) -> None:
        platform = Platform()
        platform.raw("Deployment", "source-controller")["metadata"]["labels"] = {}

        assert platform.hear(hygiene.labelled, "Deployment", "source-controller", LABEL) == []
