"""Writing a report file so that a reader never meets half of it."""

from __future__ import annotations

import os
from pathlib import Path


def write(text: str, path: Path) -> None:
    """Write ``text`` as UTF-8 beside ``path`` and move it there: a scraper sees the old file or the new one.

    Raises:
        OSError: the file cannot be written; nothing is left behind.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(text.encode("utf-8", "backslashreplace"))
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
