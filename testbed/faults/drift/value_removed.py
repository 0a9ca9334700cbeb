"""Somebody takes away what Git sets: nobody's name stays behind."""

from testbed.fault import Fault
from testbed.platforms.eoepca.hands import PROC, edited, patched

CLEANER = "Deployment/proc/workflow-cleaner"

FAULTS = [
    Fault(
        "drift-env-removed",
        platform="eoepca",
        breaks="kubectl set env removes a variable that Git sets",
        apply=edited(PROC, "-n proc set env deployment/workflow-cleaner LOG_LEVEL-"),
        expect=[("drift.field.removed", CLEANER)],
    ),
    Fault(
        "drift-limits-removed",
        platform="eoepca",
        breaks="the limits of a container are removed",
        apply=patched(
            PROC,
            "Deployment",
            "workflow-cleaner",
            [{"op": "remove", "path": "/spec/template/spec/containers/0/resources/limits"}],
        ),
        expect=[("drift.field.removed", CLEANER)],
    ),
    Fault(
        "drift-owner-label-removed",
        platform="eoepca",
        breaks="kubectl label removes the label that says which Kustomization an object belongs to",
        apply=edited(PROC, "-n proc label configmap/workflow-cleaner kustomize.toolkit.fluxcd.io/name-"),
        expect=[("drift.field.removed", "ConfigMap/proc/workflow-cleaner")],
    ),
    Fault(
        "drift-configmap-key-removed",
        platform="eoepca",
        breaks="a key of a ConfigMap is removed",
        apply=patched(
            PROC, "ConfigMap", "workflow-cleaner", [{"op": "remove", "path": "/data/QUEUE"}], manager="kubectl-edit"
        ),
        expect=[("drift.field.removed", "ConfigMap/proc/workflow-cleaner")],
    ),
]
