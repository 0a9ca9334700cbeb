"""Who an object belongs to: after the inventories, and after what its own labels and annotations say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from holdfast.checks.drift.difference import Desired, Id
from holdfast.checks.drift.marks import ONCE, SKIPPED, marked
from holdfast.checks.drift.releases import ReleaseName, StoredRelease, release_name, release_namespace
from holdfast.checks.flux.kinds import HELM, KUSTOMIZE
from holdfast.model import Json, Ref, Resource

_LABELS = (
    ("Kustomization", KUSTOMIZE),
    ("HelmRelease", HELM),
    ("ResourceSet", "resourceset.fluxcd.controlplane.io"),
    ("FluxInstance", "fluxcd.controlplane.io"),
)
"""Per kind of owner, what its labels ``<prefix>/name`` and ``<prefix>/namespace`` begin with."""
_RELEASE = ("meta.helm.sh/release-name", "meta.helm.sh/release-namespace")
_TRACKING = "argocd.argoproj.io/tracking-id"
_INSTANCE = "app.kubernetes.io/instance"
OWNER_KINDS = (*(kind for kind, _ in _LABELS), "Application")
"""Kinds whose objects claim others."""
_FLUX = ("Kustomization", "HelmRelease")


class Claim(NamedTuple):
    """What an object says of its owner. Controllers copy labels: it is a hint, no proof."""

    kind: str
    """Kustomization, HelmRelease, ResourceSet, FluxInstance, Application, or Release (Helm's own)."""
    namespace: str
    name: str

    def __str__(self) -> str:
        """``Kustomization/flux-system/apps``."""
        return "/".join(part for part in self if part)


class Standing(StrEnum):
    """What follows for one object."""

    HELD = "held"
    """A Kustomization or HelmRelease has it in its inventory or manifest."""
    HOOK = "hook"
    """A Helm release made it and forgot it, as it should."""
    OTHER = "other"
    """Another GitOps engine's, whose owner is there."""
    UNSURE = "unsure"
    """Its Flux owner has no last word yet on what it holds."""
    ORPHAN = "orphan"
    """Its Flux owner is there and does not hold it."""
    RELEASE = "release"
    """Of a Helm release that Flux does not keep."""
    GONE = "gone"
    """Whoever it says owns it is not there any more."""
    NOBODY = "nobody"
    """It says nothing."""


_DECISIVE = (Standing.OTHER, Standing.UNSURE, Standing.ORPHAN, Standing.RELEASE, Standing.GONE)


@dataclass(frozen=True, slots=True)
class Ownership:
    """One object's standing, and whose word that is."""

    standing: Standing
    holders: tuple[Ref, ...] = ()
    claim: Claim | None = None
    why: str = ""
    """Why it is unsure."""


@dataclass(frozen=True, slots=True)
class Owners:
    """Everybody who owns something in this cluster."""

    holders: Mapping[Id, tuple[Ref, ...]]
    """Per object every Kustomization and HelmRelease that holds it."""
    living: frozenset[Claim] = frozenset()
    """Owners that exist, whatever their engine."""
    unsettled: Mapping[Claim, str] = field(default_factory=dict)
    """Flux owners whose list of objects is not the last word, and why."""
    hooks: frozenset[Id] = frozenset()
    releases: Mapping[ReleaseName, Claim | None] = field(default_factory=dict)
    """Helm releases by the namespace they are installed into: their HelmRelease, None for helm's own."""
    releases_known: bool = True
    """False when Helm's storage could not be read everywhere."""
    kinds_known: frozenset[str] = frozenset(OWNER_KINDS)
    """Kinds of owners whose LIST was complete (or that are not served): only of those can one be gone."""

    @classmethod
    def of(
        cls,
        desired: Iterable[Desired],
        existing: Iterable[Resource],
        *,
        unsettled: Mapping[Claim, str] | None = None,
        stored: Iterable[StoredRelease] | None = None,
        kinds_known: Iterable[str] = OWNER_KINDS,
    ) -> Owners:
        """Gather them.

        Args:
            desired: what every Kustomization and HelmRelease holds.
            existing: every object of :data:`OWNER_KINDS` that was seen.
            unsettled: see the field.
            stored: the releases in Helm's storage; None when it could not be read everywhere.
        """
        holders: dict[Id, tuple[Ref, ...]] = {}
        hooks: set[Id] = set()
        for each in desired:
            hooks |= each.hooks
            for id in each.expected:
                holders[id] = (*holders.get(id, ()), each.owner)
        owners = tuple(existing)
        return cls(
            holders,
            frozenset(claim_of(each.ref) for each in owners),
            dict(unsettled or {}),
            frozenset(hooks),
            _releases(owners, stored or ()),
            stored is not None,
            frozenset(kinds_known),
        )


def claim_of(owner: Ref) -> Claim:
    """How an owner's objects name it."""
    return Claim(owner.kind, owner.namespace, owner.name)


def _releases(owners: Iterable[Resource], stored: Iterable[StoredRelease]) -> dict[ReleaseName, Claim | None]:
    found: dict[ReleaseName, Claim | None] = {}
    storage: set[ReleaseName] = set()
    for each in owners:
        if each.kind == "HelmRelease" and not each.get("spec", "kubeConfig"):
            name = release_name(each)
            storage.add(name)
            found[ReleaseName(release_namespace(each), name.name)] = claim_of(each.ref)
    own = (each for each in stored if each.key not in storage and each.status != "uninstalled")
    return {**dict.fromkeys((each.key for each in own), None), **found}


def claims(meta: Resource) -> Iterator[Claim]:
    """Every owner the object's labels and annotations name."""
    labels, annotations = meta.labels, meta.annotations
    for kind, prefix in _LABELS:
        name, namespace = labels.get(f"{prefix}/name"), labels.get(f"{prefix}/namespace")
        if name and namespace:
            yield Claim(kind, namespace, name)
    name, namespace = (annotations.get(key) for key in _RELEASE)
    if name and namespace:
        yield Claim("Release", namespace, name)
    if application := _tracked(meta, annotations.get(_TRACKING, "")):
        yield application


def _tracked(meta: Resource, tracking: str) -> Claim | None:
    """Argo CD's tracking id ``<app>:<group>/<Kind>:<namespace>/<name>``, when it names the object it is on.

    On copies it does not. Cluster-scoped objects carry the application's destination namespace. An application
    outside Argo's own namespace is written ``<namespace>_<name>``.
    """
    parts = tracking.split(":", 2)
    if len(parts) != 3:
        return None
    application, kind, place = parts
    group, namespace = meta.ref.group, meta.namespace
    own = place == f"{namespace}/{meta.name}" if namespace else place.rpartition("/")[2] == meta.name
    if not own or kind != f"{group}/{meta.kind}":
        return None
    where, _, name = application.rpartition("_")
    return Claim("Application", where, name)


def id_of(meta: Resource) -> Id:
    """Which object, without the detour over its Ref: asked of every object of a cluster."""
    raw = meta.raw
    metadata = raw.get("metadata") or {}
    group = str(raw.get("apiVersion") or "").rpartition("/")[0]
    return Id(group, raw.get("kind") or "", metadata.get("namespace") or "", metadata.get("name") or "")


def declared(meta: Resource, owners: Owners) -> Ownership | None:
    """Whose an object is by somebody's inventory, manifest or hooks; None when it is in none."""
    id = id_of(meta)
    if holders := owners.holders.get(id):
        return Ownership(Standing.HELD, holders)
    return Ownership(Standing.HOOK) if id in owners.hooks else None


def owners_of(meta: Resource, owners: Owners) -> Ownership:
    """Whose an object is. Orphans and what is gone are candidates: labels are copied, see ``exclusions``."""
    if found_in := declared(meta, owners):
        return found_in
    found = [_judged(claim, owners) for claim in claims(meta)]
    if application := _instance(meta, owners):
        found.append(Ownership(Standing.OTHER, claim=application))
    for standing in _DECISIVE:
        if match := next((each for each in found if each.standing is standing), None):
            return match
    return Ownership(Standing.NOBODY)


def _instance(meta: Resource, owners: Owners) -> Claim | None:
    """An Application that tracks by label, which Helm charts and people use as well: only one that is there counts."""
    name = meta.labels.get(_INSTANCE, "")
    return next((each for each in owners.living if each.kind == "Application" and each.name == name), None)


def _judged(claim: Claim, owners: Owners) -> Ownership:
    if claim.kind == "Release":
        return _of_release(claim, owners)
    if not _lives(claim, owners):
        known = claim.kind in owners.kinds_known
        return Ownership(
            Standing.GONE if known else Standing.UNSURE, claim=claim, why=f"{claim} could not be looked for"
        )
    if claim.kind not in _FLUX:
        return Ownership(Standing.OTHER, claim=claim)
    if why := owners.unsettled.get(claim):
        return Ownership(Standing.UNSURE, claim=claim, why=why)
    return Ownership(Standing.ORPHAN, claim=claim)


def _lives(claim: Claim, owners: Owners) -> bool:
    if claim.kind == "Application" and not claim.namespace:
        return any(each.kind == "Application" and each.name == claim.name for each in owners.living)
    return claim in owners.living


def _of_release(claim: Claim, owners: Owners) -> Ownership:
    """Helm's annotations: of a HelmRelease's release the HelmRelease is meant."""
    name = ReleaseName(claim.namespace, claim.name)
    if name not in owners.releases:
        if owners.releases_known:
            return Ownership(Standing.GONE, claim=claim)
        return Ownership(Standing.UNSURE, claim=claim, why="Helm's releases could not be read")
    kept = owners.releases[name]
    return _judged(kept, owners) if kept else Ownership(Standing.RELEASE, claim=claim)


def contenders(id: Id, holders: Iterable[Ref], says: Callable[[Ref, Id], Json | None]) -> tuple[Ref, ...]:
    """The owners that fight for an object: those of its holders that really apply it again and again.

    Args:
        says: what an owner's source says of the object; None where that is not known, which counts as applied.

    Returns:
        None or two and more.
    """
    found = tuple(each for each in dict.fromkeys(holders) if not _stands_back(each, says(each, id)))
    return found if len(found) > 1 else ()


def _stands_back(owner: Ref, desired: Json | None) -> bool:
    """Its copy says to leave the object alone, or to create it only where it is absent."""
    return marked(desired, *SKIPPED.get(owner.kind, ())) is not None or (
        owner.kind == "Kustomization" and marked(desired, ONCE) is not None
    )


def applied_last(live: Resource, holders: Iterable[Ref]) -> Ref | None:
    """Which of its holders the labels name: the one that applied the object last."""
    named = set(claims(live))
    return next((each for each in holders if claim_of(each) in named), None)


def moved_from(live: Resource, owner: Ref) -> Claim | None:
    """The owner the labels still name, when another of the same kind holds the object now; None when they agree.

    Whoever applies it next relabels it: in flight, unless somebody relabelled it by hand (the comparison tells).
    """
    named = next((each for each in claims(live) if each.kind == owner.kind), None)
    return named if named is not None and named != claim_of(owner) else None
