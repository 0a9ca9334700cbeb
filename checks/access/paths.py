"""Paths behind a guard: who is let in, and who is not."""

from __future__ import annotations

from collections.abc import Collection

from holdfast.checks.access.tokens import unable
from holdfast.checks.web import reach
from holdfast.model import CRITICAL, Deviation, Remedy, Resource, Said, World, rule

_ORIGIN = "Robot 02__Authorization: Authorized, Unauthorized, Forbidden Access"
_IN = frozenset({200, 201, 202, 204, 206})
_OUT = frozenset({401, 403})


@rule(
    "access.path.open",
    CRITICAL,
    origin=_ORIGIN,
    remedy="Close the path: look at its Ingress (auth annotations, or the guard as its backend) and at the guard",
)
def closed(visit: Resource, world: World, promised: Collection[int]) -> Said:
    """A guarded path turns away who brings no token."""
    if said := reach.troubles(visit, world, reach.Expected(_IN | _OUT | frozenset(promised))):
        yield from said
    elif visit.get("status") not in promised:
        yield _of(visit, promised, _opened(visit.get("status")), closed.id, visit.name)


@rule(
    "access.path.refused",
    CRITICAL,
    origin=_ORIGIN,
    remedy="Evaluate the owner's permission in the identity provider; then look at the guard's log",
)
def owned(visit: Resource, world: World, promised: Collection[int]) -> Said:
    """The owner of a guarded path is let in."""
    if visit.get("login"):
        yield from unable(visit, world)
    elif said := reach.troubles(visit, world, reach.Expected(_IN | _OUT | frozenset(promised))):
        yield from said
    elif visit.get("status") not in promised:
        yield _of(visit, promised, "the owner is kept out", owned.id, visit.name)


@rule(
    "access.path.shared",
    CRITICAL,
    origin=_ORIGIN,
    remedy="Look at the policies of the path's resource: who may use it beside its owner, and who allowed that",
)
def kept(visit: Resource, world: World, promised: Collection[int]) -> Said:
    """A user who does not own a guarded path is turned away from it."""
    if visit.get("login"):
        yield from unable(visit, world)
    elif said := reach.troubles(visit, world, reach.Expected(_IN | _OUT | frozenset(promised))):
        yield from said
    elif visit.get("status") not in promised:
        anybody = visit.get("anonymous") in _IN and visit.get("status") in _IN
        if anybody:  # the guard is open to all: that is what is wrong, and it is said once
            yield _of(visit, (401, 403), _opened(visit.get("anonymous")), closed.id, visit.name.rpartition(" as ")[0])
        else:
            yield _of(visit, promised, "another user is let in, or not turned away as promised", kept.id, visit.name)


def _opened(status: int) -> str:
    return "nothing guards it" if status in _IN else "it is not turned away as promised"


def _of(visit: Resource, promised: Collection[int], cause: str, id: str, subject: str) -> Deviation:
    expected = f"status {' or '.join(str(each) for each in sorted(promised))}"
    observed = f"status {visit.get('anonymous') if subject != visit.name else visit.get('status')}"
    anonymous = Resource({**visit.raw, "metadata": {"name": subject}})
    look = Remedy("ask it by hand", reach.curl(visit if subject == visit.name else anonymous))
    said = f"{subject}: {observed}, expected {expected}"
    return Deviation(None, expected, observed, cause, (look,), subject, rule=id, summary=said)
