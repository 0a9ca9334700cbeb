"""Whose a resource is."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.checks.policies import telling
from holdfast.checks.policies.declaration import Declared, bare, of_configmap
from holdfast.checks.policies.grants import OPERATOR
from holdfast.checks.policies.held import Registered, read
from holdfast.model import MAJOR, Deviation, Resource, Said, Unobservable, World, rule

UNOWNED = "policies.resource.unowned"


@rule(
    UNOWNED,
    MAJOR,
    origin="reference/eoepca.md P4: an owner is there; zeros are the operator, for declared resources only",
    remedy="Register the resource again for the user it belongs to, or declare it as the operator's in Git",
)
def owned(carrier: Resource, world: World) -> Said:
    """Every resource has an owner, and the operator owns no protected resource that nobody declared as his."""
    held = read(carrier)
    yield from held.unread("PEP")
    for pep in held.peps:
        mine = held.of(pep)
        declared: Sequence[Declared] | None = None
        if any(each.owner == OPERATOR and each.is_protected for each in mine):
            try:
                declared = of_configmap(pep, world)
            except Unobservable as problem:
                yield problem
        for each in mine:
            if said := unowned(each, declared):
                yield said


def unowned(resource: Registered, declared: Sequence[Declared] | None) -> Deviation | None:
    """That nobody, or the operator unasked, owns it; ``declared`` is None where nobody knows what is declared."""
    if not resource.owner:
        return _deviation(resource, "a user, or the operator (zeros)", "nobody", "nobody can use it but the operator")
    if resource.owner != OPERATOR or resource.is_open or declared is None:
        return None
    if any(bare(each.path) == bare(resource.path) for each in declared):
        return None  # whether with another owner is what "as declared" is about
    return _deviation(resource, "a user: it is not declared as the operator's", "the operator", "no user can use it")


def _deviation(resource: Registered, expected: str, observed: str, effect: str) -> Deviation:
    return Deviation(
        None,
        subject=str(resource),
        expected=f"it belongs to {expected}",
        observed=f"it belongs to {observed}",
        cause="it was registered on behalf of nobody (no `uuid` was given), or its owner was taken away",
        summary=f"{resource} ({resource.name}) belongs to {observed}: {effect}",
        rule=UNOWNED,
        source=resource.pep.source,
        outlook="nobody gives it an owner by himself",
        remedy=(telling.look(resource),),
    )
