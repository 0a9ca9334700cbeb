"""Makes ``report.html`` of the Allure results in a report folder: one file, no network, by Allure 3 (see package.json).

Usage: ``python scripts/report.py [REPORT_DIR]`` (default: holdfast-report)
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ALLURE = Path(__file__).parent.parent / "node_modules" / ".bin" / "allure"
_REMOTE = re.compile(r'(?:src|href)\s*=\s*"(?:https?:)?//', re.IGNORECASE)
_ANALYTICS = re.compile(
    r'<script async src="https://www\.googletagmanager\.com/[^"]*"></script>\s*<script>.*?</script>', re.DOTALL
)


class ReportError(Exception):
    """The report cannot be made; the text is one line saying why."""


def make(report_dir: Path) -> Path:
    """Write ``report_dir/report.html`` from ``report_dir/allure-results``.

    Raises:
        ReportError: there are no results, Allure failed, or the page would load something from the network.
    """
    results = report_dir / "allure-results"
    if not any(results.glob("*-result.json")):
        raise ReportError(f"{results} holds no Allure results: run an audit first, e.g. make demo")
    with tempfile.TemporaryDirectory() as made:
        _run_allure(results, Path(made) / "page")
        page = without_analytics((Path(made) / "page" / "index.html").read_text(encoding="utf-8"))
    report = report_dir / "report.html"
    report.write_text(page, encoding="utf-8")
    return report


def without_analytics(page: str) -> str:
    """The page without Allure's usage statistics, which it always sends: an audit's report tells nobody it was read.

    Raises:
        ReportError: something else in it would still be loaded from the network.
    """
    quiet = _ANALYTICS.sub("", page)
    remote = _REMOTE.search(quiet)
    if remote:
        raise ReportError(f"Allure's page loads from the network: {quiet[remote.start() : remote.start() + 80]}")
    return quiet


def _run_allure(results: Path, output: Path) -> None:
    node_from_venv = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    command: list[str | Path] = [
        ALLURE,
        "awesome",
        "--single-file",
        "--report-name",
        "holdfast",
        "--output",
        output,
        results.resolve(),
    ]
    if not ALLURE.exists() or not shutil.which("node", path=node_from_venv["PATH"]):
        raise ReportError("Allure 3 is not installed: make report fetches it")
    done = subprocess.run(command, env=node_from_venv, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode or not (output / "index.html").exists():
        said = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise ReportError(f"Allure failed: {said[-1]}")


def main() -> int:
    """Make it and say where it is."""
    try:
        report = make(Path(sys.argv[1] if len(sys.argv) > 1 else "holdfast-report"))
    except ReportError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{report}: open it in any browser, no server needed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
