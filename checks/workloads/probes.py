"""Whether the cluster can tell that a container serves."""

from __future__ import annotations

from holdfast.checks.flux import delivery
from holdfast.checks.workloads.workload import Workload
from holdfast.model import MINOR, Deviation, Remedy, Resource, Said, World, rule


@rule(
    "workload.probe.missing",
    MINOR,
    origin="issue C part 9: missing probes (minor)",
    remedy="Give it a readinessProbe in Git: without one a pod counts as ready before it serves",
)
def probed(workload: Resource, world: World) -> Said:
    """Every container that opens a port has a readiness probe."""
    without = [
        str(each.get("name"))
        for each in Workload(workload).containers
        if each.get("ports") and not each.get("readinessProbe")
    ]
    if not without:
        return
    names = ", ".join(without)
    yield Deviation(
        workload.ref,
        expected="a readinessProbe for every container that opens a port",
        observed=f"none for {names}",
        cause="its manifest or its chart has none",
        summary=f"{workload.ref}: nobody can tell whether {names} serves: no readiness probe",
        path="spec.template.spec.containers",
        outlook="pods count as ready as soon as they run, and get requests they cannot answer yet",
        owner=delivery.owner(workload, world),
        remedy=(Remedy("see which probes there are", f"kubectl get {workload.ref.where} -o yaml"),),
    )
