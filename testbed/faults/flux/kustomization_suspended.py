"""Somebody suspends a Kustomization: today, or three days ago and forgotten.

The age is what managedFields say of the field; the older one is written there, as nobody can wait three days.
"""

import datetime

from testbed.bed import Bed
from testbed.fault import Fault

NAME = "Kustomization/flux-system/resource-management"


def suspend(bed: Bed) -> None:
    spec = {"spec": {"suspend": True}}
    bed.kube.patch("Kustomization", "flux-system", "resource-management", spec, manager="kubectl-patch")


def suspend_long_ago(bed: Bed) -> None:
    suspend(bed)
    owners = bed.kube.get("Kustomization", "flux-system", "resource-management")["metadata"]["managedFields"]
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=3)
    for each in owners:
        if each["manager"] == "kubectl-patch":
            each["time"] = then.strftime("%Y-%m-%dT%H:%M:%SZ")
    bed.kube.patch("Kustomization", "flux-system", "resource-management", {"metadata": {"managedFields": owners}})


FAULTS = [
    Fault(
        "kustomization-suspended",
        platform="eoepca",
        breaks="somebody suspends a Kustomization; below a day that is minor, and does not fail a gate for major",
        apply=suspend,
        args=("--fail-on", "major"),
        exit=0,
        expect=[("flux.object.suspended", NAME)],
    ),
    Fault(
        "kustomization-suspended-long",
        platform="eoepca",
        breaks="somebody suspended a Kustomization three days ago and forgot it; that is major",
        apply=suspend_long_ago,
        args=("--fail-on", "major"),
        exit=1,
        expect=[("flux.object.suspended", NAME)],
    ),
]
