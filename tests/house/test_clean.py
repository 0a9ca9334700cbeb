"""Nothing of the machine it was written on, and no package registry, is named in the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.checkout import ROOT, tracked

_REGISTRIES = (  # in two halves, so that this file does not name them either
    ("pypi", ".org"),
    ("python", "hosted.org"),
    ("npm", "js.org"),
    ("yarn", "pkg.com"),
    ("proxy.golang", ".org"),
    ("sum.golang", ".org"),
    ("repo1.maven", ".org"),
    ("repo.maven", ".apache.org"),
)
_REGISTRY = re.compile("|".join(re.escape("".join(halves)) for halves in _REGISTRIES))
_HOME = re.compile(r"(?<![\w.$}])/(?:home|Users)/(?!nonroot|user\b)[a-z]\w+/|(?<![\w.$}])/(?:root|work)/\w")
_ARTEFACT = re.compile(r"(?:~|\.(?:swp|swo|orig|rej|bak|pyc)|\.DS_Store|Thumbs\.db)$")


def lines() -> Iterator[tuple[Path, str]]:
    """Every line of every text file."""
    for file in tracked():
        path = ROOT / file
        if path.is_symlink():
            continue
        content = path.read_bytes()
        if b"\0" not in content[:8000]:
            yield from ((file, line) for line in content.decode("utf-8", errors="replace").splitlines())


def test_no_file_names_a_package_registry() -> None:
    assert [f"{file}: {line[:120]}" for file, line in lines() if _REGISTRY.search(line)] == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert [f"{file}: {line[:120]}" for file, line in lines() if _HOME.search(line)] == []


def test_no_editor_artefact_is_tracked() -> None:
    assert [str(file) for file in tracked() if _ARTEFACT.search(file.name)] == []


def test_links_stay_inside_and_lead_somewhere() -> None:
    links = [file for file in tracked() if (ROOT / file).is_symlink()]
    assert {str(file) for file in links} >= {
        f"holdfast/{each}" for each in ("checks", "features", "fixtures", "reports", "steps")
    }
    assert [str(file) for file in links if not (ROOT / file).resolve(strict=False).is_relative_to(ROOT.resolve())] == []
    assert [str(file) for file in links if not (ROOT / file).exists()] == []
