"""Workspaces and their registration with the guard of the workspace API do not go together."""

from __future__ import annotations

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.faults.policies import restore
from testbed.services.policies import PDP, resource_id

ARGS = ("--allow", "exec", "-m", "policies")
GUARD, PATH = "workspace-api-pep", "/workspaces/develop-user-alice"
ID = resource_id(GUARD, PATH)
ALICES = "PEP rm/workspace-api-pep /workspaces/develop-user-alice"


def half_removed(bed: Bed) -> None:
    bed.policies.remove(GUARD, lambda it: it["resource_id"] == ID)


def removed(bed: Bed) -> None:
    half_removed(bed)
    bed.policies.remove(PDP, lambda it: it["config"]["resource_id"] == ID)


FAULTS = [
    Fault(
        "policies-workspace-gone",
        platform="eoepca",
        breaks="a workspace was deleted: its namespace is gone, its registration and its policies are left",
        apply=lambda bed: bed.policies.register(GUARD, "/workspaces/develop-user-carol", "bob"),
        revert=restore,
        args=ARGS,
        expect=[("policies.resource.workspace-gone", "PEP rm/workspace-api-pep /workspaces/develop-user-carol")],
    ),
    Fault(
        "policies-workspace-unregistered",
        platform="eoepca",
        breaks="a workspace's resource is unregistered, though the workspace is there",
        apply=removed,
        revert=restore,
        args=ARGS,
        expect=[("policies.resource.workspace-unregistered", ALICES)],
    ),
    Fault(
        "policies-workspace-half-unregistered",
        platform="eoepca",
        breaks="the same in the PEP alone: the policies that are left belong to the same finding",
        apply=half_removed,
        revert=restore,
        args=ARGS,
        expect=[("policies.resource.workspace-unregistered", ALICES)],
    ),
]
