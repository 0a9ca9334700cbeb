"""What has to be known of a cluster before an object in it can be called unexpected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from holdfast.checks.drift.difference import Desired, Id
from holdfast.checks.drift.managed import Entry, ManagedFields
from holdfast.checks.drift.managers import Managers
from holdfast.checks.drift.ownership import Owners, id_of
from holdfast.checks.flux.kinds import GROUPS
from holdfast.checks.flux.reference_fields import references
from holdfast.model import Change, Ref, Resource

_NAMED = frozenset(("Secret", "ConfigMap", "ServiceAccount"))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The objects round about, by what they are looked up by."""

    owners: Owners
    managers: Managers
    uids: frozenset[str] = frozenset()
    """Of every object that was seen, of every kind."""
    by_id: Mapping[Id, Resource] = field(default_factory=dict)
    """Every object that was seen: by the name of what makes others of the same name."""
    needed: Mapping[Id, Ref] = field(default_factory=dict)
    """Secrets, ConfigMaps and ServiceAccounts that a Flux object names, and that object."""
    roots: frozenset[Id] = frozenset()
    """The Kustomizations everything begins with."""
    complete: Callable[[str, str, str], bool] = lambda group, kind, namespace: False
    """Whether all objects of a kind in a namespace were seen: only then is one that was not seen not there."""

    @classmethod
    def of(
        cls,
        seen: Iterable[Resource],
        owners: Owners,
        managers: Managers,
        complete: Callable[[str, str, str], bool],
    ) -> Surroundings:
        """Gather them.

        Args:
            seen: every object that was read, of every kind; Flux's own with their spec, the rest may be metadata only.
            complete: whether the LIST of ``(group, kind, namespace)`` was complete.
        """
        by_id = {id_of(each): each for each in seen}
        flux = [each for id, each in by_id.items() if id.group in GROUPS]
        return cls(
            owners,
            managers,
            frozenset(_uid(each) for each in by_id.values()),
            by_id,
            dict(_needed(flux)),
            frozenset(_roots(flux, owners)),
            complete,
        )


def _uid(meta: Resource) -> str:
    return str((meta.raw.get("metadata") or {}).get("uid") or "")


def _needed(flux: Iterable[Resource]) -> Iterator[tuple[Id, Ref]]:
    for each in flux:
        for found in references(each):
            kind, _, group = found.kind.partition(".")
            if kind in _NAMED:
                yield Id(group, kind, found.namespace, found.name), each.ref
        for values in (each.maps("spec", "valuesFrom"), each.maps("spec", "postBuild", "substituteFrom")):
            for value in values:  # the optional ones, too
                yield Id("", str(value.get("kind")), each.namespace, str(value.get("name"))), each.ref


def _roots(flux: Iterable[Resource], owners: Owners) -> Iterator[Id]:
    """What starts Flux cannot come from Flux: Kustomizations nobody holds that bring other Flux objects, or the only
    one there is; with the source they build from."""
    bringing = {owner for id, held in owners.holders.items() if id.group in GROUPS for owner in held}
    unheld = [each for each in flux if each.kind == "Kustomization" and id_of(each) not in owners.holders]
    for each in unheld:
        if each.ref in bringing or len(unheld) == 1:
            yield id_of(each)
            yield from _sources(each)


def _sources(kustomization: Resource) -> Iterator[Id]:
    for found in references(kustomization):
        if found.path == "spec.sourceRef":
            yield Id("source.toolkit.fluxcd.io", found.kind.partition(".")[0], found.namespace, found.name)


def managed_namespaces(desired: Iterable[Desired], named: Mapping[str, str]) -> dict[str, str]:
    """The namespaces in which everything should come from Git, and whose word that is.

    Args:
        desired: what every owner holds: a namespace one of them brings is managed.
        named: namespaces a table or platform.toml names, and which.
    """
    found = {
        id.name: f"{each.owner} holds it"
        for each in desired
        for id in each.expected
        if id.kind == "Namespace" and not id.group
    }
    return {**found, **named}


def makers(meta: Resource, managers: Managers) -> tuple[Change, ...]:
    """Who made an object, as far as managedFields tell: whoever wrote when it was created, else whoever wrote first.

    A manager's time moves on with all it does later, so that its maker may look younger than it.
    """
    entries = [each for each in _writers(meta) if each.time]
    created = meta.created
    first = [each for each in entries if created and each.time and each.time <= created]
    if not first and entries:
        first = [min(entries, key=lambda each: str(each.time))]
    return tuple(each.change(managers.cls(each.manager, each.operation)) for each in first)


def made_only_by(meta: Resource, managers: Managers, *classes: str) -> str:
    """The first manager's name, when every one that ever wrote to the object itself is of these classes; else ""."""
    writers = _writers(meta)
    if not writers or any(managers.cls(each.manager, each.operation) not in classes for each in writers):
        return ""
    return writers[0].manager


def _writers(meta: Resource) -> list[Entry]:
    fields = ManagedFields(meta.get("metadata", "managedFields"), meta.api_version)
    return [each for each in fields.entries if not each.subresource]
