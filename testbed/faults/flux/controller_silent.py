"""A controller's process is gone while its Deployment, and everything it ever said, looks healthy."""

import datetime

from testbed.bed import Bed
from testbed.fault import Fault

_LONG_AGO = datetime.timedelta(minutes=20)


def _die(bed: Bed, controller: str) -> None:
    """Kills the process. Its Lease is dated back, so that nobody has to sit out the minutes until it is old."""
    bed.stop(controller, kill=True)
    lease = ("Lease", "flux-system", f"{controller}-leader-election")
    then = f"{datetime.datetime.now(datetime.UTC) - _LONG_AGO:%Y-%m-%dT%H:%M:%S.%fZ}"
    bed.kube.patch(*lease, {"spec": {"renewTime": then}}, manager=controller)
    bed.kube.patch(*lease, {"metadata": {"managedFields": [{}]}})  # they tell when it was really renewed


def _lose_source_controller(bed: Bed) -> None:
    """Artifacts go with it: whoever is reconciled next fails, and is not to blame."""
    _die(bed, "source-controller")
    bed.reconcile("Kustomization", "flux-system", "user-management")
    bed.reconcile("HelmRelease", "test", "cheese")


FAULTS = [
    Fault(
        "kustomize-controller-dead",
        platform="eoepca",
        breaks="kustomize-controller's process is dead while everything says Ready",
        apply=lambda bed: _die(bed, "kustomize-controller"),
        revert=lambda bed: bed.start("kustomize-controller"),
        expect=[("flux.controller.silent", "Deployment/flux-system/kustomize-controller")],
    ),
    Fault(
        "source-controller-dead",
        platform="eoepca",
        breaks="source-controller's process is dead, and nobody can load an artifact any more",
        apply=_lose_source_controller,
        revert=lambda bed: bed.start("source-controller"),
        expect=[("flux.controller.silent", "Deployment/flux-system/source-controller")],
    ),
]
