"""The Makefile: documented, and every command the documents name is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.checkout import ROOT

PAGES = ["README.md", *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md"))]


def make(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run make as a user would, not as a part of the make that runs these tests."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(Path.home())}
    return subprocess.run(["make", *arguments], cwd=cwd, env=environment, capture_output=True, text=True)


def targets() -> set[str]:
    """What `make help` lists."""
    return set(re.findall(r"^  make ([a-z-]+) ", make("help").stdout, re.MULTILINE))


def test_help_is_the_default_and_lists_what_a_user_needs() -> None:
    assert make().stdout == make("help").stdout
    assert targets() >= {
        "demo",
        "audit",
        "check",
        "test",
        "report",
        "testbed-up",
        "testbed-down",
        "docs",
        "lock",
        "clean",
    }


@pytest.mark.parametrize("page", PAGES)
def test_documented_make_commands_exist(page: str) -> None:
    named = set(
        re.findall(r"\bmake ([a-z]+(?:-[a-z]+)?)\b", re.sub(r"[^`]*(`[^`]*`|\Z)", r"\1 ", (ROOT / page).read_text()))
    )
    assert named <= targets() | {"layers"}


def test_audit_without_a_context_is_one_line(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    done = make("-o", ".venv/.made", "audit", cwd=tmp_path)
    said = [line for line in done.stderr.splitlines() if not line.startswith("make: ***")]
    assert done.returncode != 0
    assert len(said) == 1
    assert "CONTEXT=" in said[0]


def test_an_old_python_is_one_line(tmp_path: Path) -> None:
    old = tmp_path / "python2"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = subprocess.run(["sh", "scripts/venv", old], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Python 3.11" in done.stderr


def test_a_python_without_ensurepip_is_one_line(tmp_path: Path) -> None:
    """No uv, a Python that cannot make environments, and no right to install: the line says what to do."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "id", "grep"):
        (tools / name).symlink_to(shutil.which(name) or "")
    (tools / "id").unlink()
    (tools / "id").write_text("#!/bin/sh\necho 1000\n")
    (tools / "python3").write_text("#!/bin/sh\nexit 1\n")
    for each in ("id", "python3"):
        (tools / each).chmod(0o755)
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    done = subprocess.run(
        [tools / "sh", "scripts/uv", "python3"], cwd=tmp_path, env={"PATH": str(tools)}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "missing on this machine: python3-venv; as root: apt-get install python3-venv\n"


def test_a_missing_debian_package_is_one_line_when_it_may_not_be_installed(tmp_path: Path) -> None:
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "id").chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", ROOT / "scripts" / "packages", "no-such-command"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == "missing on this machine: no-such-command; as root: apt-get install no-such-command\n"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["CONTEXT=here"], "audit eoepca --context here"),
        (["CONTEXT=here", "PLATFORM=mine"], "audit mine --context here"),
    ],
)
def test_audit_passes_on_what_was_given(tmp_path: Path, given: list[str], expected: str) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    stub = tmp_path / ".venv" / "bin" / "holdfast"
    stub.parent.mkdir(parents=True)
    stub.write_text('#!/bin/sh\necho "$@"\n')
    stub.chmod(0o755)
    assert make("-o", ".venv/.made", "audit", *given, cwd=tmp_path).stdout.strip() == expected
