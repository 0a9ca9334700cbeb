"""Keycloak as Maven publishes it, unpacked, optimised and with an empty database, once, in the testbed's cache."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import time
import zipfile
from pathlib import Path

import orjson

from testbed import build
from testbed.errors import TestbedError
from testbed.instance import free_ports
from testbed.services.keycloak_realm import NAMES, REALM, realm
from testbed.services.probe import status
from testbed.services.programs import program

VERSION = "26.3.5"
_SHA256 = "95756bdfd7540fafaf28874a8eb8d0d4c55977344a3b7821e9bd3a22bfb2b6a6"
_MAVEN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
_OPTIONS = (
    "--db=dev-file",
    "--health-enabled=false",
    "--metrics-enabled=false",
    "--features-disabled=impersonation,ciba,par,device-flow,kerberos,web-authn,organization",
)
"""What is decided when Keycloak is optimised: a file as its database, and nothing that only costs time to start."""
ADMIN = "testbed-admin"
_JAVA = (
    "-Xms64m",
    "-Xmx384m",
    "-XX:MaxMetaspaceSize=256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # it lives for minutes: compiling well would cost more than it brings
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
    "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
    "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.security=ALL-UNNAMED",
)
_PARTS = ("bin", "lib", "providers", "themes")


def ensure() -> Path:
    """The folder of the prepared Keycloak; made when it is missing (two minutes, once).

    Raises:
        TestbedError: Java or Maven is missing, or a step of it failed.
    """
    imported = orjson.dumps(realm(dict.fromkeys(NAMES, "")), option=orjson.OPT_SORT_KEYS).decode()
    mark = hashlib.sha256(" ".join((_SHA256, ADMIN, *_OPTIONS, imported)).encode()).hexdigest()[:12]
    home = build.cache() / f"keycloak-{VERSION}-{mark}"
    if home.exists():
        return home
    build.cache().mkdir(parents=True, exist_ok=True)
    with (build.cache() / ".keycloak.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            partial = home.with_name(f"{home.name}.partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            _unpack(_fetch(partial), partial)
            _run(partial, "build", *_OPTIONS)
            _fill_database(partial)
            partial.rename(home)
    return home


def java(home: Path, *arguments: str) -> list[str]:
    """The command line of Keycloak in a folder made by :func:`link`, or in the prepared one."""
    own = (f"-Dkc.home.dir={home}", f"-Djboss.server.config.dir={home}/conf", "-cp", f"{home}/lib/quarkus-run.jar")
    main = "io.quarkus.bootstrap.runner.QuarkusEntryPoint"
    return [program("java", "default-jre-headless"), *_JAVA, *own, main, *arguments]


def serving(home: Path, port: int, hostname: str) -> list[str]:
    """The arguments with which it serves: over HTTP on loopback, alone, known to the world as `hostname`."""
    return [
        "start",
        "--optimized",
        "--cache=local",
        "--http-enabled=true",
        "--http-host=127.0.0.1",
        f"--http-port={port}",
        f"--hostname={hostname}",
        "--proxy-headers=xforwarded",
        f"--db-url=jdbc:h2:file:{home}/data/h2/keycloakdb;NON_KEYWORDS=VALUE",
    ]


def link(prepared: Path, home: Path) -> None:
    """A folder to run in: the program by links, configuration and the database by copy."""
    for part in _PARTS:
        (home / part).unlink(missing_ok=True)
        (home / part).symlink_to(prepared / part)
    for part in ("conf", "data"):
        shutil.rmtree(home / part, ignore_errors=True)
        shutil.copytree(prepared / part, home / part)


def secrets_of(prepared: Path) -> dict[str, str]:
    """Passwords of users and secrets of clients by their names: made here, at random, and nowhere else."""
    read: dict[str, str] = orjson.loads((prepared / "secrets.json").read_bytes())
    return read


def _fetch(folder: Path) -> Path:
    """The archive, by Maven, which knows where it is; believed by its hash alone."""
    asked = [
        program("mvn", "maven"),
        "--quiet",
        "--batch-mode",
        _MAVEN,
        f"-Dartifact=org.keycloak:keycloak-quarkus-dist:{VERSION}:zip",
        f"-DoutputDirectory={folder}",
    ]
    done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
    archive = folder / f"keycloak-quarkus-dist-{VERSION}.zip"
    if done.returncode != 0 or not archive.exists():
        last = ([line for line in done.stdout.splitlines() if "ERROR" in line] or ["it says nothing"])[0]
        raise TestbedError(f"Maven could not fetch Keycloak {VERSION}: {last[:200]}")
    with archive.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != _SHA256:
        raise TestbedError(f"Keycloak {VERSION} has the hash {found}, not {_SHA256}: not used")
    return archive


def _unpack(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    unpacked = folder / f"keycloak-{VERSION}"
    for each in unpacked.iterdir():
        each.rename(folder / each.name)
    unpacked.rmdir()
    archive.unlink()


def _run(home: Path, *arguments: str) -> None:
    done = subprocess.run(java(home, *arguments), cwd=home, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode != 0:
        raise TestbedError(f"Keycloak {arguments[0]} failed: {(done.stderr or done.stdout).strip()[-300:]}")


def _fill_database(home: Path) -> None:
    """Starts it once, so that its tables, the realms and an administrator are there for every testbed."""
    made = {name: secrets.token_urlsafe(18) for name in (ADMIN, *NAMES)}
    file = home / "secrets.json"
    file.touch(0o600)
    file.write_bytes(orjson.dumps(made))
    imported = home / "data" / "import" / f"{REALM}-realm.json"
    imported.parent.mkdir(parents=True)
    imported.write_bytes(orjson.dumps(realm(made)))
    port = free_ports(["keycloak"])["keycloak"]
    environment = {**os.environ, "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN, "KC_BOOTSTRAP_ADMIN_PASSWORD": made[ADMIN]}
    command = java(home, *serving(home, port, f"http://127.0.0.1:{port}"), "--import-realm")
    with (home / "first-start.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + 400
            while status(f"http://127.0.0.1:{port}/realms/{REALM}") != 200:
                if time.monotonic() > deadline or server.poll() is not None:
                    raise TestbedError(f"Keycloak did not start to make its database; see {log.name}")
                time.sleep(0.5)
        finally:
            server.terminate()
            server.wait(60)
    imported.unlink()
