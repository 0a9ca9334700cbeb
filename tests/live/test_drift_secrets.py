"""A Secret that was changed is told by its keys; no byte of any value, old or new, is told, kept or recorded."""

from __future__ import annotations

import base64
import gzip
import json
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from testbed.bed import Bed
from testbed.kube import Object
from tests.live.auditing import holdfast
from tests.live.corpus.judged import Verdict, drift
from tests.live.corpus.manifests import deployment, text
from tests.live.delivered import NAMESPACE, deliver, files

pytestmark = pytest.mark.live

SPACE = "careful"
HOOK = "dead.careful.test"
WORDS = (
    *("old", "new", "gone", "added", "substituted", "typed-config", "typed-env", "literal", "typed-literal"),
    *("chart", "typed-chart", "inline", "typed-inline", "webhook"),
)
"""What each value is, or where it was put."""


def canary(word: str) -> str:
    """Looks like a password; ``+`` and ``/`` make its URL encoding differ."""
    return f"Zq7-{word}+8/fT2wLmN4"


def _secret(name: str, namespace: str, **values: str) -> Object:
    meta = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "stringData": values}


_RELEASE = {
    "apiVersion": "helm.toolkit.fluxcd.io/v2",
    "kind": "HelmRelease",
    "metadata": {"name": "chart", "namespace": SPACE},
    "spec": {
        "interval": "1h",
        "chart": {
            "spec": {
                "chart": "cheese",
                "version": "1.0.1",
                "sourceRef": {"kind": "HelmRepository", "name": "eoepca", "namespace": "common"},
            }
        },
        "values": {"config": {"MOTTO": canary("inline")}},
        "valuesFrom": [{"kind": "Secret", "name": "values", "valuesKey": "greeting", "targetPath": "config.GREETING"}],
    },
}
GIT = text(
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}},
    _secret("db", SPACE, password=canary("old"), gone=canary("gone"), user="somebody"),
    _secret("values", SPACE, greeting=canary("chart")),
    {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": SPACE},
        "data": {"greeting": "it says ${WORD}"},
    },
    deployment(
        "app",
        SPACE,
        container={
            "env": [{"name": "GREETING", "value": "${WORD}"}, {"name": "DB_PASSWORD", "value": canary("literal")}],
            "args": ["--verbose"],
        },
    ),
    _RELEASE,
)
VARIABLES = text(_secret("careful-variables", NAMESPACE, WORD=canary("substituted")))


def _encoded(word: str) -> str:
    return base64.b64encode(canary(word).encode()).decode()


def _edit(bed: Bed) -> None:
    """By hand, with other secrets."""
    secret = {"data": {"password": _encoded("new"), "gone": None, "added": _encoded("added")}}
    bed.kube.patch("Secret", SPACE, "db", secret, manager="kubectl-edit")
    told = {"data": {"greeting": f"it says {canary('typed-config')}"}}
    bed.kube.patch("ConfigMap", SPACE, "settings", told, manager="kubectl-edit")
    at = "/spec/template/spec/containers/0/env"
    env: list[Object] = [
        {"op": "replace", "path": f"{at}/0/value", "value": canary("typed-env")},
        {"op": "replace", "path": f"{at}/1/value", "value": canary("typed-literal")},
    ]
    bed.kube.patch("Deployment", SPACE, "app", env, manager="kubectl-edit")
    rendered = {"data": {"GREETING": canary("typed-chart")}}
    bed.kube.patch("ConfigMap", SPACE, "chart-config", rendered, manager="kubectl-edit")
    values = {"spec": {"suspend": True, "values": {"config": {"MOTTO": canary("typed-inline")}}}}
    bed.kube.patch("HelmRelease", SPACE, "chart", values, manager="kubectl-edit")


def _dead_webhook() -> Object:
    """In the way of every change in the namespace, with a secret in its address."""
    rule = {
        "apiGroups": ["", "apps", "helm.toolkit.fluxcd.io"],
        "apiVersions": ["*"],
        "resources": ["configmaps", "deployments", "helmreleases", "secrets"],
        "operations": ["UPDATE"],
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "careful-dead"},
        "webhooks": [
            {
                "name": HOOK,
                "clientConfig": {"url": f"https://127.0.0.1:1/{urllib.parse.quote(canary('webhook'), safe='')}"},
                "rules": [rule],
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": SPACE}},
                "failurePolicy": "Fail",
                "sideEffects": "None",
                "admissionReviewVersions": ["v1"],
            }
        ],
    }


@dataclass(frozen=True)
class Told:
    """One run with everything switched on that could leak, and what it left behind."""

    verdict: Verdict
    recording: Path
    script: str

    @property
    def texts(self) -> dict[str, str]:
        """All of it by name."""
        found = {"stdout": self.verdict.stdout, "stderr": self.verdict.stderr, "remedy": self.script}
        for file in (*(each for each in self.verdict.reports.rglob("*") if each.is_file()), self.recording):
            content = file.read_bytes()
            found[file.name] = (gzip.decompress(content) if file.suffix == ".gz" else content).decode(
                "utf-8", "replace"
            )
        return found

    def finding(self, subject: str, path: str) -> dict[str, Any]:
        found = [each for each in self.verdict.findings if (each["subject"], each["path"]) == (subject, path)]
        assert len(found) == 1, self.verdict.told
        return found[0]


