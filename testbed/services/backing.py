"""All services of one testbed together: started, filled, asked, restored, and what they tell an audit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import yaml

from testbed import control_plane
from testbed.errors import TestbedError
from testbed.kube import Object
from testbed.processes import Command
from testbed.services import Context, Handle, Service

_SECTIONS: dict[str, Callable[[Service, Context], dict[str, str]]] = {
    "endpoints": lambda service, ctx: service.endpoints(ctx),
    "names": lambda service, ctx: service.names(ctx),
    "limits": lambda service, ctx: service.limits(ctx),
}


class Backing:
    """The services of a testbed, in the order the platform names them."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self._begun: list[Future[None]] = []
        self._controllers: list[Command] = []

    def start(self) -> dict[str, dict[str, object]]:
        """Prepares and starts them side by side; the commands of all, to be recorded. Nothing is waited for here.

        Controllers are prepared only: `start_controllers` starts them.
        """
        self._write_execs()
        commands = {each.name: each.command(self.ctx) for each in self.ctx.services}
        self._controllers = [
            command for each in self.ctx.services if each.controller and (command := commands[each.name])
        ]
        pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="service")
        self._begun = [
            pool.submit(self._start, each, None if each.controller else commands[each.name])
            for each in self.ctx.services
        ]
        pool.shutdown(wait=False)
        return {name: command.as_dict() for name, command in commands.items() if command}

    def _write_execs(self) -> None:
        """What kwok has to know before it is started: where an exec runs something here."""
        rules = [
            {
                "apiVersion": "kwok.x-k8s.io/v1alpha1",
                "kind": "ClusterExec",
                "metadata": {"name": f"{namespace}-{container}"},
                "spec": {
                    "selector": {"matchNamespaces": [namespace]},
                    "execs": [
                        {
                            "containers": [container],
                            "local": {"envs": [{"name": key, "value": value} for key, value in environment.items()]},
                        }
                    ],
                },
            }
            for each in self.ctx.services
            for (namespace, container), environment in each.execs(self.ctx).items()
        ]
        control_plane.execs_file(self.ctx.instance).write_text(yaml.safe_dump_all(rules))

    def _start(self, service: Service, command: Command | None) -> None:
        service.prepare(self.ctx)
        if command:
            self.ctx.processes.start(command)

    def start_controllers(self) -> None:
        """Starts the controllers, the API server being up and `objects` being there."""
        for command in self._controllers:
            self.ctx.processes.start(command)

    def tree(self, folder: Path) -> None:
        """Changes the platform's Git before its first commit."""
        for each in self.ctx.services:
            each.tree(self.ctx, folder)

    def objects(self) -> list[Object]:
        """What people install for the services beside Git."""
        return [obj for each in self.ctx.services for obj in each.objects(self.ctx)]

    def fill(self, seconds: float) -> None:
        """Waits until all are ready and loads their data.

        Raises:
            TestbedError: one could not be prepared, or does not become ready.
        """
        for begun in self._begun:
            begun.result()
        self._wait_ready(seconds, self.ctx.services)
        for each in self.ctx.services:
            each.restore(self.ctx)

    def restore(self, *, controllers: bool, seconds: float = 60) -> list[str]:
        """The data of the controllers, or of all others, as it is when healthy; what was done.

        A controller may have to wait for its objects: whoever brings those back calls this for the others before, for
        the controllers afterwards.
        """
        meant = [each for each in self.ctx.services if each.controller is controllers]
        self._wait_ready(seconds, meant)
        return [line for each in meant for line in each.restore(self.ctx)]

    def settle(self) -> list[str]:
        """What follows the platform does so now; what was done."""
        return [line for each in self.ctx.services for line in each.settle(self.ctx)]

    def problems(self) -> list[str]:
        """What is not as it should be with them, one line each."""
        return _silent(self.ctx, self.ctx.services) + [
            line for each in self.ctx.services for line in _troubles(self.ctx, each)
        ]

    def nudge(self) -> None:
        """Helps along what is not as it should be with them."""
        for each in self.ctx.services:
            if each.ready(self.ctx) and _troubles(self.ctx, each):
                each.nudge(self.ctx)

    def handle(self, name: str) -> Handle:
        """The service of that name."""
        for each in self.ctx.services:
            if each.name == name:
                return each.handle(self.ctx)
        known = ", ".join(each.name for each in self.ctx.services)
        raise TestbedError(f"no service called {name!r} in this testbed; known: {known}")

    def environment(self) -> dict[str, str]:
        """The variables an audit of this testbed needs."""
        return {key: value for each in self.ctx.services for key, value in each.environment(self.ctx).items()}

    def places(self) -> dict[str, str]:
        """``${key}`` by the URL under which each public host is served here."""
        return {self.ctx.url(key): f"${{{key}}}" for key in self.ctx.hosts()}

    def write_platform(self) -> Path:
        """platform.toml of the testbed: the endpoints, names and limits that differ here; where it is."""
        lines = []
        for section, told in _SECTIONS.items():
            values = {key: value for each in self.ctx.services for key, value in told(each, self.ctx).items()}
            if values:
                lines += [f"[{section}]", *(f"{_quoted(key)} = {_quoted(value)}" for key, value in values.items()), ""]
        file = self.ctx.instance.home / "platform.toml"
        partial = file.with_suffix(".partial")
        partial.write_text("\n".join(lines))
        partial.rename(file)
        return file

    def _wait_ready(self, seconds: float, meant: Iterable[Service]) -> None:
        deadline = time.monotonic() + seconds
        while problems := _silent(self.ctx, meant):
            if time.monotonic() > deadline:
                raise TestbedError(f"{problems[0]} after {seconds:g} s; see its log in {self.ctx.instance.logs}")
            time.sleep(0.1)


def _silent(ctx: Context, meant: Iterable[Service]) -> list[str]:
    return [f"service {each.name} is not ready" for each in meant if not each.ready(ctx)]


def _troubles(ctx: Context, service: Service) -> list[str]:
    try:
        return service.problems(ctx)
    except TestbedError as error:  # the API server is down, or does not serve its kind
        return [f"service {service.name}: {error}"]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
