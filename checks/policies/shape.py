"""Resources as a PEP cannot have made them, or as it did before version 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from holdfast.checks.policies import telling
from holdfast.checks.policies.held import SCOPES, Registered, read
from holdfast.model import MINOR, Deviation, Resource, Said, World, rule

MALFORMED = "policies.resource.malformed"


@rule(
    MALFORMED,
    MINOR,
    origin="reference/eoepca.md P5, P13: paths begin with a slash; scopes are there, in lower case, of the known set",
    remedy="Remove the resource and register it again: this version of the PEP writes it whole",
)
def well_formed(carrier: Resource, world: World) -> Said:
    """Every registered resource has an id, a path that begins with a slash, and scopes the PEP knows."""
    held = read(carrier)
    yield from held.unread("PEP")
    for each in held.resources:
        if said := malformed(each):
            yield said


def malformed(resource: Registered) -> Deviation | None:
    """What is wrong with the resource's form; None when nothing is."""
    wrong = list(_wrong(resource))
    if not wrong:
        return None
    said = Deviation(
        None,
        subject=str(resource),
        expected="an id, a path that begins with a slash, scopes in lower case out of the known ones",
        observed="; ".join(wrong),
        cause="written before version 1 of the PEP, or past its API",
        summary=f"{resource} ({resource.name or 'without a name'}): {'; '.join(wrong)}",
        rule=MALFORMED,
        source=resource.pep.source,
        outlook="nothing mends it: a PEP writes a resource once",
        remedy=(telling.look(resource),),
    )
    if not resource.id:
        return said
    return replace(
        said, remedy=(*said.remedy, telling.drop(resource.pep, resource.id, "remove it, to register it again"))
    )


def _wrong(resource: Registered) -> Iterator[str]:
    if not resource.id:
        yield "no resource_id"
    if not resource.path.startswith("/"):
        yield f"the path {resource.path!r} does not begin with a slash, so no request matches it"
    if resource.scopes is None:
        yield "no scopes"
    elif odd := sorted(set(resource.scopes) - SCOPES):
        yield f"unknown scopes {', '.join(odd)}"
    elif not resource.scopes:
        yield "an empty list of scopes"
