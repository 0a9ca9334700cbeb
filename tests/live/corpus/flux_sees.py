"""What Flux's own dry-run says of every row: asked, not remembered."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import yaml

from testbed.bed import Bed
from testbed.kube import ApiError, Object
from tests.live.corpus.deliveries import FOLDER, HELM, KUSTOMIZATIONS, NAMESPACE
from tests.live.corpus.row import Sees
from tests.live.corpus.rows import row_of, subject
from tests.live.corpus.stage import Stage

_SAID = re.compile(r"^► (\S+) (drifted|created)", re.MULTILINE)
_FAILED = re.compile(r"(\w+/[\w./-]+) dry-run failed")


def asked(stage: Stage) -> dict[str, Sees]:
    """Row name -> what the dry-run said of its objects; rows it finds in order are not in it."""
    found: dict[str, Sees] = {}
    told = [each for name in _kustomizations() for each in _flux_diff(stage, name)]
    told += [each for release in ("corpus-ssa", "corpus-csa") for each in _helm_dry_run(stage, release)]
    for said_of, what in told:
        row = row_of(said_of)
        assert row is not None, f"the dry-run speaks of {said_of}, which is of no row"
        found[row.name] = what
    return found


def _kustomizations() -> list[str]:
    return ["corpus", *(each.name for each in KUSTOMIZATIONS)]


def _flux_diff(stage: Stage, name: str) -> list[tuple[str, Sees]]:
    """`flux diff kustomization` against the revision the controller tried last."""
    bed = stage.bed
    attempted = bed.kube.get("Kustomization", NAMESPACE, name)["status"]["lastAttemptedRevision"]
    tree = _checkout(bed, attempted.rpartition(":")[2], stage.hands.folder)
    path = tree / FOLDER / ("root" if name == "corpus" else name)
    told = subprocess.run(
        [
            str(bed.built.binary("flux")),
            *("diff", "kustomization", name, "-n", NAMESPACE, "--path", str(path), "--progress-bar=false"),
        ],
        env=stage.hands.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    output = told.stdout + told.stderr
    assert told.returncode in (0, 1) or _FAILED.search(output), output
    return [(match[1], Sees.YES) for match in _SAID.finditer(output)] + [
        (match[1], Sees.ERROR) for match in _FAILED.finditer(output)
    ]


def _checkout(bed: Bed, commit: str, folder: Path) -> Path:
    """The corpus as it was in that commit."""
    tree = folder / commit
    if not tree.exists():
        tree.mkdir()
        archive = subprocess.run(
            ["git", "archive", commit, FOLDER], cwd=bed.git.worktree, capture_output=True, check=True
        ).stdout
        subprocess.run(["tar", "-x", "-C", str(tree)], input=archive, check=True)
    return tree


def _helm_dry_run(stage: Stage, release: str) -> list[tuple[str, Sees]]:
    """As helm-controller would detect drift: a server-side dry-run apply of every object of the stored manifest."""
    manifest = stage.hands.run("helm", "get", "manifest", release, "-n", HELM)
    found = []
    for obj in yaml.safe_load_all(manifest):
        if obj and _differs(stage.bed, _owned(stage.bed, obj, release)):
            found.append((subject(obj), Sees.YES))
    return found


def _owned(bed: Bed, obj: Object, release: str) -> Object:
    metadata = obj["metadata"]
    if bed.kube.type(f"{obj['apiVersion']}/{obj['kind']}").namespaced:
        metadata.setdefault("namespace", HELM)
    metadata["labels"] = {**metadata.get("labels", {}), "app.kubernetes.io/managed-by": "Helm"}
    marks = {"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": HELM}
    metadata["annotations"] = {**metadata.get("annotations", {}), **marks}
    return obj


def _differs(bed: Bed, obj: Object) -> bool:
    served, namespace, name = bed.kube.locate(obj)
    live = bed.kube.find(f"{obj['apiVersion']}/{obj['kind']}", namespace, name)
    if live is None:
        return True
    try:
        would = bed.kube.request(
            "PATCH",
            served.path(namespace, name),
            obj,
            parameters={"fieldManager": "helm-controller", "force": "true", "dryRun": "All"},
            content="application/apply-patch+yaml",
        )
    except ApiError as error:
        raise AssertionError(f"{subject(obj)}: {error}") from error
    return _compared(live) != _compared(would)


def _compared(obj: Object) -> tuple[Any, ...]:
    body = {key: value for key, value in obj.items() if key not in ("metadata", "status")}
    return obj["metadata"].get("labels"), obj["metadata"].get("annotations"), body
