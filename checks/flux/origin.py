"""Where a field that differs has its value from, Git or a hand beside it, and so what mends it."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.checks.flux import cli, delivery
from holdfast.model import Change, Owner, Ref, Remedy, Resource, World


@dataclass(frozen=True, slots=True)
class Origin:
    """The part of a finding that tells of it."""

    owner: Owner | None
    cause: str
    outlook: str
    remedy: tuple[Remedy, ...]


def origin(resource: Resource, changed_by: tuple[Change, ...], value: str, world: World) -> Origin:
    """What follows from who holds the field.

    Args:
        changed_by: the managers that own it, as managedFields tell; none where the field is not set.
        value: what it says now, "" for nothing: sought in Git's history.
    """
    owner = delivery.owner(resource, world)
    hands = ", ".join(each.manager for each in changed_by if each.cls != "gitops")
    if owner is None:
        return Origin(
            None, f"set by {hands or 'nobody managedFields know'}", "nothing: nobody delivers it from Git", ()
        )
    if hands:
        outlook = f"{owner.ref} puts back what Git says at its next reconcile, where Git says anything of it"
        return Origin(owner, f"set by {hands}, not by Git", outlook, (_put_back(owner),))
    stays = f"nothing: {owner.ref} applies what Git says"
    if changed_by:
        cause = "Git itself says so: a commit changed it, or the feature is out of date"
        return Origin(owner, cause, stays, (_find(value, owner),))
    cause = "taken out by hand or in Git, or never there: managedFields do not tell"
    return Origin(owner, cause, f"{stays}, and leaves alone what Git leaves out", (_find("", owner), _put_back(owner)))


def _find(value: str, owner: Owner) -> Remedy:
    """The commits that brought a value, or all that touched what the owner delivers."""
    sought = f"git log -p -S '{value}'" if value else "git log -p"
    return Remedy("find the commit, in a checkout", f"{sought} -- {owner.path or '.'}")


def _put_back(owner: Owner) -> Remedy:
    kind, namespace, name = owner.ref.split("/")
    command = cli.flux("reconcile", Ref("", kind, namespace, name))
    fresh = " --with-source" if kind == "Kustomization" else ""
    risk = "reverts whoever changed it on purpose, and applies everything that is new in Git"
    return Remedy("let Flux put back what Git says", f"{command}{fresh}", writes=True, risk=risk)
