"""``python -m tests.live.corpus TESTBED FOLDER``: stages the corpus and writes every object it is about as JSON."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from testbed.bed import Bed
from tests.live.corpus import record, webhook
from tests.live.corpus.stage import Stage, clear


def main(testbed: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    bed = Bed(testbed)
    stage = Stage(bed, folder)
    began = time.monotonic()
    clear(bed)
    print(f"{time.monotonic() - began:5.1f} s  reset", flush=True)
    with webhook.annotating(bed):
        stage.healthy()
        print(f"{time.monotonic() - began:5.1f} s  healthy", flush=True)
        record.write(stage, folder / "healthy")
        stage.broken()
        print(f"{time.monotonic() - began:5.1f} s  broken", flush=True)
        record.write(stage, folder)


main(sys.argv[1], Path(sys.argv[2]))
