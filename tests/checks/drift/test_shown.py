"""Values in a report: short, on one line, and nothing that could be a secret."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.paths import Key, Path
from holdfast.checks.drift.said import UNASKED
from holdfast.checks.drift.shown import LONGEST, both, hidden, shown
from holdfast.model import Json, Ref
from holdfast.model.patterns import WITHHELD

CANARY = "Hunter2+canary"
DIGEST = "hmac-sha256:" + "0f" * 32
WEB = Ref("apps/v1", "Deployment", "um", "web")
CONFIG = Ref("v1", "ConfigMap", "um", "settings")
SECRET = Ref("v1", "Secret", "um", "db")
RELEASE = Ref("helm.toolkit.fluxcd.io/v2", "HelmRelease", "um", "web")
KUSTOMIZATION = Ref("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "flux-system", "apps")
PROVIDER = Ref("notification.toolkit.fluxcd.io/v1beta3", "Provider", "flux-system", "chat")
CONTAINER: Path = ("spec", "template", "spec", "containers", Key.of(name="web"))
ENV: Path = (*CONTAINER, "env")


@pytest.mark.parametrize(
    ("ref", "path", "value"),
    [
        (SECRET, ("data", "user"), DIGEST),
        (SECRET, ("stringData", "user"), CANARY),
        (SECRET, ("data",), {"user": DIGEST}),
        (SECRET, ("metadata", "annotations", "example.org/note"), CANARY),
        (SECRET, ("metadata", "annotations"), {"example.org/note": CANARY}),
        (
            CONFIG,
            ("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"),
            f'{{"a":"{CANARY}"}}',
        ),
        (CONFIG, ("metadata", "annotations", "openshift.io/token-secret.value"), CANARY),
        (CONFIG, ("data", "DB_PASSWORD"), CANARY),
        (CONFIG, ("data", "password.txt"), CANARY),
        (CONFIG, ("data", "credentials.json"), f'{{"user": "{CANARY}"}}'),
        (CONFIG, ("data",), {"anything": CANARY}),
        (CONFIG, ("data", "copied"), DIGEST),
        (WEB, (*ENV, Key.of(name="DB_PASSWORD"), "value"), CANARY),
        (WEB, (*ENV, Key.of(name="DB_PASSWORD")), {"name": "DB_PASSWORD", "value": CANARY}),
        (WEB, (*ENV, Key.of(name="HARMLESS")), {"name": "HARMLESS", "value": CANARY}),
        (WEB, ENV, [{"name": "DB_PASSWORD", "value": CANARY}]),
        (WEB, CONTAINER, {"name": "web", "env": [{"name": "A", "value": CANARY}]}),
        (WEB, (*CONTAINER, "args"), ["--password", CANARY]),
        (WEB, ("spec", "template", "metadata", "annotations", "example.org/api-token"), CANARY),
        (RELEASE, ("spec", "values", "auth", "adminPassword"), CANARY),
        (RELEASE, ("spec", "values", "config", "MOTTO"), CANARY),
        (RELEASE, ("spec", "values"), {"config": {"MOTTO": CANARY}}),
        (RELEASE, ("spec", "values", "hosts", 0), CANARY),
        (KUSTOMIZATION, ("spec", "postBuild", "substitute", "DOMAIN"), CANARY),
        (KUSTOMIZATION, ("spec", "patches", 0, "patch"), CANARY),
        (PROVIDER, ("spec", "address"), f"https://chat.example.org/{CANARY}"),
        (Ref("v1", "Thing", "", "x"), ("spec", "clientConfig", "caBundle"), CANARY),
    ],
)
def test_what_could_be_a_secret_is_withheld(ref: Ref, path: Path, value: Json) -> None:
    told = shown(value, ref, path)
    assert WITHHELD in told
    assert CANARY not in told
    assert "hmac" not in told


@pytest.mark.parametrize(
    ("ref", "path", "value", "says"),
    [
        (WEB, (*CONTAINER, "image"), "registry.test/web:2", "registry.test/web:2"),
        (WEB, ("spec", "replicas"), 3, "3"),
        (WEB, ("spec", "paused"), True, "true"),
        (WEB, ("spec", "replicas"), None, "nothing"),
        (WEB, ("spec", "replicas"), UNASKED, "nothing known"),
        (WEB, (*ENV, Key.of(name="LOG_LEVEL"), "value"), "debug", "debug"),
        (
            WEB,
            (*ENV, Key.of(name="LOG_LEVEL")),
            {"name": "LOG_LEVEL", "valueFrom": {"fieldRef": {"fieldPath": "x"}}},
            None,
        ),
        (WEB, ("spec", "template", "spec", "volumes", Key.of(name="certs"), "secret", "secretName"), "tls", "tls"),
        (WEB, ("spec", "selector"), {"matchLabels": {"app": "web"}}, '{"matchLabels": {"app": "web"}}'),
        (CONFIG, ("data", "colour"), "blue", "blue"),
        (CONFIG, ("data", "tokenAudience"), "sts", "sts"),
        (CONFIG, ("data", "quoted"), 'a "b"\tc', 'a \\"b\\"\\tc'),
        (CONFIG, ("data", "all.yaml"), "a: 1\nb: 2\n", "a text of 2 lines"),
        (CONFIG, ("metadata", "annotations", "nginx.ingress.kubernetes.io/auth-url"), "https://a.b/c", "https://a.b/c"),
        (RELEASE, ("spec", "values", "replicaCount"), 2, "2"),
        (RELEASE, ("spec", "values", "ingress", "enabled"), False, "false"),
        (RELEASE, ("spec", "chart", "spec", "version"), "1.2.3", "1.2.3"),
        (RELEASE, ("spec", "values", "image", "tag"), "v1.2.3-rc.1", "v1.2.3-rc.1"),
        (RELEASE, ("spec", "values", "host"), "um.develop.eoepca.org", "um.develop.eoepca.org"),
        (KUSTOMIZATION, ("spec", "interval"), "1h", "1h"),
    ],
)
def test_everything_else_is_shown(ref: Ref, path: Path, value: Json, says: str | None) -> None:
    told = shown(value, ref, path)
    assert WITHHELD not in told
    assert says is None or told == says


def test_long_values_are_cut() -> None:
    for value in ("x" * 500, ["x" * 60] * 9):
        told = shown(value, WEB, (*CONTAINER, "command"))
        assert len(told) == LONGEST
        assert told.endswith("…")


def test_a_value_never_takes_a_second_line() -> None:
    for value in ("a\nb", "a\r\nb", ["a\nb"], {"a": "b\nc"}, "\x85a", "\u2028"):
        assert len(shown(value, CONFIG, ("spec", "text")).splitlines()) <= 1


@pytest.mark.parametrize(
    ("kind", "desired", "live", "says"),
    [
        (Kind.CHANGED, DIGEST, DIGEST[:-1] + "0", ("the value in Git (withheld)", "another value (withheld)")),
        (Kind.REMOVED, DIGEST, None, ("a value (withheld)", "nothing")),
        (Kind.FOREIGN, None, DIGEST, ("nothing", "a value (withheld)")),
        (Kind.ORDER, [DIGEST], [DIGEST], ("the order in Git", "another order")),
    ],
)
def test_both_sides_of_a_secret_are_told_apart(kind: Kind, desired: Any, live: Any, says: tuple[str, str]) -> None:
    assert both(Difference(kind, ("data", "password"), desired, live), SECRET) == says


def test_one_side_that_must_not_be_shown_hides_the_other() -> None:
    found = Difference(Kind.CHANGED, ("data", "copied"), DIGEST, CANARY)
    assert both(found, CONFIG) == ("the value in Git (withheld)", "another value (withheld)")


@pytest.mark.parametrize(
    ("desired", "live", "says"),
    [
        ("a\nb\nc\n", "a\nX\nc\n", ("a text of 3 lines", "a text of 3 lines that differs from line 2 on")),
        ("a\nb\n", "a\nb\nc\n", ("a text of 2 lines", "a text of 3 lines that differs from line 3 on")),
        ("a\nb\n", "a\nb", ("a line break at its end", "no line break at its end")),
        ("a", "a\n\n", ("no line break at its end", "2 line breaks at its end")),
    ],
)
def test_files_are_told_by_where_they_part(desired: str, live: str, says: tuple[str, str]) -> None:
    assert both(Difference(Kind.CHANGED, ("data", "all.yaml"), desired, live), CONFIG) == says


def test_a_file_called_like_a_secret_is_withheld_whole() -> None:
    found = Difference(Kind.CHANGED, ("data", "credentials"), "a\nb\n", "a\nc\n")
    assert both(found, CONFIG) == ("the value in Git (withheld)", "another value (withheld)")


ENTRY = {"name": "DB_PASSWORD", "value": CANARY}


@pytest.mark.parametrize(
    ("ref", "path", "desired", "live", "texts"),
    [
        (CONFIG, ("data", "password"), "before", CANARY, {"before", CANARY}),
        (CONFIG, ("data", "colour"), "blue", "green", set()),
        (WEB, (*ENV, Key.of(name="DB_PASSWORD")), ENTRY, None, {CANARY}),
        (WEB, (*ENV, Key.of(name="STAGE")), {"name": "STAGE", "value": "production"}, None, set()),
        (RELEASE, ("spec", "values", "config", "MOTTO"), "en", CANARY, {CANARY}),
        (RELEASE, ("spec", "values", "image", "tag"), "1.2.3", "1.2.4", set()),
        (SECRET, ("data", "password"), DIGEST, DIGEST, set()),
        (WEB, (*ENV, Key.of(name="DB_PASSWORD")), UNASKED, ENTRY, {CANARY}),
    ],
)
def test_what_is_withheld_is_to_be_hidden_everywhere(
    ref: Ref, path: Path, desired: Json, live: Json, texts: set[str]
) -> None:
    """And what is not stays readable: a stage called production is met in half of all names."""
    assert hidden(Difference(Kind.CHANGED, path, desired, live), ref) == texts
