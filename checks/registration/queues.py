"""What waits: whether somebody takes it, how much there is, and whether the key is a queue at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from holdfast.checks.registration import routes
from holdfast.checks.registration.store import keys, look, subject, troubles, workload
from holdfast.model import (
    MAJOR,
    MINOR,
    Deviation,
    Json,
    Note,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

_WORKED = re.compile(r"queue|regist|harvest")
"""What a key is called that somebody ought to work off, where it is a list."""


@rule(
    "registration.queue.stuck",
    MAJOR,
    origin="seed 000 'Monitor queue depth'; reference eoepca.md §5: decreasing between two samples",
    remedy="Look at the registrar (or harvester) that listens to the queue: its pods, then the last lines of its log",
)
def moving(store: Resource, world: World, release: str) -> Said:
    """What waits in a queue somebody listens to is taken out of it while we look."""
    yield from troubles(store, world)
    for key, waits in _waiting(store):
        watched = store.get("watched", key)
        if key not in routes.listeners(world, release)[1].consumed:
            continue  # nobody listens: told as that
        if watched is None:
            yield Unobservable(UnknownCode.IN_FLIGHT, subject(store, key), "it was looked at only once")
        elif watched["moved"]:
            yield Note("queue-moving", None, f"{subject(store, key)}: {waits} waited, and they are being taken")
        else:
            yield _stuck(store, key, waits, watched)


@rule(
    "registration.queue.unconsumed",
    MAJOR,
    origin="reference eoepca.md §5: no key matching *queue* outside the registrar's routes has length > 0",
    remedy="Find who pushes to it; declare a route for the queue, or correct the name the producer uses",
)
def consumed(store: Resource, world: World, release: str) -> Said:
    """Nothing waits in a queue that nobody listens to."""
    if found := troubles(store, world):
        yield from found
        return
    declaring, said = routes.listeners(world, release)
    for key, waits in _waiting(store):
        if key in said.consumed:
            continue
        if key in routes.PUSHED_TO:
            yield routes.unheard(declaring, said, key)
            continue
        wrong = [each for each in routes.misrouted(declaring, said) if each.observed == f"queue: {key}"]
        yield from wrong or (_unconsumed(store, key, waits, said, declaring),)


@rule(
    "registration.queue.deep",
    MINOR,
    origin="seed 000 'Large queues indicate registrar capacity issues'",
    remedy="Give the registrar more replicas, or wait: the queue is worked off",
)
def shallow(store: Resource, world: World, most: int) -> Said:
    """No queue that is worked off holds more than the platform's limit."""
    yield from troubles(store, world)
    for key, waits in _waiting(store):
        if waits > most and (store.get("watched", key) or {}).get("moved"):  # else it is told what holds it up
            yield Deviation(
                None,
                expected=f"at most {most}",
                observed=f"{waits} wait",
                cause="more comes in than the registrar can take",
                subject=subject(store, key),
                summary=f"{waits} items wait in {key} (limit {most})",
                remedy=(look(store, f"llen {key}", "see whether it shrinks"), _pods(store)),
            )


@rule(
    "registration.key.type",
    MAJOR,
    origin="reference eoepca.md §5: queues are lists by LPUSH, states are sets; TYPE says which",
    remedy="Find who wrote it with another command; producers and consumers fail on it until it is gone",
)
def typed(store: Resource, world: World, lists: Sequence[str], sets: Sequence[str]) -> Said:
    """Every queue is a list and every state a set: else each push and each pop fails."""
    yield from troubles(store, world)
    for key, found in keys(store):
        wanted = _wanted(key, lists, sets)
        if wanted and found["type"] != wanted:
            yield Deviation(
                None,
                expected=f"a {wanted}",
                observed=f"a {found['type']}",
                cause="somebody wrote it by hand, or another program uses the same name",
                subject=subject(store, key),
                summary=f"{key} is a {found['type']}: producers and consumers of the {wanted} fail (WRONGTYPE)",
                remedy=(
                    look(store, f"type {key}"),
                    Remedy(
                        "once what it holds is known, take it away",
                        look(store, f"del {key}").command,
                        writes=True,
                        risk="what is in it is gone",
                    ),
                ),
            )


def _wanted(key: str, lists: Sequence[str], sets: Sequence[str]) -> str:
    if any(fnmatchcase(key, each) for each in lists):
        return "list"
    return "set" if any(fnmatchcase(key, each) for each in sets) else ""


def _waiting(store: Resource) -> Iterator[tuple[str, int]]:
    for key, found in keys(store):
        if found["type"] == "list" and found["length"] and _WORKED.search(key):
            yield key, int(found["length"])


def _stuck(store: Resource, key: str, waits: int, watched: Json) -> Deviation:
    now, seconds = int(watched["length"]), float(watched["seconds"])
    grown = f", {now - waits} more came" if now > waits else ""
    return Deviation(
        None,
        expected="the next item is taken, or there are fewer",
        observed=f"{now} wait; none was taken in {seconds:.0f} s{grown}",
        cause="whoever listens to it does not run, hangs on one item, or has lost its connection",
        subject=subject(store, key),
        summary=f"{_items(now)} in {key}, and nobody takes {_them(now)}",
        outlook="they wait until the registrar works again; nothing of them is in the catalogue",
        remedy=(look(store, f"llen {key}"), _pods(store), _log(store)),
    )


def _unconsumed(store: Resource, key: str, waits: int, said: routes.Declared, release: Resource) -> Deviation:
    return Deviation(
        None,
        expected=f"nothing, or a route that listens to it ({release.ref} has {', '.join(sorted(said.consumed))})",
        observed=f"{waits} wait, and no declared consumer listens",
        cause="a producer uses another name than the registrar, or the route was taken out",
        subject=subject(store, key),
        summary=f"{_items(waits)} in {key}, to which nobody listens",
        affects=(str(release.ref),),
        outlook="they stay there for ever",
        remedy=(look(store, f"llen {key}"), look(store, f"lrange {key} 0 3", "see what it is and whose")),
    )


def _pods(store: Resource) -> Remedy:
    namespace = workload(store).namespace
    return Remedy("see whether the registrar runs", f"kubectl -n {namespace} get pods | grep -E 'registrar|harvester'")


def _log(store: Resource) -> Remedy:
    namespace = workload(store).namespace
    name = workload(store).name.partition("-redis")[0]
    return Remedy("read its last words", f"kubectl -n {namespace} logs deployment/{name}-registrar --tail=50")


def _items(count: int) -> str:
    return "1 item waits" if count == 1 else f"{count} items wait"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"
