"""Make the recording of ``make demo``: the testbed's EOEPCA platform on a bad morning, audited and recorded.

Usage: PYTHONPATH=. python scripts/record_demo.py  (on the testbed HOLDFAST_TESTBED names, or on one of its own)
"""

from __future__ import annotations

import json
import os
import sys

from holdfast.demo import EXPECTED, FOLDER, RECORDING, summary
from testbed import lifecycle
from testbed.bed import Bed
from testbed.fault import named

FAULTS = (
    "helm-chart-version-missing",
    "kustomization-dry-run-invalid",
    "helmrelease-values-reference-missing",
    "controller-resources-changed",
    "controller-oom-killed",
    "provider-secret-dangling",
    "alert-watches-nothing",
    "flux-namespace-writable",
    "drift-unexpected-pod",
    "drift-everything-ready",
    "drift-image-set",
    "drift-secret-changed",
    "kustomization-suspended",
)
"""What has gone wrong, in the order in which it goes wrong: what Flux would take back comes late, within its minute;
what stops Flux from applying comes last."""
NAME = "demo"


def record(bed: Bed) -> None:
    """Break the platform, audit it, and keep the recording only when the audit found what was broken."""
    FOLDER.mkdir(exist_ok=True)
    faults = [named(each) for each in FAULTS]
    for fault in faults:
        print(f"{fault.id}: {fault.breaks}", file=sys.stderr)
        fault.apply(bed)
    ran = bed.audit("--record", str(RECORDING), settle=5)
    expected = {pair for fault in faults for pair in fault.expect}
    if ran.findings != expected or ran.unknowns or ran.findings_json is None:
        missed, more = sorted(expected - ran.findings), sorted((ran.findings | ran.unknowns) - expected)
        sys.exit(f"the recording would not hold what it should: missed {missed}, not expected {more}\n{ran.stdout}")
    EXPECTED.write_text(json.dumps(summary(ran.findings_json), indent=1) + "\n", encoding="utf-8")
    print(ran.stdout)


def main() -> None:
    """On the testbed HOLDFAST_TESTBED names, or on one of its own."""
    given = os.environ.get("HOLDFAST_TESTBED")
    if given:
        bed = Bed(given)
        bed.reset()
        try:
            record(bed)
        finally:
            bed.reset()
        return
    try:
        record(lifecycle.up(NAME, "eoepca", lambda line: print(line, file=sys.stderr)))
    finally:
        lifecycle.down(NAME)


if __name__ == "__main__":
    main()
