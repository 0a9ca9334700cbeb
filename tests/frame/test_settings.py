"""Options, platform.toml and waivers: what is wrong is one line that names it and what is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast import waivers
from holdfast.model import Severity
from holdfast.platform import PACKAGED, PlatformError, load
from holdfast.settings import Options, SettingsError, seconds


@pytest.mark.parametrize(
    ("text", "expected"), [("90", 90), ("90s", 90), ("1m30s", 90), ("2h", 7200), ("500ms", 0.5), ("1d", 86400)]
)
def test_durations(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"settle": "soon"}, "--settle: 'soon' is no duration (like 90s, 5m or 1h30m)"),
        ({"settle": ""}, "--settle: '' is no duration (like 90s, 5m or 1h30m)"),
        ({"fail-on": "bad"}, "--fail-on: 'bad' is no severity (critical, major, minor)"),
        ({"min-coverage": "101"}, "--min-coverage: '101' is no percentage (0 to 100)"),
        ({"allow": "exec,root"}, "--allow root: not one of exec, logs, port-forward, proxy, dry-run, mutation"),
        ({"gate": "old"}, "--gate old: all or new"),
        ({"gate": "new"}, "--gate new needs --baseline findings.json"),
        ({"kubeconfig": "nowhere"}, "--kubeconfig nowhere: no such file or directory"),
    ],
)
def test_a_wrong_option_is_one_line(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Options.of(given, {})
    assert str(caught.value) == said


def test_options_come_from_the_environment_when_not_given() -> None:
    made = Options.of({"settle": "5s"}, {"HOLDFAST_SETTLE": "9s", "HOLDFAST_FAIL_ON": "major"})
    assert (made.settle, made.fail_on) == (5.0, Severity.MAJOR)


def test_a_platform_pulls_in_the_generic_folders_and_fills_cells() -> None:
    made = load([PACKAGED / "eoepca"], None, {})
    assert made.platform.name == "eoepca"
    assert {"Kustomization", "HelmRelease"} <= made.wanted
    assert made.fill("branch ${branch} in ${names.flux_namespace}") == "branch develop in flux-system"


def test_the_environment_overrides_a_key() -> None:
    assert load([PACKAGED / "eoepca"], None, {"HOLDFAST_NAMES__BRANCH": "demo"}).names["branch"] == "demo"


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[platfrom]\n", "unknown key platfrom (known: platform, names, "),
        ("[platform]\nnmae = 'x'\n", "unknown key platform.nmae (known: name, engine, "),
        ("[platform\n", "Expected ']' at the end of a table declaration (at line 1, column 10)"),
        ("[platform]\nname='x'\nincludes=['fluks']\n", "includes 'fluks', but there is no such folder (known: "),
        ("[severity]\n'a.b.c' = 'bad'\n", "severity.a.b.c: Input should be 'critical', 'major' or 'minor'"),
        ("[[accept]]\ncode='forbidden'\nsubject='x'\nreason='agreed'\n", "accept.0.expires: Field required"),
    ],
)
def test_a_wrong_platform_file_is_one_line(tmp_path: Path, toml: str, said: str) -> None:
    (tmp_path / "platform.toml").write_text(toml)
    with pytest.raises(PlatformError) as caught:
        load([tmp_path], None, {})
    assert str(caught.value).startswith(f"{tmp_path / 'platform.toml'}: {said}")


def test_a_key_nobody_set_is_refused_with_the_known_ones() -> None:
    with pytest.raises(PlatformError, match=r"no value for \$\{brunch\} in platform.toml \(known: flux_namespace\)"):
        load([PACKAGED / "drift"], None, {}).fill("${brunch}")


def test_an_override_of_nothing_is_refused() -> None:
    with pytest.raises(PlatformError, match="HOLDFAST_NAMES__BRUNCH: no such key to override"):
        load([PACKAGED / "eoepca"], None, {"HOLDFAST_NAMES__BRUNCH": "x"})


def test_two_platforms_in_one_run_are_refused(tmp_path: Path) -> None:
    (tmp_path / "platform.toml").write_text("[platform]\nname='mine'\n")
    with pytest.raises(PlatformError, match="one platform per run, but eoepca and mine were both asked for"):
        load([PACKAGED / "eoepca", tmp_path], None, {})


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[[waivers]]\n", "unknown key waivers (known: [[waiver]])"),
        ("[[waiver]]\nrule='a.b.c'\nresource='x'\nreason='agreed'\nowner='me'\n", "waiver 1: expires: Field required"),
        (
            "[[waiver]]\nreason='agreed'\nowner='me'\nexpires=2027-01-01\n",
            "waiver 1: Value error, names exactly one of fingerprint, rule (with resource) or unknown (with subject)",
        ),
    ],
)
def test_a_wrong_waiver_is_one_line(tmp_path: Path, toml: str, said: str) -> None:
    file = tmp_path / "waivers.toml"
    file.write_text(toml)
    with pytest.raises(waivers.WaiverError) as caught:
        waivers.load(file)
    assert str(caught.value) == f"{file}: {said}"


def test_a_replay_asks_with_the_names_of_its_recording(tmp_path: Path) -> None:
    extra = tmp_path / "mine.toml"
    extra.write_text('[names]\nbranch = "mine"\n')
    recorded = {"names": {"branch": "theirs", "owner": "carol"}}
    assert load([PACKAGED / "eoepca"], None, {}, recorded).names["branch"] == "theirs"
    both = load([PACKAGED / "eoepca"], extra, {}, recorded).names
    assert (both["branch"], both["owner"]) == ("mine", "carol")
