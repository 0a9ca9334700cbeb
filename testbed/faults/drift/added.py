"""Somebody adds what Git does not mention: no dry-run shows it, and what is not kubectl's stays for ever."""

from testbed.fault import Fault
from testbed.platforms.eoepca.hands import LENS, PROC, RM, edited, patched

CLEANER = "Deployment/proc/workflow-cleaner"
DEBUGGER = {"name": "debug", "image": "docker.io/library/busybox:1.36", "command": ["sleep", "infinity"]}
LEGACY_PORT = {"name": "legacy", "port": 8081, "targetPort": 8080}

FAULTS = [
    Fault(
        "drift-env-added",
        platform="eoepca",
        breaks="kubectl set env adds a variable",
        apply=edited(PROC, "-n proc set env deployment/workflow-cleaner DEBUG=1"),
        expect=[("drift.field.foreign", CLEANER)],
    ),
    Fault(
        "drift-sidecar-by-lens",
        platform="eoepca",
        breaks="a container is added with Lens, whose additions Flux never takes back",
        apply=patched(
            PROC,
            "Deployment",
            "workflow-cleaner",
            [{"op": "add", "path": "/spec/template/spec/containers/-", "value": DEBUGGER}],
            manager=LENS,
        ),
        expect=[("drift.field.foreign", CLEANER)],
    ),
    Fault(
        "drift-strategy-by-lens",
        platform="eoepca",
        breaks="the rollout of a Deployment is set to Recreate with Lens, where Git says nothing",
        apply=patched(
            PROC,
            "Deployment",
            "workflow-cleaner",
            {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}},
            manager=LENS,
        ),
        expect=[("drift.field.foreign", CLEANER)],
    ),
    Fault(
        "drift-node-selector-by-k9s",
        platform="eoepca",
        breaks="pods are bound to a node with k9s, where Git says nothing",
        apply=patched(
            PROC,
            "Deployment",
            "workflow-cleaner",
            {"spec": {"template": {"spec": {"nodeSelector": {"kubernetes.io/os": "linux"}}}}},
            manager="k9s",
        ),
        expect=[("drift.field.foreign", CLEANER)],
    ),
    Fault(
        "drift-label-added",
        platform="eoepca",
        breaks="kubectl label adds a label",
        apply=edited(PROC, "-n proc label configmap/workflow-cleaner team=night-shift"),
        expect=[("drift.field.foreign", "ConfigMap/proc/workflow-cleaner")],
    ),
    Fault(
        "drift-annotation-added",
        platform="eoepca",
        breaks="kubectl annotate adds an annotation to an Ingress that nginx acts on",
        apply=edited(
            "flux-system",
            "-n test annotate ingress/identity-dummy-service nginx.ingress.kubernetes.io/auth-type=basic",
        ),
        expect=[("drift.field.foreign", "Ingress/test/identity-dummy-service")],
    ),
    Fault(
        "drift-rollout-restarted",
        platform="eoepca",
        breaks="kubectl rollout restart, which Flux answers with a second rollout",
        apply=edited(PROC, "-n proc rollout restart deployment/workflow-cleaner"),
        expect=[("drift.field.foreign", CLEANER)],
    ),
    Fault(
        "drift-rollout-paused",
        platform="eoepca",
        breaks="kubectl rollout pause: nothing new is rolled out any more",
        apply=edited(PROC, "-n proc rollout pause deployment/workflow-cleaner"),
        expect=[("drift.field.foreign", CLEANER)],
    ),
    Fault(
        "drift-configmap-key-added",
        platform="eoepca",
        breaks="a key is added to a ConfigMap",
        apply=patched(
            PROC, "ConfigMap", "workflow-cleaner", {"data": {"DRY_RUN": "true"}}, manager="OpenAPI-Generator"
        ),
        expect=[("drift.field.foreign", "ConfigMap/proc/workflow-cleaner")],
    ),
    Fault(
        "drift-service-type",
        platform="eoepca",
        breaks="a Service is opened on every node",
        apply=edited(PROC, '-n proc patch service/workflow-cleaner -p {"spec":{"type":"NodePort"}}'),
        expect=[("drift.field.foreign", "Service/proc/workflow-cleaner")],
    ),
    Fault(
        "drift-service-port-added",
        platform="eoepca",
        breaks="a port is added to a Service",
        apply=patched(
            RM, "Service", "registrar", [{"op": "add", "path": "/spec/ports/-", "value": LEGACY_PORT}], namespace="rm"
        ),
        expect=[("drift.field.foreign", "Service/rm/registrar")],
    ),
    Fault(
        "drift-finalizer-added",
        platform="eoepca",
        breaks="a finalizer nobody answers to is put on a ConfigMap",
        apply=patched(
            PROC,
            "ConfigMap",
            "workflow-cleaner",
            {"metadata": {"finalizers": ["example.org/keep"]}},
            manager="kubectl-edit",
        ),
        expect=[("drift.field.foreign", "ConfigMap/proc/workflow-cleaner")],
    ),
    Fault(
        "drift-cronjob-suspended",
        platform="eoepca",
        breaks="a CronJob is suspended by hand and never runs again",
        apply=patched(RM, "CronJob", "registrar-cleanup", {"spec": {"suspend": True}}, namespace="rm"),
        expect=[("drift.field.foreign", "CronJob/rm/registrar-cleanup")],
    ),
]
