"""What tests of the house share."""

from __future__ import annotations

from pathlib import Path

import pytest

_NOBODY_LISTENS = """\
apiVersion: v1
kind: Config
current-context: nowhere
contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
clusters: [{name: nowhere, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: nobody, user: {token: none}}]
"""


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kubeconfig, so that features can be collected; no API server behind it."""
    kubeconfig = tmp_path / "kubeconfig-nowhere"
    kubeconfig.write_text(_NOBODY_LISTENS, encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    return kubeconfig
