"""What the platform's own tools have been told not to look at: an object, or fields of it.

Sources: kustomize-controller 1.9, helm-controller 1.6 and fluxcd/pkg/ssa (``jsondiff``, ``manager_apply.go``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.marks import MERGED, ONCE, SKIPPED, from_git
from holdfast.checks.drift.paths import Path
from holdfast.checks.drift.places import Place, astray, covers, is_empty, parsed, placed, remainder, removed
from holdfast.checks.drift.targets import Target, compiled
from holdfast.model import Json, Resource, UnknownCode, Unobservable

_FIELD = {"Kustomization": ("spec", "ignore"), "HelmRelease": ("spec", "driftDetection", "ignore")}


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """One entry of the list, compiled."""

    name: str
    """``spec.ignore[0]``."""
    pointers: tuple[Place, ...]
    whole: bool
    """Its paths hold "", which is the whole object; only helm-controller knows that."""
    target: Target | None
    """None is every object."""


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """What one owner's spec says."""

    rules: tuple[IgnoreRule, ...] = ()
    warnings: tuple[str, ...] = ()
    """Rules that do not do what they seem to."""
    problems: tuple[Unobservable, ...] = ()
    """Rules that could not be read."""


def ignored_object(owner: Resource, desired: Json | None, live: Resource | None) -> str:
    """The rule by which the engine passes the whole object over; "" when it does not.

    Marks count when Git says them: one that somebody set in the cluster alone is :mod:`holdfast.checks.drift.frozen`.

    Args:
        desired: as Git says; None where that is not known.
        live: None when the object is not there.
    """
    if mark := from_git(desired, live, *SKIPPED.get(owner.kind, ())):
        return str(mark)
    if owner.kind == "Kustomization" and live and (mark := from_git(desired, live, ONCE)):
        return str(mark)
    return next((rule.name for rule in _of(owner, desired, live) if rule.whole), "")


def ignored_path(owner: Resource, desired: Json | None, live: Resource | None, path: Path) -> str:
    """The rule by which the engine passes over everything at ``path``; "" when it does not.

    Indexes of a rule's pointers are positions in the cluster's list, as in Flux; in Git's for entries only Git has.
    """
    for rule in _of(owner, desired, live):
        document, place = _where(desired, live, path)
        if place is not None and covers(removed(document, rule.pointers), place):
            return rule.name
    return ""


def ignored_difference(owner: Resource, desired: Json | None, live: Resource | None, difference: Difference) -> str:
    """The rule by which this difference is none to the engine; "" when it is one.

    Beyond :func:`ignored_path`: additions to an object whose mark is ``ssa: Merge``, and values that differ only in
    parts of them that are ignored.
    """
    if difference.kind is Kind.FOREIGN and owner.kind == "Kustomization" and (mark := from_git(desired, live, MERGED)):
        return str(mark)
    if rule := ignored_path(owner, desired, live, difference.path):
        return rule
    found = _of(owner, desired, live)
    return next((rule.name for rule in found if _explains(rule, desired, live, difference)), "")


def misplaced(owner: Resource, desired: Json | None, live: Resource | None) -> tuple[str, ...]:
    """Indexes of rules that mean one entry in Git and another in the cluster, as sentences for a note."""
    if desired is None or live is None:
        return ()
    return tuple(
        f"{rule.name} of {owner.ref} ignores /{'/'.join(pointer)}: {strayed}"
        for rule in _of(owner, desired, live)
        for pointer in rule.pointers
        if (strayed := astray(desired, live.raw, pointer))
    )


@lru_cache(maxsize=1024)
def ignore_rules(owner: Resource) -> IgnoreRules:
    """The rules in an owner's spec, compiled once per owner as read."""
    field = _FIELD.get(owner.kind, ())
    entries = owner.get(*field, default=()) if field else ()
    if not isinstance(entries, list) or not entries:
        return IgnoreRules()
    rules: list[IgnoreRule] = []
    problems: list[Unobservable] = []
    for index, entry in enumerate(entries):
        name = f"{'.'.join(field)}[{index}]"
        try:
            rules.append(_rule(owner, name, entry))
        except ValueError as wrong:
            problems.append(Unobservable(UnknownCode.UNREADABLE, str(owner.ref), f"{name}: {wrong}", "correct it"))
    heeded, warnings = _heeded(rules)
    return IgnoreRules(heeded, (*warnings, *_idle(owner, entries, ".".join(field))), tuple(problems))


