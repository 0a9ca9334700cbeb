"""Allure shows the Gherkin steps, colours them, and holds the evidence without secrets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from holdfast.model.scrub import Scrubber
from holdfast.reports import allure as bridge

TEST = '''
"""A scenario as the plugin runs it, told to Allure by the bridge."""
import pytest

from holdfast.checks.presence import missing
from holdfast.model import Deviation, MAJOR, Ref, Remedy, Resource, UnknownCode, Unobservable
from holdfast.model.scrub import Scrubber
from holdfast.reports import allure as bridge

SCRUBBER = Scrubber()
SCRUBBER.learn(b"canary-value")
PROVIDER = Resource({
    "apiVersion": "notification.toolkit.fluxcd.io/v1beta2", "kind": "Provider",
    "metadata": {"name": "slack", "namespace": "flux-system", "annotations": {"a/b": "canary-value"}},
    "spec": {"type": "slack", "address": "https://hooks.slack.com/services/canary-value", "channel": "x" * 30_000},
    "status": {"conditions": [{"type": "Ready", "status": "False", "reason": "Broken", "message": "no canary-value"}]},
})
SAID = Deviation(PROVIDER.ref, "there", "gone", summary="it is gone: canary-value", severity=MAJOR,
                 remedy=(Remedy("look", "kubectl get x"), Remedy("mend", "kubectl apply x", writes=True, risk="all")))


def marked(function):
    for mark in bridge.labels("features/flux/sources.feature::Git", "Flux delivers", ("daily",)):
        function = mark(function)
    return function


@marked
@pytest.mark.parametrize("_pytest_bdd_example", [{"a": "b"}])
def test_git(_pytest_bdd_example):
    tell = bridge.AllureBridge(SCRUBBER)
    tell.begin_scenario("Git sources are fetched")
    tell.begin_step("Given a cluster")
    tell.end_step()
    tell.begin_step("Then every Provider is there")
    tell.end_step([(missing, SAID)], [], [PROVIDER])
    tell.begin_step("And every Secret canary-value is seen")
    tell.end_step([], [Unobservable(UnknownCode.FORBIDDEN, "list secrets", "canary-value", "kubectl auth can-i")], [])
    tell.begin_step("And this one is left open")
    tell.close()
    tell.end_step()
'''

CONFTEST = """
import pytest
from holdfast.reports import allure as bridge

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    bridge.hide_example(item)
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What allure-pytest wrote about the scenario."""
    folder = tmp_path_factory.mktemp("allure")
    (folder / "test_it.py").write_text(TEST)
    (folder / "conftest.py").write_text(CONFTEST)
    arguments = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
        "--rootdir",
        str(folder),
        f"--alluredir={folder / 'out'}",
    ]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, str(folder)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout
    return folder / "out"


@pytest.fixture(scope="module")
def told(results: Path) -> dict[str, Any]:
    [file] = results.glob("*-result.json")
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def test_steps_are_shown_and_coloured(told: dict[str, Any]) -> None:
    assert [(each["name"], each["status"]) for each in told["steps"]] == [
        ("Given a cluster", "passed"),
        ("Then every Provider is there", "failed"),
        ("And every Secret (withheld) is seen", "broken"),
        ("And this one is left open", "passed"),
    ]
    assert "platform.object.missing: it is gone: (withheld)" in told["steps"][1]["statusDetails"]["message"]
    assert "forbidden: list secrets: (withheld)" in told["steps"][2]["statusDetails"]["message"]


def test_evidence_is_attached_to_the_step(told: dict[str, Any], results: Path) -> None:
    attached = {each["name"]: (results / each["source"]).read_text() for each in told["steps"][1]["attachments"]}
    assert list(attached) == ["conditions as read", "Provider/flux-system/slack as read", "what to type"]
    header, row = attached["conditions as read"].splitlines()
    assert header.split() == ["OBJECT", "CONDITION", "STATUS", "REASON", "MESSAGE"]
    assert row.split() == ["Provider/flux-system/slack", "Ready", "False", "Broken", "no", "(withheld)"]
    assert "address: (withheld)" in attached["Provider/flux-system/slack as read"]
    assert attached["what to type"].splitlines()[:5] == [
        "# it is gone: (withheld)",
        "# look",
        "kubectl get x",
        "# mend (writes: all)",
        "kubectl apply x",
    ]
    assert attached["Provider/flux-system/slack as read"].count("x" * 100) == 200  # long texts are cut
    [cure] = told["steps"][2]["attachments"]
    assert (results / cure["source"]).read_text().endswith("kubectl auth can-i")


def test_the_scenario_is_filed_and_graded_once(told: dict[str, Any]) -> None:
    assert told["name"] == "Git sources are fetched"
    labels = [(each["name"], each["value"]) for each in told["labels"]]
    assert {("epic", "flux"), ("feature", "Flux delivers"), ("parentSuite", "flux"), ("suite", "Flux delivers")} <= set(
        labels
    )
    assert [value for name, value in labels if name == "severity"] == ["critical"]
    assert all(each["mode"] == "hidden" for each in told["parameters"])


def test_no_secret_is_in_any_file(results: Path) -> None:
    for file in results.iterdir():
        assert "canary-value" not in file.read_text()


def test_without_allure_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_allure", None)
    tell = bridge.AllureBridge(Scrubber())
    tell.begin_scenario("x")
    tell.begin_step("x")
    tell.end_step()
    tell.close()
    assert bridge.labels("a.feature::b", "c") == []
