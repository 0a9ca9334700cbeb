"""A controller that lives, keeps its Lease, and never comes back to one object.

No Flux can be made to hang at will: what a hung worker leaves behind is written into the status.
"""

import datetime

from testbed.bed import Bed
from testbed.fault import Fault

NAME = "user-management"


def hang(bed: Bed) -> None:
    found = bed.reconcile("Kustomization", "flux-system", NAME)  # the next one is a minute away
    then = (datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    common = {
        "observedGeneration": found["metadata"]["generation"],
        "lastTransitionTime": then,
        "reason": "Progressing",
    }
    said = "Running health checks for revision develop with a timeout of 30s"
    conditions = [
        {**common, "type": "Reconciling", "status": "True", "message": said},
        {**common, "type": "Ready", "status": "Unknown", "message": "Reconciliation in progress"},
    ]
    status = {"conditions": conditions, "history": None}
    bed.kube.patch("Kustomization", "flux-system", NAME, {"status": status}, subresource="status")


def forget(bed: Bed) -> None:
    asked = "2024-05-01T10:00:00Z"
    request = {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": asked}}}
    bed.kube.patch("Kustomization", "flux-system", NAME, request, manager="kubectl-annotate")
    bed.wait("Kustomization", "flux-system", NAME, lambda it: it["status"].get("lastHandledReconcileAt") == asked)
    handled = {"status": {"lastHandledReconcileAt": "2024-04-30T10:00:00Z"}}
    bed.kube.patch("Kustomization", "flux-system", NAME, handled, subresource="status")


def again(bed: Bed) -> None:
    bed.reconcile("Kustomization", "flux-system", NAME)


FAULTS = [
    Fault(
        "reconcile-stuck",
        platform="eoepca",
        breaks="a Kustomization has been in progress for an hour, and its controller lives",
        apply=hang,
        revert=again,
        expect=[("flux.reconcile.stuck", f"Kustomization/flux-system/{NAME}")],
    ),
    Fault(
        "request-unhandled",
        platform="eoepca",
        breaks="somebody asked for a reconcile and Flux never took the request up",
        apply=forget,
        revert=again,
        expect=[("flux.request.unhandled", f"Kustomization/flux-system/{NAME}")],
    ),
]
