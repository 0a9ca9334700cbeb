"""What annotations and labels of one object tell the engine that applies it.

Flux looks for them among the annotations and the labels, and takes their values in any case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from holdfast.checks.flux.kinds import HELM, KUSTOMIZE
from holdfast.checks.flux.managers import who_set
from holdfast.model import Change, Json, Resource

RECONCILE = f"{KUSTOMIZE}/reconcile"
SSA = f"{KUSTOMIZE}/ssa"
PRUNE = f"{KUSTOMIZE}/prune"
DRIFT_DETECTION = f"{HELM}/driftDetection"
KEEP = "helm.sh/resource-policy"

Wanted = tuple[str, str]
"""A key and the value that counts."""
SKIPPED: Mapping[str, tuple[Wanted, ...]] = {
    "Kustomization": ((RECONCILE, "disabled"), (SSA, "Ignore")),
    "HelmRelease": ((DRIFT_DETECTION, "disabled"),),
}
"""Per kind of owner: on the copy in Git or in the cluster, it makes the engine pass the object over."""
ONCE: Wanted = (SSA, "IfNotPresent")
"""On the copy in Git: the object is created where it is absent and then left alone."""
MERGED: Wanted = (SSA, "Merge")
"""On either copy: what kubectl has added stays."""
KEPT: tuple[Wanted, ...] = ((PRUNE, "disabled"), (RECONCILE, "disabled"), (SSA, "Ignore"), (KEEP, "keep"))
"""In the cluster: the object stays when Git does not have it any more."""


class Mark(NamedTuple):
    """One that was found."""

    place: str
    """``annotations`` or ``labels``."""
    key: str
    value: str

    def __str__(self) -> str:
        """``annotation kustomize.toolkit.fluxcd.io/ssa: Ignore``."""
        return f"{self.place.removesuffix('s')} {self.key}: {self.value}"


def marked(copy: Json, *wanted: Wanted) -> Mark | None:
    """The first of these that a copy of the object carries."""
    metadata = copy.get("metadata") if isinstance(copy, Mapping) else None
    if not isinstance(metadata, Mapping):
        return None
    for place in ("labels", "annotations"):
        texts = metadata.get(place)
        if not isinstance(texts, Mapping):
            continue
        for key, value in wanted:
            found = texts.get(key)
            if isinstance(found, str) and found.casefold() == value.casefold():
                return Mark(place, key, found)
    return None


def setters(live: Resource, mark: Mark) -> tuple[Change, ...]:
    """Who set it in the cluster, as far as managedFields tell."""
    return who_set(live, "metadata", mark.place, mark.key)


def from_git(desired: Json, live: Resource | None, *wanted: Wanted) -> Mark | None:
    """The mark, when Git says it: after its copy, or where that is not known, when the engine itself has set it."""
    if desired is not None:
        return marked(desired, *wanted)
    mark = marked(live.raw, *wanted) if live else None
    if live and mark and any(each.cls == "gitops" for each in setters(live, mark)):
        return mark
    return None
