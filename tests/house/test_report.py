"""`make report`: one HTML file that loads nothing, and that a real browser shows."""

from __future__ import annotations

import base64
import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import browser, report
from tests.house.checkout import ROOT


def test_usage_statistics_are_taken_out() -> None:
    page = (
        "<body><script>app()</script>\n"
        '<script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>\n'
        "<script>gtag('config')</script>\n</body>"
    )
    assert report.without_analytics(page) == "<body><script>app()</script>\n\n</body>"


@pytest.mark.parametrize("tag", ['<script src="https://cdn.example/x.js">', '<link href="//cdn.example/x.css">'])
def test_a_page_that_would_load_something_else_is_refused(tag: str) -> None:
    with pytest.raises(report.ReportError, match=r"cdn\.example"):
        report.without_analytics(f"<body>{tag}</body>")


def test_no_results_is_one_line(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, ROOT / "scripts" / "report.py", tmp_path], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "make demo" in done.stderr


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report folder of the demo, with its HTML."""
    folder = tmp_path_factory.mktemp("demo")
    holdfast = Path(sys.executable).parent / "holdfast"
    done = subprocess.run([holdfast, "demo"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return report.make(folder / "holdfast-report").parent


def visible(dom: str) -> str:
    """The text of a rendered page: no scripts, styles or tags, one space between words."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", dom.partition("<body>")[2], flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.mark.browser
def test_a_browser_shows_the_scenario_its_steps_and_what_is_wrong(demo: Path) -> None:
    results = [json.loads(file.read_text(encoding="utf-8")) for file in (demo / "allure-results").glob("*-result.json")]
    deviating = next(each for each in results if each["status"] == "failed" and each["steps"])
    found = next(each for each in _shown(demo) if each["name"] == deviating["name"])
    text = visible(browser.show(demo / "report.html", "--dump-dom", fragment=found["id"]))
    assert deviating["name"] in text
    for step in deviating["steps"]:
        assert " ".join(step["name"].split()) in text
    assert any(step["name"].split()[0] in ("Given", "When", "Then", "And") for step in deviating["steps"])


@pytest.mark.browser
def test_the_first_page_counts_every_scenario(demo: Path, tmp_path: Path) -> None:
    count = len(list((demo / "allure-results").glob("*-result.json")))
    picture = tmp_path / "report.png"
    text = visible(browser.show(demo / "report.html", "--dump-dom"))
    assert f"Total {count}" in text
    browser.photograph(demo / "report.html", picture)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 20_000, "an empty page"


def test_only_what_was_judged_and_conforms_is_green(demo: Path) -> None:
    """A scenario that does not apply, or was not asked for, must not look like one that passed."""
    audit = json.loads((demo / "findings.json").read_text(encoding="utf-8"))
    conforming = {each["name"] for each in audit["scenarios"] if each["verdict"] in ("conforms", "waived")}
    results = [json.loads(file.read_text(encoding="utf-8")) for file in (demo / "allure-results").glob("*-result.json")]
    assert {each["name"] for each in results if each["status"] == "passed"} <= conforming


def _shown(folder: Path) -> list[dict[str, str]]:
    """The scenarios of the report with the ids its pages are addressed by, out of the page's own data."""
    page = (folder / "report.html").read_text(encoding="utf-8")
    packed = re.findall(r'd\("data/test-results/[^"]+\.json","([A-Za-z0-9+/=]+)"\)', page)
    return [json.loads(base64.b64decode(each)) for each in packed]


def test_what_pytest_sets_up_is_no_step_of_a_scenario(demo: Path) -> None:
    results = demo / "allure-results"
    assert list(results.glob("*-result.json"))
    assert not list(results.glob("*-container.json"))
