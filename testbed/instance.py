"""One testbed on this machine: its name, its folder under the system's temp directory, and what is written there."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson

from testbed.errors import TestbedError


def default_name() -> str:
    """A name that belongs to this checkout, so that two checkouts do not meet."""
    return "bed-" + hashlib.sha256(str(Path.cwd().resolve()).encode()).hexdigest()[:8]


def all_homes() -> Path:
    """The folder every testbed of this user lives in."""
    return Path(tempfile.gettempdir()) / f"holdfast-testbed-{os.getuid()}"


@dataclass(frozen=True)
class Instance:
    """The paths of one testbed; nothing here touches the disk until asked."""

    name: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,40}", self.name):
            raise TestbedError(
                f"--name {self.name!r} is no testbed name: letters, digits, dot, dash and underscore, at most 41"
            )

    @property
    def home(self) -> Path:
        return all_homes() / self.name

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def pids(self) -> Path:
        return self.home / "pids"

    @property
    def pki(self) -> Path:
        return self.home / "pki"

    @property
    def audit_log(self) -> Path:
        return self.logs / "audit.jsonl"

    @property
    def kubeconfig(self) -> Path:
        return self.home / "kubeconfig"

    @property
    def record_file(self) -> Path:
        return self.home / "testbed.json"

    def create(self) -> None:
        for folder in (all_homes(), self.home, self.logs, self.pids, self.pki):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


@dataclass
class Record:
    """What `up` decided and later commands have to know; kept as testbed.json in the instance's folder."""

    name: str
    platform: str
    ports: dict[str, int]
    homes: dict[str, str]
    commands: dict[str, dict[str, object]] = field(default_factory=dict)
    healthy_commit: str = ""
    ready: bool = False

    def save(self, instance: Instance) -> None:
        partial = instance.record_file.with_suffix(".partial")
        partial.write_bytes(orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2))
        partial.rename(instance.record_file)

    @classmethod
    def load(cls, instance: Instance) -> Record:
        try:
            return cls(**orjson.loads(instance.record_file.read_bytes()))
        except FileNotFoundError:
            cure = f"python -m testbed up --name {instance.name}"
            raise TestbedError(f"no testbed called {instance.name!r} is up; start one with: {cure}") from None
        except (orjson.JSONDecodeError, TypeError):
            cure = f"python -m testbed down --name {instance.name}"
            raise TestbedError(f"{instance.record_file} is not readable; end what is left with: {cure}") from None


def free_ports(names: list[str]) -> dict[str, int]:
    """One free loopback port per name; all are held until all are found, so no two are the same."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in names]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return {name: each.getsockname()[1] for name, each in zip(names, sockets, strict=True)}
    finally:
        for each in sockets:
            each.close()
