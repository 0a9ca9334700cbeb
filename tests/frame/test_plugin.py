"""The plugin: a user's own steps, what pytest makes of verdicts, and staying out of other suites' way."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.steps import step_function_context_registry

from holdfast import run
from tests.frame.test_bad_input import NOWHERE

STEPS = '''
import pytest
from holdfast.model import CRITICAL, MINOR, Deviation, Listing, NotAsked, Ref, Resource, Unobservable, UnknownCode, rule
from holdfast.vocabulary import given, then, when

THING = Resource({"apiVersion": "v1", "kind": "Thing", "metadata": {"namespace": "ns", "name": "a"}})


class Things:
    subject, wanted, named = "every Thing", False, None
    def read(self):
        return Listing("Thing", (THING,))


@rule(f"mine.%(name)s.bad", CRITICAL, origin="test", remedy="mend it")
def bad(thing, world):
    """Things are good."""
    yield Deviation(thing.ref, "good", "bad: token=hunter2hunter2")


@rule(f"mine.%(name)s.poor", MINOR, origin="test", remedy="mend it")
def poor(thing, world):
    """Things are rich."""
    yield Deviation(thing.ref, "rich", "poor")


@rule(f"mine.%(name)s.good", CRITICAL, origin="test", remedy="mend it")
def good(thing, world):
    """Things are good."""
    return ()


@then("it is good")
def _(judge):
    judge(good, Things())

@then("it is bad")
def _(judge):
    judge(bad, Things())

@then("it is poor")
def _(judge):
    judge(poor, Things())

@then("it is hidden")
def _(judge):
    raise Unobservable(UnknownCode.FORBIDDEN, "list things", "403")

@then("it skips")
def _():
    pytest.skip("not today")

@then("it crashes")
def _():
    print("password=hunter2hunter2")
    raise RuntimeError("oops")

@then("nothing is judged")
def _():
    pass

@then("it needs more")
def _():
    raise NotAsked("needs --git-dir")

@then("it is one of", columns=("name", "colour?"))
def _(judge, rows):
    assert [row["colour"] for row in rows] == ["red", ""]
    judge(good, Things())
'''


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Path]:
    """A user's folder: a conftest with steps of their own beside a feature file.

    Several runs share this process, as real ones never do: the steps of the run before are forgotten.
    """
    (tmp_path / "conftest.py").write_text(STEPS.replace("%(name)s", tmp_path.name.replace("_", "-")))
    (tmp_path / "kubeconfig").write_text(NOWHERE)
    yield tmp_path
    for function, context in list(step_function_context_registry.items()):
        if context.step_func.__module__.rpartition(".")[2] == "conftest":
            del step_function_context_registry[function]


def judged(folder: Path, scenarios: dict[str, str], **options: str) -> tuple[int, dict[str, Any]]:
    """Run scenarios, each given as its Then steps; the exit status and findings.json."""
    text = "Feature: Mine\n" + "".join(
        f"  Scenario: {name}\n" + "".join(f"    Then {step}\n" for step in steps.split("; "))
        for name, steps in scenarios.items()
    )
    file = folder / f"{folder.name}.feature"
    file.write_text(text)
    told = {"report-dir": str(folder / "report"), "kubeconfig": str(folder / "kubeconfig"), "deadline": "0s"}
    more = {name.replace("_", "-"): text for name, text in options.items()}
    status = run.audit(run.Selection([str(file)]), told | more, quiet=True)
    return status, json.loads((folder / "report" / "findings.json").read_text())


def verdicts(document: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["verdict"] for each in document["scenarios"]}


def test_every_then_is_judged_and_verdicts_add_up(mine: Path) -> None:
    status, document = judged(
        mine,
        {
            "all": "it is bad; it is hidden; it is poor",
            "good": "it is good",
            "hidden": "it is good; it is hidden",
            "nothing": "nothing is judged",
            "more": "it needs more",
            "crash": "it crashes; it is good",
            "skip after a finding": "it is bad; it skips",
            "skip": "it skips",
        },
    )
    assert verdicts(document) == {
        "all": "deviates",
        "good": "conforms",
        "hidden": "unknown",
        "nothing": "unknown",
        "more": "not-asked",
        "crash": "unknown",
        "skip after a finding": "deviates",
        "skip": "not-asked",
    }
    assert status == 1
    first = document["scenarios"][0]
    assert len(first["findings"]) == 2
    assert [each["code"] for each in first["unknown"]] == ["forbidden"]
    assert [(each["rule"].split(".")[2], len(each["scenarios"])) for each in document["findings"]] == [
        ("bad", 2),
        ("poor", 1),
    ]


def test_findings_below_the_gate_are_not_red(mine: Path) -> None:
    status, document = judged(mine, {"poor": "it is poor"}, fail_on="major")
    assert (status, verdicts(document)) == (0, {"poor": "deviates"})
    [told] = [json.loads(file.read_text()) for file in (mine / "report" / "allure-results").glob("*-result.json")]
    assert told["status"] == "passed"


def test_a_file_that_could_not_be_collected_is_no_pass(mine: Path) -> None:
    (mine / "test_broken.py").write_text("import no_such_module\n")
    (mine / "good.feature").write_text("Feature: Mine\n  Scenario: S\n    Then it is good\n")
    told = ["--holdfast-kubeconfig=kubeconfig", "--holdfast-deadline=0s", "--continue-on-collection-errors"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *told, "good.feature", "test_broken.py"],
        capture_output=True,
        text=True,
        cwd=mine,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "no_such_module" in done.stdout


def test_allure_has_gherkin_steps_with_their_own_status_and_no_secret(mine: Path) -> None:
    judged(mine, {"all": "it is good; it is bad; it is hidden"})
    [file] = (mine / "report" / "allure-results").glob("*-result.json")
    told = json.loads(file.read_text())
    assert (told["name"], told["status"]) == ("all", "failed")
    assert [(each["name"], each["status"]) for each in told["steps"]] == [
        ("Then it is good", "passed"),
        ("Then it is bad", "failed"),
        ("Then it is hidden", "broken"),
    ]
    assert {"name": "severity", "value": "blocker"} in told["labels"]
    for written in (mine / "report").rglob("*"):
        assert not written.is_file() or "hunter2" not in written.read_text()


def test_what_a_step_prints_is_masked(mine: Path) -> None:
    judged(mine, {"crash": "it crashes"})
    for written in (mine / "report").rglob("*"):
        assert not written.is_file() or "hunter2" not in written.read_text()


def test_a_table_reaches_the_step_as_rows(mine: Path) -> None:
    status, document = judged(
        mine, {"table": "it is one of\n      | name | colour |\n      | a | red |\n      | b | |"}
    )
    assert (status, verdicts(document)) == (0, {"table": "conforms"})


def test_an_outline_runs_once_for_each_row(mine: Path) -> None:
    file = mine / "outline.feature"
    file.write_text(
        "Feature: Mine\n  Scenario Outline: S\n    Then it is <what>\n    Examples:\n"
        "      | what |\n      | good |\n      | bad |\n"
    )
    told = {"report-dir": str(mine / "report"), "kubeconfig": str(mine / "kubeconfig"), "deadline": "0s"}
    assert run.audit(run.Selection([str(file)]), told, quiet=True) == 1
    document = json.loads((mine / "report" / "findings.json").read_text())
    assert verdicts(document) == {"S[good]": "conforms", "S[bad]": "deviates"}


def test_two_steps_that_match_are_refused(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steps = mine / "conftest.py"
    steps.write_text(steps.read_text() + '\n@then("every Kustomization is Ready")\ndef _(judge):\n    pass\n')
    file = mine / "twice.feature"
    file.write_text("Feature: F\n  Scenario: S\n    Then every Kustomization is Ready\n")
    told = {"report-dir": str(mine / "report"), "kubeconfig": str(mine / "kubeconfig")}
    assert run.audit(run.Selection([str(file)]), told) == 4
    assert "ambiguous step: every Kustomization is Ready" in capsys.readouterr().err


def test_another_suites_feature_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "other.feature").write_text("Feature: Theirs\n  Scenario: S\n    Then it is theirs\n")
    (tmp_path / "test_theirs.py").write_text(
        "from pytest_bdd import scenarios, then\nscenarios('other.feature')\n"
        "@then('it is theirs')\ndef _():\n    pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    assert not (tmp_path / "holdfast-report").exists()


def test_python_files_beside_the_features_are_no_part_of_an_audit(mine: Path) -> None:
    (mine / "test_broken.py").write_text("import no_such_module\n")
    (mine / "good.feature").write_text("Feature: Mine\n  Scenario: S\n    Then it is good\n")
    told = {"report-dir": str(mine / "report"), "kubeconfig": str(mine / "kubeconfig"), "deadline": "0s"}
    assert run.audit(run.Selection([str(mine)]), told, quiet=True) == 0
