"""Opens the HTML report in headless Chromium; run as a command, it takes the picture the README shows.

Usage: ``python scripts/browser.py`` writes docs/report.png from holdfast-report/report.html
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

CHROMIUM = (
    "chromium",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=20000",
)
PICTURE = Path("docs/report.png")


class BrowserError(Exception):
    """Chromium is missing or failed; the text is one line."""


def show(page: Path, *more: str, fragment: str = "") -> str:
    """Open a page with a new empty profile, and return what Chromium printed.

    Args:
        page: the file.
        more: what to do with it: ``--dump-dom``, ``--screenshot=FILE``.
        fragment: what follows ``#`` in the address.

    Raises:
        BrowserError: Chromium is not installed, or failed.
    """
    address = page.resolve().as_uri() + (f"#{fragment}" if fragment else "")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [*CHROMIUM, f"--user-data-dir={profile}", *more, address]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        except FileNotFoundError:
            raise BrowserError("chromium is not installed: as root, apt-get install chromium") from None
        except subprocess.TimeoutExpired:
            raise BrowserError(f"chromium did not finish with {page} in 120 s") from None
    if done.returncode:
        raise BrowserError(f"chromium failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    return done.stdout


def photograph(page: Path, picture: Path, *, width: int = 1280, height: int = 900) -> None:
    """Write a PNG of the page's first screen; sizes in pixels."""
    show(page, f"--window-size={width},{height}", f"--screenshot={picture.resolve()}")


if __name__ == "__main__":
    try:
        photograph(Path("holdfast-report/report.html"), PICTURE)
    except BrowserError as error:
        sys.exit(str(error))
    print(f"wrote {PICTURE}")
