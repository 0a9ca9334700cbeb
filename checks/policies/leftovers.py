"""Policies without their resource, resources with policies that decide nothing, and what an unregistration left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from holdfast.checks.policies import declared, telling, workspaces
from holdfast.checks.policies.declaration import configured
from holdfast.checks.policies.emptiness import lost
from holdfast.checks.policies.held import Held, Policy, Registered, read
from holdfast.checks.policies.uniqueness import shared
from holdfast.model import MINOR, Deviation, Resource, Said, UnknownCode, Unobservable, World, rule

ORPHAN = "policies.policy.orphan"
LEFT = "policies.resource.left-over"
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""A resource id: the authorization server and the PEP both make UUIDs."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known to have gone, so that what it left behind is not told apart from it."""

    guard: str = ""
    """The PEP where workspaces are registered, ``namespace/name``; "" where there are none."""
    prefix: str = ""
    """What names of workspaces begin with."""
    making: timedelta = workspaces.MAKING
    unregistered: tuple[str, ...] = ()
    """Ids of resources that were unregistered."""


@rule(
    ORPHAN,
    MINOR,
    origin="reference/eoepca.md P3, §2: bin/unregister-resource.sh leaves out PEPs and checks no result",
    remedy="Remove them from the PDP: management_tools remove -r ID",
)
def no_orphans(carrier: Resource, world: World, known: Known = Known()) -> Said:  # frozen
    """No policy of the PDP is about a resource that no PEP holds."""
    held = read(carrier)
    yield from held.unread()
    if any(each.problem for each in held.peps) or held.blind:
        return  # whose they are may be in what was not read
    explained = _explained(held, world, known)
    for id, policies in held.by_resource.items():
        if id not in held.by_id:
            yield explained.get(id) or _orphan(id, policies, held)


@rule(
    "policies.policy.needless",
    MINOR,
    origin="reference/eoepca.md P2: a resource that is open has no default policies",
    remedy="Find out whether it is meant to be open; then remove the policies",
)
def none_for_open(carrier: Resource, world: World) -> Said:
    """No resource that is open to everybody has policies: they would decide nothing, and look as if they did."""
    held = read(carrier)
    yield from held.unread()
    opened = declared.differing(held, world, "scopes")
    for each in held.resources:
        if each.is_open and (policies := held.by_resource.get(each.id, ())):
            yield shared(each.id, held) or opened.get(each) or _needless(each, policies, held)


@rule(
    LEFT,
    MINOR,
    origin="reference/eoepca.md P11; seed 000 'Unregistering Resources'",
    remedy="Remove it where it is left: management_tools remove -r ID, in that PEP and in the PDP",
)
def unregistered(carrier: Resource, world: World, ids: tuple[str, ...]) -> Said:
    """A resource that was unregistered is in no PEP, and no policy of it is in the PDP.

    Args:
        carrier, world: see Rule.
        ids: resource ids; not names, of which bin/unregister-resource.sh removes nothing and says nothing.
    """
    held = read(carrier)
    yield from held.unread()
    for id in ids:
        if id in held.by_id or id in held.by_resource:
            yield _left(id, held)
        elif not _ID.fullmatch(id):
            yield _no_id(id, held)


def _no_id(given: str, held: Held) -> Unobservable:
    """What is no id is in no store, whatever was unregistered."""
    meant = [each for each in held.resources if given in (each.name, each.path)]
    detail = "it is not a resource id, so that no store holds it says nothing: ids look like 3f0c9d52-7a41-…"
    if meant:
        detail = f"it is not a resource id, and {' and '.join(map(str, meant))} is called so: {meant[0].id}"
    cure = "name the id under [names] unregistered_resources: management_tools list --all shows it"
    return Unobservable(UnknownCode.NOTHING_MATCHED, f"resource {given}", detail, cure)


