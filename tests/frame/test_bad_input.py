"""Bad input: a clear line naming the file and the line or the key, exit 4, and not one request made."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast import run

NOWHERE = """apiVersion: v1
kind: Config
current-context: here
clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
contexts: [{name: here, context: {cluster: c, user: u}}]
users: [{name: u, user: {}}]
"""
GOOD = "Feature: F\n  Scenario: S\n    Then every Kustomization is Ready\n"


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Path:
    """Names a server that is not there: a request would be an unknown, not exit 4."""
    file = tmp_path / "kubeconfig"
    file.write_text(NOWHERE)
    return file


def audited(tmp_path: Path, what: list[str], **options: str) -> int:
    told = {"report-dir": str(tmp_path / "report"), "settle": "0s", "deadline": "5s"}
    return run.audit(run.Selection(what), told | {name.replace("_", "-"): text for name, text in options.items()})


def feature(tmp_path: Path, text: str) -> str:
    file = tmp_path / f"{tmp_path.name}.feature"
    file.write_text(text)
    return str(file)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (
            "Feature: F\n  Scenario: S\n    Then every Kustomization is Redy\n",
            3,
            "no such step: Then every Kustomization",
        ),
        ("Feature: F\n  Scenario: S\n    Then this\n    Than that\n", 4, "expected"),
        ("Feature: F\n  Scenario: S\n", 2, "has no steps"),
        (GOOD + "  Scenario: S\n    Then every HelmRelease is Ready\n", 4, "a second scenario named 'S'"),
        (
            "Feature: F\n  @skip\n  Scenario: S\n    Then every HelmRelease is Ready\n",
            3,
            "tag @skip is reserved by pytest",
        ),
        (
            "Feature: F\n  Scenario: S\n    Then these sources are Ready\n      | kind | namespace | nam |\n"
            "      | GitRepository | a | b |\n",
            3,
            "unknown column 'nam', missing column 'name' (known: kind, namespace, name, ",
        ),
        (
            "Feature: F\n  Scenario: S\n    Then these sources are Ready\n",
            3,
            "needs a table with kind, namespace, name",
        ),
        (
            "Feature: F\n  Scenario: S\n    Then these sources are Ready\n      | kind | namespace | name |\n",
            3,
            "has a table without rows: nothing would be judged",
        ),
        (
            "Feature: F\n  Scenario: S\n    Then these sources are Ready\n      | kind | namespace | name |\n"
            "      | GitRepository | ${no_such_key} | b |\n",
            3,
            "no value for ${no_such_key} in platform.toml (known: flux_namespace)",
        ),
        (
            "Feature: F\n  Scenario Outline: S\n    Then every <kind> is Ready\n    Examples:\n      | kind |\n",
            2,
            "has an Examples table without rows",
        ),
    ],
    ids=lambda value: value[:30].strip() if isinstance(value, str) and "\n" not in value else "",
)
def test_a_wrong_feature_is_refused_before_a_request_is_made(
    tmp_path: Path, kubeconfig: Path, capsys: pytest.CaptureFixture[str], text: str, line: int, said: str
) -> None:
    path = feature(tmp_path, text)
    status = audited(tmp_path, [path], kubeconfig=str(kubeconfig))
    told = capsys.readouterr().err
    assert status == 4, told
    assert said in told
    assert f"{path}:{line}:" in told
    assert "Traceback" not in told
    assert not (tmp_path / "report" / "findings.json").exists()


def test_a_misspelt_step_gets_its_nearest_neighbours(
    tmp_path: Path, kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = feature(tmp_path, "Feature: F\n  Scenario: S\n    Then every Kustomization is Redy\n")
    audited(tmp_path, [path], kubeconfig=str(kubeconfig))
    assert "every <kind> is Ready" in capsys.readouterr().err


def test_everything_wrong_is_told_at_once(tmp_path: Path, kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = feature(tmp_path, "Feature: F\n  Scenario: A\n    Then nonsense\n  Scenario: B\n    Then rubbish\n")
    assert audited(tmp_path, [path], kubeconfig=str(kubeconfig)) == 4
    told = capsys.readouterr().err
    assert "nonsense" in told
    assert "rubbish" in told


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"context": "elsewhere"}, "elsewhere"),
        ({"kubeconfig": "no-such-file"}, "--kubeconfig no-such-file: no such file or directory"),
        ({"platform_file": "no-such-file"}, "no-such-file: cannot be read: No such file or directory"),
        ({"waivers": "no-such-file"}, "no-such-file: cannot be read"),
        ({"baseline": "no-such-file"}, "no-such-file: cannot be read"),
        ({"fail_on": "severe"}, "--fail-on: 'severe' is no severity"),
    ],
)
def test_a_wrong_option_is_one_line(
    tmp_path: Path, kubeconfig: Path, capsys: pytest.CaptureFixture[str], options: dict[str, str], said: str
) -> None:
    path = feature(tmp_path, GOOD)
    assert audited(tmp_path, [path], **{"kubeconfig": str(kubeconfig), **options}) == 4
    told = capsys.readouterr().err
    assert said in told
    assert len(told.strip().splitlines()) == 1


def test_a_file_that_is_no_kubeconfig_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("just text\n")
    assert audited(tmp_path, [feature(tmp_path, GOOD)], kubeconfig=str(file)) == 4
    told = capsys.readouterr().err
    assert str(file) in told
    assert len(told.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "notes"), (b"not a recording", "notes"), (b"\x1f\x8b\x08\x00broken", "notes")]
)
def test_a_file_that_is_no_recording_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    file = tmp_path / "notes"
    file.write_bytes(content)
    assert audited(tmp_path, [feature(tmp_path, GOOD)], recording=str(file)) == 4
    told = capsys.readouterr().err
    assert said in told
    assert len(told.strip().splitlines()) == 1


def test_an_unknown_platform_names_the_known_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audited(tmp_path, ["eopeca"]) == 4
    assert "eopeca: no such platform, folder or feature file (platforms: eoepca, flux" in capsys.readouterr().err


def test_nothing_selected_is_5(tmp_path: Path, kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = {"report-dir": str(tmp_path / "report"), "kubeconfig": str(kubeconfig)}
    assert run.audit(run.Selection([feature(tmp_path, GOOD)], marks="no_such_tag"), told) == 5
    assert "no scenario was selected" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--collect-only", "--markers", "--fixtures", "--setup-plan"])
def test_a_run_that_only_shows_something_is_no_pass(
    tmp_path: Path, kubeconfig: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    told = {"report-dir": str(tmp_path / "report"), "kubeconfig": str(kubeconfig), "deadline": "1s"}
    selection = run.Selection([feature(tmp_path, GOOD)], extra=[option])
    assert run.audit(selection, told) in (5, 10)
    assert "pytest said nothing" not in capsys.readouterr().err


def test_an_api_server_that_is_not_there_is_unknown_and_never_green(
    tmp_path: Path, kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audited(tmp_path, [feature(tmp_path, GOOD)], kubeconfig=str(kubeconfig)) == 10
    assert "unreachable" in (tmp_path / "report" / "findings.json").read_text()
    assert "NOT JUDGED (exit 10)" in capsys.readouterr().out
