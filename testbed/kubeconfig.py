"""Kubeconfig files with everything inline, so that they can be copied and mounted."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import yaml

from testbed.certificates import Pair


def write(file: Path, server: str, authority: Path, users: dict[str, Pair], current: str) -> Path:
    """One context per user, named like the user, all on one cluster called testbed."""
    document: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": "testbed", "cluster": {"server": server, "certificate-authority-data": _inline(authority)}}
        ],
        "users": [
            {
                "name": name,
                "user": {"client-certificate-data": _inline(pair.certificate), "client-key-data": _inline(pair.key)},
            }
            for name, pair in users.items()
        ],
        "contexts": [{"name": name, "context": {"cluster": "testbed", "user": name}} for name in users],
        "current-context": current,
    }
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    return file


def _inline(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
