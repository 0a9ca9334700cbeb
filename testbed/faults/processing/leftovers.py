"""What jobs leave behind."""

from __future__ import annotations

from testbed.bed import Bed
from testbed.fault import Fault

_ONLY = ("-m", "processing")
_NAME = "snuggs-7f2c1d3a"


def leave_a_namespace(bed: Bed) -> None:
    bed.kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": _NAME}})


def leave_a_volume(bed: Bed) -> None:
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}}
    metadata = {"name": f"output-{_NAME}", "namespace": "proc"}
    bed.kube.create({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec})


FAULTS = [
    Fault(
        "processing-namespace-left",
        platform="eoepca",
        breaks="a job has ended and its namespace is still there",
        apply=leave_a_namespace,
        expect=[("processing.namespace.left", f"Namespace/{_NAME}")],
        args=_ONLY,
    ),
    Fault(
        "processing-volume-left",
        platform="eoepca",
        breaks="a job has failed and its volume is still there",
        apply=leave_a_volume,
        expect=[("processing.volume.left", f"PersistentVolumeClaim/proc/output-{_NAME}")],
        args=_ONLY,
    ),
]
