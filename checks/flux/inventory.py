"""What a Kustomization or HelmRelease says it delivered: ``status.inventory.entries``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdfast.model import Resource


@dataclass(frozen=True, slots=True)
class Held:
    """One entry: the object, at the version it was applied with."""

    group: str
    version: str
    kind: str
    namespace: str
    name: str
    """"" in entries an old kustomize-controller wrote for unnamed objects (kustomize-controller #1510)."""

    def __str__(self) -> str:
        """``Kind/namespace/name``."""
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


def inventory(owner: Resource) -> Iterator[Held]:
    """What is held in this cluster; nothing for an owner that delivers to another one (spec.kubeConfig)."""
    if owner.get("spec", "kubeConfig"):
        return
    entries = owner.get("status", "inventory", "entries", default=())
    for each in entries if isinstance(entries, list | tuple) else ():
        if isinstance(each, Mapping) and each.get("id"):
            yield read_entry(str(each["id"]), str(each.get("v") or ""))


def read_entry(id: str, version: str) -> Held:
    """``<namespace>_<name>_<group>_<Kind>`` taken apart; only names hold more underscores (RBAC: ``:`` as ``__``)."""
    rest, _, kind = id.rpartition("_")
    rest, _, group = rest.rpartition("_")
    namespace, _, name = rest.partition("_")
    return Held(group, version, kind, namespace, name.replace("__", ":"))
