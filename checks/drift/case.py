"""One thing to tell, with all that its outlook, its remedies and its fragment are made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from holdfast.checks.drift.classes import Class
from holdfast.checks.drift.difference import Difference
from holdfast.checks.drift.marks import SKIPPED, Wanted, marked
from holdfast.model import Json, Ref, Resource


@dataclass(frozen=True, slots=True)
class Release:
    """A Helm release, as the helm command names it."""

    namespace: str
    """Where its Secrets are."""
    name: str

    @classmethod
    def of(cls, owner: Resource) -> Release:
        """The release a HelmRelease keeps: what its history says, else what its spec comes to."""
        spec = owner.get("spec", default={})
        target = spec.get("targetNamespace") or ""
        name = spec.get("releaseName") or (f"{target}-{owner.name}" if target else owner.name)
        return cls(
            str(owner.get("status", "storageNamespace") or spec.get("storageNamespace") or owner.namespace),
            str(owner.get("status", "history", 0, "name") or name),
        )


@dataclass(frozen=True, slots=True)
class Case:
    """An object and what is the matter with it."""

    what: Class
    ref: Ref
    now: datetime
    """The API server's time."""
    owner: Resource | None = None
    """The Kustomization or HelmRelease that delivers it; None for what nobody does."""
    live: Resource | None = None
    """None where it is missing."""
    desired: Json = None
    """The whole object as its owner says; None where that is not known."""
    difference: Difference | None = None
    """For a class of fields."""
    git_path: str = ""
    """The file in Git, where that is known."""
    release: Release | None = None
    """For a class of releases."""
    others: tuple[Ref, ...] = ()
    """Everybody who holds it, where that is more than one."""
    uid: str = ""
    """Of the owner that no longer exists."""

    @property
    def is_secret(self) -> bool:
        """Its values must not be printed."""
        return self.ref.kind == "Secret" and self.ref.group == ""

    def has(self, *wanted: Wanted) -> bool:
        """Git's copy or the live one carries one of these marks."""
        live = self.live.raw if self.live else None
        return marked(self.desired, *wanted) is not None or marked(live, *wanted) is not None

    @property
    def is_skipped(self) -> bool:
        """The engine of its owner passes the object over."""
        return self.owner is not None and self.has(*SKIPPED.get(self.owner.kind, ()))
