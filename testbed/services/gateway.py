"""The ingress of the platform: a real nginx, one TLS server per public host, each on its own loopback port.

`bed.gateway.misbehave("catalogue", "html")` makes one host misbehave; see nginx.py for what the modes do.
"""

from __future__ import annotations

import base64
import http.client
import os
import signal
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import orjson

from testbed.certificates import Authority, Pair
from testbed.errors import TestbedError
from testbed.processes import Command
from testbed.services import Context, Handle, Host, Service, gateway_port
from testbed.services.authority import authority
from testbed.services.nginx import MODES, Mode, Site, configuration
from testbed.services.probe import accepts
from testbed.services.programs import program

_CONTROL = "gateway-control"
_INGRESS = "gateway-ingress"
_BIG = 10 * 1024 * 1024
_FEATURES = Path(__file__).parents[2] / "features"
_NAMED = tomllib.loads((_FEATURES / "eoepca" / "platform.toml").read_text())["endpoints"]
"""The hosts a platform file may name: of others (the portal, the guard of an Ingress) only the ingress knows."""


class Gateway(Service):
    name = "gateway"
    ports = (_CONTROL, _INGRESS)
    hosts: ClassVar[Mapping[str, Host]] = {
        "portal": Host("portal.develop.eoepca.org", content_type="text/html", text="<h1>EOEPCA</h1>"),
        "dummy-service": Host("dummy-service.develop.eoepca.org"),
    }

    def prepare(self, ctx: Context) -> None:
        folder = ctx.folder(self.name)
        trusted = authority(ctx)
        for key, host in ctx.hosts().items():
            trusted.server(key, ["localhost", "127.0.0.1", host.public])
        (folder / "big").write_bytes(b'{"filler": "' + b"x" * _BIG + b'"}')
        (folder / "nobody.htpasswd").touch()
        _write(ctx)

    def command(self, ctx: Context) -> Command:
        folder = ctx.folder(self.name)
        argv = [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
        return Command(self.name, argv, ctx.environment())

    def ready(self, ctx: Context) -> bool:
        return _generation(ctx) is not None

    def settle(self, ctx: Context) -> list[str]:
        return ["gateway: took new certificates"] if _follow(ctx) else []

    def restore(self, ctx: Context) -> list[str]:
        altered = sorted(_state(ctx))
        if not altered:
            return []
        _change(ctx, {})
        return [f"gateway: {key} behaves again" for key in altered]

    def endpoints(self, ctx: Context) -> dict[str, str]:
        common = {"ca": str(authority(ctx).pair.certificate), "ingress": f"127.0.0.1:{ctx.port(_INGRESS)}"}
        return common | {key: ctx.url(key) for key in ctx.hosts() if key in _NAMED}

    def handle(self, ctx: Context) -> GatewayHandle:
        return GatewayHandle(self, ctx)


class GatewayHandle(Handle):
    """`bed.gateway`. What is changed holds until `normal()` or `bed.reset()`."""

    @property
    def url(self) -> str:
        raise TestbedError("the gateway has one URL per host: bed.gateway.host_url(KEY)")

    @property
    def authority(self) -> Authority:
        """Signs what the gateway presents; its certificate is the one in `[endpoints] ca`."""
        return authority(self.ctx)

    def host_url(self, host: str) -> str:
        """Where a public host is served."""
        self._known(host)
        return self.ctx.url(host)

    def misbehave(self, host: str, mode: Mode, status: int = 500) -> None:
        """From now on the host behaves like this (`status` is for the mode of that name); returns when it does."""
        self._known(host)
        if mode not in MODES:
            raise TestbedError(f"no mode called {mode!r}; known: {', '.join(MODES)}")
        self._alter(host, {"mode": mode, "status": status})

    def edit(self, host: str, old: str, new: str) -> None:
        """From now on the answers of the service behind the host hold `new` where they held `old`."""
        self._known(host)
        self._alter(host, {"edit": [old, new]})

    def present(self, host: str, pair: Pair) -> None:
        """From now on the host presents this certificate (a chain, if the file holds one)."""
        self._known(host)
        self._alter(host, {"certificate": str(pair.certificate), "key": str(pair.key)})

    def follow(self) -> bool:
        """Takes the certificates of the Secrets Ingresses name, as an ingress controller does; whether any was new."""
        return _follow(self.ctx)

    def normal(self, *hosts: str) -> None:
        """These hosts (none named: all) behave as they should again."""
        state = _state(self.ctx)
        for host in hosts or tuple(state):
            state.pop(host, None)
        _change(self.ctx, state)

    def _alter(self, host: str, change: dict[str, object]) -> None:
        state = _state(self.ctx)
        _change(self.ctx, state | {host: {**state.get(host, {}), **change}})

    def _known(self, host: str) -> None:
        if host not in self.ctx.hosts():
            raise TestbedError(f"no host called {host!r}; known: {', '.join(self.ctx.hosts())}")


def _change(ctx: Context, state: dict[str, dict[str, object]]) -> None:
    """Writes the configuration for this state and returns when nginx works by it."""
    file = ctx.folder("gateway") / "altered.json"
    before = _state(ctx)
    if state == before:
        return
    file.write_bytes(orjson.dumps(state))
    _reload(ctx)
    for key in ctx.hosts():
        if state.get(key, {}).get("mode") == "refuse":
            _wait_closed(ctx.port(gateway_port(key)))


def _follow(ctx: Context) -> bool:
    """The certificate of every TLS host of an Ingress, from its Secret: what the shared port presents for it."""
    folder = ctx.folder("gateway") / "ingress"
    folder.mkdir(exist_ok=True)
    wanted: dict[Path, bytes] = {}
    for obj in ctx.kube.list("Ingress"):
        for each in obj["spec"].get("tls", []):
            secret = ctx.kube.find("Secret", obj["metadata"]["namespace"], each.get("secretName", ""))
            data = (secret or {}).get("data", {})
            for host in each.get("hosts", []) if {"tls.crt", "tls.key"} <= data.keys() else []:
                wanted |= {folder / f"{host}{end}": base64.b64decode(data[f"tls{end}"]) for end in (".crt", ".key")}
    before = {file: file.read_bytes() for file in folder.iterdir()}
    if wanted == before:
        return False
    for file in before.keys() - wanted.keys():
        file.unlink()
    for file, content in wanted.items():
        file.touch(mode=0o600)
        file.write_bytes(content)
    _reload(ctx)
    return True


def _reload(ctx: Context) -> None:
    """Writes the configuration and returns when nginx works by it; one that does not run will read it when started."""
    generation = _write(ctx)
    pid = ctx.processes.pid("gateway")
    if pid is not None:
        os.kill(pid, signal.SIGHUP)
        _wait(ctx, generation)


def _write(ctx: Context) -> str:
    """nginx.conf for the current state; the generation it announces."""
    folder = ctx.folder("gateway")
    generation = str(time.time_ns())
    state = _state(ctx)
    sites = [_site(ctx, folder, key, host, state.get(key, {})) for key, host in ctx.hosts().items()]
    (folder / "nginx.conf").write_text(configuration(folder, ctx.port(_CONTROL), ctx.port(_INGRESS), generation, sites))
    return generation


def _site(ctx: Context, folder: Path, key: str, host: Host, altered: dict[str, object]) -> Site:
    mode = str(altered.get("mode", "normal"))
    own = Pair(folder / f"{key}.crt", folder / f"{key}.key")
    issued = Pair(folder / "ingress" / f"{host.public}.crt", folder / "ingress" / f"{host.public}.key")
    shared = issued if issued.key.exists() else own
    if "certificate" in altered:
        own = shared = Pair(Path(str(altered["certificate"])), Path(str(altered["key"])))
    if mode == "untrusted":
        names = ["localhost", "127.0.0.1", host.public]
        own = shared = Authority(folder, "untrusted-ca").server(f"untrusted-{key}", names)
    return Site(
        host=host,
        port=ctx.port(gateway_port(key)),
        behind=ctx.port(host.to) if host.to else None,
        own=own,
        shared=shared,
        mode=mode,
        status=int(str(altered.get("status", 500))),
        edit=_pair(altered.get("edit")),
    )


def _pair(given: object) -> tuple[str, str] | None:
    return (str(given[0]), str(given[1])) if isinstance(given, list) else None


def _state(ctx: Context) -> dict[str, dict[str, object]]:
    """What is not as it should be, by host; kept in a file, as a fault may be reverted by another process."""
    try:
        state: dict[str, dict[str, object]] = orjson.loads((ctx.folder("gateway") / "altered.json").read_bytes())
    except FileNotFoundError:
        return {}
    return state


def _generation(ctx: Context) -> str | None:
    connection = http.client.HTTPConnection("127.0.0.1", ctx.port(_CONTROL), timeout=1)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read().decode()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _wait(ctx: Context, generation: str) -> None:
    """Old and new workers answer side by side for a moment: only a run of new answers says that the old are gone."""
    deadline = time.monotonic() + 10
    since = None
    while since is None or time.monotonic() - since < 0.25:
        now = time.monotonic()
        if _generation(ctx) != generation:
            since = None
            if now > deadline:
                log = ctx.instance.logs / "gateway.log"
                raise TestbedError(f"nginx does not work by its new configuration within 10 s; see {log}")
        else:
            since = since or now
        time.sleep(0.02)


def _wait_closed(port: int) -> None:
    deadline = time.monotonic() + 5
    while accepts(port):
        if time.monotonic() > deadline:
            raise TestbedError(f"nginx has not closed port {port} within 5 s")
        time.sleep(0.02)


SERVICE = Gateway()
