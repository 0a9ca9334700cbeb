"""Whom a failing Flux object itself blames: the objects its condition or its spec name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdfast.checks.flux.classify import classify
from holdfast.checks.flux.state import DELIVERY
from holdfast.model import Condition, Resource

_QUOTED = re.compile(r"'(?:(?P<namespace>[^'/]+)/)?(?P<name>[^'/]+)'")
_LISTED = re.compile(r"(?P<kind>[A-Z]\w*)/(?P<path>[^\s\]]+) status: '")
_READY_EXPRESSION = "according to readyExpr"


@dataclass(frozen=True, slots=True)
class Target:
    """An object that is named as the reason."""

    kind: str
    namespace: str
    name: str
    certain: bool = True
    """False when it is only the likely reason: it counts if it fails itself, and is forgotten otherwise."""


def blamed(resource: Resource, condition: Condition) -> tuple[Target, ...]:
    """The objects a failure is put down to, none when the object itself is at fault."""
    if classify(resource.ref, condition).word == "dependency":
        return tuple(_waited_for(resource, condition))
    if resource.kind == "HelmChart":  # its repository's trouble shows here too, in the repository's own words
        return tuple(Target(each.kind, each.namespace, each.name, certain=False) for each in source_of(resource))
    if resource.kind == "Kustomization" and condition.reason == "HealthCheckFailed":
        return tuple(_unhealthy(resource, condition))
    return ()


def only_flux(condition: Condition) -> bool:
    """Whether every object a failed health check lists is one of Flux's own."""
    kinds = {each["kind"] for each in _LISTED.finditer(condition.message)}
    return bool(kinds) and kinds <= set(DELIVERY)


def _waited_for(resource: Resource, condition: Condition) -> Iterator[Target]:
    if condition.reason == "DependencyNotReady":
        named = _QUOTED.search(condition.message)
        if named and _READY_EXPRESSION not in condition.message:
            yield Target(resource.kind, named["namespace"] or resource.namespace, named["name"])
    elif resource.kind == "GitRepository":
        named = _QUOTED.search(condition.message)  # "… for include 'name'"
        if named:
            yield Target("GitRepository", resource.namespace, named["name"])
    else:
        yield from source_of(resource)


def source_of(resource: Resource) -> Iterator[Target]:
    """Where a Kustomization, HelmChart or HelmRelease gets what it delivers from."""
    if resource.kind == "HelmRelease":
        yield from _chart(resource)
        return
    kind, name = resource.get("spec", "sourceRef", "kind"), resource.get("spec", "sourceRef", "name")
    if kind and name:
        namespace = resource.get("spec", "sourceRef", "namespace") or resource.namespace
        yield Target(str(kind), str(namespace), str(name))


def _chart(release: Resource) -> Iterator[Target]:
    """The HelmChart helm-controller made for the release, or what spec.chartRef names."""
    reference = release.get("spec", "chartRef")
    if isinstance(reference, Mapping):
        namespace = str(reference.get("namespace") or release.namespace)
        yield Target(str(reference.get("kind")), namespace, str(reference.get("name")))
        return
    namespace, _, name = str(release.get("status", "helmChart", default="")).partition("/")
    if not name:  # as helm-controller names it
        namespace = str(release.get("spec", "chart", "spec", "sourceRef", "namespace") or release.namespace)
        name = f"{release.namespace}-{release.name}"
    yield Target("HelmChart", namespace, name)


def _unhealthy(resource: Resource, condition: Condition) -> Iterator[Target]:
    """Flux objects among what a health check waited for; what it applied of them, when it does not say."""
    listed = tuple(_LISTED.finditer(condition.message))
    for each in listed:
        namespace, _, name = each["path"].rpartition("/")
        if each["kind"] in DELIVERY:
            yield Target(each["kind"], namespace, name)
    if listed:
        return
    for entry in resource.maps("status", "inventory", "entries"):
        namespace, _, rest = str(entry.get("id", "")).partition("_")
        name, _, kind = rest.rpartition("_")
        name = name.rpartition("_")[0]
        if kind in DELIVERY and name:
            yield Target(kind, namespace, name, certain=False)
