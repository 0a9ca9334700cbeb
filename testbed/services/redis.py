"""Redis as the registrar and the harvester use it: a real server on loopback, without persistence.

Its healthy content is `HEALTHY`; whoever needs other queues adds them there.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from testbed.errors import TestbedError
from testbed.processes import Command
from testbed.services import Context, Handle, Service
from testbed.services.programs import program

Content = Mapping[str, tuple[str, Sequence[str]]]
HEALTHY: Content = {
    "register-success_set": (
        "set",
        [
            "S2B_MSIL1C_20210402T095029_N0300_R079_T33SUA_20210402T121737.SAFE",
            "S2A_MSIL2A_20210405T094031_N0300_R036_T33SUB_20210405T115512.SAFE",
        ],
    ),
}
"""Key -> (type, members): what a registrar that has caught up leaves behind. An empty queue is no key at all."""
_READ = {"list": ("LRANGE", "0", "-1"), "set": ("SMEMBERS",), "string": ("GET",)}
_WRITE = {"list": "RPUSH", "set": "SADD", "string": "SET"}


class Redis(Service):
    name = "redis"
    ports = ("redis",)

    def prepare(self, ctx: Context) -> None:
        folder = ctx.folder(self.name)
        (folder / "redis.conf").write_text(
            "bind 127.0.0.1\n"
            f"port {ctx.port('redis')}\n"
            f'dir "{folder}"\n'
            'save ""\n'
            "appendonly no\n"
            "daemonize no\n"
            "set-proc-title no\n"  # the testbed knows its processes by their command lines
        )
        cli = ctx.folder("bin") / "redis-cli"
        real = program("redis-cli", "redis-tools")
        cli.write_text(f'#!/bin/sh\nexec {real} -h 127.0.0.1 -p "$HOLDFAST_REDIS_PORT" "$@"\n')
        cli.chmod(0o755)

    def execs(self, ctx: Context) -> dict[tuple[str, str], dict[str, str]]:
        return {("rm", "redis"): {"HOLDFAST_REDIS_PORT": str(ctx.port("redis"))}}

    def command(self, ctx: Context) -> Command:
        return Command(self.name, [program("redis-server"), str(_conf(ctx))], ctx.environment())

    def ready(self, ctx: Context) -> bool:
        return _cli(ctx, "PING", check=False).strip() == "PONG"

    def restore(self, ctx: Context) -> list[str]:
        if _content(ctx) == _plain(HEALTHY):
            return []
        _cli(ctx, "FLUSHALL")
        for key, (kind, members) in HEALTHY.items():
            _cli(ctx, _WRITE[kind], key, *members)
        return ["restored the content of redis"]

    def endpoints(self, ctx: Context) -> dict[str, str]:
        return {"redis": f"redis://127.0.0.1:{ctx.port('redis')}"}

    def handle(self, ctx: Context) -> RedisHandle:
        return RedisHandle(self, ctx)


class RedisHandle(Handle):
    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def run(self, *arguments: str) -> str:
        """One command as `redis-cli` would send it; its answer, without the newline."""
        return _cli(self.ctx, *arguments).rstrip("\n")


def _content(ctx: Context) -> dict[str, tuple[str, list[str]]]:
    found = {}
    for key in _lines(_cli(ctx, "KEYS", "*")):
        kind = _cli(ctx, "TYPE", key).strip()
        read = _READ.get(kind)
        members = _lines(_cli(ctx, read[0], key, *read[1:])) if read else []
        found[key] = (kind, members if kind == "list" else sorted(members))
    return found


def _plain(content: Content) -> dict[str, tuple[str, list[str]]]:
    return {
        key: (kind, list(members) if kind == "list" else sorted(members)) for key, (kind, members) in content.items()
    }


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def _cli(ctx: Context, *arguments: str, check: bool = True) -> str:
    port = str(ctx.port("redis"))
    command = [program("redis-cli", "redis-tools"), "-e", "-h", "127.0.0.1", "-p", port, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=5)
    except subprocess.TimeoutExpired:
        if check:
            raise TestbedError(f"redis does not answer {arguments[0]} within 5 s") from None
        return ""
    if check and done.returncode != 0:
        raise TestbedError(f"redis-cli {' '.join(arguments)} failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def _conf(ctx: Context) -> Path:
    return ctx.folder("redis") / "redis.conf"


SERVICE = Redis()
