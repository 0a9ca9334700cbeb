"""Somebody changes a value that Git sets."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.hands import PROC, RM, edited, just_applied, kubectl, patched

CLEANER = "Deployment/proc/workflow-cleaner"
NEWLINE = [
    {
        "op": "replace",
        "path": "/data/registrar.yaml",
        "value": "sources:\n  - type: filesystem\n    root_path: /data/eoepca\nqueue: register_queue\nbackends:\n"
        "  - path: registrar_pycsw.backend.ItemBackend",
    }
]
WIDER = [{"op": "replace", "path": "/rules/0/verbs", "value": ["*"]}]
ANYBODY = [{"op": "replace", "path": "/spec/ingress/0/from", "value": [{"namespaceSelector": {}}]}]
OLD = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: workflow-cleaner
  namespace: proc
data:
  HARVEST_INTERVAL: "60"
  QUEUE: ingest_queue
"""


def apply_an_old_manifest(bed: Bed) -> None:
    file = bed.instance.home / "old.yaml"
    file.write_text(OLD)
    just_applied(bed, PROC)
    kubectl(bed, "apply", "--server-side", "--force-conflicts", "-f", str(file))


FAULTS = [
    Fault(
        "drift-image-set",
        platform="eoepca",
        breaks="kubectl set image puts a build of somebody's own in place of the image in Git",
        apply=edited(
            PROC, "-n proc set image deployment/workflow-cleaner workflow-cleaner=docker.io/eoepca/mine:0.4.0"
        ),
        expect=[("drift.field.changed", CLEANER)],
    ),
    Fault(
        "drift-env-changed",
        platform="eoepca",
        breaks="kubectl set env changes a variable that Git sets",
        apply=edited(PROC, "-n proc set env deployment/workflow-cleaner LOG_LEVEL=debug"),
        expect=[("drift.field.changed", CLEANER)],
    ),
    Fault(
        "drift-scaled-up",
        platform="eoepca",
        breaks="kubectl scale runs five replicas where Git says one",
        apply=edited(PROC, "-n proc scale deployment/workflow-cleaner --replicas=5"),
        expect=[("drift.field.changed", CLEANER)],
    ),
    Fault(
        "drift-scaled-to-zero",
        platform="eoepca",
        breaks="kubectl scale switches a Deployment off, which managedFields keep no trace of",
        apply=edited(PROC, "-n proc scale deployment/workflow-cleaner --replicas=0"),
        expect=[("drift.field.changed", CLEANER)],
    ),
    Fault(
        "drift-configmap-newline",
        platform="eoepca",
        breaks="a file in a ConfigMap loses its last newline",
        apply=patched(RM, "ConfigMap", "registrar", NEWLINE, namespace="rm", manager="kubectl-edit"),
        expect=[("drift.field.changed", "ConfigMap/rm/registrar")],
    ),
    Fault(
        "drift-rbac-widened",
        platform="eoepca",
        breaks="the verbs of a Role become every verb",
        apply=patched(RM, "Role", "registrar", WIDER, namespace="rm", manager="kubectl-edit"),
        expect=[("drift.field.changed", "Role/rm/registrar")],
    ),
    Fault(
        "drift-network-opened",
        platform="eoepca",
        breaks="a NetworkPolicy lets everybody in instead of the harvester",
        apply=patched(RM, "NetworkPolicy", "registrar", ANYBODY, namespace="rm", manager="kubectl-edit"),
        expect=[("drift.field.removed", "NetworkPolicy/rm/registrar")],
    ),
    Fault(
        "drift-arguments-changed",
        platform="eoepca",
        breaks="a process is started with other arguments than Git gives it",
        apply=patched(
            RM,
            "Deployment",
            "registrar",
            [{"op": "replace", "path": "/spec/template/spec/containers/0/args/3", "value": "other_queue"}],
            namespace="rm",
            manager="kubectl-edit",
        ),
        expect=[("drift.field.changed", "Deployment/rm/registrar")],
    ),
    Fault(
        "drift-autoscaler-raised",
        platform="eoepca",
        breaks="the limit of an autoscaler is raised tenfold",
        apply=patched(RM, "HorizontalPodAutoscaler", "registrar", {"spec": {"maxReplicas": 40}}, namespace="rm"),
        expect=[("drift.field.changed", "HorizontalPodAutoscaler/rm/registrar")],
    ),
    Fault(
        "drift-applied-over",
        platform="eoepca",
        breaks="kubectl apply --server-side --force-conflicts puts an old manifest over what Git says",
        apply=apply_an_old_manifest,
        expect=[("drift.field.changed", "ConfigMap/proc/workflow-cleaner")],
    ),
]
