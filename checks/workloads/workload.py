"""A Deployment, StatefulSet or DaemonSet as one thing: how many pods it wants, has and keeps, and which they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.checks.flux.selectors import selects
from holdfast.model import InFlight, Json, Resource, World

KINDS = ("Deployment", "StatefulSet", "DaemonSet")
"""What is rolled out; Jobs come and go by themselves."""


def is_ready(pod: Resource) -> bool:
    """Whether the pod's condition Ready is True."""
    found = pod.find_condition("Ready")
    return found is not None and found.status == "True"


@dataclass(frozen=True, slots=True)
class Workload:
    """One of :data:`KINDS`, read."""

    resource: Resource

    @property
    def wanted(self) -> int:
        """Pods it is to have; of a DaemonSet, the nodes that match."""
        if self.resource.kind == "DaemonSet":
            return self.resource.number("status", "desiredNumberScheduled", default=0)
        return self.resource.number("spec", "replicas", default=1)

    @property
    def ready(self) -> int:
        """Pods that serve, of whichever version.

        A Deployment's and a DaemonSet's have been Ready for minReadySeconds; StatefulSets tell that only since
        Kubernetes 1.22.
        """
        match self.resource.kind:
            case "DaemonSet":
                return self.resource.number("status", "numberAvailable", default=0)
            case "StatefulSet":
                ready = self.resource.number("status", "readyReplicas", default=0)
                return self.resource.number("status", "availableReplicas", default=ready)
            case _:
                return self.resource.number("status", "availableReplicas", default=0)

    @property
    def is_rolled_out(self) -> bool:
        """Whether every pod it wants is of the newest version and serves, as ``kubectl rollout status`` asks."""
        wanted, status = self.wanted, self._status
        if self.ready < wanted:
            return False
        match self.resource.kind:
            case "DaemonSet":
                return self._on_delete or status("updatedNumberScheduled") >= wanted
            case "StatefulSet":
                return self._on_delete or status("updatedReplicas") >= wanted - self._kept_back
            case _:
                updated = status("updatedReplicas")
                return updated >= wanted and status("replicas") <= updated and self.ready >= updated

    @property
    def _on_delete(self) -> bool:
        """Its pods are replaced when somebody deletes them, and not before."""
        return bool(self.resource.get("spec", "updateStrategy", "type") == "OnDelete")

    @property
    def _kept_back(self) -> int:
        """Pods of a StatefulSet that its partition keeps at the version before."""
        partition = self.resource.number("spec", "updateStrategy", "rollingUpdate", "partition", default=0)
        return min(partition, self.wanted)

    def _status(self, field: str) -> int:
        return self.resource.number("status", field, default=0)

    @property
    def containers(self) -> tuple[Mapping[str, Json], ...]:
        """The containers of its pod template, init containers not among them."""
        return self.resource.maps("spec", "template", "spec", "containers")

    @property
    def selector(self) -> str:
        """As kubectl's ``-l`` takes it; "" where expressions do not let it be said so."""
        labels = self.resource.get("spec", "selector", "matchLabels")
        return ",".join(f"{key}={each}" for key, each in labels.items()) if isinstance(labels, Mapping) else ""

    def pods(self, world: World) -> tuple[Resource, ...]:
        """Its pods that are not on their way out.

        Raises:
            Unobservable: the Pods could not all be read.
        """
        selector = self.resource.get("spec", "selector")
        return tuple(
            each
            for each in world.listing("Pod").all()
            if each.namespace == self.resource.namespace
            and not each.get("metadata", "deletionTimestamp")
            and selects(selector, each.labels)
        )

    def serving(self, world: World) -> tuple[Resource, ...]:
        """The same, for a check that passes what has no pods: some are Ready where it says that some serve.

        Raises:
            InFlight: it says so, and a complete LIST holds none that is: they have just gone, or its selector does not
                fit.
            Unobservable: the Pods could not all be read.
        """
        found = self.pods(world)
        if self.ready and not any(is_ready(each) for each in found):
            detail = (
                f"it says that {self.ready} of its pods serve, and a complete LIST of Pods holds none that is Ready"
            )
            look = f"kubectl get pods -n {self.resource.namespace} --show-labels"
            raise InFlight(f"pods of {self.resource.ref}", detail, look, limited=False)
        return found
