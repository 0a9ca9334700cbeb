"""Objects nobody declares: unexpected, left behind, hanging from an owner that is gone, of a release beside Flux."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from holdfast.checks.drift.exclusions import exclusion, unlisted
from holdfast.checks.drift.marks import KEPT, Mark, marked
from holdfast.checks.drift.ownership import Claim, Ownership, Standing, declared, owners_of
from holdfast.checks.drift.surroundings import Surroundings, makers
from holdfast.model import Change, Json, Ref, Resource


@dataclass(frozen=True, slots=True)
class Unexpected:
    """In a managed namespace, and nobody has declared it (rows 126, 128)."""

    ref: Ref
    who: tuple[Change, ...]
    """Who made it, as far as managedFields tell."""
    when: datetime | None

    @property
    def bare_pod(self) -> bool:
        """A Pod that no controller keeps: somebody's ``kubectl run`` or ``kubectl debug``."""
        return self.ref.kind == "Pod"


@dataclass(frozen=True, slots=True)
class Orphaned:
    """It says who owns it, and that one does not hold it or is gone (rows 109, 114, 139)."""

    ref: Ref
    claim: Claim
    owner_gone: bool
    kept: Mark | None
    """It was meant to stay: ``prune: disabled``, ``resource-policy: keep``."""
    who: tuple[Change, ...]
    when: datetime | None


@dataclass(frozen=True, slots=True)
class Dangling:
    """Every owner it refers to is gone: the garbage collector should have taken it along (row 129)."""

    ref: Ref
    owners: tuple[str, ...]
    """``ReplicaSet/web-1 (uid …)``."""
    when: datetime | None


@dataclass(frozen=True, slots=True)
class UnexpectedRelease:
    """A Helm release Flux does not keep, with all that says it is of it (row 132)."""

    release: Claim
    members: tuple[Ref, ...]
    who: tuple[Change, ...]
    when: datetime | None
    """When the first of them was made."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """Its owner may yet say that it holds it."""

    ref: Ref
    claim: Claim
    why: str


Stray = Unexpected | Orphaned | Dangling | UnexpectedRelease | Undecided


def strays(objects: Iterable[Resource], managed: Container[str], around: Surroundings) -> Iterator[Stray]:
    """Everything in the cluster that nobody accounts for.

    Args:
        objects: metadata is enough. Objects that claim an owner are judged wherever they are.
        managed: the namespaces in which everything should come from Git.
    """
    members: dict[Claim, list[Resource]] = {}
    for meta in objects:
        if declared(meta, around.owners) or _is_out_of_sight(meta):
            continue
        if meta.get("metadata", "ownerReferences"):
            gone = dangling(meta, around)
            if gone and meta.namespace in managed:
                yield gone
            continue
        ownership = owners_of(meta, around.owners)
        if ownership.standing is Standing.OTHER:
            continue
        if exclusion(meta, around):
            continue
        if ownership.standing is Standing.RELEASE and ownership.claim:
            members.setdefault(ownership.claim, []).append(meta)
        elif found := _judged(meta, ownership, managed, around):
            yield found
    yield from (
        _release(claim, found, around)
        for claim, found in members.items()
        if any(_inside(each, managed) for each in found)
    )


def _is_out_of_sight(meta: Resource) -> bool:
    """Not looked for, or going anyway."""
    if meta.get("metadata", "deletionTimestamp"):
        return True
    return unlisted(meta.api_version.rpartition("/")[0], meta.kind) is not None


def _judged(
    meta: Resource, ownership: Ownership, managed: Container[str], around: Surroundings
) -> Orphaned | Undecided | Unexpected | None:
    claim = ownership.claim
    if claim is None:
        return Unexpected(meta.ref, makers(meta, around.managers), meta.created) if _inside(meta, managed) else None
    if ownership.standing is Standing.UNSURE:
        return Undecided(meta.ref, claim, ownership.why)
    gone = ownership.standing is Standing.GONE
    if gone and claim.kind not in ("Kustomization", "HelmRelease") and not _inside(meta, managed):
        return None  # another engine's leftovers, where Flux manages nothing
    who = makers(meta, around.managers)
    return Orphaned(meta.ref, claim, gone, marked(meta.raw, *KEPT), who, meta.created)


def _inside(meta: Resource, managed: Container[str]) -> bool:
    return bool(meta.namespace) and meta.namespace in managed


def _release(claim: Claim, members: list[Resource], around: Surroundings) -> UnexpectedRelease:
    first = min(members, key=lambda each: str(each.get("metadata", "creationTimestamp")))
    refs = tuple(sorted(each.ref for each in members))
    return UnexpectedRelease(claim, refs, makers(first, around.managers), first.created)


def dangling(meta: Resource, around: Surroundings) -> Dangling | None:
    """Whether none of the owners an object refers to is there; None as soon as one is, or one cannot be looked for."""
    references = meta.maps("metadata", "ownerReferences")
    if not references or any(not _is_gone(each, meta.namespace, around) for each in references):
        return None
    named = tuple(f"{each.get('kind')}/{each.get('name')} (uid {each.get('uid')})" for each in references)
    return Dangling(meta.ref, named, meta.created)


def _is_gone(reference: Mapping[str, Json], namespace: str, around: Surroundings) -> bool:
    """By its uid: an object of the same name made anew is another. Owners are in the same namespace or in none."""
    if str(reference.get("uid")) in around.uids:
        return False
    group = str(reference.get("apiVersion") or "").rpartition("/")[0]
    return around.complete(group, str(reference.get("kind")), namespace)
