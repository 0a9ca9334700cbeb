"""Over a platform.toml: keys nobody reads and values that are none are refused, and what was meant is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.platform import PACKAGED, Platform, PlatformError, load

EOEPCA = [PACKAGED / "eoepca"]
LIKE = "(like 30s, 10m or 24h)"


def over(folder: Path, toml: str, folders: list[Path] | None = None) -> Platform:
    """The EOEPCA platform, with a file of this text over it."""
    file = folder / "mine.toml"
    file.write_text(toml)
    return load(folders or EOEPCA, file, {})


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[endpoints]\ncatalouge = 'https://a.b'\n", "endpoints.catalouge: no such key (nearest: catalogue)"),
        ("[limits]\npolicy_dump_agee = '1h'\n", "limits.policy_dump_agee: no such key (nearest: policy_dump_age)"),
        ("[deployed]\nworkspace = false\n", "deployed.workspace: no such key (nearest: workspaces)"),
        ("[credentials]\nowner_nam = 'X'\n", "credentials.owner_nam: no such key (nearest: owner_name)"),
        ("[names]\ncatalogue = 'x'\n", "names.catalogue: no such key (it belongs under [endpoints])"),
        ("[endpoints]\ncatalogue = 'a.b'\n", "endpoints.catalogue: 'a.b' is no URL: https://a.b?"),
        ("[endpoints]\ncatalogue = 'htps://a.b'\n", "endpoints.catalogue: 'htps://a.b' is no URL (like https://host…)"),
        ("[endpoints]\nredis = 'a.b:6379'\n", "endpoints.redis: 'a.b:6379' is no URL (like redis://host…)"),
        (
            "[limits]\nqueue_patience = 'thirty'\n",
            f"limits.queue_patience: 'thirty' is no duration {LIKE}",
        ),
        ("[limits]\nqueue_patience = 30\n", f"limits.queue_patience: 30 is no duration {LIKE}"),
        (
            "[limits]\ncatalogue_within = '0s'\n",
            f"limits.catalogue_within: '0s' is no time at all {LIKE}",
        ),
        ("[limits]\nrestarts = 'two'\n", "limits.restarts: 'two' is no whole number (like 10)"),
        ("[limits]\nrestarts = 2.5\n", "limits.restarts: 2.5 is no whole number (like 10)"),
        (
            "[limits]\ncertificate_days_major = 'x'\n",
            "limits.certificate_days_major: 'x' is no number (like 14 or 0.5)",
        ),
        ("[limits]\nregistries = 3\n", "limits.registries: 3 is no list of texts"),
    ],
)
def test_what_is_wrong_in_a_layer_is_one_line(tmp_path: Path, toml: str, said: str) -> None:
    with pytest.raises(PlatformError) as caught:
        over(tmp_path, toml)
    assert str(caught.value) == f"{tmp_path / 'mine.toml'}: {said}"


@pytest.mark.parametrize(
    "toml",
    [
        "[limits]\nrestarts = '7'\npod_ending = '0s'\ncertificate_days_major = 0.5\nregistries = 'a, b'\n",
        "[endpoints]\nredis = 'redis://a.b:6379'\npdp = ''\nca = 'my-ca.pem'\ningress = '10.0.0.5:443'\n",
        "[deployed]\nWidget = true\n",
        "[severity]\n'flux.object.suspended' = 'minor'\n[managers]\ntrusted = ['x']\n",
    ],
)
def test_what_fits_is_taken(tmp_path: Path, toml: str) -> None:
    over(tmp_path, toml)


def test_a_key_features_of_ones_own_name_is_known(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "platform.toml").write_text("[platform]\nname = 'own'\n[names]\nbranch = 'x'\n")
    (tmp_path / "own" / "a.feature").write_text("# ${names.colour} ${size}\n")
    made = over(tmp_path, "[names]\ncolour = 'red'\n[limits]\nsize = 3\n", [tmp_path / "own"])
    assert (made.names["colour"], made.limits["size"]) == ("red", 3)
    with pytest.raises(PlatformError, match=r"names.colur: no such key \(nearest: colour\)"):
        over(tmp_path, "[names]\ncolur = 'red'\n", [tmp_path / "own"])


def test_where_no_platform_was_chosen_the_file_is_one(tmp_path: Path) -> None:
    assert over(tmp_path, "[names]\nmine = 'x'\n", [PACKAGED / "drift"]).names["mine"] == "x"
    with pytest.raises(PlatformError, match=r"names.flux_namespce: no such key \(nearest: flux_namespace\)"):
        over(tmp_path, "[names]\nflux_namespce = 'x'\n", [PACKAGED / "drift"])


def test_a_limit_of_ones_own_folder_keeps_the_kind_it_was_declared_as(tmp_path: Path) -> None:
    (tmp_path / "platform.toml").write_text(
        "[platform]\nname = 'own'\nincludes = ['certificates']\n[limits]\ncertificate_days_major = 'soon'\n"
    )
    with pytest.raises(PlatformError, match=r"platform.toml: limits.certificate_days_major: 'soon' is no number"):
        load([tmp_path], None, {})


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("HOLDFAST_NAMES__BRANHC", "x", "no such key to override (nearest: HOLDFAST_NAMES__BRANCH)"),
        ("HOLDFAST_ENDPOINTS__PDP", "a.b", "endpoints.pdp: 'a.b' is no URL: https://a.b?"),
        ("HOLDFAST_LIMITS__QUEUE_DEPTH", "many", "limits.queue_depth: 'many' is no whole number (like 10)"),
    ],
)
def test_the_environment_is_held_to_the_same(variable: str, value: str, said: str) -> None:
    with pytest.raises(PlatformError) as caught:
        load(EOEPCA, None, {variable: value})
    assert str(caught.value) == f"{variable}: {said}"
