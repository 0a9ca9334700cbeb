"""A Flux that is gone as a whole is one finding; part of it gone is told part by part."""

from __future__ import annotations

import pytest

from holdfast.checks import presence
from holdfast.checks.flux import declared, leases
from holdfast.model import Deviation

from ..world import forbidden
from .recorded import Platform, findings, unknowns

GONE = ("flux.controller.unavailable", "Namespace/flux-system", "")


def uninstalled() -> Platform:
    """`flux uninstall --keep-namespace`: no Deployment, no CRD, so no object of its kinds."""
    platform = Platform().drop("Deployment")
    platform.objects = [each for each in platform.objects if "fluxcd.io" not in each["apiVersion"]]
    platform.served = {group: kinds for group, kinds in platform.served.items() if "fluxcd.io" not in group}
    return platform


def not_served(kind: str, platform: Platform) -> list[tuple[str, str, str]]:
    said = [
        each for each in presence.not_served(presence.absent(kind), platform.world()) if isinstance(each, Deviation)
    ]
    return findings(list(said), presence.not_served)


@pytest.mark.parametrize("kind", ["GitRepository", "HelmRelease", "Alert"])
def test_no_kind_of_a_flux_that_is_gone_is_missed_by_itself(kind: str) -> None:
    assert not_served(kind, uninstalled()) == [GONE]


def test_nor_is_any_declared_controller() -> None:
    rows = [declared.Declared(name, replicas="1") for name in ("source-controller", "helm-controller")]

    said = uninstalled().hear_home(declared.as_declared, *rows)

    assert set(findings(said, declared.as_declared)) == {GONE}


def test_a_kind_of_somebody_else_is_missed_all_the_same() -> None:
    assert not_served("Certificate.cert-manager.io", uninstalled()) == [
        ("platform.api.not-served", "Certificate.cert-manager.io", "")
    ]


def test_one_crd_gone_is_told_as_that() -> None:
    platform = Platform()
    platform.served["helm.toolkit.fluxcd.io"] = {}

    assert not_served("HelmRelease", platform) == [("platform.api.not-served", "HelmRelease", "")]


def test_crds_gone_under_running_controllers_are_told_as_that() -> None:
    platform = uninstalled().add(*(each for each in Platform().objects if each["kind"] == "Deployment"))

    assert not_served("HelmRelease", platform) == [("platform.api.not-served", "HelmRelease", "")]


def test_without_a_look_at_deployments_only_the_kind_is_told() -> None:
    platform = uninstalled()
    platform.problems["Deployment"] = forbidden("deployments")

    assert not_served("HelmRelease", platform) == [("platform.api.not-served", "HelmRelease", "")]


def test_both_rights_a_lease_needs_are_asked_for_at_once() -> None:
    platform = Platform()
    platform.problems = {kind: forbidden(f"{kind.lower()}s") for kind in ("Deployment", "Lease")}

    assert unknowns(platform.hear_home(leases.speaking)) == [
        ("forbidden", "list deployments"),
        ("forbidden", "list leases"),
    ]