def _rule(owner: Resource, name: str, entry: Json) -> IgnoreRule:
    paths = entry.get("paths") if isinstance(entry, Mapping) else None
    if not isinstance(paths, list):
        raise ValueError("it has no paths")
    target = entry.get("target")
    whole = owner.kind == "HelmRelease" and "" in paths
    pointers = tuple(pointer for path in paths if (pointer := parsed(str(path))))
    return IgnoreRule(name, pointers, whole, None if target is None else compiled(target))


def _heeded(rules: list[IgnoreRule]) -> tuple[tuple[IgnoreRule, ...], tuple[str, ...]]:
    """Flux keeps its rules by target, and so of those without one only the last."""
    bare = [rule for rule in rules if rule.target is None]
    lost = bare[:-1]
    warnings = tuple(f"{rule.name} has no effect: Flux heeds only the last rule without a target" for rule in lost)
    return tuple(rule for rule in rules if rule not in lost), warnings


def _idle(owner: Resource, entries: list[Json], field: str) -> Iterator[str]:
    for index, entry in enumerate(entries):
        paths = entry.get("paths") if isinstance(entry, Mapping) else None
        for path in paths if isinstance(paths, list) else ():
            if (path == "" and owner.kind == "Kustomization") or (path and not str(path).startswith("/")):
                yield f'{field}[{index}] has the path "{path}", which ignores nothing: pointers begin with /'


def _of(owner: Resource, desired: Json | None, live: Resource | None) -> tuple[IgnoreRule, ...]:
    """The owner's rules that are for this object."""
    rules = ignore_rules(owner).rules
    if not rules:
        return ()
    parts = _parts(desired if desired is not None else live.raw if live else {})
    return tuple(rule for rule in rules if rule.target is None or _is_for(rule.target, parts, owner, desired, live))


def _parts(whole: Json) -> dict[str, str]:
    group, _, version = str(whole.get("apiVersion") or "").rpartition("/")
    metadata = whole.get("metadata") or {}
    name, namespace = str(metadata.get("name") or ""), str(metadata.get("namespace") or "")
    return {"group": group, "version": version, "kind": str(whole.get("kind")), "name": name, "namespace": namespace}


def _is_for(
    target: Target, parts: dict[str, str], owner: Resource, desired: Json | None, live: Resource | None
) -> bool:
    """helm-controller holds targets against the copy in the manifest, kustomize-controller against the dry-run's
    answer, which is the live object with Git's fields over it."""
    if not target.names(parts):
        return False
    if not target.asks_metadata:
        return True
    git = Resource(desired) if desired is not None else None
    under = live if live and (owner.kind == "Kustomization" or git is None) else None
    labels = {**(under.labels if under else {}), **(git.labels if git else {})}
    annotations = {**(under.annotations if under else {}), **(git.annotations if git else {})}
    return target.selects(labels, annotations)


def _where(desired: Json | None, live: Resource | None, path: Path) -> tuple[Json, Place | None]:
    """The copy whose positions count for a path, and the path by them."""
    place = placed(live.raw, path) if live else None
    if place is not None and live is not None:
        return live.raw, place
    return (desired, placed(desired, path)) if desired is not None else (None, None)


def _explains(rule: IgnoreRule, desired: Json | None, live: Resource | None, difference: Difference) -> bool:
    """Whether both values are the same once what the rule ignores of them is taken out."""
    ours = _rest(difference.desired, desired, rule, difference.path)
    theirs = _rest(difference.live, live.raw if live else None, rule, difference.path)
    if ours is difference.desired and theirs is difference.live:
        return False
    return bool(ours == theirs) or (is_empty(ours) and is_empty(theirs))


def _rest(value: Json, document: Json, rule: IgnoreRule, path: Path) -> Json:
    place = placed(document, path) if document is not None else None
    return value if place is None else remainder(value, place, removed(document, rule.pointers))
