"""Helm releases against what HelmReleases know of them (reference rows 132, 142, 143, 146)."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.drift.releases import (
    ReleaseName,
    ReleaseTrouble,
    StoredRelease,
    Trouble,
    beside_flux,
    release_name,
    trouble,
)
from holdfast.model import Resource
from tests.checks.drift.objects_seen import helm_release
from tests.checks.drift.surrounded import recorded, stored


def release(version: int | None = 3, status: str = "deployed", *conditions: str, **spec: Any) -> Resource:
    history = [] if version is None else [{"name": "web", "namespace": "apps", "version": version, "status": status}]
    said = [{"type": each, "status": "True", "reason": "X", "message": ""} for each in conditions]
    return helm_release(status={"history": history, "conditions": said}, **spec)


def kept(version: int, status: str = "deployed", deployed: int | None = None) -> dict[ReleaseName, StoredRelease]:
    found = StoredRelease("apps", "web", version, status, deployed if deployed is not None else version)
    return {found.key: found}


def judged(owner: Resource, storage: dict[ReleaseName, StoredRelease]) -> ReleaseTrouble:
    found = trouble(owner, storage)
    assert found is not None
    assert found.owner == owner.ref
    return found


def test_in_agreement() -> None:
    assert trouble(release(), kept(3)) is None


def test_a_recorded_platform_agrees() -> None:
    objects = recorded()
    storage = stored(objects)
    releases = [each for each in objects if each.kind == "HelmRelease" and release_name(each) in storage]
    assert len(releases) == 10
    assert [trouble(each, storage) for each in releases] == [None] * 10
    assert beside_flux(storage.values(), releases) == ()


@pytest.mark.parametrize("version", [4, 9])
def test_helm_beside_flux(version: int) -> None:
    """Row 142: helm upgrade and helm rollback both make a newer revision."""
    found = judged(release(), kept(version))
    assert found.trouble is Trouble.OUT_OF_BAND
    assert found.observed == f"revision {version}, deployed: upgraded or rolled back with helm beside Flux"
    assert "revision 3 of web" in found.expected


def test_revisions_taken_away() -> None:
    found = judged(release(), kept(2))
    assert found.trouble is Trouble.OUT_OF_BAND
    assert "revisions were deleted" in found.observed


def test_a_newer_revision_while_flux_works_is_its_own() -> None:
    assert judged(release(3, "deployed", "Reconciling"), kept(4)).trouble is Trouble.PENDING


def test_a_failed_upgrade_beside_flux_is_beside_flux() -> None:
    assert judged(release(), kept(4, "failed", 3)).trouble is Trouble.OUT_OF_BAND


@pytest.mark.parametrize("status", ["pending-install", "pending-upgrade", "pending-rollback"])
def test_pending(status: str) -> None:
    """Row 143."""
    found = judged(release(), kept(4, status, 3))
    assert found.trouble is Trouble.PENDING
    assert found.observed == f"revision 4 of web is {status}, begun by somebody beside Flux"
    assert "helm-controller" in judged(release(4, status), kept(4, status, 3)).observed


def test_failed() -> None:
    found = judged(release(4, "failed"), kept(4, "failed", 3))
    assert found.trouble is Trouble.FAILED
    assert found.observed == "revision 4 of web is failed; revision 3 is deployed"


def test_rolled_back_by_flux_is_failed_and_not_drift() -> None:
    """Row 146."""
    assert judged(release(5, "deployed", "Remediated"), kept(5)).trouble is Trouble.FAILED


def test_uninstalled_by_hand() -> None:
    assert judged(release(), {}).trouble is Trouble.VANISHED
    assert judged(release(), kept(3, "uninstalled")).trouble is Trouble.VANISHED  # helm uninstall --keep-history


def test_uninstalled_by_flux_itself_or_never_installed() -> None:
    assert trouble(release(3, "uninstalled"), {}) is None
    assert trouble(release(None), {}) is None


def test_an_older_flux_keeps_only_the_number() -> None:
    old = helm_release(status={"lastReleaseRevision": 3})
    assert trouble(old, kept(3)) is None
    assert judged(old, kept(4)).trouble is Trouble.OUT_OF_BAND


def test_another_clusters_storage_is_not_here() -> None:
    assert trouble(release(kubeConfig={"secretRef": {"name": "prod"}}), {}) is None


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ({}, ("apps", "web")),
        ({"releaseName": "front"}, ("apps", "front")),
        ({"targetNamespace": "shop"}, ("apps", "shop-web")),
    ],
)
def test_names_of_what_is_not_installed_yet(spec: dict[str, str], name: tuple[str, str]) -> None:
    assert release_name(release(None, **spec)) == name


def test_releases_nobody_in_flux_keeps() -> None:
    """Row 132."""
    by_hand = StoredRelease("apps", "shop", 2, "deployed", 2)
    undone = StoredRelease("apps", "old", 1, "uninstalled")
    assert beside_flux([*kept(3).values(), by_hand, undone], [release()]) == (by_hand,)
