"""Resources that get in each other's way: one path twice, one below another's, one id twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from holdfast.checks.policies import telling
from holdfast.checks.policies.grants import OPERATOR
from holdfast.checks.policies.held import Held, Registered, read
from holdfast.model import MAJOR, Deviation, Resource, Said, World, rule

SHARED = "policies.resource.shared-id"


@rule(
    "policies.resource.duplicate",
    MAJOR,
    origin="reference/eoepca.md P5: only the authorization server is asked whether a path is free",
    remedy="Find out which of the two the authorization server knows, and remove the other from the PEP",
)
def one_per_path(carrier: Resource, world: World) -> Said:
    """No path is registered twice in one PEP: which of the two decides is chance."""
    held = read(carrier)
    yield from held.unread("PEP")
    for pep in held.peps:
        mine = [each for each in held.of(pep) if each.path]
        for path in dict.fromkeys(each.path for each in mine):
            same = [each for each in mine if each.path == path]
            if len({each.id for each in same}) > 1:
                yield _duplicate(same, held)


@rule(
    "policies.resource.nested",
    MAJOR,
    origin="reference/eoepca.md P5: the longest matching path decides",
    remedy="Ask the owner of the upper path whether the lower one is meant; remove it if not",
)
def not_inside(carrier: Resource, world: World) -> Said:
    """No resource lies below a protected one of another user and takes requests away from it."""
    held = read(carrier)
    yield from held.unread("PEP")
    for pep in held.peps:
        mine = held.of(pep)
        for lower in mine:
            if upper := _nearest_above(lower, mine):
                yield _nested(upper, lower)


@rule(
    SHARED,
    MAJOR,
    origin="reference/eoepca.md P6: a resource_id is unique per PEP and across PEPs",
    remedy="Remove the wrong one from its PEP and register it anew: it gets an id of its own",
)
def one_per_id(carrier: Resource, world: World) -> Said:
    """No two resources have one id: policies could not tell them apart."""
    held = read(carrier)
    yield from held.unread("PEP")
    for id in sorted(held.by_id):
        if said := shared(id, held):
            yield said


def shared(id: str, held: Held) -> Deviation | None:
    """That an id belongs to more than one resource; None when it does not."""
    same = held.by_id.get(id, ())
    if len(same) < 2:
        return None
    where = tuple(dict.fromkeys(map(str, same)))
    return Deviation(
        None,
        subject=f"resource {id}",
        expected="one resource in one PEP",
        observed=f"{len(same)} of them: {', '.join(where)}",
        cause="an entry was copied from one PEP's database to another's, or written past its API",
        summary=f"{' and '.join(where)} share the id {id}: whoever may use one may use the other",
        affects=(*where, *telling.names(held.by_resource.get(id, ()))),
        rule=SHARED,
        source="; ".join(dict.fromkeys(each.pep.source for each in same if each.pep.source)),
        outlook="the same policies decide about all of them, until one is registered anew",
        remedy=tuple(telling.look(each) for each in _one_each(same)),
    )


def _duplicate(same: list[Registered], held: Held) -> Deviation:
    first = same[0]
    ids = ", ".join(f"{each.id or 'no id'} of {telling.owner(each.owner)}" for each in same)
    return Deviation(
        None,
        subject=str(first),
        expected="one resource at this path",
        observed=f"{len(same)}: {ids}",
        cause="the authorization server lost the first one, so the PEP was allowed to register the path again",
        summary=f"{first} is registered {len(same)} times, and requests meet any of them",
        affects=tuple(name for each in same for name in telling.names(held.by_resource.get(each.id, ()))),
        source=first.pep.source,
        outlook="the PEP asks its database for one of them, whichever comes first",
        remedy=tuple(telling.look(each) for each in same),
    )


def _nested(upper: Registered, lower: Registered) -> Deviation:
    return Deviation(
        None,
        subject=str(lower),
        expected=f"what lies below {upper.path} belongs to {upper.owner}, whose it is",
        observed=f"it belongs to {telling.owner(lower.owner)}" + (", and is open" if lower.is_open else ""),
        cause="somebody registered a path inside another user's",
        summary=f"{lower} ({telling.owner(lower.owner)}) lies inside {upper.path} of {upper.owner}",
        affects=(str(upper),),
        source=lower.pep.source,
        outlook=f"requests below {lower.path} are decided by its policies, not by those of {upper.path}",
        remedy=(
            telling.look(lower),
            telling.drop(lower.pep, lower.id, "remove the lower one, if its owner has no business there"),
        ),
    )


def _nearest_above(lower: Registered, resources: Iterable[Registered]) -> Registered | None:
    """The protected resource of another user with the longest path above; None where the nearest one is no such."""
    above = [each for each in resources if _is_below(lower.path, each.path)]
    nearest = max(above, key=lambda each: len(each.path), default=None)
    if nearest is None or nearest.is_open or lower.owner in ("", OPERATOR):
        return None
    if nearest.owner in ("", OPERATOR, lower.owner):
        return None
    return nearest


def _is_below(lower: str, upper: str) -> bool:
    return upper.startswith("/") and lower != upper and lower.startswith(upper.rstrip("/") + "/")


def _one_each(same: tuple[Registered, ...]) -> Iterator[Registered]:
    """One of each PEP."""
    return iter({each.pep.address: each for each in same}.values())
