"""What a run remembers of Flux for the next one to compare with: versions, served APIs, how long reconciles took."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from holdfast.checks.flux import controllers, kinds, state
from holdfast.checks.flux.declared import VERSION_LABEL
from holdfast.checks.flux.images import version_of
from holdfast.checks.flux.timing import parse_duration
from holdfast.model import Unobservable, World

Fact = TypeVar("Fact")


def facts(world: World, namespace: str) -> dict[str, object]:
    """``run.facts`` of findings.json. What could not be read is null: a later run must not take it for "none".

    Returns:
        ``flux``: the version the Deployments are labelled with, the lowest where they disagree, "" without labels;
        ``controllers``: image per Deployment; ``apis``: served versions per Flux group; ``reconciles``: seconds the
        last one took, per ``Kustomization/namespace/name`` (Flux 2.7 on).
    """
    return {
        "flux": _if_seen(lambda: flux_version(world, namespace)),
        "controllers": _if_seen(lambda: images(world, namespace)),
        "apis": _if_seen(lambda: _apis(world)),
        "reconciles": _if_seen(lambda: _reconciles(world)),
    }


def flux_version(world: World, namespace: str) -> str:
    """The version of Flux the Deployments are labelled with; the lowest where they disagree, "" without labels.

    Raises:
        Unobservable: the Deployments could not all be read.
    """
    labels = [each.deployment.labels.get(VERSION_LABEL, "") for each in controllers.deployed(world, namespace)]
    return min((each for each in labels if each), key=_by_version, default="")


def images(world: World, namespace: str) -> dict[str, str]:
    """The image of every Flux controller, by Deployment.

    Raises:
        Unobservable: the Deployments could not all be read.
    """
    return {each.deployment.name: each.image for each in controllers.deployed(world, namespace)}


def _by_version(text: str) -> tuple[bool, tuple[int, ...], str]:
    found = version_of(text)
    return found is not None, found.release if found else (), text


def _apis(world: World) -> Mapping[str, list[str]]:
    served = {group: sorted(world.versions(group)) for group in kinds.GROUPS}
    return {group: versions for group, versions in served.items() if versions}


def _reconciles(world: World) -> Mapping[str, float]:
    took: dict[str, float] = {}
    for each in kinds.every(world, "Kustomization"):
        newest = state.newest_reconcile(each)
        duration = parse_duration(newest.get("lastReconciledDuration")) if newest else None
        if duration is not None:
            took[str(each.ref)] = duration.total_seconds()
    return took


def _if_seen(read: Callable[[], Fact]) -> Fact | None:
    try:
        return read()
    except Unobservable:
        return None
