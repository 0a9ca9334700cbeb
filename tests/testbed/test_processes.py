"""Starting and ending servers, by pid files that may lie."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from testbed import instance as instances
from testbed import lifecycle
from testbed.instance import Instance
from testbed.processes import Command, Processes

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
# Ignores SIGTERM and has a child: both have to go.
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True); time.sleep(600)",
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    for module in (instances, lifecycle):
        monkeypatch.setattr(module, "all_homes", lambda: tmp_path / "beds")
    found = Instance("unit")
    found.create()
    yield found
    processes = Processes(found)
    for name in processes.names():
        processes.stop(name, kill=True)


def _command(name: str, argv: list[str]) -> Command:
    return Command(name, argv, dict(os.environ))


def test_a_server_outlives_the_object_that_started_it(home: Instance) -> None:
    Processes(home).start(_command("one", SLEEPER))
    later = Processes(home)
    assert later.running("one")
    later.stop("one")
    assert not later.running("one")
    assert later.names() == []


def test_starting_twice_starts_once(home: Instance) -> None:
    processes = Processes(home)
    processes.start(_command("one", SLEEPER))
    before = (home.pids / "one.json").read_bytes()
    processes.start(_command("one", SLEEPER))
    assert (home.pids / "one.json").read_bytes() == before


def test_pause_and_resume(home: Instance) -> None:
    processes = Processes(home)
    processes.start(_command("one", SLEEPER))
    processes.pause("one")
    assert processes.paused("one")
    processes.resume("one")
    assert not processes.paused("one")
    processes.pause("one")
    processes.stop("one", seconds=5)  # also from there
    assert not processes.running("one")


def test_a_stubborn_server_goes_with_its_children(home: Instance) -> None:
    processes = Processes(home)
    processes.start(_command("one", STUBBORN))
    log = home.logs / "one.log"
    while not log.read_text().strip():
        time.sleep(0.02)
    child = int(log.read_text())
    processes.stop("one", seconds=0.3)
    assert not processes.running("one")
    deadline = time.monotonic() + 5
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(child)


def test_a_pid_that_became_someone_elses_is_left_alone(home: Instance) -> None:
    other = subprocess.Popen(SLEEPER, start_new_session=True)
    try:
        (home.pids / "one.json").write_bytes(orjson.dumps({"pid": other.pid, "argv": ["/bin/etcd", "--data-dir=x"]}))
        processes = Processes(home)
        assert not processes.running("one")
        processes.stop("one", kill=True)
        assert other.poll() is None
    finally:
        os.killpg(other.pid, signal.SIGKILL)
        other.wait()


def test_down_after_a_crash_of_the_parent(home: Instance) -> None:
    """The parent is gone, its record was never finished: the pid files are enough."""
    code = (
        "import os, sys; from testbed.instance import Instance; from testbed.processes import Command, Processes; "
        "from testbed import instance; from pathlib import Path; instance.all_homes = lambda: Path(sys.argv[1]); "
        "argv = [sys.executable, '-c', 'import time; time.sleep(600)']; "
        "Processes(Instance('unit')).start(Command('one', argv, dict(os.environ))); "
        "os._exit(9)"
    )
    root = Path(__file__).parents[2]
    crashed = subprocess.run([sys.executable, "-c", code, str(home.home.parent)], cwd=root, check=False)
    assert crashed.returncode == 9
    assert Processes(home).running("one")
    assert lifecycle.down("unit")
    assert not home.home.exists()
    assert not lifecycle.down("unit")


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
