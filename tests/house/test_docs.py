"""The documents say what is true now."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from holdfast import ledger, waivers
from holdfast.docs import PAGES as GENERATED
from holdfast.docs import stale
from holdfast.platform import Platform
from holdfast.settings import flags
from tests.house.checkout import ROOT

PAGES = ["README.md", *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md"))]
WRITTEN = [page for page in PAGES if page not in GENERATED]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_OTHER_OPTIONS = {
    *("json", "secrets", "check", "name", "no-cache-dir", "platform", "context", "upgrade", "output", "only"),
    *("force-conflicts", "field-manager"),
}
"""Long options of other commands than `holdfast audit` that the documents use."""

_ELSEWHERE = re.compile(r"`(?:kubectl|flux|kustomize|helm) [^`]*`|\b(?:kubectl|flux|apt-get|python -m bench) .*")
"""Other programs with options of their own, in a code span or from their name to the end of the line."""


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return [body for name, body in _FENCE.findall((ROOT / page).read_text(encoding="utf-8")) if name == language]


def test_a_stale_page_is_named(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "deploy").mkdir()
    for name, made in GENERATED.items():
        (tmp_path / name).write_text(made(), encoding="utf-8")
    assert stale(tmp_path) == []
    (tmp_path / "docs" / "rules.md").write_text("old", encoding="utf-8")
    (tmp_path / "docs" / "steps.md").unlink()
    assert stale(tmp_path) == ["docs/rules.md", "docs/steps.md"]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = _FENCE.sub("", (ROOT / page).read_text(encoding="utf-8"))
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("page", WRITTEN)
def test_features_shown_can_be_run(page: str, tmp_path: Path) -> None:
    shown = blocks(page, "gherkin")
    for number, text in enumerate(shown):
        (tmp_path / f"shown_{number}.feature").write_text(text, encoding="utf-8")
    (tmp_path / "platform.toml").write_text('[platform]\nname = "shown"\n[names]\nbranch = "main"\n', encoding="utf-8")
    if not shown:
        assert "Scenario:" not in (ROOT / page).read_text(encoding="utf-8")
        return
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        ROOT / "holdfast" / "audit.ini",
        "--rootdir",
        tmp_path,
    ]
    done = subprocess.run([*command, "--collect-only", "-q", tmp_path], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(".feature::") >= len(shown)


@pytest.mark.parametrize("page", WRITTEN)
def test_toml_shown_is_accepted(page: str, tmp_path: Path) -> None:
    for text in blocks(page, "toml"):
        read = tomllib.loads(text)
        if "waiver" in read:
            (tmp_path / "waivers.toml").write_text(text, encoding="utf-8")
            assert len(waivers.load(tmp_path / "waivers.toml")) == text.count("[[waiver]]")
        else:
            assert Platform.model_validate({"platform": {"name": "shown"}, **read}).model_fields_set >= set(read)


@pytest.mark.parametrize("page", WRITTEN)
def test_options_shown_exist(page: str) -> None:
    text = _ELSEWHERE.sub("", (ROOT / page).read_text(encoding="utf-8"))
    named = set(re.findall(r"(?<![\w-])--([a-z][a-z-]+)", text))
    assert named <= set(flags()) | _OTHER_OPTIONS


def test_exit_statuses_are_those_of_the_code() -> None:
    table = re.findall(r"^\| (\d+) \| (.+) \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert {int(status) for status, _ in table} == {
        ledger.OK,
        ledger.FINDING,
        ledger.INTERRUPTED,
        ledger.INTERNAL,
        ledger.USAGE,
        ledger.NOTHING,
        ledger.UNJUDGED,
    }
