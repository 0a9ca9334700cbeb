"""``images.json``: every running image, its digests and who runs it, where a scenario asked for the list."""

from __future__ import annotations

from pathlib import Path

import orjson

from holdfast.model import RunResult
from holdfast.reports import files

FACT = "images"
"""Of ``run.facts``: see :func:`holdfast.checks.images.inventory.inventory`."""


def write(result: RunResult, path: Path) -> None:
    """Write the list; where this run has none, take away an earlier one, which would pass for this run's.

    Raises:
        OSError: the file cannot be written or removed.
    """
    found = result.run.facts.get(FACT)
    if found is None:
        path.unlink(missing_ok=True)
        return
    about = {"cluster": dict(result.run.cluster), "finished": result.run.finished.isoformat()}
    told = orjson.dumps({**about, **(found if isinstance(found, dict) else {})}, option=orjson.OPT_INDENT_2)
    files.write(told.decode() + "\n", path)
