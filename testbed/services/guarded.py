"""A stand-in for the PEP, the PDP and the dummy service of EOEPCA 1.x; Keycloak makes the decisions of its guard.

What it guards: the dummy service and, as a proxy, the ADES. Without a token it answers 401 and says where a ticket
leads; with one it asks Keycloak, over UMA, whether its bearer may use the path.
"""

from __future__ import annotations

import argparse
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import orjson

from testbed.processes import Command, python
from testbed.services import Context, Handle, Host, Service
from testbed.services.guard_rules import Guard, Policies
from testbed.services.keycloak_realm import DUMMY, ENGINE, OWNED, REALM
from testbed.services.probe import accepts
from testbed.services.standin import Asked, Reply, serve

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_PORTS = ("guarded", "guarded-pep", "guarded-ades", "pdp")


class Guarded(Service):
    name = "guarded"
    ports = _PORTS
    hosts: ClassVar[Mapping[str, Host]] = {
        "dummy-service": Host("dummy-service.develop.eoepca.org", to="guarded"),
        "dummy-service-pep": Host("dummy-service-pep.develop.eoepca.org", to="guarded-pep"),
        "ades": Host("ades.develop.eoepca.org", to="guarded-ades"),
        "auth": Host("auth.develop.eoepca.org", to="pdp"),
    }

    def prepare(self, ctx: Context) -> None:
        folder = ctx.folder(self.name)
        (folder / "setup.json").write_bytes(
            orjson.dumps(
                {
                    "ports": [ctx.port(name) for name in _PORTS],
                    "keycloak": f"http://127.0.0.1:{ctx.port('keycloak')}/realms/{REALM}",
                    "issuer": f"{ctx.url('identity')}/realms/{REALM}",
                    "ades": f"http://127.0.0.1:{ctx.port('ades')}",
                    "secrets": str(ctx.folder("keycloak") / "secrets.json"),
                }
            )
        )

    def command(self, ctx: Context) -> Command:
        repository = str(Path(__file__).parent.parent.parent)
        folder = ctx.folder(self.name)
        return Command(
            self.name, python("testbed.services.guarded", str(folder)), ctx.environment(PYTHONPATH=repository)
        )

    def ready(self, ctx: Context) -> bool:
        return all(accepts(ctx.port(name)) for name in _PORTS)

    def restore(self, ctx: Context) -> list[str]:
        if not _mode_file(ctx.folder(self.name)).exists():
            return []
        _mode_file(ctx.folder(self.name)).unlink()
        return ["the guard guards again"]

    def endpoints(self, ctx: Context) -> dict[str, str]:
        return {
            "dummy_service": ctx.url("dummy-service"),
            "pep": ctx.url("dummy-service-pep"),
            "pep_resources": f"{ctx.url('dummy-service-pep')}/resources",
            "processing_plus": f"{ctx.url('ades')}/eric/ogc-api",
            "pdp": f"{ctx.url('auth')}/pdp",
            "user_profile": f"{ctx.url('auth')}/web_ui",
        }

    def handle(self, ctx: Context) -> GuardedHandle:
        return GuardedHandle(self, ctx)


class GuardedHandle(Handle):
    """`bed.service("guarded")`."""

    def behave(self, **mode: Any) -> None:
        """Until `bed.reset()`.

        open=["/path"] (for everybody), ticket=False (names no ticket), lost=["/path"] (the PEP holds it no more),
        permit=["bob"] (the PDP lets him in, too), policies="none" (the PDP has lost them),
        profile="empty": nothing comes in the place of the user profile's start page.
        """
        _mode_file(self.folder).write_bytes(orjson.dumps(mode))


def _mode_file(folder: Path) -> Path:
    return folder / "mode.json"


def _mode(folder: Path) -> dict[str, Any]:
    try:
        read: dict[str, Any] = orjson.loads(_mode_file(folder).read_bytes())
    except FileNotFoundError:
        return {}
    return read


def _run(folder: Path) -> None:
    setup = orjson.loads((folder / "setup.json").read_bytes())

    def guard(client: str) -> Guard:
        return Guard(setup["keycloak"], setup["issuer"], client, Path(setup["secrets"]), lambda: _mode(folder))

    dummy, engine = guard(DUMMY), guard(ENGINE)
    policies = Policies(dummy, OWNED[DUMMY], lambda: _mode(folder))

    def dummy_service(asked: Asked) -> Reply:
        refusal = dummy.refusal(asked, asked.path)
        return refusal or Reply(200, {"message": "the dummy service", "path": asked.path})

    def pep(asked: Asked) -> Reply:
        if asked.path == "/authorize":
            return dummy.refusal(asked, asked.headers.get("x-original-uri", "")) or Reply(200, {})
        if asked.path == "/resources":
            return dummy.resources(asked)
        return Reply(404, {"error": "not found"})

    def ades(asked: Asked) -> Reply:
        return engine.refusal(asked, asked.path) or _passed_on(setup["ades"], asked)

    serve(dict(zip(setup["ports"], (dummy_service, pep, ades, policies.answer), strict=True)))


def _passed_on(base: str, asked: Asked) -> Reply:
    headers = {name: asked.headers[name] for name in ("accept", "content-type", "prefer") if name in asked.headers}
    request = urllib.request.Request(base + asked.target, asked.body or None, headers, method=asked.method)
    try:
        with _DIRECT.open(request, timeout=30) as answer:
            return _reply(answer.status, dict(answer.headers), answer.read())
    except urllib.error.HTTPError as error:
        return _reply(error.code, dict(error.headers), error.read())
    except OSError as error:
        return Reply(502, {"error": f"the service behind the guard does not answer: {type(error).__name__}"})


def _reply(status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    kept = {name: headers[name] for name in ("Location", "Preference-Applied") if name in headers}
    return Reply(status, None, kept, body.decode(), headers.get("Content-Type", "application/json"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    _run(parser.parse_args().folder)

SERVICE = Guarded()
