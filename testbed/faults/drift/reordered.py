"""The containers of a pod are written in another order: nothing changes, and Flux rolls out again."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.hands import RM, just_applied


def apply(bed: Bed) -> None:
    just_applied(bed, RM)
    registrar = bed.kube.get("Deployment", "rm", "registrar")
    registrar["spec"]["template"]["spec"]["containers"].reverse()
    bed.kube.replace(registrar, manager="kubectl-replace")


FAULT = Fault(
    "drift-containers-reordered",
    platform="eoepca",
    breaks="the containers of a Deployment are put into another order",
    apply=apply,
    expect=[("drift.field.order", "Deployment/rm/registrar")],
)
