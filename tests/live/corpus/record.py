"""Every object of the corpus as the API server shows it, for whoever wants real ones to test with."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import yaml

from testbed.errors import TestbedError
from testbed.kube import Object
from tests.live.corpus.deliveries import HELM, KUSTOMIZATIONS, NAMESPACE, NAMESPACES, UNMANAGED
from tests.live.corpus.rows import ROWS, row_of, subject
from tests.live.corpus.stage import Stage

_PASSING = ("Event", "Lease", "PodMetrics")


def write(stage: Stage, folder: Path) -> None:
    """One file per row: what it says, Git's manifest, what Flux makes of it, and the live objects."""
    folder.mkdir(parents=True, exist_ok=True)
    desired, live = _grouped(_built(stage)), _grouped(_live(stage))
    for row in ROWS:
        document = {
            "row": row.name,
            "says": row.says,
            "owner": row.delivery,
            "git": row.git,
            "desired": desired.get(row.name, []),
            "live": live.get(row.name, []),
        }
        (folder / f"{row.name}.json").write_text(json.dumps(document, indent=1))


def _grouped(objects: list[Object]) -> dict[str, list[Object]]:
    found: dict[str, list[Object]] = defaultdict(list)
    for obj in objects:
        if row := row_of(subject(obj)):
            found[row.name].append(obj)
    return found


def _live(stage: Stage) -> list[Object]:
    kube = stage.bed.kube
    namespaces = {*NAMESPACES, *UNMANAGED}
    found: list[Object] = []
    for served in kube.types(refresh=True):
        if "list" not in served.verbs or served.kind in _PASSING:
            continue
        try:
            listed = kube.list_type(served)
        except TestbedError:
            continue
        found += [obj for obj in listed if not served.namespaced or obj["metadata"].get("namespace") in namespaces]
    return found


def _built(stage: Stage) -> list[Object]:
    """What `flux build kustomization` makes of Git, and the manifests Helm has stored."""
    found: list[Object] = []
    for each in KUSTOMIZATIONS:
        path = stage.bed.git.worktree / "corpus" / each.name
        told = stage.hands.run(
            "flux", "build", "kustomization", each.name, "-n", NAMESPACE, "--path", str(path), check=False
        )
        found += _documents(told)
    for release in ("corpus-ssa", "corpus-csa"):
        told = stage.hands.run("helm", "get", "manifest", release, "-n", HELM, check=False)
        found += [_in_namespace(obj) for obj in _documents(told)]
    return found


def _in_namespace(obj: Object) -> Object:
    obj["metadata"].setdefault("namespace", HELM)
    return obj


def _documents(text: str) -> list[Object]:
    return [each for each in yaml.safe_load_all(text) if each]
