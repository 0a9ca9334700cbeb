"""Cells and words that are none are refused with their line; what a column says stands in docs/steps.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast import docs
from holdfast.columns import FORMS, JSON_OBJECT, KEY_TYPE, SOURCE_URL, known
from holdfast.run import Selection, audit
from holdfast.vocabulary import Columns
from tests.frame.test_bad_input import NOWHERE


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("within", "5", "'5' is no duration (like 5s or 1m)"),
        ("within", "0s", "'0s' is no duration (like 5s or 1m)"),
        ("longer than", "soon", "'soon' is no duration (like 30s, 10m or 24h)"),
        ("interval", "5 minutes", "'5 minutes' is no duration (like 30s, 10m or 24h)"),
        ("replicas", "two", "'two' is no whole number (like 10)"),
        ("at least", "-1", "'-1' is no whole number (like 10)"),
        ("status", "2000", "'2000' is no HTTP status (like 200 or 200|204)"),
        ("status", "200|ok", "'200|ok' is no HTTP status (like 200 or 200|204)"),
        ("url", "a.b/c", "'a.b/c' is no URL: https://a.b/c?"),
        ("url", "ftp://a.b", "'ftp://a.b' is no URL (like https://host/path)"),
        ("login page", "yes", "'yes' is not 'allowed'"),
        ("decision", "Maybe", "'Maybe' is not one of Permit, Deny"),
        ("outcome", "perhaps", "'perhaps' is not one of granted, denied, unauthorised"),
        ("bbox", "1 2 3", "'1 2 3' is not 'south west north east' in degrees"),
        ("from", "yesterday", "'yesterday' is no time (like 2021-04-02T00:00:00Z)"),
        ("max cloud", "few", "'few' is no number (like 20 or 0.5)"),
        ("memory limit", "lots", "'lots' is not a quantity like 500Mi, 100m or 2"),
        ("prune", "perhaps", "'perhaps' is neither yes nor no"),
    ],
)
def test_a_cell_that_is_none_is_told(column: str, cell: str, said: str) -> None:
    columns = Columns.of(known("name", f"{column}?"))
    assert list(columns.wrong_cells({"name": "x", column: cell})) == [f"{column}: {said}"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("within", "1m30s"), ("longer than", "0s"), ("interval", "none"), ("replicas", "0"), ("status", "200|204"),
        ("url", "http://127.0.0.1:80/x"), ("login page", "allowed"), ("bbox", "37 13.9 37.9 15.1"), ("prune", "True"),
        ("memory limit", "none"), ("cpu limit", "100m"), ("within", ""), ("within", "${unset}"), ("name", "any thing"),
    ],
)  # fmt: skip
def test_a_cell_that_fits_is_taken(column: str, cell: str) -> None:
    assert not list(Columns.of(known("name?", f"{column}?")).wrong_cells({column: cell}))


def test_a_column_may_mean_something_else_in_one_table() -> None:
    taken = Columns.of(known("type", "url?", "inputs?", type=KEY_TYPE, url=SOURCE_URL, inputs=JSON_OBJECT))
    assert not list(taken.wrong_cells({"type": "set", "url": "ssh://git@a.b/c", "inputs": "{}"}))
    assert list(taken.wrong_cells({"type": "hash", "inputs": "[]"})) == [
        "type: 'hash' is not one of list, set",
        "inputs: '[]' is no JSON object",
    ]


def test_columns_of_somebody_elses_steps_are_texts() -> None:
    assert not Columns.of(("within", "status?")).forms


FEATURE = """Feature: Mine

  Scenario: They answer
    Then these endpoints answer
      | url           | status | within |
      | https://a.b/  | 2000   | 5      |
    And these workloads are rolled out
      | kind       | namespace | name | replicas |
      | Deployment | a         | b    | two      |
    And no pod in these namespaces is stuck for longer than "soon"
      | namespace |
      | a         |
    And no job left a volume called x for longer than ever
"""


def test_they_are_refused_with_their_line_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.feature"
    file.write_text(FEATURE)
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(NOWHERE)
    given = {"report-dir": str(tmp_path / "report"), "kubeconfig": str(kubeconfig)}
    assert audit(Selection([str(file)]), given) == 4
    assert [line.replace(str(file), "") for line in capsys.readouterr().err.splitlines()] == [
        "holdfast: :4: row 1: status: '2000' is no HTTP status (like 200 or 200|204)",
        "holdfast: :4: row 1: within: '5' is no duration (like 5s or 1m)",
        "holdfast: :7: row 1: replicas: 'two' is no whole number (like 10)",
        "holdfast: :10: 'soon' is no duration (like 30s, 10m or 24h)",
        "holdfast: :13: 'ever' is no duration (like 30s, 10m or 24h)",
    ]


def test_every_form_is_of_a_column_there_is() -> None:
    page = docs.steps_page()
    assert [name for name in FORMS if f"| {name} |" not in page] == []
