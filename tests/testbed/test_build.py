"""The cache: what a part's place depends on, and that nothing is built twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from testbed import build
from testbed.errors import TestbedError


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the modules, and a cache of its own."""
    copy = tmp_path / "modules"
    shutil.copytree(build.MODULES, copy)
    monkeypatch.setattr(build, "MODULES", copy)
    monkeypatch.setenv("HOLDFAST_TESTBED_CACHE", str(tmp_path / "cache"))
    return copy


def _pretend_built(version: str = "v1") -> None:
    for module in {part.module for part in build.PARTS}:
        home = build._home(module, "1.26")
        home.mkdir(parents=True)
        (home / "version").write_text(version)


def test_what_is_built_needs_no_go(modules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _pretend_built()
    monkeypatch.setenv("PATH", "")
    said: list[str] = []
    built = build.ensure(said.append)
    assert said == []
    assert built.version("etcd") == "v1"
    assert built.binary("kubectl").parent.parent == built.homes["kubernetes"]


def test_a_moved_module_rebuilds_that_one_only(modules: Path) -> None:
    before = {part.module: build._digest(part.module) for part in build.PARTS}
    with (modules / "kwok" / "go.sum").open("a") as sums:
        sums.write("example.org/new v1.0.0 h1:=\n")
    after = {part.module: build._digest(part.module) for part in build.PARTS}
    assert {module for module in before if before[module] != after[module]} == {"kwok"}


def test_other_flags_are_another_build(modules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = build._digest("etcd")
    changed = tuple(
        build.Part(part.name, part.module, part.package, "-w") if part.module == "etcd" else part
        for part in build.PARTS
    )
    monkeypatch.setattr(build, "PARTS", changed)
    assert build._digest("etcd") != before


def test_a_failed_build_is_one_line(modules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("go") is None:
        pytest.skip("no go on PATH")
    broken = (build.Part("nothing", "helm", "example.org/no/such/package"),)
    monkeypatch.setattr(build, "PARTS", broken)
    with pytest.raises(TestbedError) as caught:
        build.ensure(lambda line: None)
    assert "building nothing failed" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not list((modules.parent / "cache").glob("helm-go*[!l]")), "half a build must not look like a whole one"


def test_every_part_has_a_module() -> None:
    for part in build.PARTS:
        assert part.package.split("/cmd/")[0] in (build.MODULES / part.module / "go.mod").read_text()
