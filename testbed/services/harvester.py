"""A stand-in for the harvester of vs 4.1.3: every two seconds it finds the same two products and hands them in."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path

import redis

from testbed.processes import Command, python
from testbed.services import Context, Service
from testbed.services.redis import HEALTHY

FOUND = tuple(HEALTHY["register-success_set"][1])
EVERY = 2.0


class Harvester(Service):
    name = "harvester"

    def command(self, ctx: Context) -> Command:
        argv = python("testbed.services.harvester", str(ctx.port("redis")))
        return Command(self.name, argv, ctx.environment(PYTHONPATH=str(Path(__file__).parents[2])))


def work(port: int) -> None:
    """Hands in for ever; Redis may go and come."""
    client = redis.Redis(port=port, decode_responses=True, socket_timeout=10)
    while True:
        with contextlib.suppress(redis.RedisError, OSError):
            client.lpush("register_queue", *(json.dumps({"type": "Feature", "id": each}) for each in FOUND))
        time.sleep(EVERY)


SERVICE = Harvester()

if __name__ == "__main__":
    work(int(sys.argv[1]))
