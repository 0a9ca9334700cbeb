"""Objects an owner holds that are not there: why, as far as that can be told.

A removal leaves no trace of who did it: managedFields go with the object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from holdfast.checks.drift.difference import Desired, Id
from holdfast.checks.drift.ignore import ignored_object
from holdfast.model import Json, Note, Ref, Resource, UnknownCode, Unobservable


class Presence(StrEnum):
    """What a look-up of one expected object said."""

    THERE = "there"
    """Terminating counts as there, for Flux and for us."""
    ABSENT = "absent"
    """Its kind is served, and it is not there: the LIST was complete, or a GET said 404."""
    NOT_SERVED = "not served"
    """No version of its kind is served any more: its CRD is gone."""
    OTHER_VERSION = "served at another version"
    """The inventory's version is gone, others are served: look again at the preferred one."""


Looked = Mapping[Id, Presence | Unobservable]
"""What was found of every object an owner expects; one that was not looked for may be left out."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing to mend: an object, or what took many with it."""

    ref: Ref
    """The object; the first of them where many went together."""
    owner: Ref
    cause: str
    also: tuple[Ref, ...] = ()
    """The others that went with it."""


def missing(
    owner: Resource, desired: Desired, looked: Looked, namespaces: Callable[[str], bool | None]
) -> Iterator[Missing | Note | Unobservable]:
    """What of an owner's objects is not there, what explains it, and what could not be told.

    Args:
        namespaces: whether a namespace exists; None where that is not known. All that was in one that is gone is one
            finding.
    """
    if owner.get("spec", "kubeConfig"):
        yield Note("not-asked", owner.ref, "its objects are in another cluster (spec.kubeConfig), not looked at here")
        return
    lost: list[Id] = []
    unserved: list[Id] = []
    for id, version in desired.expected.items():
        found = looked.get(id)
        if found is None or found is Presence.THERE or not id.name:
            continue  # nameless ids are an old controller's mistake (kustomize-controller #1510)
        if isinstance(found, Unobservable):
            yield found
        elif excuse := _excuse(owner, desired, id, version):
            yield excuse
        elif found is Presence.OTHER_VERSION:
            yield _elsewhere(id, version)
        else:
            (unserved if found is Presence.NOT_SERVED else lost).append(id)
    yield from _without_kind(desired, unserved)
    yield from _without_namespace(desired, lost, namespaces)


def _excuse(owner: Resource, desired: Desired, id: Id, version: str) -> Note | Unobservable | None:
    """Why it need not be there: its owner passes it over, or it is a Job that clears itself away."""
    content = desired.objects.get(id)
    ref = _ref(id, version)
    if content is not None and (rule := ignored_object(owner, content, None)):
        return Note("drift-ignored", ref, f"it is not there, and {owner.ref} passes it over: {rule}")
    if (id.group, id.kind) != ("batch", "Job"):
        return None
    if content is None:
        detail = "the Job is not there; without its manifest nobody can tell whether it clears itself away when done"
        return Unobservable(UnknownCode.NO_DESIRED_STATE, str(ref), detail, "pass --git-dir")
    if (seconds := _time_to_live(content)) is not None:
        again = "; Flux runs it again at its next reconcile" if owner.kind == "Kustomization" else ""
        return Note("drift-pending", ref, f"it cleared itself away {seconds} s after it ended{again}")
    return None


def _time_to_live(job: Json) -> int | None:
    found = Resource(job).get("spec", "ttlSecondsAfterFinished")
    return found if isinstance(found, int) else None


def _elsewhere(id: Id, version: str) -> Unobservable:
    ref = _ref(id, version)
    detail = f"the inventory names {ref.api_version}, which is not served any more; {id.kind} is, at another version"
    return Unobservable(UnknownCode.NOT_SERVED, str(ref), detail, f"kubectl api-resources --api-group={id.group}")


def _without_kind(desired: Desired, ids: Iterable[Id]) -> Iterator[Missing]:
    """One finding per kind: the objects went with their CRD."""
    kinds: dict[tuple[str, str], list[Id]] = {}
    for id in ids:
        kinds.setdefault((id.group, id.kind), []).append(id)
    for (group, kind), found in kinds.items():
        cause = f"{kind}.{group} is not served: its CustomResourceDefinition is gone, and every object of it with it"
        yield _together(desired, found, cause)


def _without_namespace(desired: Desired, ids: list[Id], namespaces: Callable[[str], bool | None]) -> Iterator[Missing]:
    """One finding per namespace that is gone, the Namespace itself first when it is the owner's; else one each."""
    deleted = {id.name for id in ids if _is_namespace(id)}
    by_namespace: dict[str, list[Id]] = {}
    for id in ids:
        place = id.name if _is_namespace(id) else id.namespace
        if place and (place in deleted or namespaces(place) is False):
            by_namespace.setdefault(place, []).append(id)
        else:
            yield _together(desired, [id], "somebody or something has deleted it: a removal leaves no trace of who")
    for place, found in by_namespace.items():
        first = sorted(found, key=lambda id: not _is_namespace(id))
        cause = f"its namespace {place} is gone, and everything in it"
        if _is_namespace(first[0]):
            cause = "the namespace was deleted, and everything in it: a removal leaves no trace of who"
        yield _together(desired, first, cause)


def _is_namespace(id: Id) -> bool:
    return id.kind == "Namespace" and not id.group


def _together(desired: Desired, ids: list[Id], cause: str) -> Missing:
    refs = [_ref(id, desired.expected[id]) for id in ids]
    return Missing(refs[0], desired.owner, cause, tuple(refs[1:]))


def _ref(id: Id, version: str) -> Ref:
    return Ref(f"{id.group}/{version}" if id.group else version, id.kind, id.namespace, id.name)
