"""The servers behind a platform: one file per service in this folder, each with one `SERVICE`.

A service is a real server on loopback (or a stand-in that says so in its first line). `up` prepares and starts it while
the API server starts, waits for it before the healthy platform is remembered, and keeps its command, so that
`bed.stop/start/pause/resume` work on it; `bed.reset()` brings its data back.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from testbed import control_plane
from testbed.build import Built
from testbed.errors import TestbedError
from testbed.instance import Instance
from testbed.kube import Kube, Object
from testbed.processes import Command, Processes

EOEPCA = (
    "keycloak",
    "redis",
    "registrar",
    "harvester",
    "sealed-secrets",
    "cert-manager",
    "s3",
    "workspace-api",
    "policies",
    "pycsw",
    "pygeoapi",
    "ades",
    "guarded",
    "gateway",
)
"""The services of the platform eoepca, in the order in which they are told of; `gateway` needs all others' hosts."""


@dataclass(frozen=True)
class Host:
    """One public host of a platform, as the gateway serves it on a port of its own.

    `to` is the port name of the service behind it; without one the gateway itself answers `text`. `content_type` is
    what a right answer has: the misbehaviours that imitate one need it.
    """

    public: str
    to: str = ""
    content_type: str = "application/json"
    text: str = '{"status": "ok"}'


@dataclass(frozen=True)
class Context:
    """What a service needs to know of the testbed it runs in."""

    instance: Instance
    built: Built
    ports: Mapping[str, int]
    processes: Processes
    services: tuple[Service, ...] = field(repr=False)

    def port(self, name: str) -> int:
        """The loopback port of that name."""
        try:
            return self.ports[name]
        except KeyError:
            cure = "take it down and up again"
            raise TestbedError(f"testbed {self.instance.name} has no port called {name!r}: {cure}") from None

    def folder(self, name: str) -> Path:
        """The folder a service keeps its files in; made on first use."""
        folder = self.instance.home / "services" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def hosts(self) -> dict[str, Host]:
        """Every public host some service answers for, by its key; one that several name is the first's."""
        found: dict[str, Host] = {}
        for service in self.services:
            found = {**service.hosts, **found}
        return found

    def url(self, host: str) -> str:
        """Where the gateway serves a public host, such as https://localhost:40123."""
        return f"https://localhost:{self.port(gateway_port(host))}"

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a server's process: nothing of the caller's but PATH."""
        return control_plane.environment(self.instance, **more)

    @cached_property
    def kube(self) -> Kube:
        """The API server, as the testbed's administrator; only once it is up."""
        return Kube(self.instance.kubeconfig)

    def account(self, namespace: str, name: str) -> Path:
        """A kubeconfig for a controller that runs as this ServiceAccount."""
        plane = control_plane.ControlPlane(self.instance, self.built, dict(self.ports))
        groups = ["system:serviceaccounts", f"system:serviceaccounts:{namespace}"]
        return plane.identity(f"{namespace}-{name}", f"system:serviceaccount:{namespace}:{name}", groups)


class Service:
    """One server. A subclass says what is different; everything may be left out but `name`."""

    name: ClassVar[str]
    ports: ClassVar[tuple[str, ...]] = ()
    """Names of the loopback ports it needs, unique in a platform; the first is its own."""
    hosts: ClassVar[Mapping[str, Host]] = {}
    """Public hosts it answers for: key (also the key in `[endpoints]`) -> Host; one line each."""
    controller: ClassVar[bool] = False
    """A controller of the cluster: started when the API server is up and holds its `objects`."""

    def prepare(self, ctx: Context) -> None:
        """Writes configuration and data; called once at `up`, in a thread, before the start."""

    def command(self, ctx: Context) -> Command | None:
        """How its process is started; None for a service without one. Asked before `prepare`."""
        return None

    def tree(self, ctx: Context, folder: Path) -> None:
        """Changes the platform's Git before its first commit; `prepare` may not have been called yet."""

    def objects(self, ctx: Context) -> list[Object]:
        """What people install beside Git for it: CRDs, namespaces, Deployments. Applied before Flux looks at Git."""
        return []

    def execs(self, ctx: Context) -> dict[tuple[str, str], dict[str, str]]:
        """(namespace, container) in which `kubectl exec` runs a command here, and the environment the command gets.

        Commands are the programs in `ctx.folder("bin")`; every other pod refuses, as kwok's do.
        """
        return {}

    def ready(self, ctx: Context) -> bool:
        """Whether it answers as it does when healthy. Quick: it is asked several times a second."""
        return True

    def problems(self, ctx: Context) -> list[str]:
        """What else it needs to be healthy once the platform is up, such as objects it keeps Ready; one line each."""
        return []

    def nudge(self, ctx: Context) -> None:
        """Helps along what `problems` names: called every few seconds while that is all that is not well."""

    def restore(self, ctx: Context) -> list[str]:
        """Brings its data back to the healthy state: one line per thing done, [] when nothing was to do.

        Called at `bed.reset()` once it is ready, and once at `up`, so that initial data can be loaded here.
        """
        return []

    def settle(self, ctx: Context) -> list[str]:
        """Follows what the platform has become: called at the end of `up` and of `bed.reset()`, all being healthy."""
        return []

    def endpoints(self, ctx: Context) -> dict[str, str]:
        """What it adds to `[endpoints]` of the testbed's platform.toml, besides the URLs of its hosts."""
        return {}

    def names(self, ctx: Context) -> dict[str, str]:
        """What it adds to `[names]`."""
        return {}

    def limits(self, ctx: Context) -> dict[str, str]:
        """What it adds to `[limits]`."""
        return {}

    def environment(self, ctx: Context) -> dict[str, str]:
        """Environment variables an audit of this testbed needs, such as credentials."""
        return {}

    def handle(self, ctx: Context) -> Handle:
        """What `bed.service(name)` gives."""
        return Handle(self, ctx)


class Handle:
    """A running service as a fault or a test sees it; subclasses add what can be done to it."""

    def __init__(self, service: Service, ctx: Context) -> None:
        self.service = service
        self.ctx = ctx

    @property
    def port(self) -> int:
        """Its own port (the first of its ports)."""
        return self.ctx.port(self.service.ports[0])

    @property
    def url(self) -> str:
        """Its own URL, past the gateway."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def folder(self) -> Path:
        """Where its configuration and data lie."""
        return self.ctx.folder(self.service.name)


def load(names: Iterable[str]) -> tuple[Service, ...]:
    """The services of these names, each from the module of that name."""
    found: list[Service] = []
    for name in names:
        service = importlib.import_module(f"testbed.services.{name.replace('-', '_')}").SERVICE
        assert isinstance(service, Service)
        assert service.name == name
        found.append(service)
    return tuple(found)


def port_names(services: Iterable[Service]) -> list[str]:
    """Every port to reserve: the services' own, and one per public host for the gateway."""
    known = list(services)
    public = (gateway_port(key) for each in known for key in each.hosts)
    return [*(port for each in known for port in each.ports), *public]


def gateway_port(host: str) -> str:
    """The name of the port on which the gateway serves a public host."""
    return f"gateway-{host}"
