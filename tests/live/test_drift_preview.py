"""The gate on a pull request: what a branch would change, delete or break, and what of it cannot be foreseen."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from testbed.bed import Bed
from testbed.kube import Object
from tests.live.corpus.judged import Verdict, drift
from tests.live.corpus.manifests import config_map, deployment, secret, text
from tests.live.delivered import FOLDER, deliver, files

pytestmark = pytest.mark.live

SPACE = "proposed"
HERE = f"{FOLDER}/proposed"
CANARY = "Zq7-preview+8/fT2wLmN4"
CHEESE = "system/clusters/creodias/system/test/hr-cheese.yaml"
WHO = {f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def _claim(name: str) -> Object:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    meta = {"name": name, "namespace": SPACE}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": spec}


def _app(image: str, password: str) -> str:
    env = [{"name": "DB_PASSWORD", "value": password}]
    return text(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}},
        deployment("app", SPACE, container={"image": image, "env": env}),
        secret("db", SPACE, word=password),
    )


GIT = {
    "app.yaml": _app("registry.test/web:1", "before"),
    "data.yaml": text(_claim("data")),
    "old.yaml": text(config_map("old", SPACE)),
}


@dataclass(frozen=True)
class Proposal:
    """A checkout of the platform's repository with branches nobody has merged."""

    bed: Bed
    checkout: Path
    reports: Path

    def git(self, *arguments: str) -> None:
        environment = {**os.environ, **WHO, "GIT_CONFIG_GLOBAL": os.devnull}
        subprocess.run(["git", "-C", str(self.checkout), *arguments], check=True, env=environment, capture_output=True)

    def branch(self, name: str, change: Callable[[Path], None]) -> None:
        self.git("checkout", "-q", "-b", name, "origin/develop")
        change(self.checkout)
        self.git("add", "--all")
        self.git("commit", "-q", "-m", name)
        self.git("checkout", "-q", "develop")

    def judged(self, ref: str) -> Verdict:
        arguments = ("--git-dir", str(self.checkout), "--git-ref", ref, "-k", "branch")
        return drift(self.bed, self.reports / ref, *arguments)


def _merge(root: Path) -> None:
    (root / HERE / "app.yaml").write_text(_app("registry.test/web:2", CANARY))
    (root / HERE / "data.yaml").unlink()
    (root / HERE / "old.yaml").unlink()
    (root / HERE / "new.yaml").write_text(text(config_map("new", SPACE)))
    cheese = root / CHEESE
    cheese.write_text(cheese.read_text().replace("1.0.1", "1.0.2"))


def _break(root: Path) -> None:
    (root / HERE / "kustomization.yaml").write_text("resources: [nowhere.yaml]\n")


@pytest.fixture(scope="module")
def proposal(bed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proposal]:
    deliver(bed, files("proposed", GIT))
    folder = tmp_path_factory.mktemp("preview")
    subprocess.run(["git", "clone", "-q", bed.git.repository_url, str(folder / "checkout")], check=True)
    made = Proposal(bed, folder / "checkout", folder)
    made.branch("merge", _merge)
    made.branch("broken", _break)
    yield made
    bed.reset()


@pytest.fixture(scope="module")
def merged(proposal: Proposal) -> Verdict:
    return proposal.judged("merge")


def about(verdict: Verdict, subject: str) -> dict[str, Any]:
    return next(each for each in verdict.findings if each["subject"] == subject)


def test_all_that_would_change_and_nothing_else(merged: Verdict) -> None:
    assert (merged.status, merged.unknown) == (1, []), merged.stdout
    assert {(rule, subject) for rule, subject, _ in merged.told} == {
        ("drift.preview.changed", f"Deployment/{SPACE}/app"),
        ("drift.preview.changed", f"Secret/{SPACE}/db"),
        ("drift.preview.changed", f"ConfigMap/{SPACE}/new"),
        ("drift.preview.changed", f"ConfigMap/{SPACE}/old"),
        ("drift.preview.deleted", f"PersistentVolumeClaim/{SPACE}/data"),
        ("drift.preview.changed", "HelmRelease/test/cheese"),
    }


def test_fields_are_named_with_what_they_become(merged: Verdict) -> None:
    said = about(merged, f"Deployment/{SPACE}/app")["summary"]
    for word in ("spec.template.spec.containers[name=web].image", "registry.test/web:2", "DB_PASSWORD", "(withheld)"):
        assert word in said
    assert f"ConfigMap/{SPACE}/new would be created" in about(merged, f"ConfigMap/{SPACE}/new")["summary"]
    assert f"ConfigMap/{SPACE}/old would be deleted" in about(merged, f"ConfigMap/{SPACE}/old")["summary"]


def test_data_that_would_go_is_worse(merged: Verdict) -> None:
    claim = about(merged, f"PersistentVolumeClaim/{SPACE}/data")
    assert "and the data it holds with it" in claim["summary"]
    assert claim["severity"] == "major"
    assert about(merged, f"ConfigMap/{SPACE}/old")["severity"] == "minor"


def test_what_a_chart_renders_is_not_previewed(merged: Verdict) -> None:
    assert ("not-previewed", "HelmRelease/test/cheese") in merged.notes
    note = next(each for each in merged.document["notes"] if each["code"] == "not-previewed")
    assert "spec.chart" in note["text"]


def test_a_branch_that_does_not_build_breaks_one_kustomization(proposal: Proposal) -> None:
    broken = proposal.judged("broken")
    assert (broken.status, broken.unknown) == (1, []), broken.stdout
    assert broken.told == [("drift.preview.broken", "Kustomization/flux-system/proposed", "")]
    assert "nowhere.yaml" in broken.findings[0]["observed"]


def test_a_branch_nobody_knows_is_unknown(proposal: Proposal) -> None:
    lost = proposal.judged("nowhere")
    assert (lost.status, lost.told) == (10, []), lost.stdout
    assert {code for code, _ in lost.unknown} == {"no-git"}
    owners = {each["metadata"]["name"] for each in proposal.bed.kube.list("Kustomization")}
    assert {subject for _, subject in lost.unknown} == {f"Kustomization/flux-system/{name}" for name in owners}


def test_a_branch_that_changes_nothing_passes(proposal: Proposal) -> None:
    same = proposal.judged("develop")
    assert (same.status, same.told, same.unknown) == (0, [], []), same.stdout


def test_no_value_of_a_secret_is_shown(merged: Verdict) -> None:
    encoded = base64.b64encode(CANARY.encode()).decode()
    texts = {
        "stdout": merged.stdout,
        **{each.name: each.read_text() for each in merged.reports.rglob("*") if each.is_file()},
    }
    assert [name for name, said in texts.items() if CANARY in said or encoded in said or "hmac-sha256" in said] == []
