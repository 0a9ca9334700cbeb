"""The CRD of delivered objects is deleted, and all of them with it."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.queue import GROUP, add_queue


def apply(bed: Bed) -> None:
    add_queue(bed)
    bed.kube.delete("CustomResourceDefinition", None, f"queues.{GROUP}", wait=20)


FAULT = Fault(
    "drift-crd-gone",
    platform="eoepca",
    breaks="the CRD of an object in Git is deleted, and the object with it",
    apply=apply,
    expect=[("flux.api.removed", f"Queue.{GROUP}")],
)
