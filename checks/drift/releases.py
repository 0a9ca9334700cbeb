"""Helm releases in storage against what the HelmReleases know of them.

Sources: helm-controller 1.6 (``internal/reconcile/state.go``), Helm 3.19 and 4 storage labels; reference rows 132,
142, 143, 146.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from holdfast.model import Ref, Resource


class ReleaseName(NamedTuple):
    """Where Helm keeps a release, and its name."""

    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """The newest revision of one release in Helm's storage, as its Secrets' labels tell."""

    namespace: str
    """Of the Secrets."""
    name: str
    version: int
    """The newest revision."""
    status: str
    """Of the newest: deployed, failed, pending-upgrade, uninstalled, …"""
    deployed_version: int | None = None
    """The newest revision that is deployed, where there is one."""

    @property
    def key(self) -> ReleaseName:
        return ReleaseName(self.namespace, self.name)


class Trouble(StrEnum):
    """What is to be said of a release."""

    OUT_OF_BAND = "out-of-band"
    """Somebody ran helm beside Flux: storage has a newer revision than the HelmRelease made."""
    VANISHED = "vanished"
    """Storage has nothing of what the HelmRelease says it has installed: helm uninstall, or its Secrets deleted."""
    PENDING = "pending"
    """An operation on the release has begun and not ended: by Flux, or by somebody whose helm died."""
    FAILED = "failed"
    """The last operation failed, or was rolled back: the cluster has what the revision before says."""


@dataclass(frozen=True, slots=True)
class ReleaseTrouble:
    """What is wrong between one HelmRelease and its release."""

    trouble: Trouble
    owner: Ref
    release: ReleaseName
    expected: str
    observed: str
    outlook: str


def release_name(release: Resource) -> ReleaseName:
    """Where helm-controller keeps a HelmRelease's release: as it did, or before the first install, as it will."""
    namespace = release.get("status", "storageNamespace") or release.get("spec", "storageNamespace")
    recorded = release.get("status", "history", 0, "name")
    return ReleaseName(str(namespace or release.namespace), str(recorded or _wanted_name(release)))


def release_namespace(release: Resource) -> str:
    """The namespace a HelmRelease installs into."""
    recorded = release.get("status", "history", 0, "namespace")
    return str(recorded or release.get("spec", "targetNamespace") or release.namespace)


def _wanted_name(release: Resource) -> str:
    if name := release.get("spec", "releaseName"):
        return str(name)
    target = release.get("spec", "targetNamespace")
    return f"{target}-{release.name}" if target else release.name


def trouble(release: Resource, stored: Mapping[ReleaseName, StoredRelease]) -> ReleaseTrouble | None:
    """What storage says that the HelmRelease does not know; None when they agree or nothing was installed yet.

    Args:
        stored: every release in storage that namespaces read completely hold.
    """
    if release.get("spec", "kubeConfig"):
        return None  # its storage is in another cluster
    key = release_name(release)
    known, status = _recorded(release)
    found = stored.get(key)
    if found is None or (found.status == "uninstalled" and found.version == known):
        return _vanished(release, key, known, status)
    if found.status.startswith("pending-"):
        return _pending(release, found, known)
    if known is not None and found.version != known:
        return _out_of_band(release, found, known)
    if found.status == "failed" or _rolled_back(release):
        return _failed(release, found)
    return None


def _recorded(release: Resource) -> tuple[int | None, str]:
    """The revision the HelmRelease last made and what became of it; Flux before 2.2 keeps only the number."""
    version = release.get("status", "history", 0, "version") or release.get("status", "lastReleaseRevision")
    status = str(release.get("status", "history", 0, "status", default="deployed"))
    return (version if isinstance(version, int) else None), status


def _vanished(release: Resource, key: ReleaseName, known: int | None, status: str) -> ReleaseTrouble | None:
    """A release Flux itself uninstalled has no revision left either, and its history says so."""
    if known is None or status not in ("deployed", "superseded"):
        return None
    return ReleaseTrouble(
        Trouble.VANISHED,
        release.ref,
        key,
        expected=f"revision {known} of {key.name}, which {release.ref} has installed, in Helm's storage",
        observed=f"no installed revision of {key.name} in the Secrets of namespace {key.namespace}",
        outlook="helm-controller installs it anew at its next reconcile",
    )


def _pending(release: Resource, found: StoredRelease, known: int | None) -> ReleaseTrouble:
    by = "helm-controller" if found.version == known or _reconciling(release) else "somebody beside Flux"
    return ReleaseTrouble(
        Trouble.PENDING,
        release.ref,
        found.key,
        expected="no operation on the release under way",
        observed=f"revision {found.version} of {found.name} is {found.status}, begun by {by}",
        outlook="helm-controller marks it failed and tries again once nobody works on it",
    )


def _out_of_band(release: Resource, found: StoredRelease, known: int) -> ReleaseTrouble | None:
    if found.version > known and _reconciling(release):
        return _pending(release, found, known)
    way = "upgraded or rolled back" if found.version > known else "revisions were deleted"
    return ReleaseTrouble(
        Trouble.OUT_OF_BAND,
        release.ref,
        found.key,
        expected=f"revision {known} of {found.name}, the last that {release.ref} made",
        observed=f"revision {found.version}, {found.status}: {way} with helm beside Flux",
        outlook="at its next reconcile helm-controller finds a release it does not know and upgrades it to Git's",
    )


def _failed(release: Resource, found: StoredRelease) -> ReleaseTrouble:
    deployed = found.deployed_version
    stands = f"revision {deployed} is deployed" if deployed else "no revision is deployed"
    return ReleaseTrouble(
        Trouble.FAILED,
        release.ref,
        found.key,
        expected="the newest revision deployed as the HelmRelease wants it",
        observed=f"revision {found.version} of {found.name} is {found.status}; {stands}",
        outlook="helm-controller tries again as far as its retries allow; until then Git's newest is not what runs",
    )


def _reconciling(release: Resource) -> bool:
    condition = release.find_condition("Reconciling")
    return condition is not None and condition.status == "True"


def _rolled_back(release: Resource) -> bool:
    """Rollback remediation: the newest revision repeats an older one because the wanted one failed."""
    remediated = release.find_condition("Remediated")
    return remediated is not None and remediated.status == "True"


def beside_flux(stored: Iterable[StoredRelease], releases: Iterable[Resource]) -> tuple[StoredRelease, ...]:
    """Releases that no HelmRelease keeps: somebody's ``helm install``."""
    kept = {release_name(each) for each in releases if not each.get("spec", "kubeConfig")}
    return tuple(each for each in stored if each.key not in kept and each.status not in ("uninstalled", "superseded"))
