"""Whether the API versions in use are still served, and which of Flux's own are on their way out."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping

from holdfast.checks import presence
from holdfast.checks.flux import kinds
from holdfast.checks.flux.api_versions import Retired, retired
from holdfast.checks.flux.inventory import Held, inventory, refuse_without_inventory
from holdfast.checks.flux.state import Phase, read_state
from holdfast.model import (
    CRITICAL,
    MINOR,
    Deviation,
    Ref,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

_CRD = "CustomResourceDefinition"
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_MIGRATE = Remedy(
    "rewrite what is stored at the newest version, and the manifests in a checkout (Flux 2.7 or newer)",
    "flux migrate && flux migrate -f .",
    writes=True,
    risk="updates every Flux object once; the files are changed in place",
)


@rule(
    "flux.api.deprecated",
    MINOR,
    origin="issue A §5; EOEPCA: every Flux apiVersion in the tree is deprecated or removed today",
    remedy="Move the manifests in Git to the newest apiVersion before the Flux release that removes the old one",
)
def not_deprecated(resource: Resource, world: World) -> Said:
    """No Flux object is kept at a version of its API that Flux is about to remove.

    The version in Git shows in the inventory of the Kustomization or HelmRelease that delivers the object; of an object
    nobody delivers, in what was last written to it. Of a CRD, its stored versions count: they block the next upgrade.
    """
    if resource.kind == _CRD:
        yield from _stored(resource)
        return
    for held in inventory(resource):
        if gone := retired(held.group, held.kind, held.version):
            yield _deprecated(held, gone, f"the inventory of {resource.ref}", world)
    if not kinds.delivered_by(resource):
        yield from _written(resource, world)


@rule(
    "flux.api.removed",
    CRITICAL,
    origin="issue A §5, DESIGN.md law 1: objects in an inventory whose CRD is gone deviate",
    remedy="Bring the CRD (or that version of it) back, or move the manifests in Git to a version that is served",
)
def still_served(resource: Resource, world: World) -> Said:
    """Everything that was delivered is of a kind and version the API server still serves.

    One finding per kind, whoever delivers its objects. Where Flux has already failed over it, that failure is told by
    the delivery rules, in Flux's own words, and not a second time here; a kind of Flux's own that is gone altogether is
    told as an API that is not served, as by everybody else who asks for it.
    """
    if resource.kind == _CRD:
        yield from _unserved_storage(resource)
        return
    refuse_without_inventory(resource)
    by_type: dict[tuple[str, str, str], list[Held]] = defaultdict(list)
    for held in inventory(resource):
        by_type[held.group, held.version, held.kind].append(held)
    blind: dict[Unobservable, None] = {}
    for (group, version, kind), held_ones in by_type.items():
        try:
            served = world.versions(group)
        except Unobservable as problem:
            blind[problem] = None
            continue
        if kind not in served.get(version, ()) and not _already_told(resource, kind):
            yield _removed(held_ones, served, resource)
    yield from blind


def _already_told(owner: Resource, kind: str) -> bool:
    state = read_state(owner)
    told = state.condition.message if state.phase is Phase.FAILED and state.condition else ""
    return f'no matches for kind "{kind}"' in told


def _removed(held: list[Held], served: Mapping[str, frozenset[str]], owner: Resource) -> Deviation:
    first = held[0]
    named = f"{first.kind}.{first.group}" if first.group else first.kind
    others = sorted(version for version, there in served.items() if first.kind in there)
    now = f"it is served at {', '.join(others)} only" if others else "it is not served at all: its CRD is gone"
    lost = "cannot be applied again" if others else "is gone with it"
    own = not others and kinds.group_of(first.kind) == first.group
    return Deviation(
        None,
        subject=first.kind if own else named,
        rule=presence.not_served.id if own else "",
        expected=f"{first.api_version} {first.kind} is served: {owner.ref} delivered {len(held)} of them",
        observed=now,
        cause=f"an upgrade removed the version {first.version}" if others else "the CRD was deleted",
        summary=f"{named} {first.version} is no longer served: what was delivered {lost}",
        affects=(str(owner.ref), *(str(each) for each in held)),
        outlook=f"the next reconcile of {owner.ref} fails",
        remedy=(
            Remedy("see what is served", f"kubectl api-resources --api-group={first.group}"),
            Remedy("look for the CRD", f"kubectl get crd | grep -i {first.kind}"),
            Remedy("find what names it, in a checkout", f"git grep -n '{first.api_version}'"),
        ),
    )


def _deprecated(held: Held, gone: Retired, where: str, world: World) -> Deviation:
    """Per object where a newer version is served; once per kind where this Flux knows nothing newer."""
    newer = _newer(held, world)
    ref = Ref(held.api_version, held.kind, held.namespace, held.name)
    if newer:
        return Deviation(
            ref,
            expected=f"{held.group}/{newer}",
            observed=f"{held.api_version} ({gone})",
            cause=f"{where} still names the old version",
            summary=f"{ref} is kept at {held.version}, {gone}; {newer} is served",
            path="apiVersion",
            remedy=(Remedy("find it in Git", f"git grep -n {held.api_version}"), _MIGRATE),
        )
    return Deviation(
        None,
        subject=f"{held.kind}.{held.group}",
        expected="a version today's Flux still has",
        observed=f"{held.version} is the newest that is served ({gone})",
        cause="this Flux is older than the version's successor",
        summary=f"{held.kind} is served at {held.version} only, {gone}: Flux itself is old",
        affects=(str(ref),),
        remedy=(Remedy("see which Flux this is", "flux version"),),
    )


def _newer(held: Held, world: World) -> str:
    """The best version of the kind that is served and not retired; "" when this Flux has none."""
    served = [version for version, there in world.versions(held.group).items() if held.kind in there]
    return next((each for each in sorted(served) if retired(held.group, held.kind, each) is None), "")


def _written(resource: Resource, world: World) -> Iterator[Deviation]:
    """What an object nobody delivers was last written as: by kubectl apply, or by whoever owns its spec."""
    group, name = kinds.group_of(resource.kind), resource.name
    for where, api_version in _writings(resource):
        found_group, _, version = api_version.rpartition("/")
        gone = retired(group, resource.kind, version) if found_group == group else None
        if gone:
            held = Held(group, version, resource.kind, resource.namespace, name)
            yield _deprecated(held, gone, where, world)
            return


def _writings(resource: Resource) -> Iterator[tuple[str, str]]:
    applied = _json(resource.annotations.get(_LAST_APPLIED, ""))
    if applied.get("apiVersion"):
        yield "what kubectl last applied", str(applied["apiVersion"])
        return  # managedFields keep the version of an unchanged object; the annotation is newer
    for entry in resource.maps("metadata", "managedFields"):
        fields = entry.get("fieldsV1")
        if isinstance(fields, Mapping) and "f:spec" in fields and not entry.get("subresource"):
            yield f"what {entry.get('manager')} last wrote", str(entry.get("apiVersion") or "")


def _json(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _stored(crd: Resource) -> Iterator[Deviation]:
    kind, group = _names(crd)
    if group not in kinds.GROUPS:
        return
    storage = next((name for name, each in _versions(crd).items() if each.get("storage")), "")
    for version in _stored_versions(crd):
        gone = retired(group, kind, version)
        if gone and version != storage and _versions(crd).get(version, {}).get("served"):
            yield _blocks_upgrade(crd, version, f"{version} ({gone})", f"only {storage}")


def _unserved_storage(crd: Resource) -> Iterator[Deviation]:
    if _names(crd)[1] not in kinds.GROUPS:
        return
    for version in _stored_versions(crd):
        if not _versions(crd).get(version, {}).get("served"):
            yield _blocks_upgrade(crd, version, f"{version}, which is not served", "only versions that are served")


def _blocks_upgrade(crd: Resource, version: str, observed: str, expected: str) -> Deviation:
    return Deviation(
        crd.ref,
        expected=f"status.storedVersions holds {expected}",
        observed=f"it holds {observed}",
        cause="objects were stored at that version and never rewritten",
        summary=f"{crd.name} has objects stored at {version}: the next Flux upgrade will be refused",
        path="status.storedVersions",
        outlook="a CRD that lacks a stored version is refused by the API server",
        remedy=(
            Remedy("see what is stored", f"kubectl get crd/{crd.name} -o jsonpath={{.status.storedVersions}}"),
            _MIGRATE,
        ),
    )


def _names(crd: Resource) -> tuple[str, str]:
    return str(crd.get("spec", "names", "kind", default="")), str(crd.get("spec", "group", default=""))


def _versions(crd: Resource) -> dict[str, Mapping[str, object]]:
    return {str(each.get("name")): each for each in crd.maps("spec", "versions")}


def _stored_versions(crd: Resource) -> list[str]:
    """Raises Unobservable where the CRD does not say: then nobody knows what an upgrade would meet."""
    found = crd.get("status", "storedVersions")
    if not isinstance(found, list) or not found:
        raise Unobservable(
            UnknownCode.UNREADABLE, str(crd.ref), "it does not say at which versions its objects are stored"
        )
    return [str(each) for each in found]
