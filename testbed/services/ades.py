"""A stand-in for the ADES of EOEPCA 1.x: OGC API Processes with deploy and undeploy, and WPS; it runs nothing.

What it answers follows the facts known of ADES 2.0 (paths, statuses, bodies); a job succeeds after a moment.
"""

from __future__ import annotations

import argparse
import http.client
from pathlib import Path
from typing import Any

import orjson

from testbed.errors import TestbedError
from testbed.processes import Command, python
from testbed.services import Context, Handle, Service
from testbed.services.ades_rules import HEALTHY, Ades
from testbed.services.probe import accepts
from testbed.services.standin import serve


class AdesService(Service):
    name = "ades"
    ports = ("ades",)

    def command(self, ctx: Context) -> Command:
        repository = str(Path(__file__).parent.parent.parent)
        argv = python("testbed.services.ades", str(ctx.port("ades")))
        return Command(self.name, argv, ctx.environment(PYTHONPATH=repository))

    def ready(self, ctx: Context) -> bool:
        return accepts(ctx.port("ades"))

    def restore(self, ctx: Context) -> list[str]:
        handle = AdesHandle(self, ctx)
        if handle.state() == HEALTHY:
            return []
        handle.put(HEALTHY)
        return ["the ADES holds what it held"]

    def endpoints(self, ctx: Context) -> dict[str, str]:
        packages = f"http://127.0.0.1:{ctx.port('ades')}/packages"
        return {
            "application_package": f"{packages}/holdfast-probe.cwl",
            "application_package_atom": f"{packages}/holdfast-probe.xml",
        }

    def limits(self, ctx: Context) -> dict[str, str]:
        return {"leftovers_after": "0s", "job_within": "30s"}

    def names(self, ctx: Context) -> dict[str, str]:
        return {"probe_process": "holdfast-probe-1_0"}

    def handle(self, ctx: Context) -> AdesHandle:
        return AdesHandle(self, ctx)


class AdesHandle(Handle):
    """`bed.service("ades")`: what it holds, and how it misbehaves, until `bed.reset()`."""

    def state(self) -> dict[str, Any]:
        """Everything it holds: processes, jobs, behaviour."""
        read: dict[str, Any] = orjson.loads(self._ask("GET", None))
        return read

    def put(self, state: dict[str, Any]) -> None:
        """Holds this instead."""
        self._ask("PUT", orjson.dumps(state))

    def behave(self, **behaviour: Any) -> None:
        """deploy=500, job="failed", undeploy=500 or "kept", results="empty", wps="exception", list="empty".

        Or links="none", without="dismiss" (or another conformance class); page=1 hands lists out one entry a page, and
        next="circle" or "elsewhere" then leads astray.
        """
        self.put({**self.state(), "behaviour": behaviour})

    def change(self, process: str, **fields: Any) -> None:
        """The process is another one: its version, its inputs."""
        state = self.state()
        state["processes"][process] |= fields
        self.put(state)

    def forget(self, process: str) -> None:
        """The process is no longer deployed."""
        state = self.state()
        del state["processes"][process]
        self.put(state)

    def add_job(self, identifier: str, **job: Any) -> None:
        """A job of somebody's."""
        state = self.state()
        state["jobs"][identifier] = {"process": "", "user": "eric", "polls": 0, **job}
        self.put(state)

    def _ask(self, method: str, body: bytes | None) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request(method, "/testbed", body)
            answer = connection.getresponse()
            read = answer.read()
        except OSError as error:
            raise TestbedError(f"the ADES does not answer: {error}") from None
        finally:
            connection.close()
        if answer.status != 200:
            raise TestbedError(f"the ADES answers {answer.status}")
        return read


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    port = parser.parse_args().port
    serve({port: Ades(f"http://127.0.0.1:{port}").answer})

SERVICE = AdesService()
