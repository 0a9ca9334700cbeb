"""Bad input: a clear line naming the file and the line or the key, exit 4, and not one request made."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast import cli, run

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
    said = capsys.readouterr().err
    assert "eopeca: no such platform, folder or feature file (platforms: certificates, drift, eoepca" in said


def test_nothing_selected_is_5(tmp_path: Path, kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = {"report-dir": str(tmp_path / "report"), "kubeconfig": str(kubeconfig), "deadline": "0s"}
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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Feature: F\n  Scenaro: S\n    Then every Kustomization is Ready\n", "holds no Scenario"),
        ("Feature: F\n", "holds no Scenario"),
        (
            "Feature: F\n  Scenaro: A\n    Some words\n\n  Scenario: S\n    Then every Kustomization is Ready\n",
            ":2: Scenaro: is no keyword, so what follows would not run (nearest: Scenario:)",
        ),
        (
            "Feature: F\n  Scenario: S\n    Then these sources are Ready\n      | kind | namespace | name |\n"
            "      | GitRepositry | a | b |\n",
            "row 1: no kind is called GitRepositry (nearest: GitRepository",
        ),
    ],
)
def test_what_would_vanish_in_silence_is_refused(
    tmp_path: Path, kubeconfig: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    assert audited(tmp_path, [feature(tmp_path, text)], kubeconfig=str(kubeconfig)) == 4
    assert said in capsys.readouterr().err


def test_prose_is_no_misspelt_keyword(tmp_path: Path, kubeconfig: Path) -> None:
    prose = "Feature: F\n  Note: the examples below are real.\n  Why: it broke before.\n\n"
    path = feature(tmp_path, prose + "  Scenario: S\n    Then every Kustomization is Ready\n")
    assert audited(tmp_path, [path], kubeconfig=str(kubeconfig), deadline="0s") == 10


def test_an_empty_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.audit(run.Selection([""]), {}) == 4
    assert "an empty name is no platform" in capsys.readouterr().err


def test_a_report_folder_that_cannot_be_is_refused_first(
    tmp_path: Path, kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "afile").write_text("")
    path = feature(tmp_path, GOOD)
    assert audited(tmp_path, [path], kubeconfig=str(kubeconfig), report_dir=str(tmp_path / "afile")) == 4
    assert "--report-dir" in capsys.readouterr().err


def test_a_recording_cannot_be_a_folder(tmp_path: Path, kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = feature(tmp_path, GOOD)
    assert audited(tmp_path, [path], kubeconfig=str(kubeconfig), record=str(tmp_path)) == 4
    assert "is a folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[deployed]\nHelmRelase = true\n", "deployed.HelmRelase: no kind is called that (nearest: HelmRelease)"),
        ("[severity]\n'flux.object.suspnded' = 'major'\n", "flux.object.suspnded: no rule is called that"),
    ],
)
def test_a_misspelt_kind_or_rule_in_platform_toml_is_refused(
    tmp_path: Path, kubeconfig: Path, capsys: pytest.CaptureFixture[str], toml: str, said: str
) -> None:
    file = tmp_path / "more.toml"
    file.write_text(toml)
    path = feature(tmp_path, GOOD)
    assert audited(tmp_path, [path], kubeconfig=str(kubeconfig), platform_file=str(file)) == 4
    assert said in capsys.readouterr().err


def test_a_name_as_it_is_printed_selects_its_scenario(tmp_path: Path, kubeconfig: Path) -> None:
    path = feature(tmp_path, GOOD.replace("Scenario: S", "Scenario: Git sources are fetched"))
    told = {"report-dir": str(tmp_path / "report"), "kubeconfig": str(kubeconfig), "deadline": "0s"}
    assert run.audit(run.Selection([path], keyword="Git sources are fetched"), told, quiet=True) == 10
    assert run.audit(run.Selection([path], keyword="Helm sources are fetched"), told, quiet=True) == 5


@pytest.mark.parametrize("arguments", [["audit", "--contxt", "x"], ["audt"], ["compare", "one"]])
def test_wrong_usage_is_one_line_and_4(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["holdfast", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 4
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ("catalogue or policys", "no scenario has the tag policys (nearest: policies)"),
        ("not mutatng", "no scenario has the tag mutatng (nearest: mutating)"),
        ("mien", "no scenario has the tag mien (nearest: mine)"),
    ],
)
def test_a_tag_that_is_misspelt_is_refused(
    tmp_path: Path, kubeconfig: Path, capsys: pytest.CaptureFixture[str], marks: str, said: str
) -> None:
    """It would choose nothing, and the rest would look like all of it."""
    file = feature(tmp_path, GOOD.replace("  Scenario", "  @mine @catalogue\n  Scenario"))
    given = {"report-dir": str(tmp_path / "report"), "kubeconfig": str(kubeconfig)}
    assert run.audit(run.Selection([file], marks), given) == 4
    assert capsys.readouterr().err == f"holdfast: -m {marks}: {said}\n"


def test_a_tag_of_other_folders_may_be_named(
    tmp_path: Path, kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"report-dir": str(tmp_path / "report"), "kubeconfig": str(kubeconfig)}
    assert run.audit(run.Selection([feature(tmp_path, GOOD)], "policies or nightly"), given) == 5
    assert "tag" not in capsys.readouterr().err
