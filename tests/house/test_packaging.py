"""What is installed: a wheel, built through the sdist as a release is: real files, and it runs without the checkout."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from configparser import ConfigParser
from importlib import metadata
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, copy, tracked

LINKED = ("checks", "features", "fixtures", "reports", "steps")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """A wheel of a copy of this checkout. Without isolation: setuptools comes from the lock, not from the network."""
    made = tmp_path_factory.mktemp("wheel")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--outdir",
        made,
        copy(made / "source"),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return zipfile.ZipFile(next(made.glob("*.whl")))


@pytest.fixture(scope="module")
def installed(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked: what site-packages would hold."""
    site = tmp_path_factory.mktemp("site")
    wheel.extractall(site)
    return site


def python(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """This Python, far from the checkout, with the unpacked wheel before anything else."""
    environment: Mapping[str, str] = {**os.environ, "PYTHONPATH": str(site)}
    return subprocess.run([sys.executable, *arguments], cwd=site, env=environment, capture_output=True, text=True)


def test_every_module_and_feature_is_in_the_wheel_as_a_real_file(wheel: zipfile.ZipFile) -> None:
    packed = {each.filename: each for each in wheel.infolist()}
    ours = [file for file in tracked() if not (ROOT / file).is_symlink()]
    wanted = [f"holdfast/{file.as_posix()}" for file in ours if file.parts[0] in LINKED]
    wanted += [file.as_posix() for file in ours if file.parts[0] == "holdfast"]
    assert [name for name in wanted if name not in packed] == []
    assert [name for name, each in packed.items() if stat.S_ISLNK(each.external_attr >> 16)] == []
    assert any(name.endswith(".feature") for name in packed)
    assert any(name.endswith("platform.toml") for name in packed)
    assert any(name.endswith(".schema.json") for name in packed)


def test_nothing_else_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"holdfast"}


def test_the_command_and_the_plugin_are_declared(wheel: zipfile.ZipFile) -> None:
    declared = ConfigParser()
    declared.read_string(wheel.read(next(n for n in wheel.namelist() if n.endswith("entry_points.txt"))).decode())
    assert declared["console_scripts"]["holdfast"] == "holdfast.cli:main"
    assert declared["pytest11"]["holdfast"] == "holdfast.plugin"


def test_the_command_tells_its_version(capfd: pytest.CaptureFixture[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "holdfast", "--version"], cwd=ROOT, check=False)
    assert (done.returncode, capfd.readouterr().out) == (0, f"holdfast {metadata.version('holdfast')}\n")


def test_licence_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    text = wheel.read(next(name for name in wheel.namelist() if name.endswith("licenses/LICENSE"))).decode()
    assert "Apache License" in text
    assert "Version 2.0" in text


def test_the_wheel_runs_without_the_checkout(installed: Path) -> None:
    where = python(installed, "-c", "import holdfast.checks.presence as p; print(p.__file__)")
    assert where.stdout.strip() == str(installed / "holdfast" / "checks" / "presence.py"), where.stderr
    rules = python(installed, "-m", "holdfast", "rules")
    assert rules.returncode == 0, rules.stderr
    assert "platform.object.missing" in rules.stdout


@pytest.mark.usefixtures("nowhere")
def test_the_wheel_brings_its_features(installed: Path) -> None:
    collected = python(
        installed, "-m", "pytest", "-p", "no:cacheprovider", "--collect-only", "-q", "holdfast/features/flux"
    )
    assert collected.returncode == 0, collected.stdout + collected.stderr
    assert ".feature::" in collected.stdout
