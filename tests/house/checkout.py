"""This checkout: its files as Git knows them, and a copy of it to break."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def tracked() -> list[Path]:
    """Every file Git tracks or would add, symbolic links too, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    named = sorted({Path(each) for each in listed.split("\0") if each})
    return [each for each in named if (ROOT / each).is_symlink() or (ROOT / each).is_file()]


def copy(into: Path, *tops: str) -> Path:
    """A copy of the checkout (or of these of its files and folders) as a clone would have it, links kept."""
    for each in tracked():
        if not tops or each.parts[0] in tops:
            (into / each).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / each, into / each, follow_symlinks=False)
    return into
