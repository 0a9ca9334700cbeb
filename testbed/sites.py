"""The switch beside each HTTP server: how it is to behave from now on (see web.py for what the modes mean)."""

from __future__ import annotations

from pathlib import Path

import orjson

from testbed.instance import Instance, Record
from testbed.processes import Command, Processes


class Site:
    """One HTTP server of a testbed and its misbehaviour. A mode holds until `normal()`, or `bed.reset()`."""

    def __init__(self, instance: Instance, record: Record, processes: Processes, name: str) -> None:
        self._name = name
        self._processes = processes
        self._record = record
        self._mode_file = mode_file(instance, name)
        self.root: Path = root(instance, name)
        self.url = url(record.ports, name)

    def normal(self) -> None:
        """Answers again as it should; starts the server when `refuse()` had stopped it."""
        self._set({"mode": "normal"})
        command = self._record.commands[self._name]
        self._processes.start(Command.from_dict(command))

    def require_auth(self, user: str = "", password: str = "", *, path: str = "/") -> None:
        """Demands basic authentication: 401 unless exactly these credentials come; without a user nobody gets in."""
        self._set({"mode": "auth", "user": user, "password": password, "path": path})

    def status(self, code: int, *, path: str = "/") -> None:
        """Answers every request (below `path`) with this HTTP status."""
        self._set({"mode": "status", "status": code, "path": path})

    def hang(self, seconds: float = 3600, *, path: str = "/") -> None:
        """Accepts connections and says nothing for so many seconds."""
        self._set({"mode": "hang", "seconds": seconds, "path": path})

    def login_page(self, *, path: str = "/") -> None:
        """Answers 200 with the HTML of a login page."""
        self._set({"mode": "login", "path": path})

    def refuse(self) -> None:
        """Closes the port: connection refused."""
        self._processes.stop(self._name, kill=True)

    def _set(self, mode: dict[str, object]) -> None:
        partial = self._mode_file.with_suffix(".partial")
        partial.write_bytes(orjson.dumps(mode))
        partial.rename(self._mode_file)


def mode_file(instance: Instance, name: str) -> Path:
    return instance.home / f"{name}.mode.json"


def root(instance: Instance, name: str) -> Path:
    return instance.home / name


def url(ports: dict[str, int], name: str) -> str:
    return f"http://127.0.0.1:{ports[name]}"
