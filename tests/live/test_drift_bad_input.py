"""What cannot be looked at is unknown, with its code, for exactly what it touches; drift elsewhere is found.

More of it is in the fault matrix (family drift: no Git, another checkout, encrypted, no Secrets, no ConfigMaps, a CRD
that is gone).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from testbed.bed import Bed
from tests.live.auditing import Ran, holdfast
from tests.live.delivered import NAMESPACE

pytestmark = pytest.mark.live

KUSTOMIZATIONS = {
    f"Kustomization/{NAMESPACE}/{name}"
    for name in ("flux-system", "processing-and-chaining", "resource-management", "user-management")
}
GONE = ("drift.object.missing", "ServiceAccount/demo/django-portal")
"""Of a HelmRelease: whatever is the matter with Git, it is found."""
CLEANER = "Deployment/proc/workflow-cleaner"
DEBUG = ("drift.field.foreign", CLEANER)
CHANGED = ("drift.field.changed", CLEANER)


@pytest.fixture(scope="module")
def released(bed: Bed) -> Iterator[Bed]:
    """An object of a release is gone."""
    bed.reconcile("Kustomization", NAMESPACE, "flux-system")  # its next time is far off: nothing is put back meanwhile
    bed.kube.delete("ServiceAccount", "demo", "django-portal")
    yield bed
    bed.reconcile("HelmRelease", "demo", "django-portal", wait=60, force=True)  # reset leaves to Helm what is Helm's
    bed.reset()


@pytest.fixture
def edited(released: Bed) -> Bed:
    """And one of a Kustomization has a value changed and a container added, anew: Flux puts it back every minute."""
    released.reconcile("Kustomization", NAMESPACE, "processing-and-chaining")
    at = "/spec/template/spec/containers"
    change: list[dict[str, Any]] = [
        {"op": "replace", "path": f"{at}/0/image", "value": "registry.test/other:9"},
        {"op": "add", "path": f"{at}/-", "value": {"name": "debug", "image": "registry.test/debug:1"}},
    ]
    released.kube.patch("Deployment", "proc", "workflow-cleaner", change, manager="kubectl-patch")
    return released


def ran(bed: Bed, folder: Path, *arguments: str, path: str = "", git: bool = True) -> Ran:
    where = ("--git-dir", str(bed.git.worktree)) if git else ()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", path or bed.built.path())
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        return holdfast(
            *("drift", "--kubeconfig", str(bed.kubeconfig), "--context", "auditor", "--settle", "1s"),
            *("--report-dir", str(folder / "report"), *where, *arguments),
            reports=folder / "report",
            timeout=90,
        )


def about(found: Ran, *subjects: str) -> list[tuple[str, str]]:
    return [each for each in found.findings if each[1] in subjects]


def test_all_of_it_is_seen_with_everything_at_hand(edited: Bed, tmp_path: Path) -> None:
    found = ran(edited, tmp_path)
    assert (found.status, found.findings, found.unknowns) == (1, sorted([GONE, DEBUG, CHANGED]), set()), found.stdout


def test_without_a_renderer_values_of_kustomizations_are_unknown(edited: Bed, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    git = shutil.which("git")
    assert git
    (tmp_path / "bin" / "git").symlink_to(git)
    found = ran(edited, tmp_path, path=str(tmp_path / "bin"))
    assert found.unknowns == {("no-renderer", each) for each in KUSTOMIZATIONS}
    _is_found_without_values(found)


def test_a_git_dir_that_is_no_repository_is_named(edited: Bed, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = ran(edited, tmp_path, "--git-dir", str(tmp_path / "empty"), git=False)
    assert found.unknowns == {("no-git", each) for each in KUSTOMIZATIONS}
    told = [each for scenario in found.document["scenarios"] for each in scenario["unknown"]]
    assert all("--git-dir" in each["detail"] and each["remedy"] for each in told), told
    _is_found_without_values(found)


def test_a_checkout_without_the_revision_says_what_to_fetch(edited: Bed, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    url = edited.git.repository_url
    for command in (["init", "-q", str(clone)], ["-C", str(clone), "remote", "add", "origin", url]):
        subprocess.run(["git", *command], check=True, env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull})
    found = ran(edited, tmp_path, "--git-dir", str(clone), git=False)
    assert found.unknowns == {("no-git", each) for each in KUSTOMIZATIONS}
    told = [each for scenario in found.document["scenarios"] for each in scenario["unknown"]]
    assert all(" fetch origin " in each["remedy"] for each in told), told
    _is_found_without_values(found)


def test_unreachable_git_is_said_once_for_each_kustomization(edited: Bed, tmp_path: Path) -> None:
    edited.git.refuse()
    try:
        found = ran(edited, tmp_path, git=False)
    finally:
        edited.git.normal()
    assert found.unknowns == {("no-git", each) for each in KUSTOMIZATIONS}
    _is_found_without_values(found)


def test_what_is_bent_in_the_cluster_hides_no_more_than_itself(edited: Bed, tmp_path: Path) -> None:
    """A release record that is no record, managedFields that were stripped, a Kustomization that is suspended."""
    record = next(
        each["metadata"]["name"]
        for each in edited.kube.list("Secret", "test")
        if each["metadata"]["name"].startswith("sh.helm.release.v1.cheese.")
    )
    before = edited.kube.get("Secret", "test", record)["data"]
    edited.kube.patch("Secret", "test", record, {"data": {"release": "bm90IGEgcmVsZWFzZQ=="}})
    edited.kube.patch("ConfigMap", "test", "dummy-service-config", {"metadata": {"managedFields": [{}]}})
    edited.kube.patch("Kustomization", NAMESPACE, "processing-and-chaining", {"spec": {"suspend": True}})
    try:
        found = ran(edited, tmp_path)
    finally:
        edited.kube.patch("Secret", "test", record, {"data": before})
        edited.kube.patch("Kustomization", NAMESPACE, "processing-and-chaining", {"spec": {"suspend": None}})
    assert found.unknowns == {
        ("unreadable", f"Secret/test/{record}"),
        ("unreadable", "ConfigMap/test/dummy-service-config"),
    }
    suspended = ("drift.field.foreign", f"Kustomization/{NAMESPACE}/processing-and-chaining")
    assert found.findings == sorted([GONE, DEBUG, CHANGED, suspended]), found.stdout
    for each in found.document["findings"]:
        if each["subject"] == CLEANER:
            assert "is suspended" in each["outlook"]


def _is_found_without_values(found: Ran) -> None:
    """What Git says is not known: presence and additions are judged, values are not."""
    assert found.status == 1, found.stdout
    rules = {rule for rule, subject in found.findings if subject == CLEANER}
    assert GONE in found.findings
    assert "drift.field.foreign" in rules
    assert "drift.field.changed" not in rules
    assert {subject for _, subject in found.findings} == {CLEANER, GONE[1]}
