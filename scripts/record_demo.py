"""Record `holdfast/demo`: a dozen faults at once on a testbed of this platform, audited and kept.

    HOLDFAST_TESTBED=NAME python scripts/record_demo.py

The testbed's hosts are on loopback ports; in the recording they carry the names the platform gives them, so that the
demo reads as it would there. What the audit must say is the union of what the faults must cause: else nothing is kept.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import tempfile
from pathlib import Path

from holdfast.demo import EXPECTED, RECORDING, summary
from testbed.bed import Bed
from testbed.fault import named

FAULTS = (
    "access-ingress-open",  # the first two commit to Git
    "secrets-sealed-text-damaged",
    "drift-everything-ready",
    "certificates-expiring",
    "workspaces-release-edited",
    "workspaces-bucket-left-behind",
    "workloads-restarting",
    "catalogue-product-gone",
    "processing-wps-exception",
    "registration-queue-unconsumed",
    "registration-products-failed",
    "policies-orphaned",
    "policies-delegated",
    "drift-image-set",  # Flux takes it back within a minute
)
"""In the order they are applied: what Flux would take back comes last."""
ALLOWED = ("--allow", "exec")


def main() -> int:
    bed = Bed(os.environ["HOLDFAST_TESTBED"])
    bed.reset()
    faults = [named(each) for each in FAULTS]
    for each in faults:
        print(f"{each.id}: {each.breaks}", file=sys.stderr)
        each.apply(bed)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "demo.gz"
        ran = bed.audit(*ALLOWED, "--record", str(kept))
        for each in faults:
            each.undo(bed)
        bed.reset()
        expected = {pair for each in faults for pair in each.expect}
        print(f"exit {ran.exit}; missed: {sorted(expected - ran.findings)}; more: {sorted(ran.findings - expected)}")
        if ran.exit != 1 or not expected <= ran.findings or ran.unknowns or ran.findings_json is None:
            print(f"not kept; unknown: {sorted(ran.unknowns)}")
            return 1
        _renamed(bed, kept, RECORDING)
        told = summary(ran.findings_json)
    EXPECTED.write_text(_public(bed, json.dumps(told, indent=1)) + "\n", encoding="utf-8")
    return 0


def _renamed(bed: Bed, recorded: Path, target: Path) -> None:
    text = _public(bed, gzip.decompress(recorded.read_bytes()).decode())
    with target.open("wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as out:
        out.write(text.encode())


def _public(bed: Bed, text: str) -> str:
    context = bed.backing.ctx
    for key, host in context.hosts().items():
        text = text.replace(context.url(key).removeprefix("https://"), host.public)
    return text


if __name__ == "__main__":
    sys.exit(main())
