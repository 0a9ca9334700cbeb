"""Items wait, pile up, or go where nobody takes them; the key is no queue; Redis is gone."""

import json
import re

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.services.redis import RedisHandle

PASSWORD = "of-the-testbed-and-nothing-else"
ONLY = ("-m", "registration")
STORE = "redis rm/data-access-redis-master"
REDIS = "StatefulSet/rm/data-access-redis-master"


def redis(bed: Bed) -> RedisHandle:
    found = bed.service("redis")
    assert isinstance(found, RedisHandle)
    return found


def products(count: int) -> list[str]:
    return [json.dumps({"type": "Feature", "id": f"S2A_TEST_{number:04}.SAFE"}) for number in range(count)]


def registrar_ends(bed: Bed) -> None:
    bed.stop("registrar")
    redis(bed).run("LPUSH", "register_queue", *products(3))


def registrar_hangs(bed: Bed) -> None:
    bed.pause("registrar")
    redis(bed).run("LPUSH", "register_ades_queue", *products(2))


def nobody_harvests(bed: Bed) -> None:
    redis(bed).run("LPUSH", "harvester_queue", json.dumps({"name": "harvest-bucket-catalog"}))


def more_than_it_can_take(bed: Bed) -> None:
    bed.service("registrar").slow(0.3)
    redis(bed).run("LPUSH", "register_queue", *products(400))


def one_queue_before_another(bed: Bed) -> None:
    """The registrar looks into the queue of items first, and there is always one."""
    more_than_it_can_take(bed)
    redis(bed).run("LPUSH", "register_ades_queue", *products(1))


def one_product_takes_long(bed: Bed) -> None:
    bed.service("registrar").slow(600)
    redis(bed).run("LPUSH", "register_queue", *products(3))


def as_on_a_real_platform(bed: Bed) -> list[str]:
    """A registrar may be at one product for half an hour; what stands is watched for three seconds."""
    said = re.sub(r'(?m)^"(queue|harvest)_patience" = .*$', r'\1_patience = "30m"', bed.platform_file.read_text())
    file = bed.service("redis").folder / "patient.toml"
    file.write_text(said.replace("[limits]\n", '[limits]\nqueue_watch = "3s"\n'))
    return [*ONLY, "--platform-file", str(file)]


def lets_nobody_in(bed: Bed) -> None:
    redis(bed).run("CONFIG", "SET", "requirepass", PASSWORD)


def lets_everybody_in(bed: Bed) -> None:
    redis(bed).run("-a", PASSWORD, "CONFIG", "SET", "requirepass", "")


FAULTS = [
    Fault(
        "registration-registrar-ended",
        platform="eoepca",
        breaks="the registrar has ended; what is handed in waits",
        apply=registrar_ends,
        expect=[("registration.queue.stuck", f"register_queue in {STORE}")],
        args=ONLY,
    ),
    Fault(
        "registration-registrar-hangs",
        platform="eoepca",
        breaks="the registrar hangs: two of its queues stand still, and its pod is Ready",
        apply=registrar_hangs,
        expect=[
            ("registration.queue.stuck", f"register_ades_queue in {STORE}"),
            ("registration.queue.stuck", f"register_queue in {STORE}"),
        ],
        args=ONLY,
    ),
    Fault(
        "registration-harvest-requested-in-vain",
        platform="eoepca",
        breaks="a harvest is requested and no harvester takes the request",
        apply=nobody_harvests,
        expect=[("registration.queue.stuck", f"harvester_queue in {STORE}")],
        args=ONLY,
    ),
    Fault(
        "registration-queue-deep",
        platform="eoepca",
        breaks="more comes in than the registrar can take",
        apply=more_than_it_can_take,
        expect=[("registration.queue.deep", f"register_queue in {STORE}")],
        args=ONLY,
    ),
    Fault(
        "registration-queue-waits-its-turn",
        platform="eoepca",
        breaks="the same, and an item of another queue has to wait: its queue is not stuck",
        apply=one_queue_before_another,
        expect=[("registration.queue.deep", f"register_queue in {STORE}")],
        args=ONLY,
    ),
    Fault(
        "registration-registrar-busy",
        platform="eoepca",
        breaks="one product keeps the registrar busy for minutes, as it may: whether it hangs is unknown, no finding",
        apply=one_product_takes_long,
        unknowns=[("in-flight", f"register_queue in {STORE}"), ("in-flight", f"registering_set in {STORE}")],
        args=as_on_a_real_platform,
    ),
    Fault(
        "registration-queue-unconsumed",
        platform="eoepca",
        breaks="a script from before STAC pushes paths to a queue no route listens to",
        apply=lambda bed: redis(bed).run("LPUSH", "register_path_queue", "EODATA/Sentinel-2/MSI/L1C/2020/09/30/"),
        expect=[("registration.queue.unconsumed", f"register_path_queue in {STORE}")],
        args=ONLY,
    ),
    Fault(
        "registration-deregistration-unheard",
        platform="eoepca",
        breaks="products are deregistered by a queue the registrar has no route for",
        apply=lambda bed: redis(bed).run("LPUSH", "deregister_ades_queue", "https://ades.example/"),
        expect=[("registration.queue.unconsumed", f"deregister_ades_queue in {STORE}")],
        args=ONLY,
    ),
    Fault(
        "registration-queue-is-a-text",
        platform="eoepca",
        breaks="somebody SETs a queue instead of pushing to it; every push and pop fails since",
        apply=lambda bed: redis(bed).run("SET", "register_json_queue", "EODATA/a.SAFE"),
        expect=[("registration.key.type", f"register_json_queue in {STORE}")],
        args=ONLY,
    ),
    Fault(
        "registration-redis-down",
        platform="eoepca",
        breaks="Redis is gone",
        apply=lambda bed: bed.stop("redis"),
        expect=[("registration.redis.unreachable", REDIS)],
        args=ONLY,
    ),
    Fault(
        "registration-redis-silent",
        platform="eoepca",
        breaks="Redis takes connections and does not answer",
        apply=lambda bed: bed.pause("redis"),
        expect=[("registration.redis.unreachable", REDIS)],
        args=ONLY,
    ),
    Fault(
        "registration-redis-wants-a-password",
        platform="eoepca",
        breaks="Redis got a password nobody has told holdfast: what is in it is unknown, not fine",
        apply=lets_nobody_in,
        revert=lets_everybody_in,
        unknowns=[("unauthorized", STORE)],
        args=ONLY,
    ),
]
