"""Whether PEPs hold what is declared for them, as it is declared, and nothing else."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator

from holdfast.checks.policies import telling
from holdfast.checks.policies.declaration import Declared, at, configured, rows_by_pep
from holdfast.checks.policies.emptiness import lost
from holdfast.checks.policies.held import Held, Policy, Registered, Store, read
from holdfast.checks.policies.ownership import unowned
from holdfast.checks.policies.shape import malformed
from holdfast.checks.policies.uniqueness import shared
from holdfast.model import MAJOR, MINOR, Deviation, Remedy, Resource, Said, Unobservable, World, rule

MISSING = "policies.resource.missing"
DIFFERS = "policies.resource.differs"
_LAST = "the PEP registers it at its next start, unless the authorization server still knows the path (then: 422)"


@rule(
    MISSING,
    MAJOR,
    origin="reference/eoepca.md P9: default resources are registered at every start of a PEP",
    remedy="Find out who removed it (management_tools remove), then let the PEP register it again",
)
def registered(carrier: Resource, world: World, rows: tuple[Declared, ...] = ()) -> Said:
    """Every resource that Git (or the table) declares for a PEP is registered there."""
    held = read(carrier)
    yield from held.unread("PEP")
    for each in _wanted(held, world, rows):
        if isinstance(each, Unobservable):
            yield each
            continue
        pep, wanted = each
        yield from missing(pep, wanted, held) if held.of(pep) else _emptied(pep, wanted, held, world)


@rule(
    DIFFERS,
    MAJOR,
    origin="reference/eoepca.md P9: with the declared owner and scopes",
    remedy="Remove it and restart the PEP, which registers it as declared; or correct Git if the change was meant",
)
def as_declared(carrier: Resource, world: World, rows: tuple[Declared, ...] = ()) -> Said:
    """Every declared resource has the declared name, owner and scopes in its PEP."""
    held = read(carrier)
    yield from held.unread("PEP")
    for each in _wanted(held, world, rows):
        if isinstance(each, Unobservable):
            yield each
            continue
        pep, wanted = each
        for one, found in _off(wanted, held.of(pep)):
            yield _root(found, wanted, held) or _differs(one, found, held)


@rule(
    "policies.resource.undeclared",
    MINOR,
    origin="reference/eoepca.md P9: extras are reported",
    remedy="Declare it in Git (customDefaultResources of the guard), or remove it: nothing else remembers it",
)
def nothing_else(carrier: Resource, world: World, beside: tuple[tuple[str, str], ...] = ()) -> Said:
    """No resource is registered in a PEP that Git does not declare, but for the paths users register below.

    Args:
        carrier, world: see Rule.
        beside: PEP (``namespace/name``, with ``*``) and path (with ``*``) of what users may register.
    """
    held = read(carrier)
    yield from held.unread("PEP")
    for each in configured(held, world):
        if isinstance(each, Unobservable):
            yield each
            continue
        pep, wanted = each
        for one in held.of(pep):
            declared = any(at(named.path, (one,)) for named in wanted)
            if not declared and not _is_beside(one, beside):
                yield _root(one, wanted, held) or _undeclared(one, held)


def missing(pep: Store, wanted: Iterable[Declared], held: Held) -> Iterator[Deviation]:
    """The declared resources that a PEP which holds others does not hold; with the policies that are left of them."""
    gone = [each for each in wanted if not at(each.path, held.of(pep))]
    for each in gone:
        left = remains(each, gone, held)
        yield _missing(pep, each, telling.names(policy for id in left for policy in held.by_resource[id]))


def differing(held: Held, world: World, field: str) -> dict[Registered, Deviation]:
    """The resources that differ in this field (owner, scopes) from what the ConfigMap of their PEP declares."""
    read_of = (each for each in configured(held, world) if not isinstance(each, Unobservable))
    off = (pair for pep, wanted in read_of for pair in _off(wanted, held.of(pep)))
    return {
        found: _differs(one, found, held)
        for one, found in off
        if field in (name for name, _, _ in _differences(one, found))
    }


def _off(wanted: Iterable[Declared], registered: tuple[Registered, ...]) -> Iterator[tuple[Declared, Registered]]:
    """What is declared, and the resource at its path, where none there is as declared."""
    for each in wanted:
        there = at(each.path, registered)
        if there and not any(_is_as(each, found) for found in there):
            yield each, there[0]


def remains(lost: Declared, gone: Iterable[Declared], held: Held) -> tuple[str, ...]:
    """The ids of what has policies and no resource any more, and by its owner can only be what is missing."""
    alike = [each for each in gone if each.owner == lost.owner]
    ids = tuple(id for id, mine in held.by_resource.items() if id not in held.by_id and _all_admit(lost.owner, mine))
    return ids if lost.owner and len(ids) <= len(alike) else ()


def _all_admit(owner: str, policies: Iterable[Policy]) -> bool:
    return all(each.admits == frozenset({owner}) for each in policies)


def _wanted(
    held: Held, world: World, rows: tuple[Declared, ...]
) -> Iterator[tuple[Store, tuple[Declared, ...]] | Unobservable]:
    return rows_by_pep(rows, held) if rows else configured(held, world)


def _emptied(pep: Store, wanted: tuple[Declared, ...], held: Held, world: World) -> Iterator[Deviation]:
    """Of a PEP that holds nothing: that, once; what the feature alone declares, one by one."""
    whole = [each for each in lost(held, world) if each.subject == str(pep)]
    yield from whole or missing(pep, wanted, held)


def _root(resource: Registered, wanted: Iterable[Declared], held: Held) -> Deviation | None:
    """What is wrong with the resource itself, whoever declared it."""
    return malformed(resource) or unowned(resource, tuple(wanted)) or shared(resource.id, held)


def _is_as(wanted: Declared, found: Registered) -> bool:
    return not list(_differences(wanted, found))


def _differences(wanted: Declared, found: Registered) -> Iterator[tuple[str, str, str]]:
    if wanted.name and wanted.name != found.name:
        yield "name", wanted.name, found.name or "none"
    if wanted.owner and wanted.owner != found.owner:
        yield "owner", wanted.owner, telling.owner(found.owner)
    if wanted.scopes is not None and wanted.scopes != set(found.scopes or ()):
        yield "scopes", ", ".join(sorted(wanted.scopes)), ", ".join(sorted(found.scopes or ())) or "none"


def _is_beside(resource: Registered, beside: Iterable[tuple[str, str]]) -> bool:
    return any(
        fnmatch.fnmatchcase(resource.pep.address, pep) and fnmatch.fnmatchcase(resource.path, path)
        for pep, path in beside
    )


def _missing(pep: Store, wanted: Declared, left: tuple[str, ...]) -> Deviation:
    effect = "requests there are decided by the path above it" if wanted.path != "/" else "no request is decided there"
    return Deviation(
        None,
        subject=wanted.key,
        expected=f"registered, as {wanted.source} declares",
        observed="the PEP does not hold it",
        cause="somebody removed it from the PEP alone, and its policies are left in the PDP"
        if left
        else "somebody removed it, or the PEP could not register it when it started",
        summary=f"{wanted.key} ({wanted.title or wanted.name or 'declared'}) is not registered: {effect}",
        affects=left,
        rule=MISSING,
        source="; ".join(filter(None, (wanted.source, pep.source))),
        outlook=_LAST,
        remedy=(
            Remedy("see what the PEP holds", pep.tool("list --all")),
            Remedy(
                "see what it said when it started", f"kubectl -n {pep.namespace} logs deploy/{pep.name} -c {pep.name}"
            ),
            telling.restart(pep),
        ),
    )


def _differs(wanted: Declared, found: Registered, held: Held) -> Deviation:
    parts = list(_differences(wanted, found))
    fields = " and ".join(name for name, _, _ in parts)
    return Deviation(
        None,
        subject=str(found),
        expected="; ".join(f"{name} {value}" for name, value, _ in parts),
        observed="; ".join(f"{name} {value}" for name, _, value in parts),
        cause="Git was changed after it was registered (a PEP never updates), or somebody changed it past Git",
        summary=f"{found} has another {fields} than {wanted.source} declares",
        affects=telling.names(held.by_resource.get(found.id, ())),
        rule=DIFFERS,
        source="; ".join(filter(None, (wanted.source, found.pep.source))),
        outlook="a PEP refuses a path it knows (422), so it never takes over what Git says now",
        remedy=(
            telling.look(found),
            telling.drop(found.pep, found.id, "remove it, then restart the PEP to have it registered as declared"),
        ),
    )


def _undeclared(found: Registered, held: Held) -> Deviation:
    return Deviation(
        None,
        subject=str(found),
        expected="declared in Git, or below a path where users register",
        observed=f"registered for {telling.owner(found.owner)}, and declared nowhere",
        cause="somebody registered it by hand, or it was taken out of Git: a PEP never unregisters",
        summary=f"{found} ({found.name or 'without a name'}) is registered, but nobody declares it",
        affects=telling.names(held.by_resource.get(found.id, ())),
        source=found.pep.source,
        outlook="it stays until somebody removes it",
        remedy=(telling.look(found), telling.drop(found.pep, found.id, "remove it from the PEP, if nobody needs it")),
    )
