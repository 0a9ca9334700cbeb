"""Canaries planted where secrets hide: none of them may be in any file, on the terminal, or in a recording."""

from __future__ import annotations

import base64
import gzip
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from testbed.bed import Bed
from tests.live.auditing import Ran, audit

pytestmark = pytest.mark.live

CANARY = "Zq7-Canary+8/fT2wLmN4"
"""Looks like a token; ``+`` and ``/`` make its URL encoding differ."""
MANIFESTS = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: canary
  namespace: um
  annotations:
    example.org/token: "${CANARY}"
data:
  config: "password is ${CANARY}"
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: canary, namespace: um}
spec:
  replicas: 1
  selector: {matchLabels: {app: canary}}
  template:
    metadata: {labels: {app: canary}}
    spec:
      containers:
        - name: canary
          image: registry.example/canary:1
          env: [{name: TOKEN, value: "${CANARY}"}]
          resources: {limits: {memory: "${CANARY}"}}
"""
FOLDER = "system/clusters/creodias/canary"


def secret(name: str, **data: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": "flux-system", "annotations": {"example.org/old": CANARY}},
        "stringData": data,
    }


@pytest.fixture(scope="module")
def planted(bed: Bed) -> Iterator[Bed]:
    """Canaries in Secrets, in what Flux makes of them, in annotations, values, a URL, and in an error text."""
    bed.reset()
    bed.kube.apply(secret("canary", CANARY=CANARY))
    bed.kube.apply(secret("canary-git", username="canary", password=CANARY))
    bed.git.commit({f"{FOLDER}/all.yaml": MANIFESTS}, "A platform that is careless with its secrets")
    source = {"kind": "GitRepository", "name": "flux-system"}
    meta = {"namespace": "flux-system", "annotations": {"example.org/note": f"token={CANARY}"}}
    bed.reconcile("GitRepository", "flux-system", "flux-system")
    bed.kube.apply(
        {
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": {**meta, "name": "canary"},
            "spec": {
                "interval": "10m",
                "path": f"./{FOLDER}",
                "prune": True,
                "sourceRef": source,
                "postBuild": {"substituteFrom": [{"kind": "Secret", "name": "canary"}]},
            },
        }
    )
    address = bed.git.repository_url.replace("://", f"://user:{urllib.parse.quote(CANARY, safe='')}@")
    bed.kube.apply(
        {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "GitRepository",
            "metadata": {**meta, "name": "canary"},
            "spec": {
                "interval": "10m",
                "url": address.replace("eoepca.git", "nowhere.git"),
                "secretRef": {"name": "canary-git"},
            },
        }
    )
    bed.wait_not_ready("Kustomization", "flux-system", "canary")
    bed.wait_not_ready("GitRepository", "flux-system", "canary")
    yield bed
    for kind in ("Kustomization", "GitRepository"):
        bed.kube.delete(kind, "flux-system", "canary")
    for name in ("canary", "canary-git"):
        bed.kube.delete("Secret", "flux-system", name)
    bed.reset()


def spellings() -> set[str]:
    raw = CANARY.encode()
    shifted = {base64.b64encode(b"x" * shift + raw).decode()[4 * bool(shift) : -4] for shift in range(3)}
    return {CANARY, urllib.parse.quote(CANARY, safe=""), raw.hex(), *shifted}


def leaks(ran: Ran, *files: Path) -> list[str]:
    """Every file (and the terminal) that holds the canary in some spelling."""
    texts = {"stdout": ran.stdout, "stderr": ran.stderr}
    for file in (*(each for each in ran.reports.rglob("*") if each.is_file()), *files):
        content = file.read_bytes()
        texts[file.name] = (gzip.decompress(content) if file.suffix == ".gz" else content).decode("utf-8", "replace")
    return [f"{name}: {each}" for name, text in texts.items() for each in spellings() if each in text]


@pytest.mark.parametrize("context", ["auditor", "no-secrets"])
def test_no_output_holds_a_secret_in_any_spelling(planted: Bed, tmp_path: Path, context: str) -> None:
    recording = tmp_path / "it.holdfast.gz"
    ran = audit(planted, tmp_path / "report", "--record", str(recording), context=context)
    assert ran.status == 1, ran.stdout
    found = {subject for _, subject in ran.findings}
    assert {"Kustomization/flux-system/canary", "GitRepository/flux-system/canary"} <= found, "the error texts were met"
    assert {"findings.json", "junit.xml", "summary.md", "metrics.prom"} <= {each.name for each in ran.reports.iterdir()}
    assert leaks(ran, recording) == []


def test_the_canary_would_be_noticed(planted: Bed, tmp_path: Path) -> None:
    """The search itself works: the raw object, as kubectl would show it, holds what the reports must not."""
    raw = str(planted.kube.get("Kustomization", "flux-system", "canary"))
    (tmp_path / "raw.txt").write_text(raw)
    assert leaks(Ran(0, "", "", tmp_path))
