"""What harms nobody today: sources nobody uses, charts without a fixed version, objects without the agreed label."""

from __future__ import annotations

import re
from collections.abc import Iterator

from holdfast.checks.flux import kinds
from holdfast.checks.flux.reference_fields import references
from holdfast.model import MINOR, Deviation, Json, Remedy, Resource, Said, World, rule

_USERS = ("Kustomization", "HelmRelease", "HelmChart", "GitRepository", "ImageUpdateAutomation")
_EXACT = re.compile(r"v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")
"""One version of a chart; anything else (``<4.5.0``, ``1.x``, ``1.2``, ``*``, nothing) lets Helm choose."""
_VERSIONLESS = ("GitRepository", "Bucket")
"""A chart out of these is what the source holds: spec.version is not read."""


@rule(
    "flux.source.unused",
    MINOR,
    origin="issue A §5; EOEPCA: six HelmRepositories no HelmRelease uses, two of them archived upstream",
    remedy="Remove it from Git: it is fetched all the same, and fails when its server goes away",
    hygiene=True,
)
def used(source: Resource, world: World) -> Said:
    """Every source is used by something."""
    if (source.kind, source.namespace, source.name) in _used(world):
        return
    yield Deviation(
        source.ref,
        expected="a Kustomization, HelmRelease, HelmChart or another source names it",
        observed="none does",
        cause="what used it was removed, or never made",
        summary=f"{source.ref} is used by nothing",
        outlook="Flux keeps fetching it",
        remedy=(Remedy("find it in Git", f"git grep -n 'name: {source.name}'"),),
    )


@rule(
    "flux.chart.floating-version",
    MINOR,
    origin="issue A §5; EOEPCA: ingress-nginx at <4.5.0",
    remedy="Name one version: what runs is then what was reviewed, and a roll-back rolls back",
    hygiene=True,
)
def pinned(resource: Resource, world: World) -> Said:
    """Every chart is asked for at one version."""
    path, wanted = _wanted_version(resource)
    if not path or _EXACT.fullmatch(wanted):
        return
    yield Deviation(
        resource.ref,
        expected="one version, like 1.2.3",
        observed=f"{path} = {wanted or 'not set: the newest'}",
        cause="a range lets a new release in whenever its publisher makes one",
        summary=f"{resource.ref} asks for a range of versions: {wanted or 'any'}",
        path=path,
        outlook="the next release in the range is installed without a commit",
        remedy=(Remedy("see which one runs", f"kubectl get {resource.ref.where} -o yaml"),),
    )


@rule(
    "flux.label.missing",
    MINOR,
    origin="seed 004 'Drift Prevention': label everything",
    remedy="Set the label for all objects at once: spec.commonMetadata.labels of the Kustomization or HelmRelease",
    hygiene=True,
)
def labelled(resource: Resource, world: World, label: str) -> Said:
    """Every object that Flux delivers carries the agreed label.

    Args:
        label: ``key=value``, or ``key`` where any value will do. It proves no ownership: what Flux delivers is told by
            Flux's own labels.
    """
    delivered = kinds.delivered_by(resource)
    key, given, value = label.partition("=")
    found = resource.labels.get(key)
    if not delivered or (found is not None and (not given or found == value)):
        return
    yield Deviation(
        resource.ref,
        expected=f"label {label}",
        observed=f"{key}={found}" if found is not None else "no such label",
        cause=f"{delivered} does not set it, nor do its manifests",
        summary=f"{resource.ref} lacks the label {label}",
        path=f"metadata.labels[{key}]",
        remedy=(Remedy("see what delivers it", f"kubectl get {_where(delivered)} -o yaml"),),
    )


def _used(world: World) -> frozenset[tuple[str, str, str]]:
    """Every source that is named by something.

    Raises:
        Unobservable: a kind that may name sources could not be read.
    """
    named = {
        (reference.kind.partition(".")[0], reference.namespace, reference.name)
        for user in kinds.every(world, *_USERS)
        for reference in references(user)
    }
    for generator in kinds.every(world, "ArtifactGenerator"):
        named |= {
            (str(each.get("kind")), str(each.get("namespace") or generator.namespace), str(each.get("name")))
            for each in _sources(generator.get("spec", "sources", default=()))
        }
    return frozenset(named)


def _sources(found: Json) -> Iterator[dict[str, Json]]:
    return (each for each in found if isinstance(each, dict)) if isinstance(found, list) else iter(())


def _wanted_version(resource: Resource) -> tuple[str, str]:
    """Where a chart's version is asked for, and which; ("", "") where there is none to ask for."""
    match resource.kind:
        case "HelmRelease" if resource.get("spec", "chart", "spec", "sourceRef", "kind") not in (None, *_VERSIONLESS):
            return "spec.chart.spec.version", str(resource.get("spec", "chart", "spec", "version", default=""))
        case "OCIRepository" if resource.get("spec", "ref", "semver"):
            return "spec.ref.semver", str(resource.get("spec", "ref", "semver"))
        case _:
            return "", ""


def _where(delivered: str) -> str:
    kind, namespace, name = delivered.split("/")
    return f"{kind.lower()}.{kinds.group_of(kind)}/{name} -n {namespace}"
