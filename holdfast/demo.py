"""``holdfast demo``: the bundled recording of the EOEPCA platform, audited as a live one would be."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from holdfast import run
from holdfast.ledger import FINDING
from holdfast.reports.findings_json import read_findings

Found = dict[str, Any]

FOLDER = Path(__file__).with_name("demo")
RECORDING = FOLDER / "eoepca.holdfast.gz"
EXPECTED = FOLDER / "expected.json"
"""What the recording was made to hold: exit, findings as [rule, subject], unknown as [code, subject]."""
REPORT_DIR = Path("holdfast-report")


def demo() -> int:
    """Audit it, show it, and say whether everything in it was found and nothing else; 0 exactly then."""
    status = run.audit(run.Selection(("eoepca",)), {"recording": str(RECORDING), "report-dir": str(REPORT_DIR)})
    if status not in (0, FINDING, 10):
        return status
    wrong = differences(read_findings(REPORT_DIR / "findings.json"), json.loads(EXPECTED.read_text(encoding="utf-8")))
    print(f"\nThe audit's own exit status is {status}.", end=" ")
    if not wrong:
        print("It found exactly what this recording holds.")
        return 0
    print("It should have found something else:")
    print("\n".join(f"  {line}" for line in wrong))
    return FINDING


def differences(found: Found, expected: Found) -> list[str]:
    """What was missed and what was too much, a line each."""
    told = summary(found)
    lines = []
    for key in ("findings", "unknown"):
        mine = Counter(map(tuple, told[key]))
        theirs = Counter(map(tuple, expected[key]))
        lines += [f"missed: {' '.join(each)}" for each in (theirs - mine).elements()]
        lines += [f"not expected: {' '.join(each)}" for each in (mine - theirs).elements()]
    if told["exit"] != expected["exit"]:
        lines.append(f"exit status {told['exit']} instead of {expected['exit']}")
    return lines


def summary(found: Found) -> Found:
    """A findings.json in the form of the expectation."""
    return {
        "exit": found["summary"]["exit"],
        "findings": sorted([each["rule"], each["subject"]] for each in found["findings"]),
        "unknown": sorted(
            {(each["code"], each["subject"]) for scenario in found["scenarios"] for each in scenario["unknown"]}
        ),
    }
