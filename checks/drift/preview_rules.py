"""What a branch that is not merged yet would change, for the gate on a pull request (``--git-ref``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from holdfast.checks.drift.compare import compare
from holdfast.checks.drift.difference import Desired, Difference, Id, Kind
from holdfast.checks.drift.managed import ManagedFields
from holdfast.checks.drift.paths import text
from holdfast.checks.drift.schema import Node
from holdfast.checks.drift.shown import both
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
        said = _new(id, document) if before is None else _changed(_ref(document), before, document, preview)
        if said:
            yield _deviation(owner, merge, _ref(document), *said)
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
    yield from (each for each in _gone(owner, merge) if each.rule == DELETED)


def _gone(owner: Resource, merge: Merge) -> Iterator[Deviation]:
    if owner.get("spec", "prune") is not True:
        return
    for id, document in merge.now.objects.items():
        if id in merge.then.objects:
            continue
        precious = id.kind in _PRECIOUS
        yield _deviation(
            owner,
            merge,
            _ref(document),
            "deleted" + (", and the data it holds with it" if precious else ""),
            "it is there",
            "it is not there",
            rule=DELETED if precious else "",
        )


def _new(id: Id, document: Json) -> tuple[str, str, str]:
    return "created", "it is not there", f"a {id.kind} from {document.get('apiVersion')}"


def _changed(ref: Ref, before: Json, after: Json, preview: Preview) -> tuple[str, str, str] | None:
    node = preview.schema(ref.group, ref.api_version.rpartition("/")[2], ref.kind)
    nobody = ManagedFields(None, str(after.get("apiVersion", "")))
    # once each way: what one side leaves out is no difference to the other
    forth = [each for each in compare(after, before, node, nobody, frozenset()) if not each.lint]
    met = {each.path for each in forth}
    back = [
        each for each in compare(before, after, node, nobody, frozenset()) if not each.lint and each.path not in met
    ]
    named = [*(_forth(each, ref) for each in forth), *(f"{text(each.path)} taken out" for each in back)]
    if not named:
        return None
    more = f" and {len(named) - _MANY} more" if len(named) > _MANY else ""
    return "changed", "; ".join(both(each, ref)[1] for each in forth[:_MANY]) or "set", "; ".join(named[:_MANY]) + more


def _forth(difference: Difference, ref: Ref) -> str:
    verb = "added" if difference.kind is Kind.REMOVED else "to"
    return f"{text(difference.path)} {verb} {both(difference, ref)[0]}"


def _deviation(
    owner: Resource, merge: Merge, ref: Ref, what: str, observed: str, expected: str, rule: str = ""
) -> Deviation:
    id = Id.of(ref)
    return Deviation(
        ref,
        rule=rule,
        expected=f"{merge.ref}: {expected}",
        observed=f"now: {observed}",
        summary=f"{ref} would be {what} by merging {merge.ref}" + (f": {expected}" if what == "changed" else ""),
        outlook=f"{owner.ref} applies it at its next reconcile after the merge",
        owner=Owner(str(owner.ref), merge.then.git_paths.get(id, merge.now.git_paths.get(id, ""))),
        source=merge.then.source,
        remedy=(Remedy("see the commits", f"git log -p {_range(merge)}"),),
    )


def _range(merge: Merge) -> str:
    return f"..{merge.ref}"


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
