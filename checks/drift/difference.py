"""What a comparison finds: values without judgement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from holdfast.checks.drift.paths import Path
from holdfast.model import Change, Json, Ref, Resource, Unobservable

if TYPE_CHECKING:
    from holdfast.checks.drift.frozen import Frozen


class Id(NamedTuple):
    """Which object, at whatever version."""

    group: str
    kind: str
    namespace: str
    name: str

    @classmethod
    def of(cls, ref: Ref) -> Id:
        return cls(ref.group, ref.kind, ref.namespace, ref.name)


class Kind(StrEnum):
    """How a field differs."""

    CHANGED = "changed"
    """Git says one value, the cluster has another."""
    REMOVED = "removed"
    """Git says a value, the cluster has none."""
    FOREIGN = "foreign"
    """Git says nothing, and somebody who is not the GitOps engine has set it."""
    ORDER = "order"
    """The same entries in another order, where Kubernetes does not care and Flux does."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as applied."""

    kind: Kind
    path: Path
    desired: Json = None
    """None for FOREIGN."""
    live: Json = None
    """None for REMOVED. A digest (see fixtures.seal) where the value is a Secret's."""
    changed_by: tuple[Change, ...] = ()
    """Who, as far as managedFields tell; empty for what leaves no trace (removals, reorders, scale to zero)."""
    cosmetic: bool = False
    """Means the same to whoever reads it (1000m and 1 in a custom resource)."""
    ignored_by: str = ""
    """The rule of the platform's own tools that says so: ``spec.ignore[0]``, ``annotation …/ssa: Merge``."""
    lint: str = ""
    """Not drift but Flux fighting with itself or with an autoscaler: what to change in Git. It becomes a note."""


@dataclass(frozen=True, slots=True)
class Desired:
    """What one owner (a Kustomization or a HelmRelease) says should be, as far as that could be found out."""

    owner: Ref
    source: str
    """Where it came from, as a finding says it: ``kustomize build of develop@sha1:1234567 from --git-dir``."""
    objects: Mapping[Id, Json]
    """Whole objects as the engine would apply them, Secrets sealed; only those whose content is known."""
    expected: Mapping[Id, str]
    """Every object the owner holds (inventory, else manifest), with the version it was applied at, e.g. ``v1``."""
    problem: Unobservable | None = None
    """Why values are unknown although objects are expected; presence and additions are judged all the same."""
    encrypted: frozenset[Id] = frozenset()
    """Objects whose values Git holds encrypted and nobody here can read: only their keys are known."""
    proven: bool | None = None
    """The build's digest is the one Flux recorded; None where that cannot be told."""
    hooks: frozenset[Id] = frozenset()
    """Objects a Helm release makes and forgets (hooks, crds/): neither expected nor unexpected."""
    git_paths: Mapping[Id, str] = field(default_factory=dict)
    """Where in Git each object is declared, where that is known."""


@dataclass(frozen=True, slots=True)
class Examined:
    """One object an owner holds, compared."""

    ref: Ref
    owner: Ref
    differences: tuple[Difference, ...] = ()
    resource: Resource | None = None
    """As read; kept only where there is something to tell."""
    unknown: Unobservable | None = None
    """What of it could not be judged."""
    ignored_by: str = ""
    """The rule of the platform's own tools that leaves the whole object alone."""
    frozen: Frozen | None = None
    """What keeps the engine off it in the cluster, and not in Git."""
    blocked: str = ""
    """What the API server answers the engine when it tries to apply it."""
