"""Objects of Flux that others need and that are not there: gone, or never written.

Whoever worked before and needs what is not there now is not to blame: the object it needs has gone, and is the one root
cause however many need it. Whoever has never worked names something that may never have been: its own defect.
"""

from __future__ import annotations

from dataclasses import replace

from holdfast.checks import presence
from holdfast.model import Deviation, Remedy, Resource, World

_WORKED = {
    "Kustomization": ("status", "lastAppliedRevision"),
    "HelmRelease": ("status", "history", 0),
}


def has_worked(resource: Resource) -> bool:
    """Whether it has ever applied or fetched anything."""
    return bool(resource.get(*_WORKED.get(resource.kind, ("status", "artifact", "revision"))))


def gone(kind: str, namespace: str, name: str, needed_by: Resource, world: World) -> Deviation:
    """What the rule on missing objects says of one that another needs."""
    (said,) = (
        each for each in presence.missing(presence.absent(kind, namespace, name), world) if isinstance(each, Deviation)
    )
    names_it = Remedy("see who names it, and how", f"kubectl get {needed_by.ref.where} -o yaml")
    return replace(
        said,
        rule=presence.missing.id,
        cause=f"{needed_by.ref} needs it and has worked before: deleted, taken out of Git, or named wrongly since",
        affects=(str(needed_by.ref),),
        remedy=(*said.remedy, names_it),
        outlook="nothing that needs it moves until it is back",
    )
