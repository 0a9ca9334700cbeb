"""What a Kustomization or HelmRelease says it delivered: ``status.inventory.entries``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdfast.checks.flux.state import Phase, read_state
from holdfast.model import NotAsked, Resource, UnknownCode, Unobservable


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


def refuse_without_inventory(owner: Resource) -> None:
    """An inventory that is not there is no empty one.

    Raises:
        NotAsked: this owner keeps none, or keeps it of another cluster.
        Unobservable: it should have one.
    """
    if owner.get("spec", "kubeConfig"):
        raise NotAsked(f"{owner.kind}s with spec.kubeConfig deliver to another cluster, which is not looked at")
    if isinstance(owner.get("status", "inventory"), Mapping):
        return
    if owner.kind == "HelmRelease":
        raise NotAsked("HelmReleases keep no inventory before Flux 2.8: what their charts made is not looked at")
    if read_state(owner).phase is Phase.READY and not owner.get("status", "snapshot"):
        raise Unobservable(
            UnknownCode.UNREADABLE,
            str(owner.ref),
            "it is Ready, and its status has no inventory of what it delivered",
            f"kubectl get {owner.ref.where} -o yaml",
        )
    raise NotAsked("Kustomizations without an inventory have delivered nothing yet, or kept a snapshot instead")


def read_entry(id: str, version: str) -> Held:
    """``<namespace>_<name>_<group>_<Kind>`` taken apart; only names hold more underscores (RBAC: ``:`` as ``__``)."""
    rest, _, kind = id.rpartition("_")
    rest, _, group = rest.rpartition("_")
    namespace, _, name = rest.partition("_")
    return Held(group, version, kind, namespace, name.replace("__", ":"))