@pytest.fixture(scope="module")
def told(bed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    spec = {"postBuild": {"substituteFrom": [{"kind": "Secret", "name": "careful-variables"}]}}
    made = files("careful", {"all.yaml": GIT}, spec)
    sync = next(path for path in made if path.endswith("-sync.yaml"))
    deliver(bed, {**made, sync: f"{made[sync]}---\n{VARIABLES}"})
    bed.wait_ready("HelmRelease", SPACE, "chart", 60)
    _edit(bed)
    bed.kube.apply(_dead_webhook())
    folder = tmp_path_factory.mktemp("secrets")
    read = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch", "patch"]}
    recording = folder / "run.holdfast.gz"
    try:
        verdict = drift(
            bed,
            *(folder / "report", "--allow", "dry-run", "--record", str(recording)),
            kubeconfig=bed.credential("careful", [read]),
        )
        reports = verdict.reports
        script = holdfast("remedy", str(reports / "findings.json"), reports=reports)
        assert script.status == 0, script.stderr
        yield Told(verdict, recording, script.stdout + script.stderr)
    finally:
        bed.kube.delete("ValidatingWebhookConfiguration", None, "careful-dead")
        bed.reset()
        # of a release that is suspended helm-controller leaves behind what it made for it
        bed.kube.delete("HelmChart", "common", f"{SPACE}-chart")


def test_the_keys_are_told(told: Told) -> None:
    for rule, path, says in (
        ("drift.field.changed", "data.password", "key `password` of the Secret changed"),
        ("drift.field.removed", "data.gone", "key `gone` of the Secret removed"),
        ("drift.field.foreign", "data.added", "key `added` of the Secret added"),
    ):
        found = told.finding(f"Secret/{SPACE}/db", path)
        assert found["rule"] == rule
        assert found["summary"] == f"Secret/{SPACE}/db: {says}"


def test_everything_else_is_told_too(told: Told) -> None:
    env = "spec.template.spec.containers[name=web].env"
    assert told.verdict.status == 1
    assert told.verdict.unknown == []
    assert {(subject, path) for _, subject, path in told.verdict.told} == {
        *((f"Secret/{SPACE}/db", f"data.{key}") for key in ("password", "gone", "added")),
        (f"ConfigMap/{SPACE}/settings", "data.greeting"),
        (f"Deployment/{SPACE}/app", f"{env}[name=GREETING].value"),
        (f"Deployment/{SPACE}/app", f"{env}[name=DB_PASSWORD].value"),
        (f"ConfigMap/{SPACE}/chart-config", "data.GREETING"),
        (f"HelmRelease/{SPACE}/chart", "spec.suspend"),
        (f"HelmRelease/{SPACE}/chart", "spec.values.config.MOTTO"),
    } | {each for each in {(f"HelmRelease/{SPACE}/chart", "")} if each in {t[1:] for t in told.verdict.told}}


def test_a_dead_webhook_is_named_and_not_quoted(told: Told) -> None:
    for subject, path in (
        (f"ConfigMap/{SPACE}/settings", "data.greeting"),
        (f"HelmRelease/{SPACE}/chart", "spec.values.config.MOTTO"),
    ):
        found = told.finding(subject, path)
        assert (
            f"refuses a server-side dry-run as kustomize-controller: the admission webhook {HOOK} does not answer"
            in found["cause"]
        )
        assert found["outlook"].startswith("blocked")


def test_every_output_is_there(told: Told) -> None:
    names = told.texts.keys()
    assert {"findings.json", "junit.xml", "summary.md", "metrics.prom", "run.holdfast.gz", "remedy"} <= names
    assert any(each.endswith("-result.json") for each in names), "Allure's"
    assert "db" in told.script


def spellings(word: str) -> set[str]:
    raw = canary(word).encode()
    shifted = {base64.b64encode(b"x" * shift + raw).decode()[4 * bool(shift) : -4] for shift in range(3)}
    escaped = json.dumps(canary(word))[1:-1]
    return {canary(word), urllib.parse.quote(canary(word), safe=""), raw.hex(), escaped, *shifted}


@pytest.mark.parametrize("word", WORDS)
def test_no_byte_of_a_value_leaves(told: Told, word: str) -> None:
    leaks = [(name, each) for name, text in told.texts.items() for each in spellings(word) if each in text]
    assert leaks == []


def test_no_digest_is_shown_as_a_value(told: Told) -> None:
    assert [name for name, text in told.texts.items() if "hmac-sha256:" in text] == ["run.holdfast.gz"]


def test_the_search_itself_finds(told: Told) -> None:
    """What was delivered, as a file, holds what the reports must not."""
    assert all(any(each in GIT for each in spellings(word)) for word in ("old", "gone", "chart", "inline", "literal"))
    assert any(each in _encoded("new") for each in spellings("new"))


def test_secrets_are_not_tried(told: Told) -> None:
    causes = [each["cause"] for each in told.verdict.findings if each["subject"] == f"Secret/{SPACE}/db"]
    assert len(causes) == 3
    assert not any("dry-run" in each for each in causes)
