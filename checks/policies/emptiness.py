"""Stores that answer, and hold nothing: the database behind them is not the one it was."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.checks.policies import telling
from holdfast.checks.policies.declaration import of_configmap
from holdfast.checks.policies.held import Held, Store, read
from holdfast.model import (
    CRITICAL,
    Deviation,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

EMPTY = "policies.dump.empty"


@rule(
    EMPTY,
    CRITICAL,
    origin="reference/eoepca.md P14: a dump is parseable and not empty",
    remedy="Look at the volume of the store's mongo container; restore it, or register anew",
)
def told(carrier: Resource, world: World) -> Said:
    """Every PEP and PDP says what it holds, and holds something."""
    held = read(carrier)
    yield from held.unread()
    yield from lost(held, world)
    for each in (*held.peps, *held.pdps):
        if each.problem is None and not each.entries and not _should_hold(each, held, world):
            detail = "it holds nothing, and nothing is known that it should hold: a lost database looks the same"
            yield Unobservable(UnknownCode.NOTHING_MATCHED, str(each), detail, each.tool("list --all"))


def lost(held: Held, world: World) -> Iterator[Deviation]:
    """The stores that are empty and should not be."""
    for each in (*held.peps, *held.pdps):
        if each.problem is None and not each.entries and (wanted := _should_hold(each, held, world)):
            yield _deviation(each, wanted, held)


def _should_hold(store: Store, held: Held, world: World) -> tuple[str, ...]:
    """What says that the store cannot be empty."""
    if store.kind == "PDP":
        if any(pdp.entries for pdp in held.pdps):
            return ()
        return tuple(str(each) for each in held.resources if each.is_protected)
    try:
        return tuple(each.key for each in of_configmap(store, world))
    except Unobservable:
        return ()


def _deviation(store: Store, wanted: tuple[str, ...], held: Held) -> Deviation:
    what = "policy" if store.kind == "PDP" else "resource"
    effect = "nobody is let in" if store.kind == "PDP" else "its paths are not protected as declared"
    orphans = () if store.kind == "PDP" else tuple(map(str, held.orphans()))
    return Deviation(
        None,
        subject=str(store),
        expected=f"at least the {len(wanted)} that are {'needed' if store.kind == 'PDP' else 'declared'}",
        observed=f"no {what} at all",
        cause="its database was lost or is another one (volume, mongo container), or somebody ran `remove --all`",
        summary=f"{store} holds no {what}: {effect}",
        affects=(*wanted, *orphans),
        rule=EMPTY,
        source=store.source,
        outlook="default resources come back when the PEP starts; nothing else does"
        if store.kind == "PEP"
        else "nothing brings policies back: each is made once, with its resource",
        remedy=(
            Remedy("see it", store.tool("list --all")),
            Remedy("look at its database", telling.logs(store, "mongo")),
        ),
    )
