"""Bringing a testbed up to a healthy platform, and taking everything down again, also after a crash."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from testbed import access, bootstrap, build, charts, control_plane, flux, gotk, platforms, services, sites, snapshot
from testbed.bed import REPOSITORY, Bed
from testbed.build import Built
from testbed.control_plane import ControlPlane
from testbed.errors import TestbedError
from testbed.git import Git
from testbed.instance import Instance, Record, all_homes, free_ports
from testbed.kube import Kube
from testbed.platforms import Platform
from testbed.processes import Command, Processes, python
from testbed.services.backing import Backing

Report = Callable[[str], None]
SITES = ("git", "charts", "hooks")
DELIVERED = "kustomize-controller"  # bindings are in Git, too, and needed before Flux has come to them


def up(name: str, platform_name: str, report: Report, *, seconds: float = 180) -> Bed:
    """A healthy testbed of that name: the one that is up already, or a new one.

    What a failed start leaves running is ended; its logs stay.
    """
    platform = platforms.load(platform_name)
    instance = Instance(name)
    already = _already_up(instance, platform_name)
    if already is not None:
        return already
    built = build.ensure(report)
    _need_git()
    clear(instance)
    try:
        return _start(instance, platform, built, report, seconds)
    except BaseException:
        processes = Processes(instance)
        processes.stop_all(processes.names())
        raise


def down(name: str) -> bool:
    """Ends every process of the testbed that is still ours and removes its folder; whether there was one."""
    instance = Instance(name)
    if not instance.home.exists():
        return False
    clear(instance)
    return True


def clear(instance: Instance) -> None:
    """Processes by their pid files, then the folder. Only ever below the testbeds' own folder."""
    processes = Processes(instance)
    processes.stop_all(processes.names())
    if instance.home.parent == all_homes():
        shutil.rmtree(instance.home, ignore_errors=True)


def names() -> list[str]:
    """The testbeds of this user that have a folder."""
    return sorted(home.name for home in all_homes().glob("*") if home.is_dir())


def _already_up(instance: Instance, platform_name: str) -> Bed | None:
    if not instance.record_file.exists():
        return None
    record = Record.load(instance)
    processes = Processes(instance)
    if not record.ready or not all(processes.running(name) for name in record.commands):
        return None  # half a testbed: the caller starts afresh
    if record.platform != platform_name:
        raise TestbedError(
            f"testbed {instance.name} holds the platform {record.platform}; use another --name, or take it down first"
        )
    return Bed(instance.name)


def _need_git() -> None:
    found = (
        subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=False)
        if shutil.which("git")
        else None
    )
    if found is None or not (Path(found.stdout.strip()) / "git-http-backend").exists():
        raise TestbedError(
            "the testbed serves Git with `git http-backend`, which is not installed; install the package git"
        )


def _start(instance: Instance, platform: Platform, built: Built, report: Report, seconds: float) -> Bed:
    begun = time.monotonic()

    def say(text: str) -> None:
        report(f"{time.monotonic() - begun:5.1f} s  {text}")

    instance.create()
    behind = services.load(platform.services)
    ports = free_ports([*control_plane.PORTS, *flux.PORTS, *SITES, *services.port_names(behind)])
    record = Record(instance.name, platform.name, ports, {module: str(home) for module, home in built.homes.items()})
    plane = ControlPlane(instance, built, ports)
    kubernetes, web = plane.commands(), [_site(plane, site) for site in SITES]
    controllers = flux.commands(plane)
    access.write_kubeconfig(plane)
    record.commands = {command.name: command.as_dict() for command in (*kubernetes, *web, *controllers)}
    record.save(instance)

    processes = Processes(instance)
    etcd, apiserver, *others = kubernetes
    for command in (etcd, apiserver, *web):
        processes.start(command)
    backing = Backing(services.Context(instance, built, ports, processes, behind))
    record.commands |= backing.start()
    record.save(instance)
    charts.publish(sites.root(instance, "charts"), platform.charts, platform.repositories)
    git = Git(instance, record, processes, platform)
    urls = {site: sites.url(ports, site) for site in SITES}
    record.healthy_commit = git.create(gotk.components(built, gotk.installed(built)), urls, backing.tree)
    record.save(instance)

    kube = Kube(instance.kubeconfig)
    bootstrap.until(kube.ready, 30, f"the API server does not become ready; see {instance.logs / 'kube-apiserver.log'}")
    say("API server ready")
    for command in others:
        processes.start(command)
    for node in control_plane.NODES:
        kube.create(control_plane.node(node))
    manifests = bootstrap.manifests(built, git.worktree / platform.flux_folder)
    bootstrap.install(kube, manifests)
    beside = backing.objects()
    bootstrap.install(kube, [obj for obj in beside if obj["kind"] != "ClusterRoleBinding"], manager="helm")
    bootstrap.install(kube, [obj for obj in beside if obj["kind"] == "ClusterRoleBinding"], manager=DELIVERED)
    for command in controllers:
        processes.start(command)
    backing.start_controllers()
    bootstrap.follow_git(kube, manifests, platform.by_hand(urls))
    access.grant_contexts(kube)
    say("Flux bootstrapped")

    backing.fill(seconds)
    say("services ready")
    bed = Bed(instance.name)
    try:
        bed.wait_healthy(seconds, nudge_after=30)
    except TestbedError:
        _blame_dead(processes, record.commands, instance)
        raise
    backing.settle()
    say("every Flux object Ready, every Deployment available")
    count = snapshot.take(kube, bed.snapshot_file)
    record.ready = True
    record.save(instance)
    say(f"up: testbed {instance.name} with {platform.name}, {count} objects")
    return Bed(instance.name)


def _site(plane: ControlPlane, name: str) -> Command:
    folder = sites.root(plane.instance, name)
    folder.mkdir(exist_ok=True)
    argv = python(
        "testbed.web",
        name,
        f"--port={plane.ports[name]}",
        f"--root={folder}",
        f"--mode={sites.mode_file(plane.instance, name)}",
    )
    return Command(name, argv, control_plane.environment(plane.instance, PYTHONPATH=str(REPOSITORY)))


def _blame_dead(processes: Processes, commands: Iterable[str], instance: Instance) -> None:
    """A server that died says more than the objects it left unready."""
    for name in commands:
        if not processes.running(name):
            raise TestbedError(f"{name} ended by itself; see {instance.logs / f'{name}.log'}")
