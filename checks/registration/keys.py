"""Keys: of the type that producers and consumers take them for."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from holdfast.checks.registration import names
from holdfast.checks.registration.store import keys, look, subject, troubles
from holdfast.model import MAJOR, Deviation, Remedy, Resource, Said, World, rule


@rule(
    "registration.key.type",
    MAJOR,
    origin="reference eoepca.md §5: queues are lists by LPUSH, states are sets; TYPE says which",
    remedy="Find who wrote it with another command; producers and consumers fail on it until it is gone",
)
def typed(store: Resource, world: World, lists: Sequence[str], sets: Sequence[str], release: str) -> Said:
    """Every queue is a list and every state a set: else each push and each pop fails."""
    if found := troubles(store, world):
        yield from found
        return
    for pattern in (*lists, *sets):
        yield from names.typed(store, world, pattern, release)
    for key, told in keys(store):
        wanted = _wanted(key, lists, sets)
        if wanted and told["type"] != wanted:
            yield of_another(store, key, told["type"], wanted)


def of_another(store: Resource, key: str, there: str, wanted: str) -> Deviation:
    """The finding that a key is of another type, whatever that leads to."""
    removal = look(store, f"del {key}").command
    return Deviation(
        None,
        expected=f"a {wanted}",
        observed=f"a {there}",
        cause="somebody wrote it by hand, or another program uses the same name",
        subject=subject(store, key),
        rule=typed.id,
        summary=f"{key} is a {there}: producers and consumers of the {wanted} fail (WRONGTYPE)",
        remedy=(
            look(store, f"type {key}"),
            Remedy("once what it holds is known, take it away", removal, writes=True, risk="what is in it is gone"),
        ),
    )


def _wanted(key: str, lists: Sequence[str], sets: Sequence[str]) -> str:
    if any(fnmatchcase(key, each) for each in lists):
        return "list"
    return "set" if any(fnmatchcase(key, each) for each in sets) else ""
