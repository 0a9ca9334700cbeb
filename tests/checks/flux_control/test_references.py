"""Names that lead somewhere, and names that do not."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.flux.kinds import KINDS
from holdfast.checks.flux.references import resolves
from holdfast.model import Deviation, UnknownCode, Unobservable

from ..world import forbidden
from .recorded import Platform, Raw, findings, unknowns

UNRESOLVED = "flux.reference.unresolved"


def release(platform: Platform) -> Raw:
    return platform.raw("HelmRelease", "data-access")


@pytest.mark.parametrize("kind", KINDS)
def test_a_healthy_platform_gives_nothing(kind: str) -> None:
    assert Platform().hear(resolves, kind) == []


def test_the_secret_of_a_provider_nobody_made() -> None:
    """EOEPCA: slack-external names slack-url-external, which is not in Git."""
    said = Platform().drop("Secret", "slack-url-external").hear(resolves, "Provider")

    assert findings(said, resolves) == [(UNRESOLVED, "Provider/flux-system/slack-external", "spec.secretRef")]
    assert isinstance(said[0], Deviation)
    assert said[0].remedy[0].command == "kubectl get secret -n flux-system"  # that it is not there is known


def test_the_provider_of_an_alert() -> None:
    said = Platform().drop("Provider", "slack").hear(resolves, "Alert")

    assert findings(said, resolves) == [(UNRESOLVED, "Alert/flux-system/alert-slack", "spec.providerRef")]


def test_what_a_receiver_would_wake() -> None:
    platform = Platform()
    platform.raw("Receiver", "github")["spec"]["resources"] = [
        {"kind": "GitRepository", "name": "flux-sytem"},
        {"kind": "HelmRepository", "name": "*"},
        {"kind": "Kustomization", "name": "flux-system"},
    ]

    assert findings(platform.hear(resolves, "Receiver"), resolves) == [
        (UNRESOLVED, "Receiver/flux-system/github", "spec.resources[GitRepository/flux-system/flux-sytem]")
    ]


def test_a_secret_flux_has_not_missed_yet() -> None:
    said = Platform().drop("Secret", "flux-system").hear(resolves, "GitRepository")

    assert findings(said, resolves) == [(UNRESOLVED, "GitRepository/flux-system/flux-system", "spec.secretRef")]


@pytest.mark.parametrize("status", ["False", "Unknown"])
def test_what_flux_has_tripped_over_is_told_by_the_delivery_rules(status: str) -> None:
    platform = Platform().drop("Secret", "flux-system")
    ready = next(
        each for each in platform.raw("GitRepository", "flux-system")["status"]["conditions"] if each["type"] == "Ready"
    )
    ready |= {"status": status, "reason": "AuthenticationFailed", "message": "failed to get secret 'x/flux-system'"}

    assert platform.hear(resolves, "GitRepository") == []


def test_a_receiver_that_failed_still_tells_what_it_would_not_wake() -> None:
    platform = Platform().drop("Secret", "webhook-token")
    receiver = platform.raw("Receiver", "github")
    receiver["spec"]["resources"] = [{"kind": "GitRepository", "name": "gone"}]
    receiver["status"]["conditions"][0] |= {"status": "False", "reason": "TokenNotFound"}

    assert [path for _, _, path in findings(platform.hear(resolves, "Receiver"), resolves)] == [
        "spec.resources[GitRepository/flux-system/gone]"
    ]


def test_a_suspended_object_is_judged_although_it_failed() -> None:
    platform = Platform().drop("Secret", "flux-system")
    source = platform.raw("GitRepository", "flux-system")
    source["spec"]["suspend"] = True
    source["status"]["conditions"][0]["status"] = "False"

    assert len(findings(platform.hear(resolves, "GitRepository"), resolves)) == 1


class TestValues:
    @pytest.mark.parametrize("optional", [True, False])
    def test_a_missing_object(self, optional: bool) -> None:
        platform = Platform()
        release(platform)["spec"]["valuesFrom"] = [{"kind": "ConfigMap", "name": "gone", "optional": optional}]

        said = platform.hear(resolves, "HelmRelease", "data-access")

        expected = [(UNRESOLVED, "HelmRelease/rm/data-access", "spec.valuesFrom[ConfigMap/gone]")]
        assert findings(said, resolves) == ([] if optional else expected)

    def test_a_missing_key_names_the_keys_there_are_and_no_value(self) -> None:
        platform = Platform()
        platform.add(
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"namespace": "rm", "name": "more-values"},
                "data": {"other.yaml": "Y2FuYXJ5"},
            }
        )
        release(platform)["spec"]["valuesFrom"] = [{"kind": "Secret", "name": "more-values"}]

        (said,) = platform.hear(resolves, "HelmRelease", "data-access")

        assert isinstance(said, Deviation)
        assert said.observed == "it has other keys: other.yaml"
        assert "Y2FuYXJ5" not in repr(said)

    def test_a_secret_without_anything_in_it(self) -> None:
        platform = Platform()
        platform.raw("Secret", "cache-access-secret", "rm")["data"] = {}

        assert len(findings(platform.hear(resolves, "HelmRelease", "data-access"), resolves)) == 1

    def test_a_secret_of_which_only_the_name_could_be_read(self) -> None:
        platform = Platform()
        del platform.raw("Secret", "cache-access-secret", "rm")["data"]

        assert unknowns(platform.hear(resolves, "HelmRelease", "data-access")) == [("forbidden", "get secrets")]


@pytest.mark.parametrize(
    ("kind", "name", "spec", "path"),
    [
        ("HelmRelease", "data-access", {"kubeConfig": {"secretRef": {"name": "no"}}}, "spec.kubeConfig.secretRef"),
        ("HelmRelease", "data-access", {"serviceAccountName": "no"}, "spec.serviceAccountName"),
        (
            "Kustomization",
            "user-management",
            {"decryption": {"secretRef": {"name": "no"}}},
            "spec.decryption.secretRef",
        ),
        (
            "Kustomization",
            "user-management",
            {"postBuild": {"substituteFrom": [{"kind": "ConfigMap", "name": "no"}]}},
            "spec.postBuild.substituteFrom[ConfigMap/no]",
        ),
        ("GitRepository", "flux-system", {"verify": {"secretRef": {"name": "no"}}}, "spec.verify.secretRef"),
        ("GitRepository", "flux-system", {"proxySecretRef": {"name": "no"}}, "spec.proxySecretRef"),
        ("HelmRepository", "harbor", {"certSecretRef": {"name": "no"}}, "spec.certSecretRef"),
    ],
)
def test_every_kind_of_reference(kind: str, name: str, spec: Raw, path: str) -> None:
    platform = Platform()
    platform.raw(kind, name)["spec"] |= spec

    assert (UNRESOLVED, path) in [(rule, where) for rule, _, where in findings(platform.hear(resolves, kind), resolves)]


@pytest.mark.parametrize(
    ("kind", "name", "spec", "absent"),
    [
        ("HelmRelease", "data-access", {"dependsOn": [{"name": "no"}]}, "HelmRelease/rm/no"),
        ("HelmRelease", "data-access", {"chartRef": {"kind": "OCIRepository", "name": "no"}}, "OCIRepository/rm/no"),
        ("GitRepository", "flux-system", {"include": [{"repository": {"name": "no"}}]}, "GitRepository/flux-system/no"),
        (
            "HelmRelease",
            "data-access",
            {"chart": {"spec": {"sourceRef": {"kind": "HelmRepository", "name": "eoepca", "namespace": "rm"}}}},
            "HelmRepository/rm/eoepca",
        ),
    ],
)
def test_a_source_or_dependency_of_what_worked_is_missing_itself(kind: str, name: str, spec: Raw, absent: str) -> None:
    platform = Platform()
    platform.raw(kind, name)["spec"] |= spec

    said = platform.hear(resolves, kind, name)

    assert findings(said, resolves) == [("platform.object.missing", absent, "")]
    assert isinstance(said[0], Deviation)
    assert [each.rpartition("/")[2] for each in said[0].affects] == [name]


def test_a_source_nobody_has_worked_with_is_named_wrongly() -> None:
    platform = Platform().drop("HelmRepository", "nginx")
    platform.raw("HelmRelease", "ingress-nginx")["status"].pop("history")

    said = platform.hear(resolves, "HelmRelease", "ingress-nginx")

    release = "HelmRelease/ingress-nginx/ingress-nginx"
    assert findings(said, resolves) == [(UNRESOLVED, release, "spec.chart.spec.sourceRef")]


def test_the_account_of_another_cluster_is_not_looked_for_here() -> None:
    platform = Platform()
    release(platform)["spec"] |= {"serviceAccountName": "there", "kubeConfig": {"secretRef": {"name": "slack-url"}}}

    said = platform.hear(resolves, "HelmRelease", "data-access")

    assert [path for _, _, path in findings(said, resolves)] == ["spec.kubeConfig.secretRef"]


def test_a_chart_helm_controller_made_repeats_nothing() -> None:
    platform = Platform().drop("HelmRepository", "nginx")

    assert platform.hear(resolves, "HelmChart", "ingress-nginx-ingress-nginx") == []
    assert len(findings(platform.hear(resolves, "HelmRelease", "ingress-nginx"), resolves)) == 1


def test_secrets_that_may_not_be_read_are_one_unknown() -> None:
    platform = Platform().drop("Secret")
    platform.problems["Secret"] = Unobservable(UnknownCode.FORBIDDEN, "Secret/x/y", "403 for y", "grant get")

    said: list[Any] = [word for kind in KINDS for word in platform.hear(resolves, kind)]

    assert findings(said, resolves) == []
    assert len(said) > 1
    assert set(unknowns(said)) == {("forbidden", "get secrets")}
    assert len(set(said)) == 1


def test_a_missing_right_does_not_hide_what_can_be_seen() -> None:
    platform = Platform().drop("Secret")
    platform.problems["Secret"] = forbidden("secrets")
    release(platform)["spec"]["dependsOn"] = [{"name": "no"}]

    said = platform.hear(resolves, "HelmRelease", "data-access")

    assert len(findings(said, resolves)) == 1
    assert unknowns(said) == [("forbidden", "get secrets")]


@pytest.mark.parametrize("spec", [{}, None, {"secretRef": None, "valuesFrom": None, "dependsOn": "x"}])
def test_specs_that_name_nothing(spec: object) -> None:
    platform = Platform()
    release(platform)["spec"] = spec

    assert platform.hear(resolves, "HelmRelease", "data-access") == []
