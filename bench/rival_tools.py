"""The programs holdfast is compared with: the testbed's own where it has them, else those on PATH."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from bench.child import Cost, run
from testbed.bed import Bed


@dataclass(frozen=True)
class Tool:
    """One program, run as the cluster's administrator: dry-runs need the right to write."""

    name: str
    binary: str
    bed: Bed

    def __call__(self, *arguments: str, folder: Path | None = None) -> Cost:
        environment = {"KUBECONFIG": str(self.bed.kubeconfig), "PATH": f"{Path(self.binary).parent}{os.pathsep}{_PATH}"}
        return run([self.binary, *arguments], folder=folder or self.bed.instance.home, environment=environment)

    @property
    def version(self) -> str:
        """As it says itself, such as `v2.9.5`."""
        asked = {"flux": ["--version"], "kubectl": ["version", "--client"], "kustomize": ["version"]}[self.name]
        found = re.search(r"v?(\d+\.\d+\.\d+\S*)", self(*asked).stdout)
        return f"v{found[1]}" if found else "of an unknown version"


_PATH = os.environ.get("PATH", "")


def find(bed: Bed, name: str) -> Tool | None:
    """None where this machine has none."""
    binary = shutil.which(name, path=bed.built.path())
    return Tool(name, binary, bed) if binary else None
