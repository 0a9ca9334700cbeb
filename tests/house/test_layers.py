"""The layer contracts of pyproject.toml: they hold, and each refuses the breach it is there for."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, copy

LAYERS = "each layer knows only those below it"
TOLD = "only the frame knows the reports"
PURE = "checks, judge and model do no I/O and know no test framework"
ALONE = "holdfast does not need its testbed"

BREACHES = [
    (LAYERS, "checks/presence.py", "import holdfast.fixtures"),
    (LAYERS, "checks/presence.py", "import holdfast.reports"),
    (LAYERS, "reports/__init__.py", "import holdfast.checks.presence"),
    (LAYERS, "fixtures/__init__.py", "import holdfast.judge"),
    (LAYERS, "holdfast/model/rule.py", "import holdfast.checks"),
    (LAYERS, "steps/__init__.py", "import holdfast.plugin"),
    (TOLD, "steps/__init__.py", "import holdfast.reports"),
    (PURE, "checks/presence.py", "import subprocess"),
    (PURE, "checks/presence.py", "import pytest"),
    (PURE, "holdfast/model/rule.py", "import requests"),
    (ALONE, "fixtures/__init__.py", "import testbed.errors"),
]


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on a checkout."""
    command: list[str | Path] = [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, env={"PYTHONPATH": str(root)})


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tops = ("checks", "steps", "fixtures", "reports", "features", "holdfast", "testbed", "pyproject.toml")
    return copy(tmp_path_factory.mktemp("layers"), *tops)


def test_contracts_hold(checkout: Path) -> None:
    done = lint(checkout)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("contract", "module", "breach"), BREACHES)
def test_breach_is_refused(checkout: Path, contract: str, module: str, breach: str) -> None:
    file = checkout / module
    file.write_text(f"{(ROOT / module).read_text(encoding='utf-8')}\n{breach}\n", encoding="utf-8")
    try:
        done = lint(checkout)
    finally:
        shutil.copy2(ROOT / module, file)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contract} BROKEN" in " ".join(done.stdout.split())
    assert breach.removeprefix("import ") in done.stdout.partition("Broken contracts")[2]
