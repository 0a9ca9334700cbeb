"""Starting, stopping and pausing the servers.

Each in its own process group, each with a pid file that outlives the parent.

A pid alone proves nothing after a crash or a reboot, so a process is only ever signalled when its command line is
still the one we started.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from testbed.errors import TestbedError
from testbed.instance import Instance


@dataclass(frozen=True)
class Command:
    """How one server is started; kept in the record so that it can be started again the same way."""

    name: str
    argv: list[str]
    env: dict[str, str]

    def as_dict(self) -> dict[str, object]:
        return {"name": self.name, "argv": self.argv, "env": self.env}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Command:
        return cls(values["name"], list(values["argv"]), dict(values["env"]))


class Processes:
    """The processes of one instance, by the name of their server."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    def start(self, command: Command) -> None:
        """Starts it in the background, in its own session; does nothing when it runs already."""
        if self.running(command.name):
            return
        log = self._instance.logs / f"{command.name}.log"
        with log.open("ab") as output:
            child = subprocess.Popen(
                command.argv,
                env=command.env,
                cwd=self._instance.home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._file(command.name).write_bytes(orjson.dumps({"pid": child.pid, "argv": command.argv}))
        _children.append(child)

    def stop(self, name: str, *, kill: bool = False, seconds: float = 10.0) -> None:
        """Ends the server and its process group: SIGTERM, then SIGKILL after `seconds`.

        `kill` goes straight to SIGKILL.
        """
        pid = self._pid(name)
        if pid is not None:
            self._signal(pid, signal.SIGCONT)  # a paused process would not see SIGTERM
            if not kill:
                self._signal(pid, signal.SIGTERM)
                if not self._gone(name, seconds):
                    kill = True
            if kill:
                self._signal(pid, signal.SIGKILL)
                if not self._gone(name, 5):
                    raise TestbedError(f"{name} (pid {pid}) does not end even by SIGKILL; look at it with: ps -p {pid}")
        self._file(name).unlink(missing_ok=True)

    def stop_all(self, names: list[str]) -> None:
        """Ends all of them at once.

        Those that take their time, like the API server for its watches, after two seconds by force.
        """
        pids = {name: pid for name in names if (pid := self._pid(name)) is not None}
        for pid in pids.values():
            self._signal(pid, signal.SIGCONT)
            self._signal(pid, signal.SIGTERM)
        deadline = time.monotonic() + 2
        for name in names:
            self.stop(name, seconds=max(0.1, deadline - time.monotonic()))

    def pause(self, name: str) -> None:
        """SIGSTOP: the process is there, holds its ports and says nothing."""
        self._change_state(self._required(name), signal.SIGSTOP, stopped=True)

    def resume(self, name: str) -> None:
        self._change_state(self._required(name), signal.SIGCONT, stopped=False)

    def running(self, name: str) -> bool:
        return self._pid(name) is not None

    def pid(self, name: str) -> int | None:
        """The process's id while it runs, for a signal of the server's own such as SIGHUP."""
        return self._pid(name)

    def paused(self, name: str) -> bool:
        pid = self._pid(name)
        return pid is not None and _state(pid) == "T"

    def names(self) -> list[str]:
        """Every server a pid file exists for, running or not."""
        return sorted(file.stem for file in self._instance.pids.glob("*.json"))

    def _required(self, name: str) -> int:
        pid = self._pid(name)
        if pid is None:
            raise TestbedError(
                f"{name} is not running in testbed {self._instance.name}; known processes: {', '.join(self.names())}"
            )
        return pid

    def _pid(self, name: str) -> int | None:
        try:
            started = orjson.loads(self._file(name).read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return None
        pid = int(started["pid"])
        return pid if _state(pid) not in (None, "Z") and _is(pid, started["argv"]) else None

    def _gone(self, name: str, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            _reap()
            if self._pid(name) is None:
                return True
            time.sleep(0.02)
        return False

    def _change_state(self, pid: int, number: signal.Signals, *, stopped: bool) -> None:
        """Signals and waits a moment until the system has done it."""
        self._signal(pid, number)
        deadline = time.monotonic() + 5
        while (_state(pid) == "T") is not stopped and time.monotonic() < deadline:
            time.sleep(0.005)

    def _signal(self, pid: int, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, number)  # the session leader's pid is its group

    def _file(self, name: str) -> Path:
        return self._instance.pids / f"{name}.json"


_children: list[subprocess.Popen[bytes]] = []


def _reap() -> None:
    """A child of ours that ended stays a zombie until asked; children of an earlier command are init's."""
    _children[:] = [child for child in _children if child.poll() is None]


def _is(pid: int, started: list[str]) -> bool:
    """The process still has the command line it was started with, maybe behind a title (`nginx: master process …`)."""
    found = _argv(pid)
    return found == started or (
        found is not None and " ".join(found).rstrip().endswith(f": master process {' '.join(started)}")
    )


def _argv(pid: int) -> list[str] | None:
    """The command line a process was started with, from /proc where there is one, else from ps."""
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return proc.read_bytes().decode(errors="replace").rstrip("\0").split("\0")
        except (FileNotFoundError, ProcessLookupError):
            return None
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip().split(" ") if shown.returncode == 0 else None


def _state(pid: int) -> str | None:
    """The one-letter state of a process (T stopped, Z zombie), None when there is none."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            return stat.read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return None
    shown = subprocess.run(["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip()[:1] or None


def python(*arguments: str) -> list[str]:
    """The command line of one of our own servers."""
    return [sys.executable, "-m", *arguments]
