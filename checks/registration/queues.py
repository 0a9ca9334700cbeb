"""What waits: whether somebody takes it, and how much there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from holdfast.checks.flux.timing import spell
from holdfast.checks.registration import routes, standing
from holdfast.checks.registration.standing import Patience
from holdfast.checks.registration.store import keys, look, subject, troubles, workload
from holdfast.model import (
    MAJOR,
    MINOR,
    Deviation,
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
def moving(store: Resource, world: World, release: str, patience: Patience) -> Said:
    """What waits in a queue somebody listens to is taken out of it, within the time one item may keep them busy."""
    yield from troubles(store, world)
    for key, waits in _waiting(store):
        said = routes.listeners(world, release)[1]
        told = standing.watched(store, key)
        if key not in said.consumed:
            continue  # nobody listens: told as that
        if told is None:
            yield Unobservable(UnknownCode.IN_FLIGHT, subject(store, key), "it was looked at only once")
        elif told["moved"]:
            yield Note("queue-moving", None, f"{subject(store, key)}: {waits} waited, and they are being taken")
        elif others := standing.at_work(store, said, key):
            at_work = f"the registrar is at work ({', '.join(others)})"
            yield Note("queue-waiting", None, f"{subject(store, key)}: {waits} wait; {at_work}")
        elif standing.stuck(store, said, key, patience):
            yield _stuck(store, said, key, waits)
        else:
            yield _unsure(store, key, standing.seen(told), patience.of(key))


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
def shallow(store: Resource, world: World, most: int, release: str, patience: Patience) -> Said:
    """No queue that somebody listens to holds more than the platform's limit."""
    yield from troubles(store, world)
    for key, waits in _waiting(store):
        if waits > most and not _told(store, world, key, release, patience):
            yield Deviation(
                None,
                expected=f"at most {most}",
                observed=f"{waits} wait",
                cause="more comes in than the registrar can take",
                subject=subject(store, key),
                summary=f"{waits} items wait in {key} (limit {most})",
                remedy=(look(store, f"llen {key}", "see whether it shrinks"), _pods(store)),
            )


def _told(store: Resource, world: World, key: str, release: str, patience: Patience) -> bool:
    """Whether it is told of the queue what holds it up: that it is stuck, or that nobody listens to it."""
    if standing.moves(store, key):
        return False
    said = routes.listeners(world, release)[1]
    return key not in said.consumed or standing.stuck(store, said, key, patience)


def _waiting(store: Resource) -> Iterator[tuple[str, int]]:
    for key, found in keys(store):
        if found["type"] == "list" and found["length"] and _WORKED.search(key) and not key.endswith("_set"):
            yield key, int(found["length"])


def _stuck(store: Resource, said: routes.Declared, key: str, waits: int) -> Deviation:
    told = standing.watched(store, key) or {}
    now, since = int(told["length"]), standing.stands(store, said, key, told)
    grown = f", {now - waits} more came" if now > waits else ""
    return Deviation(
        None,
        expected="the next item is taken, or there are fewer",
        observed=f"{now} wait; none was taken for {spell(since)} at least{grown}",
        cause="whoever listens to it does not run, hangs on one item, or has lost its connection",
        subject=subject(store, key),
        summary=f"{_items(now)} in {key}, and nobody takes {_them(now)}",
        outlook="they wait until the registrar works again; nothing of them is in the catalogue",
        remedy=(look(store, f"llen {key}"), _pods(store), _log(store, key)),
    )


def _unsure(store: Resource, key: str, span: timedelta, limit: timedelta) -> Unobservable:
    detail = f"none was taken in {spell(span)}; whoever takes them may be at one for {spell(limit)}, and may be gone"
    remedy = (
        f"look what it is at: {_log(store, key).command}; or watch for longer: [limits] queue_watch, and --deadline"
    )
    return Unobservable(UnknownCode.IN_FLIGHT, subject(store, key), detail, remedy)


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
        remedy=(look(store, f"lrange {key} 0 3", "see what it is and whose"), look(store, f"llen {key}")),
    )


def _pods(store: Resource) -> Remedy:
    namespace = workload(store).namespace
    return Remedy("see whether the registrar runs", f"kubectl -n {namespace} get pods | grep -E 'registrar|harvester'")


def _log(store: Resource, key: str) -> Remedy:
    """The log of who listens: of the Deployment platform.toml names, else of those that are called so."""
    namespace, part = workload(store).namespace, "harvester" if key == routes.HARVESTS else "registrar"
    logs = f"kubectl -n {namespace} logs"
    if name := store.get(part):
        return Remedy("read its last words", f"{logs} deployment/{name} --tail=50")
    called = f"kubectl -n {namespace} get deployments -o name | grep {part}"
    return Remedy("read its last words", f"{called} | xargs -n1 {logs} --tail=50")


def _items(count: int) -> str:
    return "1 item waits" if count == 1 else f"{count} items wait"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"