def _explained(held: Held, world: World, known: Known) -> dict[str, Deviation]:
    """By the id of an orphan: what is told instead, where that is certain enough."""
    found: dict[str, Deviation] = {}
    ids = [id for id in held.by_resource if id not in held.by_id]
    if not ids:
        return found
    for store in lost(held, world):
        if store.subject.startswith("PEP"):
            return dict.fromkeys(ids, store)
    for pep_and_wanted in configured(held, world):
        if isinstance(pep_and_wanted, Unobservable):
            continue
        pep, wanted = pep_and_wanted
        for each in declared.missing(pep, wanted, held):
            found |= {id: each for id in ids if set(telling.names(held.by_resource[id])) & set(each.affects)}
    for each in _of_workspaces(held, world, known):
        found |= {id: each for id in ids if set(telling.names(held.by_resource[id])) & set(each.affects)}
    found |= {id: _left(id, held) for id in ids if id in known.unregistered}
    return found


def _of_workspaces(held: Held, world: World, known: Known) -> list[Deviation]:
    if not known.guard or not known.prefix:
        return []
    try:
        gone = list(workspaces.gone(held, world, known.guard, known.prefix))
        said = workspaces.unregistered(held, world, known.guard, known.prefix, known.making)
        return [*gone, *(each for each in said if isinstance(each, Deviation))]
    except Unobservable:
        return []  # then an orphan is told as one


def _orphan(id: str, policies: tuple[Policy, ...], held: Held) -> Deviation:
    pdp = policies[0].pdp
    who = sorted({user for each in policies for user in each.admits or ()})
    return Deviation(
        None,
        subject=f"{pdp} resource {id}",
        expected="a PEP holds the resource",
        observed=f"{len(policies)} policies, and none of {len(held.peps)} PEPs holds it",
        cause="it was unregistered in its PEP alone, or its PEP is gone (a workspace that was deleted)",
        summary=f"{len(policies)} policies of {pdp} are left of resource {id}"
        + (f" (of {', '.join(who)})" if who else ""),
        affects=telling.names(policies),
        rule=ORPHAN,
        source="; ".join(filter(None, dict.fromkeys(each.source for each in (pdp, *held.peps)))),
        outlook="they stay until somebody removes them",
        remedy=(*telling.look_policies(held, id), telling.drop(pdp, id, "remove them")),
    )


def _needless(resource: Registered, policies: tuple[Policy, ...], held: Held) -> Deviation:
    return Deviation(
        None,
        subject=str(resource),
        expected=f"no policies: it is {', '.join(resource.scopes or ())}",
        observed=f"{len(policies)} policies",
        cause="it was protected once and was opened past the PEP's API, or somebody made the policies by hand",
        summary=f"{resource} is open to everybody, whatever its {len(policies)} policies say",
        affects=telling.names(policies),
        source="; ".join(filter(None, (resource.pep.source, policies[0].pdp.source))),
        outlook="the PEP lets everybody in and asks the PDP nothing",
        remedy=(telling.look(resource), telling.drop(policies[0].pdp, resource.id, "remove the policies")),
    )


def _left(id: str, held: Held) -> Deviation:
    resources, policies = held.by_id.get(id, ()), held.by_resource.get(id, ())
    where = [*map(str, resources), *([f"{len(policies)} policies of {policies[0].pdp}"] if policies else [])]
    pdps = dict.fromkeys(each.pdp for each in policies)
    return Deviation(
        None,
        subject=f"resource {id}",
        expected="in no PEP, and no policy of it in the PDP",
        observed=f"there is still {' and '.join(where)}",
        cause="bin/unregister-resource.sh failed at one of them, or does not know the PEP (a workspace's)",
        summary=f"resource {id} was unregistered, but {' and '.join(where)} is left",
        affects=telling.names(policies),
        rule=LEFT,
        outlook="it stays until somebody removes it; access goes on as before where a PEP still holds it",
        remedy=(
            *(telling.look(each) for each in resources),
            *telling.look_policies(held, id),
            *(telling.drop(each.pep, id, "remove it from the PEP") for each in resources),
            *(telling.drop(pdp, id, "remove its policies") for pdp in pdps),
        ),
    )
