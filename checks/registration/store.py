"""The Redis that holds the queues: whether it answers, and how a report names what is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from holdfast.model import (
    CRITICAL,
    Deviation,
    InFlight,
    Json,
    Ref,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

UNREACHABLE = "registration.redis.unreachable"


@rule(
    UNREACHABLE,
    CRITICAL,
    origin="seed 000 'Data Registration Operations'; reference eoepca.md §5: data-access-redis-master-0 in rm",
    remedy="Look at the Redis pod and its volume: what waits in its queues is lost when it had no persistence",
)
def answers(store: Resource, world: World) -> Said:
    """The Redis of the registration answers, as Redis does."""
    world.now  # noqa: B018  # the control probe: while the API server answers, what does not answer is down
    stage, problem = store.get("stage"), str(store.get("problem", default=""))
    if stage == "done":
        if not isinstance(store.get("keys"), Mapping):
            raise Unobservable(UnknownCode.UNREADABLE, store.name, "it answered, and what its keys are is not known")
        return
    if stage == "loading":
        yield InFlight(store.name, problem, limited=False)
        return
    ref = workload(store)
    yield Deviation(
        ref,
        expected="it answers commands that read",
        observed=problem,
        cause=_CAUSES.get(str(stage), ""),
        summary=f"the Redis of the registration ({store.name}) does not answer: {problem}",
        outlook="nothing is registered, and the Registration API cannot queue what it accepts",
        remedy=(
            Remedy("see its pod", f"kubectl get {ref.where} && kubectl -n {ref.namespace} get pods"),
            Remedy("read its log", f"kubectl -n {ref.namespace} logs {ref.kind.lower()}/{ref.name} --tail=50"),
        ),
    )


def troubles(store: Resource, world: World) -> list[Deviation | InFlight]:
    """Why nothing in the store can be judged: first in every check of what it holds; [] when it answered."""
    found: list[Deviation | InFlight] = []
    for each in answers(store, world):
        if isinstance(each, Deviation):
            found.append(_as(each, UNREACHABLE))
        elif isinstance(each, InFlight):
            found.append(each)
    return found


def workload(store: Resource) -> Ref:
    """The object that runs it."""
    kind, _, name = str(store.get("workload", default="StatefulSet/redis")).partition("/")
    return Ref("apps/v1", kind, str(store.get("namespace", default="")), name)


def keys(store: Resource) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """Every key that was found, with its type and length."""
    yield from store.get("keys", default={}).items()


def subject(store: Resource, key: str) -> str:
    """How a report names a queue or a set."""
    return f"{key} in redis {store.name}"


def look(store: Resource, command: str, text: str = "see for yourself") -> Remedy:
    """The command that shows something in the store."""
    ref = workload(store)
    return Remedy(text, f"kubectl -n {ref.namespace} exec {ref.kind.lower()}/{ref.name} -- redis-cli {command}")


def _as(deviation: Deviation, rule_id: str) -> Deviation:
    return replace(deviation, rule=deviation.rule or rule_id)


_CAUSES = {
    "tcp": "its pod does not run, or its Service leads nowhere",
    "silent": "it is blocked: a slow command, a full disk under its append-only file, or a node without CPU",
    "protocol": "something else answers in its place",
}
