"""Additions: fields somebody has set on an object that is the GitOps engine's, and that Git says nothing of.

``flux diff``, ``kubectl diff`` and a server-side dry run cannot see them: what another manager owns stays in both of
the things they compare. Here managedFields are read instead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from holdfast.checks.drift.collapse import collapsed
from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.effectless import TEXTS, says_nothing
from holdfast.checks.drift.managed import SELF, Entry, Fields, ManagedFields, step
from holdfast.checks.drift.managers import ACCEPTED, CLUSTER, HUMAN, OPERATOR, UNKNOWN, Managers
from holdfast.checks.drift.paths import Key, Path
from holdfast.checks.drift.said import MISSING, SILENT, UNASKED, at, is_empty, said_at
from holdfast.model import Json, Resource, UnknownCode, Unobservable

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_BEFORE = "before-first-apply"
_TRACES = ("ancient-changes", _BEFORE)
"""Names the API server gives to what it cannot tell apart any more."""
_HANDLES = ("finalizers", "ownerReferences")
"""How a controller holds on to an object of somebody else."""


def foreign(
    live: Resource,
    fields: ManagedFields,
    engine: frozenset[str],
    managers: Managers,
    desired: Json | None,
    reported: Collection[Path],
) -> list[Difference]:
    """Every addition, one per thing a person would name (a container, a label, a port), with who made it.

    Silent: what the engine owns as well; status; what the cluster, known operators and trusted managers set (two that
    manage one object is how Kubernetes works); what the object's own controller sets, known by its writing the status,
    whatever it is called; finalizers and owner references of programs; values that change nothing (``effectless``).
    An object whose managedFields were stripped says nothing: ask :func:`unseen` before calling it clean.

    Args:
        live: as read.
        fields: its managedFields.
        engine: the field managers of the one GitOps engine that applies it.
        managers: who is who on this platform.
        desired: the whole object as applied. None where that is not known: then a field that somebody took over from
            the engine cannot be told from one that was added, and ``desired`` of the difference is ``said.UNASKED``.
        reported: where a comparison of values has already found something; nothing is said twice.
    """
    strangers = [each for each in fields.entries if each.manager not in engine and _meddles(each, fields, managers)]
    if not strangers:
        return []
    ours = tuple(each.fields for each in fields.entries if each.manager in engine)
    said = UNASKED if desired is None else desired
    found: list[Difference] = []
    for entry in strangers:
        walk = _Walk(live, fields, entry, managers.cls(entry.manager, entry.operation))
        found += walk.additions(entry.fields, (), ours, live.raw, said)
    found = [each for each in found if each.live is not MISSING or not reported]
    return [_shown(each) for each in collapsed(_without_copies(found, live, reported), reported)]


def unseen(live: Resource, fields: ManagedFields) -> Unobservable | None:
    """Why additions to the object would leave no trace; None where they would.

    Whatever an engine applies carries its labels, and so an entry of it: managedFields that are empty were stripped,
    by a restore, a cache in between, or by hand, until the next write to the object.
    """
    if fields.known:
        return None
    return Unobservable(
        UnknownCode.UNREADABLE,
        str(live.ref),
        "its managedFields were stripped: what was added to it, and who changed it, cannot be told",
        f"kubectl get {live.ref.where} -o yaml --show-managed-fields",
    )


def _meddles(entry: Entry, fields: ManagedFields, managers: Managers) -> bool:
    """Whether what this manager sets is anybody's business."""
    if entry.subresource == "status" or not entry.fields:
        return False
    cls = managers.cls(entry.manager, entry.operation)
    if cls in (CLUSTER, OPERATOR):
        return False
    return cls != UNKNOWN or not _is_its_controller(entry.manager, fields)


def _is_its_controller(manager: str, fields: ManagedFields) -> bool:
    """Whoever writes an object's status is the controller of its kind, though its name may be just ``manager``."""
    return manager not in _TRACES and any(
        each.manager == manager and (each.subresource == "status" or "f:status" in each.fields)
        for each in fields.entries
    )


@dataclass(frozen=True, slots=True)
class _Walk:
    """Down one manager's fields, beside the engine's, the object itself and what Git says."""

    live: Resource
    fields: ManagedFields
    entry: Entry
    cls: str

    def additions(
        self, node: Fields, path: Path, ours: Sequence[Fields], live: Json, said: Json
    ) -> Iterator[Difference]:
        """What of the fields below ``path`` the engine does not own and Git does not say."""
        for key, below in node.items():
            one = step(key)
            if one is None or not isinstance(below, Mapping) or self._is_no_business((*path, one)):
                continue
            here = (*path, one)
            shared = [each[key] for each in ours if isinstance(each.get(key), Mapping)]
            value, word = at(live, one), said_at(said, one, self.live.kind, path)
            if value is MISSING:
                yield from self._renamed(here)
            elif below and not _is_one_thing(here, below, shared, word):
                yield from self.additions(below, here, shared, value, word)
            elif not shared and (_is_unsaid(word) or word is UNASKED):
                yield from self._addition(here, below, value, word)

    def _is_no_business(self, here: Path) -> bool:
        """Status, and how programs hold on to an object."""
        if here == ("status",):
            return True
        return here[:1] == ("metadata",) and here[-1] in _HANDLES and self.cls not in (HUMAN, ACCEPTED)

    def _addition(self, here: Path, below: Fields, value: Json, word: Json) -> Iterator[Difference]:
        if says_nothing(here, value, self.live.ref.group) or self._is_anybodys(here):
            return
        taken = word is UNASKED and SELF not in below
        yield self._difference(here, value, UNASKED if taken else None)

    def _is_anybodys(self, here: Path) -> bool:
        """After managedFields were lost, one name owns the whole object, with all that was allocated and defaulted."""
        if self.entry.manager != _BEFORE:
            return False
        if self.live.kind == "ServiceAccount":  # whose secrets the cluster adds
            return True
        return not (here[-2:-1] and here[-2] in TEXTS) and not isinstance(here[-1], Key)

    def _renamed(self, here: Path) -> Iterator[Difference]:
        """A field that goes by another name in the version the object was read at."""
        if not self.fields.speaks_of(self.entry, here):
            yield self._difference(here, MISSING, None)

    def _difference(self, here: Path, value: Json, desired: Json) -> Difference:
        return Difference(Kind.FOREIGN, here, desired, value, (self.entry.change(self.cls),))


def _is_unsaid(word: Json) -> bool:
    return word is SILENT or is_empty(word)


def _is_one_thing(here: Path, below: Fields, shared: Sequence[Fields], word: Json) -> bool:
    """Whether all of it came by one hand, and a person would name it as a whole."""
    if SELF not in below or shared or not (_is_unsaid(word) or word is UNASKED):
        return False
    return here[-1] not in TEXTS and not any(key[:2] in ("k:", "v:") for key in below)


def _without_copies(found: list[Difference], live: Resource, reported: Collection[Path]) -> list[Difference]:
    """``kubectl apply`` leaves a copy of what it sent in an annotation: worth a word where nothing else tells of it.

    In a Secret it always is: the copy holds the values.
    """
    copies = [each for each in found if each.path[-1] == LAST_APPLIED]
    if live.kind == "Secret" or not (reported or len(found) > len(copies)):
        return found
    return [each for each in found if each not in copies]


def _shown(difference: Difference) -> Difference:
    """With no value where there is none to show."""
    if difference.live is not MISSING:
        return difference
    return Difference(difference.kind, difference.path, difference.desired, None, difference.changed_by)
