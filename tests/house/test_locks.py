"""The locks: exact versions by hash, no addresses, and in step with pyproject.toml."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.checkout import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]
RUNTIME = PROJECT["project"]["dependencies"]
LOCKS = {
    "requirements.lock": RUNTIME,
    "requirements-dev.lock": [*RUNTIME, *GROUPS["dev"]],
    "requirements-uv.lock": GROUPS["uv"],
    "requirements-node.lock": GROUPS["node"],
}
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; [^\\]+)? \\$")
_HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def pins(lock: str) -> dict[str, str]:
    """Version by package; every line of the file is either a pin or one of its hashes."""
    found: dict[str, str] = {}
    hashes = 1
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        pin = _PIN.match(line)
        if pin:
            assert hashes, f"{lock}: no hash before {line}"
            found[canonicalize_name(pin[1])] = pin[2]
            hashes = 0
        else:
            assert _HASH.match(line), f"{lock}: neither a pin nor a hash: {line}"
            hashes += 1
    assert hashes, f"{lock}: the last pin has no hash"
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_satisfies_pyproject(lock: str) -> None:
    locked = pins(lock)
    for text in LOCKS[lock]:
        wanted = Requirement(text)
        name = canonicalize_name(wanted.name)
        assert name in locked, f"{lock} lacks {text}: make lock"
        assert wanted.specifier.contains(locked[name]), f"{lock} has {name} {locked[name]}, not {text}: make lock"


def test_what_runs_is_what_was_tested() -> None:
    tested = pins("requirements-dev.lock")
    assert {name: tested.get(name) for name in pins("requirements.lock")} == pins("requirements.lock")


def test_there_is_no_lock_with_addresses() -> None:
    assert not (ROOT / "uv.lock").exists()
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


def test_allure_is_pinned_and_every_package_has_a_hash() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]["allure"]
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert re.fullmatch(r"3\.\d+\.\d+", wanted)
    assert locked["node_modules/allure"]["version"] == wanted
    assert [name for name, package in locked.items() if name and "integrity" not in package] == []
