"""What a credential may not see is unknown, with its cure; accepted, it no longer fails; and nothing ever hangs."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from testbed.bed import Bed
from tests.live.auditing import audit

pytestmark = pytest.mark.live

NO_SECRETS = """
[[accept]]
code = "forbidden"
subject = "* secrets*"
reason = "Secrets are nobody's business"
expires = 2099-01-01
"""


@pytest.fixture(scope="module")
def healthy(bed: Bed) -> Bed:
    bed.reset()
    return bed


def test_without_secrets_the_rest_is_judged_and_the_blind_spot_can_be_accepted(healthy: Bed, tmp_path: Path) -> None:
    ran = audit(healthy, tmp_path / "blind", "-m", "flux", context="no-secrets")
    assert (ran.status, ran.findings) == (10, [])
    assert {code for code, _ in ran.unknowns} == {"forbidden"}
    assert all("secrets" in subject for _, subject in ran.unknowns)
    verdicts = ran.document["summary"]["scenarios"]
    assert verdicts["unknown"] <= 2 < verdicts["conforms"]
    for scenario in ran.document["scenarios"]:
        assert all(each["remedy"] for each in scenario["unknown"])

    file = tmp_path / "platform.toml"
    file.write_text(NO_SECRETS)
    accepted = audit(healthy, tmp_path / "accepted", "-m", "flux", "--platform-file", str(file), context="no-secrets")
    assert (accepted.status, accepted.document["summary"]["coverage"]) == (0, 100), accepted.stdout
    assert any(each["accepted"] for scenario in accepted.document["scenarios"] for each in scenario["unknown"])


def test_one_right_less_than_accepted_is_unknown_again(healthy: Bed, tmp_path: Path) -> None:
    file = tmp_path / "platform.toml"
    file.write_text(NO_SECRETS)
    every = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]}
    core = ["namespaces", "pods", "configmaps", "serviceaccounts"]
    groups = ["apps", "apiextensions.k8s.io", "rbac.authorization.k8s.io"]
    groups += [f"{each}.toolkit.fluxcd.io" for each in ("source", "kustomize", "helm", "notification")]
    less = healthy.credential(
        "no-leases",
        [{**every, "apiGroups": [""], "resources": core}, {**every, "apiGroups": groups}],
    )
    ran = audit(healthy, tmp_path / "less", "-m", "flux", "--platform-file", str(file), "--kubeconfig", str(less))
    assert ran.status == 10, ran.stdout
    assert ran.unknowns == {("forbidden", "list leases.coordination.k8s.io in flux-system")}


def test_nobody_sees_nothing_and_that_is_no_pass(healthy: Bed, tmp_path: Path) -> None:
    ran = audit(healthy, tmp_path / "report", "-m", "flux or drift", context="nobody")
    assert (ran.status, ran.findings, ran.document["summary"]["coverage"]) == (10, [], 0)


class Wire:
    """A TCP relay to the API server that is cut, or falls silent, once so many bytes of answers have passed."""

    def __init__(self, target: tuple[str, int], passes: int, *, silent: bool) -> None:
        self._target, self._left, self._silent = target, passes, silent
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self.cut = False
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                self._open += [client, server]
                threading.Thread(target=self._relay, args=(client, server), daemon=True).start()
                threading.Thread(target=self._answer, args=(server, client), daemon=True).start()

    def _relay(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                self._left -= len(data)
                if self._left < 0:
                    self.cut = True
                    if not self._silent:
                        self.close()
                    return
                client.sendall(data)

    def close(self) -> None:
        """The API server is gone: what is open is cut, what comes is refused."""
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextmanager
def relayed(bed: Bed, folder: Path, passes: int, *, silent: bool = False) -> Iterator[tuple[Path, Wire]]:
    """A kubeconfig whose API server is behind a relay."""
    config: dict[str, Any] = yaml.safe_load(bed.kubeconfig.read_text())
    config["current-context"] = "auditor"
    host, _, port = config["clusters"][0]["cluster"]["server"].removeprefix("https://").partition(":")
    wire = Wire((host, int(port)), passes, silent=silent)
    for each in config["clusters"]:
        each["cluster"]["server"] = f"https://127.0.0.1:{wire.port}"
    file = folder / "relayed"
    file.write_text(yaml.safe_dump(config))
    try:
        yield file, wire
    finally:
        wire.close()


MIDWAY = 60_000
"""Bytes: discovery and the first few LISTs pass, and most of the LISTs do not."""


@pytest.mark.parametrize("silent", [False, True], ids=["cut", "hanging"])
def test_an_api_server_that_stops_midway_is_unknown_and_never_a_pass(
    healthy: Bed, tmp_path: Path, silent: bool
) -> None:
    with relayed(healthy, tmp_path, MIDWAY, silent=silent) as (kubeconfig, wire):
        began = time.monotonic()
        ran = audit(healthy, tmp_path / "report", "-m", "flux", "--kubeconfig", str(kubeconfig), "--deadline", "15s")
    assert wire.cut
    assert time.monotonic() - began < 90
    assert (ran.status, ran.findings) == (10, []), ran.stdout
    assert {code for code, _ in ran.unknowns} <= {"unreachable", "timeout", "deadline"}


@pytest.mark.parametrize("silent", [False, True], ids=["refusing", "hanging"])
def test_an_api_server_that_never_answers_is_unknown(healthy: Bed, tmp_path: Path, silent: bool) -> None:
    with relayed(healthy, tmp_path, 0, silent=silent) as (kubeconfig, _):
        began = time.monotonic()
        ran = audit(healthy, tmp_path / "report", "-m", "flux", "--kubeconfig", str(kubeconfig), "--deadline", "8s")
    assert time.monotonic() - began < 60
    assert (ran.status, ran.findings, ran.document["summary"]["coverage"]) == (10, [], 0), ran.stdout
