"""What a branch that is not merged yet would change, for the gate on a pull request (``--git-ref``)."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from holdfast.checks.drift.classes import IGNORED
from holdfast.checks.drift.compare import compare
from holdfast.checks.drift.difference import Desired, Difference, Id, Kind
from holdfast.checks.drift.managed import ManagedFields
from holdfast.checks.drift.marks import PRUNE, SKIPPED, marked
from holdfast.checks.drift.paths import text
from holdfast.checks.drift.schema import Node
from holdfast.checks.drift.shown import both
from holdfast.checks.flux.revisions import Revision
from holdfast.model import (
    CRITICAL,
    MAJOR,
    MINOR,
    Deviation,
    Json,
    Judged,
    Note,
    Owner,
    Ref,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

DELETED = "drift.preview.deleted"
_ORIGIN = "issue 4: a gate on a pull request"
_PRECIOUS = ("PersistentVolumeClaim", "Namespace", "CustomResourceDefinition", "StatefulSet")
"""What takes data with it when it goes."""
_RENDERED_ELSEWHERE = ("chart", "chartRef", "values", "valuesFrom")
_STAYS = ((PRUNE, "disabled"), *SKIPPED["Kustomization"])
"""What keeps Flux from deleting an object Git does not have any more."""
_MANY = 6
"""Fields of one object that are named; more are counted."""


@dataclass(frozen=True, slots=True)
class Merge:
    """One Kustomization before and after."""

    now: Desired
    then: Desired
    ref: str
    """The branch."""


class Preview(Protocol):
    """What the rules ask (:class:`holdfast.fixtures.preview.Preview`)."""

    def of(self, owner: Resource) -> Merge:
        """A Kustomization as it is and as the branch would have it.

        Raises:
            Unobservable: ``unreadable`` when the branch does not build, else why it could not be had.
            NotAsked: there is no ``--git-ref``, or the branch is not of this Kustomization's repository.
        """

    def schema(self, group: str, version: str, kind: str) -> Node | None:
        """The API server's schema of a kind."""


@rule(
    "drift.preview.broken",
    CRITICAL,
    origin=_ORIGIN,
    remedy="mend the branch before it is merged: Flux would stop applying",
)
def builds(owner: Resource, world: World, preview: Preview) -> Said:
    """What a branch has builds, as Flux would build it."""
    try:
        preview.of(owner)
    except Unobservable as problem:
        if problem.code is not UnknownCode.UNREADABLE:
            raise
        yield Deviation(
            owner.ref,
            expected="a build without an error",
            observed=problem.detail,
            cause="what is on the branch does not build",
            summary=f"{owner.ref} would not build from the branch: {problem.detail}",
            outlook="once merged, Flux reports BuildFailed and applies nothing new",
            remedy=(Remedy("see it", problem.remedy),) if problem.remedy else (),
        )


@rule(
    "drift.preview.changed",
    MINOR,
    origin=_ORIGIN,
    remedy="read what would change, and merge when it is what was meant",
)
def changes(owner: Resource, world: World, preview: Preview) -> Said:
    """A branch changes nothing that runs."""
    try:
        merge = preview.of(owner)
    except Unobservable as problem:
        if problem.code is UnknownCode.UNREADABLE:
            return  # said by drift.preview.broken
        raise
    yield from _gone(owner, merge)
    for id, document in merge.then.objects.items():
        before = merge.now.objects.get(id)
        said = _changed(before, document, preview) if before is not None else ""
        if before is not None and not said:
            continue
        yield _deviation(owner, merge, _ref(document), "changed" if said else "created", said)
        yield from _not_previewed(document, before)
    yield Judged(frozenset(_ref(each) for each in merge.then.objects.values()))


@rule(
    DELETED,
    MAJOR,
    origin=_ORIGIN,
    remedy="keep the data first, or keep the object: annotation kustomize.toolkit.fluxcd.io/prune: disabled",
)
def deletes(owner: Resource, world: World, preview: Preview) -> Said:
    """A branch deletes nothing that holds data."""
    merge = preview.of(owner)
    yield from (each for each in _gone(owner, merge) if isinstance(each, Note) or each.rule == DELETED)


