"""A stand-in for the registrar of vs 4.1.3, whose images no registry here carries: it pops, and notes what came of it.

It listens to the queues a registrar's routes name, puts what it works on into `registering_set`, and what it ended into
`register-success_set` or, where the item says `"broken"`, into `register-failure_set`. It registers nothing anywhere.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import redis

from testbed.processes import Command, python
from testbed.services import Context, Handle, Service

ROUTES = (
    "register_queue",
    "register_collection_queue",
    "register_ades_queue",
    "register_application_queue",
    "register_catalogue_queue",
    "register_json_queue",
    "register_xml_queue",
    "deregister_queue",
)
PROGRESS, SUCCESS, FAILURE = "registering_set", "register-success_set", "register-failure_set"


class Registrar(Service):
    name = "registrar"

    def command(self, ctx: Context) -> Command:
        argv = python("testbed.services.registrar", str(ctx.port("redis")), str(_pace(ctx)))
        return Command(self.name, argv, ctx.environment(PYTHONPATH=str(Path(__file__).parents[2])))

    def restore(self, ctx: Context) -> list[str]:
        if not _pace(ctx).exists():
            return []
        _pace(ctx).unlink()
        return ["the registrar works at its pace again"]

    def limits(self, ctx: Context) -> dict[str, str]:
        return {"queue_patience": "1.5s", "harvest_patience": "1.5s", "queue_depth": "200"}

    def handle(self, ctx: Context) -> RegistrarHandle:
        return RegistrarHandle(self, ctx)


class RegistrarHandle(Handle):
    def slow(self, seconds: float) -> None:
        """Each item takes it so long from now on, until `restore`."""
        _pace(self.ctx).write_text(str(seconds))


def _pace(ctx: Context) -> Path:
    return ctx.folder("registrar") / "pace"


def work(port: int, pace: Path) -> None:
    """Pops for ever; Redis may go and come."""
    client = redis.Redis(port=port, decode_responses=True, socket_timeout=10)
    while True:
        try:
            popped = client.brpop(ROUTES, timeout=1)
            if popped:
                _register(client, str(popped[1]), pace)
        except (redis.RedisError, OSError):
            time.sleep(0.2)


def _register(client: redis.Redis, item: str, pace: Path) -> None:
    identifier, broken = _read(item)
    client.sadd(PROGRESS, identifier)
    take(pace)
    client.sadd(FAILURE if broken else SUCCESS, identifier)
    client.srem(PROGRESS, identifier)


def take(pace: Path) -> None:
    """As long as `pace` says, and no longer than it says so: `restore` must not wait for a slow product."""
    begun = time.monotonic()
    while time.monotonic() - begun < _seconds(pace):
        time.sleep(0.05)


def _seconds(pace: Path) -> float:
    try:
        return float(pace.read_text())
    except (OSError, ValueError):  # not there, or being written
        return 0.0


def _read(item: str) -> tuple[str, bool]:
    """The identifier of a STAC item, or of a raw path as the scripts of 2020 push them."""
    try:
        found = json.loads(item)
        return str(found["id"]), "broken" in found
    except (ValueError, TypeError, KeyError):
        return item.rstrip("/").rpartition("/")[2], False


SERVICE = Registrar()

if __name__ == "__main__":
    work(int(sys.argv[1]), Path(sys.argv[2]))
