"""A few objects and those round about them, put together as the survey does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from holdfast.checks.drift.difference import Desired, Id
from holdfast.checks.drift.managers import Managers
from holdfast.checks.drift.ownership import OWNER_KINDS, Claim, Owners
from holdfast.checks.drift.releases import ReleaseName, StoredRelease
from holdfast.checks.drift.surroundings import Surroundings, managed_namespaces
from holdfast.checks.drift.unexpected import Stray, strays
from holdfast.checks.flux.inventory import inventory
from holdfast.model import Resource


def recorded() -> list[Resource]:
    """Metadata of the testbed's healthy EOEPCA platform: four namespaces, and all Kustomizations and HelmReleases."""
    return [
        Resource(each) for each in json.loads(Path(__file__).with_name("healthy_metadata.json").read_text())["objects"]
    ]


def held(owner: Resource, *objects: Resource, hooks: Iterable[Resource] = ()) -> Desired:
    """What an owner holds: these, and its inventory."""
    found = {Id(each.group, each.kind, each.namespace, each.name): each.version for each in inventory(owner)}
    own = {Id.of(each.ref): each.api_version.rpartition("/")[2] for each in objects}
    return Desired(owner.ref, "inventory", {}, {**found, **own}, hooks=frozenset(Id.of(each.ref) for each in hooks))


def stored(objects: Iterable[Resource]) -> dict[ReleaseName, StoredRelease]:
    """The newest revision of each release, after its Secrets."""
    found: dict[ReleaseName, StoredRelease] = {}
    for each in objects:
        if each.kind == "Secret" and each.labels.get("owner") == "helm":
            version, status = int(each.labels["version"]), each.labels["status"]
            release = StoredRelease(each.namespace, each.labels["name"], version, status, version)
            if release.key not in found or found[release.key].version < version:
                found[release.key] = release
    return found


@dataclass
class Cluster:
    """What is in it, and what is known of it."""

    objects: list[Resource]
    desired: list[Desired] = field(default_factory=list)
    named: Mapping[str, str] = field(default_factory=lambda: {"apps": "the table"})
    trusted: frozenset[str] = frozenset()
    unsettled: Mapping[Claim, str] = field(default_factory=dict)
    incomplete: frozenset[str] = frozenset()
    secrets_read: bool = True

    def owners(self) -> Owners:
        return Owners.of(
            self.desired,
            [each for each in self.objects if each.kind in OWNER_KINDS],
            unsettled=self.unsettled,
            stored=stored(self.objects).values() if self.secrets_read else None,
            kinds_known=[kind for kind in OWNER_KINDS if kind not in self.incomplete],
        )

    def around(self) -> Surroundings:
        managers = Managers(self.trusted)
        return Surroundings.of(
            self.objects, self.owners(), managers, lambda group, kind, namespace: kind not in self.incomplete
        )

    def strays(self) -> list[Stray]:
        return list(strays(self.objects, managed_namespaces(self.desired, self.named), self.around()))
