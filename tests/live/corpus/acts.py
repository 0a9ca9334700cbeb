"""What people and controllers do to the cluster, with their own tools, so that the field managers are theirs."""

from __future__ import annotations

import base64
import json
import os
import shlex
import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from testbed.bed import Bed
from testbed.errors import TestbedError
from testbed.kube import Object, Objects
from tests.live.corpus.row import Act


@dataclass(frozen=True)
class Hands:
    """Somebody with a kubeconfig and the tools of the trade: real kubectl, flux and helm."""

    bed: Bed
    folder: Path
    """For files they need: chart packages, kubectl's cache."""
    remember: dict[str, Any] = field(default_factory=dict)

    def run(self, tool: str, *arguments: str, stdin: str = "", check: bool = True) -> str:
        """One command; its standard output."""
        done = subprocess.run(
            [str(self.bed.built.binary(tool)), *arguments],
            input=stdin,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if check and done.returncode != 0:
            raise TestbedError(f"{tool} {' '.join(arguments)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        """The tools' own: no proxy, no other kubeconfig, a home of its own."""
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.folder),
            "KUBECONFIG": str(self.bed.kubeconfig),
        }


def kubectl(command: str, stdin: str = "") -> Act:
    """``kubectl <command>`` as one would type it."""
    return lambda hands: hands.run("kubectl", *shlex.split(command), stdin=stdin)


def flux(command: str) -> Act:
    return lambda hands: hands.run("flux", *shlex.split(command))


def patched(
    kind: str, namespace: str, name: str, change: Object | Objects, *, manager: str, subresource: str = ""
) -> Act:
    """A merge patch (a mapping) or JSON patch (a list) by whoever calls itself `manager`."""
    return lambda hands: hands.bed.kube.patch(kind, namespace, name, change, manager=manager, subresource=subresource)


def applied(obj: Object, *, manager: str) -> Act:
    """Server-side apply with force, as a controller does it."""
    return lambda hands: hands.bed.kube.apply(obj, manager=manager)


def created(*objects: Object, manager: str) -> Act:
    def act(hands: Hands) -> None:
        for obj in objects:
            hands.bed.kube.create(obj, manager=manager)

    return act


def deleted_an_hour_ago(key: str) -> Act:
    """Turns back the clock of a deletion, in etcd: nobody can wait for it, and the API server lets nobody say it.

    Custom resources only: they are stored as JSON.
    """

    def act(hands: Hands) -> None:
        etcd = f"http://127.0.0.1:{hands.bed.plane.ports['etcd']}/v3/kv"
        name = base64.b64encode(f"/registry/{key}".encode()).decode()
        session = requests.Session()
        session.trust_env = False
        found = session.post(f"{etcd}/range", json={"key": name}, timeout=10).json()["kvs"][0]["value"]
        obj = json.loads(base64.b64decode(found))
        deleted = datetime.fromisoformat(obj["metadata"]["deletionTimestamp"]) - timedelta(hours=1)
        obj["metadata"]["deletionTimestamp"] = deleted.strftime("%Y-%m-%dT%H:%M:%SZ")
        value = base64.b64encode(json.dumps(obj).encode()).decode()
        session.post(f"{etcd}/put", json={"key": name, "value": value}, timeout=10).raise_for_status()

    return act


def retried(kustomization: str) -> Act:
    """Flux tries again, in vain."""

    def act(hands: Hands) -> None:
        hands.bed.reconcile("Kustomization", "corpus", kustomization)
        hands.bed.wait_not_ready("Kustomization", "corpus", kustomization)

    return act


def all_of(*acts: Act) -> Act:
    """One after the other."""

    def act(hands: Hands) -> None:
        for each in acts:
            each(hands)

    return act
