"""pygeoapi: a real OGC API Processes server, so that the core is not judged by a stand-in alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any, ClassVar

import yaml

from testbed.errors import TestbedError
from testbed.processes import Command, python
from testbed.services import Context, Handle, Host, Service
from testbed.services.probe import status

_GENERATE = ("openapi", "generate", "pygeoapi.yml", "--output-file", "openapi.yml")
_PROCESS = {"type": "process", "processor": {"name": "HelloWorld"}}


class Pygeoapi(Service):
    name = "pygeoapi"
    ports = ("pygeoapi",)
    hosts: ClassVar[Mapping[str, Host]] = {"processing": Host("processing.develop.eoepca.org", to="pygeoapi")}

    def prepare(self, ctx: Context) -> None:
        _write(ctx, {"hello-world": _PROCESS})
        arguments = [sys.executable, "-c", "from pygeoapi import cli; cli()", *_GENERATE]
        done = subprocess.run(
            arguments,
            cwd=ctx.folder(self.name),
            env=ctx.environment(PYGEOAPI_CONFIG="pygeoapi.yml", PYGEOAPI_OPENAPI="openapi.yml"),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if done.returncode != 0:
            raise TestbedError(f"pygeoapi could not describe itself: {done.stderr.strip()[-300:]}")

    def command(self, ctx: Context) -> Command:
        folder = ctx.folder(self.name)
        argv = python("flask", "--app", "pygeoapi.flask_app", "run", "-h", "127.0.0.1", "-p", str(ctx.port("pygeoapi")))
        known = {"PYGEOAPI_CONFIG": str(folder / "pygeoapi.yml"), "PYGEOAPI_OPENAPI": str(folder / "openapi.yml")}
        return Command(self.name, argv, ctx.environment(**known))

    def ready(self, ctx: Context) -> bool:
        return status(f"http://127.0.0.1:{ctx.port('pygeoapi')}/conformance?f=json") == 200

    def names(self, ctx: Context) -> dict[str, str]:
        return {"processing_as": "", "processing_process": "hello-world"}

    def handle(self, ctx: Context) -> Handle:
        return Handle(self, ctx)


def _write(ctx: Context, resources: Mapping[str, Any]) -> None:
    folder = ctx.folder("pygeoapi")
    known: dict[str, Any] = {
        "server": {
            "bind": {"host": "127.0.0.1", "port": ctx.port("pygeoapi")},
            "url": ctx.url("processing"),
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 20, "max_items": 50},
            "map": {"url": "https://tile.example/{z}/{x}/{y}.png", "attribution": "none"},
            "manager": {"name": "TinyDB", "connection": str(folder / "jobs.db"), "output_dir": str(folder)},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": "Processing",
                "description": "processes of the testbed",
                "keywords": ["process"],
                "keywords_type": "theme",
                "terms_of_service": "none",
                "url": "https://example.org",
            },
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            "provider": {"name": "testbed", "url": "https://example.org"},
            "contact": {"name": "nobody", "email": "nobody@example.org"},
        },
        "resources": dict(resources),
    }
    (folder / "pygeoapi.yml").write_text(yaml.safe_dump(known))


SERVICE = Pygeoapi()