def _gone(owner: Resource, merge: Merge) -> Iterator[Deviation | Note]:
    if owner.get("spec", "prune") is not True:
        return
    for id, document in merge.now.objects.items():
        if id in merge.then.objects:
            continue
        if mark := marked(document, *_STAYS):
            yield Note(IGNORED.rule, _ref(document), f"merging {merge.ref} leaves it behind: {mark}")
            continue
        precious = id.kind in _PRECIOUS
        what = "deleted, and the data it holds with it" if precious else "deleted"
        yield _deviation(owner, merge, _ref(document), what, rule=DELETED if precious else "")


def _changed(before: Json, after: Json, preview: Preview) -> str:
    """``spec.replicas: 1 → 3; data.QUEUE taken out``, "" where the two say the same."""
    ref = _ref(after)
    node = preview.schema(ref.group, ref.api_version.rpartition("/")[2], ref.kind)
    nobody = ManagedFields(None, ref.api_version)
    # once each way: what one side leaves out is no difference to the other
    forth = [each for each in compare(after, before, node, nobody, frozenset()) if not each.lint]
    met = {each.path for each in forth}
    back = [
        each for each in compare(before, after, node, nobody, frozenset()) if not each.lint and each.path not in met
    ]
    named = [*(_forth(each, ref) for each in forth), *(f"{text(each.path)} taken out" for each in back)]
    more = f" and {len(named) - _MANY} more" if len(named) > _MANY else ""
    return "; ".join(named[:_MANY]) + more


def _forth(difference: Difference, ref: Ref) -> str:
    after, before = both(difference, ref)
    if difference.kind is Kind.ORDER:
        return f"{text(difference.path)} in another order"
    if difference.kind is Kind.REMOVED:
        return f"{text(difference.path)} added: {after}"
    return f"{text(difference.path)}: {before} → {after}" if after != before else f"{text(difference.path)} changed"


def _deviation(owner: Resource, merge: Merge, ref: Ref, what: str, said: str = "", rule: str = "") -> Deviation:
    id = Id.of(ref)
    path = merge.then.git_paths.get(id, merge.now.git_paths.get(id, ""))
    return Deviation(
        ref,
        rule=rule,
        expected="what Flux applies today",
        observed=f"{what}: {said}" if said else what,
        summary=f"merging {merge.ref}: {ref} would be {what}" + (f": {said}" if said else ""),
        cause=f"{merge.ref} says so",
        outlook=f"{owner.ref} applies it at its next reconcile after the merge",
        owner=Owner(str(owner.ref), path),
        source=merge.then.source,
        remedy=(Remedy("see the commits", shlex.join(["git", "log", "-p", _range(owner, merge), "--", path or "."])),),
    )


def _range(owner: Resource, merge: Merge) -> str:
    """The commits the branch has and Flux has not applied."""
    return f"{Revision.of(str(owner.get('status', 'lastAppliedRevision', default=''))).digest}..{merge.ref}"


def _not_previewed(after: Json, before: Json) -> Iterator[Note]:
    """What a chart makes of its values is only known once Helm has rendered it."""
    if after.get("kind") != "HelmRelease":
        return
    new, old = after.get("spec") or {}, (before or {}).get("spec") or {}
    touched = [each for each in _RENDERED_ELSEWHERE if new.get(each) != old.get(each)]
    if touched:
        told = f"spec.{', spec.'.join(touched)} changes: what the chart renders with it is not previewed"
        yield Note("not-previewed", _ref(after), told)


def _ref(document: Json) -> Ref:
    meta = document.get("metadata") or {}
    return Ref(
        str(document.get("apiVersion", "")),
        str(document.get("kind", "")),
        str(meta.get("namespace") or ""),
        str(meta.get("name", "")),
    )
