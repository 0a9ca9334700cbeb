"""A PEP or the PDP holds nothing, says nothing, or something else than it was asked for."""

from __future__ import annotations

from collections.abc import Callable

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.faults.policies import restore
from testbed.services.policies import PDP

ARGS = ("--allow", "exec", "-m", "policies")
UNREAD = [("unreadable", "PEP proc/ades-pep")]
UNDECIDED = [("unreadable", "PDP um/pdp-engine")]


def printed(store: str, text: str) -> Callable[[Bed], None]:
    """The tool prints this, and nothing else."""
    return lambda bed: bed.policies.prints(store, text)


FAULTS = [
    Fault(
        "policies-pdp-lost",
        platform="eoepca",
        breaks="the PDP's database is a new one: not a single policy",
        apply=lambda bed: bed.policies.write(PDP, []),
        revert=restore,
        args=ARGS,
        expect=[("policies.dump.empty", "PDP um/pdp-engine")],
    ),
    Fault(
        "policies-pep-lost",
        platform="eoepca",
        breaks="a PEP's database is a new one: no resource, and policies of all it held",
        apply=lambda bed: bed.policies.write("ades-pep", []),
        revert=restore,
        args=ARGS,
        expect=[("policies.dump.empty", "PEP proc/ades-pep")],
    ),
    Fault(
        "policies-pep-silent",
        platform="eoepca",
        breaks="management_tools prints nothing and ends with 0",
        apply=printed("ades-pep", ""),
        revert=restore,
        args=ARGS,
        unknowns=UNREAD,
    ),
    Fault(
        "policies-pep-null",
        platform="eoepca",
        breaks="management_tools prints null",
        apply=printed("ades-pep", "null\n"),
        revert=restore,
        args=ARGS,
        unknowns=UNREAD,
    ),
    Fault(
        "policies-pep-cut-off",
        platform="eoepca",
        breaks="half a list arrives",
        apply=printed("ades-pep", '[{"_id": {"$oid": "65c1a2f09d3e4b7a10c0de01"}, "resource_id": "3f0c'),
        revert=restore,
        args=ARGS,
        unknowns=UNREAD,
    ),
    Fault(
        "policies-pdp-database-down",
        platform="eoepca",
        breaks="MongoDB beside the PDP is down: a traceback and status 1",
        apply=lambda bed: bed.policies.fail(PDP),
        revert=restore,
        args=ARGS,
        unknowns=UNDECIDED,
    ),
    Fault(
        "policies-pdp-none",
        platform="eoepca",
        breaks="the PDP answers None",
        apply=printed(PDP, "None\n"),
        revert=restore,
        args=ARGS,
        unknowns=UNDECIDED,
    ),
    Fault(
        "policies-pdp-talks",
        platform="eoepca",
        breaks="nothing: the PDP's log speaks on stdout before the answer does",
        apply=lambda bed: bed.policies.log(PDP, "[2024-02-01 10:00:00] INFO PDP: ['started']", "{'event': 'x'}", ""),
        revert=restore,
        args=ARGS,
    ),
]
