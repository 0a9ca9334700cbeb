"""A stand-in for the workspace API 1.4.0 and for Harbor's list of users; neither's image is carried by a registry here.

It answers GET /workspaces/{name} from the cluster as the real one does (the Secret `bucket` makes a workspace ready),
and GET /api/v2.0/users. What the real one does on POST is done at `up`: see testbed/platforms/eoepca/workspaces.py.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from testbed.errors import TestbedError
from testbed.kube import Kube
from testbed.platforms.eoepca import workspaces
from testbed.platforms.eoepca.workspaces import PREFIX, WORKSPACES
from testbed.processes import Command, python
from testbed.services import Context, Handle, Host, Service
from testbed.services.probe import status

TOKEN = "testbed-operator-token"
HARBOR = ("admin", "testbed-harbor-password")
_CHARTS = ("ConfigMap", "rm", "workspace-charts")
_GUARDED = "workspace-resources"


class WorkspaceApi(Service):
    name = "workspace-api"
    ports = ("workspace-api",)
    hosts: ClassVar[Mapping[str, Host]] = {
        "workspace_api": Host("workspace-api.develop.eoepca.org", to="workspace-api"),
        "harbor": Host("harbor.develop.eoepca.org", to="workspace-api"),
        _GUARDED: Host("resource-catalogue.develop-user-eric.develop.eoepca.org"),
    }

    def prepare(self, ctx: Context) -> None:
        _users(ctx).write_text(json.dumps(list(WORKSPACES)))

    def command(self, ctx: Context) -> Command:
        arguments = (str(ctx.port("workspace-api")), str(ctx.instance.kubeconfig), str(_users(ctx)), ctx.url(_GUARDED))
        argv = python("testbed.services.workspace_api", *arguments)
        return Command(self.name, argv, ctx.environment(PYTHONPATH=str(Path(__file__).parents[2])))

    def ready(self, ctx: Context) -> bool:
        return status(f"http://127.0.0.1:{ctx.port('workspace-api')}/probe") == 200

    def restore(self, ctx: Context) -> list[str]:
        made = ctx.folder(self.name) / "made"
        if not made.exists():
            _make(ctx.kube)
            made.touch()
        done = ["the workspace API sees Secrets again"] * _blind(ctx).exists()
        _blind(ctx).unlink(missing_ok=True)
        if json.loads(_users(ctx).read_text()) != list(WORKSPACES):
            self.prepare(ctx)
            done.append("restored the users of harbor")
        return done

    def limits(self, ctx: Context) -> dict[str, str]:
        return {"workspace_provisioning": "1s"}

    def environment(self, ctx: Context) -> dict[str, str]:
        return {
            "HOLDFAST_WORKSPACE_API_TOKEN": TOKEN,
            "HOLDFAST_HARBOR_USER": HARBOR[0],
            "HOLDFAST_HARBOR_PASSWORD": HARBOR[1],
        }

    def handle(self, ctx: Context) -> WorkspaceApiHandle:
        return WorkspaceApiHandle(self, ctx)


class WorkspaceApiHandle(Handle):
    def users(self, *names: str) -> None:
        """Who Harbor knows from now on, beside its administrator."""
        _users(self.ctx).write_text(json.dumps(names))

    def blind(self) -> None:
        """The API may not read Secrets any more: it calls every workspace provisioning."""
        _blind(self.ctx).touch()


def _users(ctx: Context) -> Path:
    return ctx.folder("workspace-api") / "users.json"


def _blind(ctx: Context) -> Path:
    return _users(ctx).with_name("blind")


def _make(kube: Kube) -> None:
    deadline = time.monotonic() + 120
    while kube.find(*_CHARTS) is None:
        if time.monotonic() > deadline:
            raise TestbedError("Flux has not delivered the ConfigMap rm/workspace-charts")
        time.sleep(0.2)
    for workspace in WORKSPACES:
        for each in workspaces.base(workspace):
            kube.create(each, manager="OpenAPI-Generator")
        _apply(kube, workspace)


def _apply(kube: Kube, workspace: str) -> None:
    for each in workspaces.rendered(workspace, kube.get(*_CHARTS)["data"]):
        kube.apply(each, manager=workspaces.MANAGER)


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kube: ClassVar[Kube]
    users: ClassVar[Path]
    guarded: ClassVar[str]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/probe":
            return self._tell(200, {})
        if parts.path == "/api/v2.0/users":
            return self._harbor(parse_qs(parts.query))
        name = parts.path.removeprefix("/workspaces/")
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._tell(401, {"detail": "Unauthorized"})
        if name == parts.path or not name.startswith(PREFIX):
            return self._tell(422 if name != parts.path else 404, {"detail": "Not Found"})
        return self._workspace(name)

    def _workspace(self, name: str) -> None:
        if self.kube.find("Namespace", None, name) is None:
            return self._tell(404, {"detail": "Not Found"})
        secret = self.kube.find("Secret", name, "bucket")
        if secret is None or self.users.with_name("blind").exists():
            return self._tell(200, {"status": "provisioning", "endpoints": [], "storage": None})
        credentials = {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}
        endpoints = [{"id": "resource-guard", "url": self.guarded.removeprefix("https://")}]
        registry = self.kube.find("Secret", name, "container-registry")
        said = {"status": "ready", "endpoints": endpoints, "storage": {"credentials": credentials}}
        return self._tell(
            200, {**said, "container_registry": registry and {"username": name, "password": "hidden-one"}}
        )

    def _harbor(self, query: dict[str, list[str]]) -> None:
        wanted = "Basic " + base64.b64encode(":".join(HARBOR).encode()).decode()
        if self.headers.get("Authorization") != wanted:
            return self._tell(401, {"errors": [{"code": "UNAUTHORIZED"}]})
        page, size = (int(query.get(name, [default])[0]) for name, default in (("page", "1"), ("page_size", "10")))
        known = [{"user_id": at, "username": each} for at, each in enumerate(json.loads(self.users.read_text()), 3)]
        return self._tell(200, known[(page - 1) * size : page * size])

    def _tell(self, code: int, said: Any) -> None:
        body = json.dumps(said).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def serve(port: int, kubeconfig: Path, users: Path, guarded: str) -> None:
    """For ever; the cluster may come later."""
    while True:
        try:
            _Answers.kube = Kube(kubeconfig)
            break
        except (OSError, TestbedError):
            time.sleep(0.2)
    _Answers.users, _Answers.guarded = users, guarded
    ThreadingHTTPServer(("127.0.0.1", port), _Answers).serve_forever()


SERVICE = WorkspaceApi()

if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
