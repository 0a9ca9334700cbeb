"""A running testbed as a fault or a test sees it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from testbed import access, gotk, health, platforms, services
from testbed.build import FLUX, Built
from testbed.control_plane import ControlPlane
from testbed.errors import TestbedError
from testbed.git import Git
from testbed.gotk import NAMESPACE
from testbed.instance import Instance, Record
from testbed.kube import Kube, Object
from testbed.processes import Command, Processes
from testbed.repositories import Charts
from testbed.services.backing import Backing
from testbed.services.gateway import GatewayHandle
from testbed.services.policies import PoliciesHandle
from testbed.sites import Site
from testbed.snapshot import Snapshot

REPOSITORY = Path(__file__).parent.parent


@dataclass(frozen=True)
class AuditRun:
    """One `holdfast audit`: its exit status, findings.json (None when it wrote none) and what it printed."""

    exit: int
    findings_json: dict[str, Any] | None
    stdout: str
    stderr: str
    seconds: float
    places: Mapping[str, str] = field(default_factory=dict)
    """By what a fault knows the addresses of this testbed: URL of a public host -> ``${key}``."""

    @property
    def findings(self) -> set[tuple[str, str]]:
        """(rule, Kind/namespace/name) of every finding."""
        return set(self.every_finding)

    @property
    def every_finding(self) -> list[tuple[str, str]]:
        """The same, as often as it was found."""
        return [(each["rule"], self._named(_subject(each))) for each in self._list("findings")]

    @property
    def unknowns(self) -> set[tuple[str, str]]:
        """(code, subject) of everything that could not be judged, accepted blind spots included."""
        return {
            (each["code"], self._named(each["subject"]))
            for scenario in self._list("scenarios")
            for each in scenario.get("unknown", [])
        }

    def _named(self, subject: str) -> str:
        for url, key in self.places.items():
            subject = subject.replace(url, key)
        return subject

    def _list(self, key: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (self.findings_json or {}).get(key, [])
        return found


class Bed:
    """One testbed that is up: Git, charts, the API, the processes, and the ways to wait for what they do.

    Every method raises TestbedError with one line when it cannot do what its name says.
    """

    def __init__(self, name: str) -> None:
        self.instance = Instance(name)
        self.record = Record.load(self.instance)
        self.platform = platforms.load(self.record.platform)
        self.processes = Processes(self.instance)
        self.built = Built({module: Path(home) for module, home in self.record.homes.items()})
        self.plane = ControlPlane(self.instance, self.built, self.record.ports)
        self.kubeconfig = self.instance.kubeconfig
        self.kube = Kube(self.kubeconfig)
        self.snapshot = Snapshot(self.kube, self.snapshot_file)
        self.git = Git(self.instance, self.record, self.processes, self.platform)
        self.charts = Charts(self.instance, self.record, self.processes, self.platform)
        self.hooks = Site(self.instance, self.record, self.processes, "hooks")
        self.backing = Backing(
            services.Context(
                self.instance, self.built, self.record.ports, self.processes, services.load(self.platform.services)
            )
        )

    # --- what a shell needs ---------------------------------------------------------------------------------------

    def env(self) -> dict[str, str]:
        """The variables `python -m testbed env` prints."""
        return {
            "KUBECONFIG": str(self.kubeconfig),
            "HOLDFAST_TESTBED": self.instance.name,
            "HOLDFAST_TESTBED_GIT": self.git.repository_url,
            "HOLDFAST_TESTBED_CHARTS": self.charts.url,
            "HOLDFAST_TESTBED_HOOKS": self.hooks.url,
            "HOLDFAST_TESTBED_WORKTREE": str(self.git.worktree),
            "HOLDFAST_TESTBED_AUDIT_LOG": str(self.instance.audit_log),
            "HOLDFAST_TESTBED_BIN": os.pathsep.join(str(home / "bin") for home in self.built.homes.values()),
            "HOLDFAST_TESTBED_PLATFORM": str(self.platform_file),
            **self.backing.environment(),
        }

    @property
    def platform_file(self) -> Path:
        """What differs in the testbed from the packaged platform.toml; written afresh, for `--platform-file`."""
        return self.backing.write_platform()

    # --- the servers behind the platform --------------------------------------------------------------------------

    def service(self, name: str) -> Any:
        """The service of that name: `.url`, `.port`, and what its own handle can do (see testbed/services)."""
        return self.backing.handle(name)

    @property
    def gateway(self) -> GatewayHandle:
        """The ingress: makes public hosts misbehave."""
        found = self.backing.handle("gateway")
        assert isinstance(found, GatewayHandle)
        return found

    @property
    def policies(self) -> PoliciesHandle:
        """What PEPs and PDP hold, as `management_tools` tells it."""
        found = self.backing.handle("policies")
        assert isinstance(found, PoliciesHandle)
        return found

    def credential(self, name: str, rules: list[Object]) -> Path:
        """A kubeconfig for user `name` that may do exactly what these RBAC rules say."""
        return access.credential(self.plane, self.kube, name, rules)

    # --- making Flux act, and waiting -----------------------------------------------------------------------------

    def reconcile(self, kind: str, namespace: str, name: str, *, wait: float = 20, force: bool = False) -> Object:
        """Asks Flux to reconcile now, as `flux reconcile` does, and waits until the request was handled.

        Whatever came of it; with `wait` 0 it does not wait.

        `force` makes helm-controller run a one-off upgrade although nothing changed.
        """
        token = _token()
        annotations = {"reconcile.fluxcd.io/requestedAt": token} | (
            {"reconcile.fluxcd.io/forceAt": token} if force else {}
        )
        obj = self.kube.patch(kind, namespace, name, {"metadata": {"annotations": annotations}}, manager="flux")
        if not wait:
            return obj
        return self.wait(
            kind, namespace, name, lambda found: found.get("status", {}).get("lastHandledReconcileAt") == token, wait
        )

    def sync(self, *kustomizations: str, wait: float = 20) -> None:
        """Makes Flux fetch Git and apply these Kustomizations of flux-system (all when none is named).

        Returns when each has tried the new revision; whether it succeeded is for the caller to ask.
        """
        source = self.reconcile("GitRepository", "flux-system", "flux-system", wait=wait)
        revision = source.get("status", {}).get("artifact", {}).get("revision")
        names = kustomizations or tuple(
            obj["metadata"]["name"] for obj in self.kube.list("Kustomization", "flux-system")
        )
        untried = [name for name in names if not _tried(self.kube.get("Kustomization", "flux-system", name), revision)]
        for name in names:
            if name not in untried:
                self.reconcile("Kustomization", "flux-system", name, wait=wait)
        for name in untried:  # on their way already: a request of ours would make them work twice
            try:
                self.wait("Kustomization", "flux-system", name, lambda obj: _tried(obj, revision), min(wait, 10))
            except TestbedError:  # it gave up before the revision, for instance over a dependency
                self.reconcile("Kustomization", "flux-system", name, wait=wait)

    def wait(
        self, kind: str, namespace: str | None, name: str, predicate: Callable[[Object], bool], seconds: float = 20
    ) -> Object:
        """Polls the object until the predicate holds; the object.

        An object that is not there (yet) does not satisfy it.
        """
        deadline = time.monotonic() + seconds
        while True:
            found = self.kube.find(kind, namespace, name)
            if found is not None and predicate(found):
                return found
            if time.monotonic() > deadline:
                state = "is not there" if found is None else f"has Ready={health.condition(found, 'Ready')}"
                what = f"{kind}/{namespace or ''}/{name}"
                raise TestbedError(f"{what} did not become what was waited for within {seconds:g} s: it {state}")
            time.sleep(0.1)

    def wait_not_ready(self, kind: str, namespace: str, name: str, reason: str = "", seconds: float = 60) -> Object:
        """Until the object says Ready=False about its current spec, for this reason if one is given."""

        def is_it(obj: Object) -> bool:
            return health.not_ready(obj) and reason in ("", (health.condition(obj, "Ready") or {}).get("reason"))

        return self.wait(kind, namespace, name, is_it, seconds)

    def wait_ready(self, kind: str, namespace: str, name: str, seconds: float = 20) -> Object:
        """Until the object says Ready=True about its current spec."""
        return self.wait(kind, namespace, name, health.ready, seconds)

    def problems(self) -> list[str]:
        """What is not healthy right now, one line each."""
        return self._platform_problems() + self.backing.problems()

    def _platform_problems(self) -> list[str]:
        silent = [f"process {name} is not running" for name in self.record.commands if not self.processes.running(name)]
        return silent + list(health.problems(self.kube, self.git.revision))

    def wait_healthy(self, seconds: float = 120, *, nudge_after: float = 2) -> None:
        """Until the whole platform is healthy (see health.py).

        Servers that ended are started again, as a kubelet would. After `nudge_after` seconds whatever is not as it
        should be is asked to reconcile, instead of sitting out its interval, and every three seconds again.
        """
        begun = time.monotonic()
        next_nudge = begun + nudge_after
        next_help = begun + 8
        while problems := self._platform_problems() or self.backing.problems():
            now = time.monotonic()
            if now > begun + seconds:
                more = f" (+{len(problems) - 1} more)" if len(problems) > 1 else ""
                name = self.instance.name
                raise TestbedError(f"testbed {name} is not healthy after {seconds:g} s: {problems[0]}{more}")
            if self.kube.ready():
                self._start_dead()
                if now > next_nudge:
                    self._nudge()
                    next_nudge = now + 3
                if now > next_help and not self._platform_problems():
                    self.backing.nudge()
                    next_help = now + 8
            time.sleep(0.2)

    def _nudge(self) -> None:
        """A reconcile request for every Flux object that is not as it should be and not at work."""
        revision = self.git.revision
        for kind in health.FLUX_KINDS:
            for obj in self._list_if_served(kind):
                status = obj.get("status", {})
                at = status.get("artifact", {}).get("revision") if kind == "GitRepository" else revision
                at = status.get("lastAppliedRevision") if kind == "Kustomization" else at
                at_work = (health.condition(obj, "Ready") or {}).get("status") == "Unknown"
                going = obj["metadata"].get("deletionTimestamp")
                if (at != revision or not health.ready(obj)) and not at_work and not going:
                    self.reconcile(kind, obj["metadata"]["namespace"], obj["metadata"]["name"], wait=0)

    def _list_if_served(self, kind: str) -> list[Object]:
        try:
            return self.kube.list(kind)
        except TestbedError:
            return []

    # --- processes ------------------------------------------------------------------------------------------------

    def stop(self, process: str, *, kill: bool = False) -> None:
        """Ends a server (SIGTERM, or SIGKILL with `kill`: a controller then cannot give its Lease back)."""
        self._known(process)
        self.processes.stop(process, kill=kill)

    def start(self, process: str) -> None:
        """Starts a server again as it was started at `up`; a Flux controller leads at once, whoever held its Lease."""
        command = Command.from_dict(self._known(process))
        if process in FLUX and not self.processes.running(process) and self.kube.ready():
            self.kube.delete("Lease", NAMESPACE, f"{process}-leader-election")
        self.processes.start(command)

    def pause(self, process: str) -> None:
        """SIGSTOP: alive, silent. A Flux controller that is resumed after its Lease ran out ends by itself."""
        self._known(process)
        self.processes.pause(process)

    def resume(self, process: str) -> None:
        self._known(process)
        self.processes.resume(process)

    def _known(self, process: str) -> dict[str, Any]:
        if process not in self.record.commands:
            raise TestbedError(
                f"no process called {process!r} in this testbed; known: {', '.join(self.record.commands)}"
            )
        return self.record.commands[process]

    # --- back to healthy, and on to the next release --------------------------------------------------------------

    def reset(self, seconds: float = 120) -> list[str]:
        """Back to the healthy platform without a restart; what had to be done, one line each.

        That is processes, HTTP servers, services' data, Git, charts, every object of the API and who owns its fields.
        """
        done = self._restart_processes() + self.backing.restore(controllers=False)
        if self.charts.restore():
            done.append("published the charts again")
            for obj in self._list_if_served("HelmRepository"):
                self.reconcile("HelmRepository", obj["metadata"]["namespace"], obj["metadata"]["name"], wait=0)
        git_changed = self.git.restore(self.record.healthy_commit)
        if git_changed:
            done.append("restored Git")
        for attempt in range(4):
            repaired = self._restore_objects()
            done += repaired
            if attempt == 0 and git_changed:
                self.reconcile("GitRepository", "flux-system", "flux-system")
            if attempt == 0 or repaired:
                self.wait_healthy(seconds)
            if attempt and not repaired:
                break
        if unsealed := self.backing.restore(controllers=True):
            self.wait_healthy(seconds)
        return done + unsealed + self.backing.settle()

    def _restore_objects(self) -> list[str]:
        for _ in range(15):
            try:
                return self.snapshot.restore()
            except TestbedError as error:  # a namespace still going, a CRD not yet served: settles in a moment
                last = error
                time.sleep(1)
        raise last

    def _restart_processes(self) -> list[str]:
        for site in (self.git, self.charts, self.hooks):
            site.normal()
        paused = [name for name in self.record.commands if self.processes.paused(name)]
        for name in paused:
            self.resume(name)
        # The API server first: the others need it, and the Lease of a dead controller is deleted through it.
        started = [name for name in ("etcd", "kube-apiserver") if not self.processes.running(name)]
        for name in started:
            self.start(name)
        self._wait_api(30)
        return [f"resumed {name}" for name in paused] + [f"started {name}" for name in started + self._start_dead()]

    def _start_dead(self) -> list[str]:
        dead = [name for name in self.record.commands if not self.processes.running(name)]
        for name in dead:
            self.start(name)
        return dead

    def _wait_api(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self.kube.ready():
            if time.monotonic() > deadline:
                log = self.instance.logs / "kube-apiserver.log"
                raise TestbedError(f"the API server does not become ready within {seconds:g} s; see {log}")
            time.sleep(0.1)

    @property
    def snapshot_file(self) -> Path:
        return self.instance.home / "healthy.json.gz"

    def upgrade(self, *, wait: float = 120) -> None:
        """Commits the next Flux release's gotk-components.yaml and waits until it is rolled out.

        `reset()` takes it back.
        """
        self.git.commit(
            {self.components_path: gotk.components(self.built, gotk.following())},
            f"Upgrade Flux to {gotk.NEXT_VERSION}",
        )
        self.sync("flux-system")
        self.wait_healthy(wait)

    @property
    def components_path(self) -> str:
        """gotk-components.yaml's path in the platform's Git."""
        return f"{self.platform.flux_folder}/gotk-components.yaml"

    # --- holdfast itself ------------------------------------------------------------------------------------------

    def audit(
        self,
        *arguments: str,
        context: str = "auditor",
        kubeconfig: Path | None = None,
        settle: float | None = 1,
        timeout: float = 300,
        environment: Mapping[str, str] | None = None,
    ) -> AuditRun:
        """Runs `python -m holdfast audit …` against this testbed as a user would, in a process of its own.

        With no argument the bed's platform is audited; `--platform-file` is the testbed's own unless one is given.

        `settle` is passed as `--settle` (None: holdfast's own default); `kubeconfig` takes the place of the
        testbed's, with its current context; `environment` is added to the caller's own and the testbed's.
        """
        paths = [] if any(not each.startswith("-") for each in arguments[:1]) else [self.platform.name]
        where = (
            ["--kubeconfig", str(kubeconfig)]
            if kubeconfig
            else ["--kubeconfig", str(self.kubeconfig), "--context", context]
        )
        with tempfile.TemporaryDirectory(prefix="holdfast-audit-") as reports:
            command = [sys.executable, "-m", "holdfast", "audit", *paths, *arguments, *where, "--report-dir", reports]
            if settle is not None and "--settle" not in arguments:
                command += ["--settle", f"{settle:g}"]
            if "--platform-file" not in arguments:
                command += ["--platform-file", str(self.platform_file)]
            begun = time.monotonic()
            variables = {**os.environ, "PATH": self.built.path(), **self.backing.environment(), **(environment or {})}
            try:
                done = subprocess.run(
                    command,
                    cwd=REPOSITORY,
                    env=variables,
                    capture_output=True,
                    text=True,
                    check=False,
                    timeout=timeout,
                )
            except subprocess.TimeoutExpired:
                raise TestbedError(f"holdfast audit did not end within {timeout:g} s") from None
            file = Path(reports) / "findings.json"
            findings = orjson.loads(file.read_bytes()) if file.exists() else None
        seconds = time.monotonic() - begun
        return AuditRun(done.returncode, findings, done.stdout, done.stderr, seconds, self.backing.places())

    def audit_log(self, since: int = 0) -> list[tuple[str, str, str]]:
        """(verb, resource, user) of every request the API server answered.

        Read from byte `since` of its audit log on, which is what `audit_log_position` gave earlier.
        """
        return [
            (event["verb"], _resource(event), event["user"].get("username", "")) for event in self.audit_events(since)
        ]

    def audit_events(self, since: int = 0) -> list[Object]:
        """The same as whole audit events."""
        with self.instance.audit_log.open("rb") as log:
            log.seek(since)
            return [json.loads(line) for line in log if line.endswith(b"\n")]

    def audit_log_position(self) -> int:
        """Where the audit log ends now; to be handed to `audit_log` later."""
        return self.instance.audit_log.stat().st_size


def _resource(event: Object) -> str:
    reference = event.get("objectRef") or {}
    name = reference.get("resource") or event.get("requestURI", "").split("?")[0]
    group = reference.get("apiGroup")
    subresource = reference.get("subresource")
    return f"{name}.{group}" * bool(group) + f"{name}" * (not group) + (f"/{subresource}" if subresource else "")


def _subject(finding: dict[str, Any]) -> str:
    resource = finding.get("resource")
    if not resource:
        return str(finding.get("subject", ""))
    namespace = resource.get("namespace")
    return (
        f"{resource['kind']}/{namespace}/{resource['name']}" if namespace else f"{resource['kind']}/{resource['name']}"
    )


def _tried(obj: Object, revision: str | None) -> bool:
    """The Kustomization has come to an end with this revision, good or bad."""
    ready = health.condition(obj, "Ready") or {}
    attempted = obj.get("status", {}).get("lastAttemptedRevision")
    return attempted == revision and ready.get("status") in ("True", "False")


def _token() -> str:
    return f"testbed-{time.time_ns()}"
