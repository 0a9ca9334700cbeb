"""The platforms a testbed can hold: each a folder with a Git tree, and what a person makes by hand beside Git."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from testbed.charts import Chart
from testbed.errors import TestbedError

Object = dict[str, Any]
KNOWN = ("eoepca",)


@dataclass(frozen=True)
class Platform:
    """A platform: what Flux reads from Git, what it installs, and what `flux bootstrap` and people put beside it."""

    name: str
    branch: str
    flux_folder: str  # where gotk-components.yaml, gotk-sync.yaml and their kustomization.yaml live in the tree
    charts: tuple[Chart, ...]
    repositories: tuple[str, ...]  # chart repositories, used or not
    by_hand: Callable[
        [dict[str, str]], list[Object]
    ]  # the objects that are not in Git (URLs in, objects out), such as Secrets
    services: tuple[str, ...] = ()  # the servers behind it, by their names in testbed/services

    @property
    def tree(self) -> Path:
        return Path(__file__).parent / self.name / "tree"


def load(name: str) -> Platform:
    """The platform of that name."""
    if name not in KNOWN:
        raise TestbedError(f"no platform called {name!r} in testbed/platforms; known: {', '.join(KNOWN)}")
    platform = importlib.import_module(f"testbed.platforms.{name}").PLATFORM
    assert isinstance(platform, Platform)
    return platform
