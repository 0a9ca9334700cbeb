"""The HTTP servers and their switchable misbehaviour, against a real git and a real socket."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml

from testbed import instance as instances
from testbed import lifecycle, platforms, sites
from testbed.control_plane import environment
from testbed.git import Git
from testbed.instance import Instance, Record, free_ports
from testbed.lifecycle import SITES
from testbed.processes import Command, Processes, python
from testbed.repositories import Charts

PLATFORM = platforms.load("eoepca")


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Git, Charts]]:
    """Git and charts of the platform, served; no cluster."""
    for module in (instances, lifecycle):
        monkeypatch.setattr(module, "all_homes", lambda: tmp_path / "beds")
    instance = Instance("unit")
    instance.create()
    record = Record("unit", "eoepca", free_ports(list(SITES)), {})
    processes = Processes(instance)
    for site in ("git", "charts"):
        sites.root(instance, site).mkdir()
        argv = python(
            "testbed.web",
            site,
            f"--port={record.ports[site]}",
            f"--root={sites.root(instance, site)}",
            f"--mode={sites.mode_file(instance, site)}",
        )
        command = Command(site, argv, environment(instance, PYTHONPATH=str(Path(__file__).parents[2])))
        record.commands[site] = command.as_dict()
        processes.start(command)
    git = Git(instance, record, processes, PLATFORM)
    charts = Charts(instance, record, processes, PLATFORM)
    charts.publish()
    git.create("# Flux Version: v0\n", {site: sites.url(record.ports, site) for site in SITES})
    _answers(charts.url)
    _answers(git.url)
    yield git, charts
    lifecycle.clear(instance)


def _answers(url: str) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            _get(url)
        except requests.ConnectionError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


def _get(url: str, **more: object) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=2, **more)  # type: ignore[arg-type]


def _clone(git: Git, folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["git", "-c", "http.proxy=", "clone", "--quiet", "--branch", "develop", git.repository_url, str(folder)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={"GIT_TERMINAL_PROMPT": "0", "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )


def test_git_serves_the_platform(served: tuple[Git, Charts], tmp_path: Path) -> None:
    git, charts = served
    assert _clone(git, tmp_path / "clone").returncode == 0
    sync = (tmp_path / "clone" / PLATFORM.flux_folder / "gotk-sync.yaml").read_text()
    assert git.repository_url in sync
    assert "@" not in "".join(line for line in sync.splitlines() if "url" in line)
    repository = tmp_path / "clone/system/clusters/creodias/system/common/helmrepo-minio.yaml"
    assert f"{charts.url}/minio/" in repository.read_text()


def test_a_deleted_branch_comes_back(served: tuple[Git, Charts], tmp_path: Path) -> None:
    git, _ = served
    git.delete_branch("develop")
    assert git.head == ""
    assert "Remote branch develop not found" in _clone(git, tmp_path / "a").stderr
    git.push("develop")
    assert _clone(git, tmp_path / "b").returncode == 0


def test_restore_moves_forward_to_the_healthy_tree(served: tuple[Git, Charts]) -> None:
    git, _ = served
    healthy = git.head
    assert not git.restore(healthy), "nothing to restore is no new revision"
    path = "system/clusters/creodias/system/test/hr-cheese.yaml"
    git.replace(path, "version: 1.0.1", "version: 9.9.9")
    git.commit({"new.yaml": "a: 1\n", "system/clusters/creodias/system/test/hr-dummy-service.yaml": None}, "more")
    broken = git.head
    assert git.restore(healthy)
    assert git.head not in (healthy, broken)
    assert "version: 1.0.1" in git.read(path)
    assert git.files("new.yaml") == []
    assert not git.restore(healthy)


def test_modes(served: tuple[Git, Charts]) -> None:
    _, charts = served
    index = f"{charts.url}/minio/index.yaml"
    assert _get(index).status_code == 200
    charts.status(503, path="/minio/")
    assert _get(index).status_code == 503
    assert _get(f"{charts.url}/harbor/index.yaml").status_code == 200
    charts.require_auth("u", "p")
    assert _get(index).status_code == 401
    assert _get(index, auth=("u", "wrong")).status_code == 401
    assert _get(index, auth=("u", "p")).status_code == 200
    charts.require_auth()
    assert _get(index, auth=("u", "p")).status_code == 401
    charts.login_page()
    assert _get(index).headers["Content-Type"] == "text/html"
    charts.hang(30)
    with pytest.raises(requests.ReadTimeout):
        _get(index)
    charts.refuse()
    with pytest.raises(requests.ConnectionError):
        _get(index)
    charts.normal()
    _answers(index)
    assert _get(index).status_code == 200
    assert _get(f"{charts.url}/../git/eoepca.git/HEAD").status_code == 404


def test_charts_are_the_same_bytes_every_time(served: tuple[Git, Charts]) -> None:
    _, charts = served
    assert not charts.restore()
    charts.withdraw("harbor", "harbor")
    assert yaml.safe_load(_get(f"{charts.url}/harbor/index.yaml").text)["entries"] == {}
    assert charts.restore()
    assert not charts.restore()
