"""The registration of data, as sentences: its queues, who listens to them, what came of it.

Which Redis is meant is in platform.toml: ``[endpoints] redis`` (or ``--allow exec``), ``[names] redis_namespace``,
``redis_workload``, ``redis_container``, ``registration_release`` and ``registration_progress``. ``[limits]`` has for
how long a registrar may be at one product (``queue_patience``) and a harvester at one harvest (``harvest_patience``),
and for how long what does not move is watched (``queue_watch``).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pytest_bdd import parsers

from holdfast.checks.registration import keys, outcomes, routes, store
from holdfast.checks.registration import queues as waiting
from holdfast.checks.registration.standing import Patience
from holdfast.checks.web.reach import patience
from holdfast.columns import KEY_TYPE, known
from holdfast.fixtures.queues import IN_PROGRESS, Store
from holdfast.vocabulary import Rows, then

if TYPE_CHECKING:
    from holdfast.fixtures.cluster import Cluster
    from holdfast.fixtures.queues import Queues
    from holdfast.judge import Judge
    from holdfast.model import Query
    from holdfast.platform import Platform


def _store(queues: Queues, platform: Platform) -> Query:
    names = platform.names
    return queues.of(
        Store(
            namespace=names.get("redis_namespace", "rm"),
            workload=names.get("redis_workload", "StatefulSet/data-access-redis-master"),
            container=names.get("redis_container", "redis"),
            url=platform.endpoints.get("redis", ""),
            progress=names.get("registration_progress", IN_PROGRESS),
            patience=_limit(platform, "queue_patience", "30m").total_seconds(),
            watch=_limit(platform, "queue_watch", "1m").total_seconds(),
            registrar=names.get("registrar", ""),
            harvester=names.get("harvester", ""),
        )
    )


def _limit(platform: Platform, name: str, otherwise: str) -> timedelta:
    return timedelta(seconds=patience(str(platform.limits.get(name, otherwise))))


def _patience(platform: Platform) -> Patience:
    return Patience(_limit(platform, "queue_patience", "30m"), _limit(platform, "harvest_patience", "12h"))


def _release(platform: Platform) -> str:
    """``namespace/name`` of the HelmRelease whose values declare the routes."""
    return platform.names.get("registration_release", "rm/data-access")


def _declaring(cluster: Cluster, platform: Platform) -> Query:
    namespace, _, name = _release(platform).partition("/")
    return cluster.one("HelmRelease", namespace, name)


@then("the Redis of the registration answers")
def redis_answers(judge: Judge, queues: Queues, platform: Platform) -> None:
    judge(store.answers, _store(queues, platform))


@then("what waits to be registered is taken from its queue")
def queues_move(judge: Judge, queues: Queues, platform: Platform) -> None:
    judge(waiting.moving, _store(queues, platform), _release(platform), _patience(platform))


@then("nothing waits in a queue nobody listens to")
def queues_are_consumed(judge: Judge, queues: Queues, platform: Platform) -> None:
    judge(waiting.consumed, _store(queues, platform), _release(platform))


@then(parsers.re(r"no queue of the registration holds more than (?P<most>\d+) items"))
def queues_are_shallow(judge: Judge, queues: Queues, platform: Platform, most: str) -> None:
    judge(waiting.shallow, _store(queues, platform), int(most), _release(platform), _patience(platform))


@then("every key of the registration has its type", columns=known("key", "type", type=KEY_TYPE))
def keys_have_their_type(judge: Judge, queues: Queues, platform: Platform, rows: Rows) -> None:
    lists, sets = ([row["key"] for row in rows if row["type"] == kind] for kind in ("list", "set"))
    judge(keys.typed, _store(queues, platform), lists, sets, _release(platform))


@then(parsers.re(r"at most (?P<most>\d+) products have failed \((?P<sets>[\w*-]+)\)"))
def few_products_failed(judge: Judge, queues: Queues, platform: Platform, most: str, sets: str) -> None:
    judge(outcomes.few_failed, _store(queues, platform), sets, int(most), _release(platform))


@then("no product stays in progress")
def no_product_stays_in_progress(judge: Judge, queues: Queues, platform: Platform) -> None:
    progress, limit = platform.names.get("registration_progress", IN_PROGRESS), _patience(platform).product
    judge(outcomes.ending, _store(queues, platform), progress, _release(platform), limit)


@then("every harvester writes to a queue a registrar listens to")
def harvesters_are_routed(judge: Judge, cluster: Cluster, platform: Platform) -> None:
    judge(routes.harvested_into_a_route, _declaring(cluster, platform))


@then("these queues are listened to", columns=known("queue"))
def queues_are_listened_to(judge: Judge, cluster: Cluster, platform: Platform, rows: Rows) -> None:
    judge(routes.listened_to, _declaring(cluster, platform), [row["queue"] for row in rows])
