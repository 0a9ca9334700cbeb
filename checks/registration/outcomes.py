"""What came of it: products that failed, and products that were begun and never ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from fnmatch import fnmatchcase

from holdfast.checks.flux.timing import spell
from holdfast.checks.registration import names, standing
from holdfast.checks.registration.keys import of_another
from holdfast.checks.registration.store import keys, look, subject, troubles
from holdfast.model import (
    MAJOR,
    Deviation,
    Json,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

Found = Mapping[str, Json]
"""A key: its type, length, members."""


@rule(
    "registration.failures.exceeded",
    MAJOR,
    origin="seed 000 'Handle failures gracefully'; reference eoepca.md §5: the failure set grows against a baseline",
    remedy="Read the registrar's log for the products named; mend them, and hand them in again",
)
def few_failed(store: Resource, world: World, pattern: str, most: int, release: str) -> Said:
    """No more products have failed to be registered than the platform's limit, which is what is known and accepted.

    No set of what failed is no pass by itself: :mod:`holdfast.checks.registration.names` says when it is.
    """
    if found := troubles(store, world):
        yield from found
        return
    yield from names.state(store, world, pattern, names.FAILURE, release)
    for key, told in _sets(store, pattern):
        failed = told["length"]
        if told["type"] != "set":
            yield of_another(store, key, told["type"], "set")
        elif failed > most:
            named = ", ".join(told.get("members", ())[:3])
            yield Deviation(
                None,
                expected=f"at most {most}",
                observed=f"{failed} failed" + (f", among them {named}" if named else ""),
                cause="products that cannot be read, a schema the registrar does not know, or a database that refused",
                subject=subject(store, key),
                summary=f"{failed} products could not be registered ({most} are known)",
                outlook="nobody tries them again",
                remedy=(_see(store, key),),
            )


@rule(
    "registration.progress.stuck",
    MAJOR,
    origin="reference eoepca.md §5: the progress set is not stuck",
    remedy="Look at the registrar's log: it died or hangs while it worked on these products",
)
def ending(store: Resource, world: World, pattern: str, release: str, limit: timedelta) -> Said:
    """What a registrar has begun it ends: nothing stays in the set of what is in progress for longer than the limit."""
    if found := troubles(store, world):
        yield from found
        return
    yield from names.state(store, world, pattern, names.PROGRESS, release)
    for key, told in _sets(store, pattern):
        if told["type"] != "set":
            yield of_another(store, key, told["type"], "set")
        elif told["length"]:
            yield from _ending(store, key, told, limit)


def _ending(
    store: Resource, key: str, told: Mapping[str, Json], limit: timedelta
) -> Iterator[Deviation | Unobservable]:
    watched, named = standing.watched(store, key), ", ".join(told.get("members", ())[:3])
    if watched is None:
        yield Unobservable(UnknownCode.IN_FLIGHT, subject(store, key), "it was looked at only once")
    elif watched["moved"]:
        return
    elif (lasting := standing.kept(watched)) < limit:
        detail = f"in progress for {spell(lasting)} at least, and one product may be for {spell(limit)}"
        remedy = f"look again later, or watch for longer ([limits] queue_watch): {_see(store, key).command}"
        yield Unobservable(UnknownCode.IN_FLIGHT, subject(store, key), f"{named or 'some'}: {detail}", remedy)
    else:
        yield Deviation(
            None,
            expected=f"products leave it within {spell(limit)}",
            observed=f"{watched['length']} are in progress, the oldest for {spell(lasting)} at least"
            + (f": {named}" if named else ""),
            cause="the registrar was ended in the middle of its work, or hangs",
            subject=subject(store, key),
            summary=f"{watched['length']} products have been in progress without an end",
            rule=ending.id,
            outlook="they are neither registered nor counted as failed; nobody tries them again",
            remedy=(_see(store, key),),
        )


def _see(store: Resource, key: str) -> Remedy:
    return look(store, f"smembers {key}", "see which")


def _sets(store: Resource, pattern: str) -> Iterator[tuple[str, Found]]:
    return ((key, told) for key, told in keys(store) if fnmatchcase(key, pattern))
