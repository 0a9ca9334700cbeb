"""Workspaces and their registration with the guard of the workspace API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from holdfast.checks.policies import telling
from holdfast.checks.policies.emptiness import lost
from holdfast.checks.policies.held import Held, Registered, Store, read
from holdfast.model import (
    MAJOR,
    MINOR,
    Deviation,
    InFlight,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

UNREGISTERED = "policies.resource.workspace-unregistered"
GONE = "policies.resource.workspace-gone"
_PATH = re.compile(r"/workspaces/([^/]+)/?")
MAKING = timedelta(minutes=10)
"""How long the workspace API may take from a workspace's namespace to its registration, where nobody says."""


@rule(
    GONE,
    MINOR,
    origin="reference/eoepca.md P10, §7: deleting a workspace removes its namespace and nothing else",
    remedy="Remove the resource and its policies: management_tools remove -r ID, in the PEP and in the PDP",
)
def still_there(carrier: Resource, world: World, guard: str, prefix: str) -> Said:
    """Every workspace that is registered with the guard of the workspace API has its namespace.

    Args:
        carrier, world: see Rule.
        guard: the PEP, as ``namespace/name``.
        prefix: what names of workspaces begin with.
    """
    held = read(carrier)
    yield from held.unread("PEP")
    yield from _not_named(guard, held)
    yield from gone(held, world, guard, prefix)


@rule(
    UNREGISTERED,
    MAJOR,
    origin="reference/eoepca.md P10: and vice versa",
    remedy="Let the workspace API register it again (redeploy), or delete what is left of the workspace",
)
def registered(
    carrier: Resource, world: World, guard: str, prefix: str, making: timedelta = MAKING, wanted: bool = False
) -> Said:
    """Every workspace's namespace is registered with the guard of the workspace API.

    Args:
        carrier, world, guard, prefix: as for :func:`still_there`.
        making: how long the workspace API may take from a workspace's namespace to its registration.
        wanted: the platform says that there are workspaces.
    """
    held = read(carrier)
    yield from held.unread("PEP")
    yield from _not_named(guard, held)
    pep = _pep(guard, held)
    if pep is None or pep.problem is not None:
        return
    if wanted and not _namespaces(world, prefix) and not any(_is_called(each, prefix) for each in held.of(pep)):
        yield _none(prefix)
    if empty := [each for each in lost(held, world) if each.subject == str(pep)]:
        yield from empty
        return
    yield from unregistered(held, world, guard, prefix, making)


def gone(held: Held, world: World, guard: str, prefix: str) -> Iterator[Deviation]:
    """The registered workspaces that have no namespace, with the policies of all that was its user's and is left."""
    there = {each.name for each in world.listing("Namespace").all()}
    pep = _pep(guard, held)
    for each in held.of(pep) if pep else ():
        name = _workspace(each)
        if _is_called(each, prefix) and name not in there:
            yield _gone(each, name, held)


def unregistered(
    held: Held, world: World, guard: str, prefix: str, making: timedelta = MAKING
) -> Iterator[Deviation | InFlight]:
    """The workspaces that no resource is registered of, with the policies that are left of one."""
    pep = _pep(guard, held)
    if pep is None or pep.problem is not None:
        return
    there = {_workspace(each) for each in held.of(pep)}
    for namespace in _namespaces(world, prefix):
        if namespace.name in there or _is_going(namespace):
            continue
        if namespace.created and world.now - namespace.created < making:
            yield InFlight(str(namespace.ref), "the workspace was made just now and is not registered yet")
        else:
            yield _unregistered(namespace, pep, held)


def remains(owner: str, held: Held) -> tuple[str, ...]:
    """The ids of what has policies for this user alone, and is in no PEP any more."""
    return tuple(
        id
        for id, mine in held.by_resource.items()
        if id not in held.by_id and all(each.admits == frozenset({owner}) for each in mine)
    )


def _user_of(namespace: Resource, held: Held) -> str:
    """Whose the workspace is: the owner of what its own guard holds; "" where that is not known."""
    owners = {each.owner for each in held.resources if each.pep.namespace == namespace.name}
    return owners.pop() if len(owners) == 1 else ""


def _namespaces(world: World, prefix: str) -> list[Resource]:
    return [each for each in world.listing("Namespace").all() if each.name.startswith(f"{prefix}-")]


def _is_going(namespace: Resource) -> bool:
    return namespace.get("metadata", "deletionTimestamp") is not None


def _workspace(resource: Registered) -> str:
    found = _PATH.fullmatch(resource.path)
    return found[1] if found else ""


def _is_called(resource: Registered, prefix: str) -> bool:
    return _workspace(resource).startswith(f"{prefix}-")


def _pep(guard: str, held: Held) -> Store | None:
    return next((each for each in held.peps if each.address == guard), None)


def _not_named(guard: str, held: Held) -> Iterator[Unobservable]:
    if _pep(guard, held) is None:
        detail = "the guard of the workspace API was not read"
        cure = "name it under [names] peps in platform.toml"
        yield Unobservable(UnknownCode.NOTHING_MATCHED, f"PEP {guard}", detail, cure)


def _none(prefix: str) -> Unobservable:
    detail = "the platform has workspaces ([deployed] workspaces), but no namespace and no registration is called so"
    cure = "say how their names begin: [names] user_prefix; or [deployed] workspaces = false"
    return Unobservable(UnknownCode.NOTHING_MATCHED, f"every workspace ({prefix}-…)", detail, cure)


def _gone(resource: Registered, workspace: str, held: Held) -> Deviation:
    left = [resource.id, *remains(resource.owner, held)]
    policies = telling.names(policy for id in left for policy in held.by_resource.get(id, ()))
    return Deviation(
        None,
        subject=str(resource),
        expected=f"the namespace {workspace} exists",
        observed="a complete LIST of namespaces does not hold it",
        cause="the workspace was deleted: the workspace API removes the namespace and leaves the registration",
        summary=f"the workspace {workspace} is gone, but {resource} and {len(policies)} policies are left of it",
        affects=policies,
        rule=GONE,
        source=resource.pep.source,
        outlook="they stay until somebody removes them; a workspace of the same name would get them",
        remedy=(
            telling.look(resource),
            telling.drop(resource.pep, resource.id, "remove the registration"),
            *(telling.drop(pdp, id, "remove the policies") for pdp in held.pdps for id in left if id),
        ),
    )


def _unregistered(namespace: Resource, pep: Store, held: Held) -> Deviation:
    path = f"/workspaces/{namespace.name}"
    left = [policy for id in remains(_user_of(namespace, held), held) for policy in held.by_resource[id]]
    return Deviation(
        None,
        subject=f"{pep} {path}",
        expected=f"registered, for there is the workspace {namespace.name}",
        observed="the PEP does not hold it",
        cause="the workspace API could not register it, or somebody removed it from the PEP",
        summary=f"the workspace {namespace.name} is not registered in {pep}: the path above decides who may use it",
        affects=(str(namespace.ref), *telling.names(left)),
        rule=UNREGISTERED,
        source=pep.source,
        outlook="the workspace API registers a workspace once, when it makes it",
        remedy=(
            Remedy("see what the PEP holds", pep.tool("list --all")),
            Remedy(
                "see what the workspace API said", f"kubectl -n {pep.namespace} logs deploy/workspace-api --tail=200"
            ),
        ),
    )
