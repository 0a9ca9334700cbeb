"""Objects that leave as much as possible to the API server's defaults, in namespace ``rows``."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]
_STORAGE = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
_DOWNWARD = {"items": [{"path": "p", "fieldRef": {"fieldPath": "metadata.name"}}]}
_SELECTOR = {"matchLabels": {"a": "b"}}
_POD = {
    "serviceAccountName": "foo",
    "containers": [
        {
            "name": "c",
            "image": "x:1",
            "ports": [{"containerPort": 80}],
            "readinessProbe": {"httpGet": {"port": 80}},
            "livenessProbe": {"tcpSocket": {"port": 80}},
            "startupProbe": {"grpc": {"port": 80}},
            "lifecycle": {"preStop": {"httpGet": {"port": 80}}},
            "resources": {"limits": {"cpu": "1"}},
            "env": [
                {"name": "P", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                {"name": "R", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
            ],
        }
    ],
    "volumes": [
        {"name": "a", "configMap": {"name": "x"}},
        {"name": "b", "secret": {"secretName": "x"}},
        {"name": "d", "emptyDir": {}},
        {"name": "e", "hostPath": {"path": "/x"}},
        {"name": "f", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}, {"downwardAPI": _DOWNWARD}]}},
        {"name": "g", "downwardAPI": _DOWNWARD},
        {"name": "h", "persistentVolumeClaim": {"claimName": "x"}},
        {"name": "i", "iscsi": {"targetPortal": "1.1.1.1", "iqn": "iqn.2001-04.com.example:storage", "lun": 0}},
        {"name": "j", "azureDisk": {"diskName": "x", "diskURI": "https://a.blob.core.windows.net/c/d.vhd"}},
        {"name": "k", "rbd": {"monitors": ["a"], "image": "x"}},
        {"name": "l", "ephemeral": {"volumeClaimTemplate": {"spec": _STORAGE}}},
    ],
}
_TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": _POD}
_JOB = {"template": {"spec": {**_POD, "restartPolicy": "Never"}}}
_TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "nope"}
_HOOK = {
    "name": "hook.rows.test",
    "clientConfig": {"service": {"name": "none", "namespace": "rows"}},
    "rules": [{"apiGroups": ["rows.test"], "apiVersions": ["v1"], "resources": ["none"], "operations": ["CREATE"]}],
    "sideEffects": "None",
    "admissionReviewVersions": ["v1"],
}


def _bare(api_version: str, kind: str, *, namespace: str = "rows", name: str = "row-bare", **rest: Any) -> Object:
    meta = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, **rest}


def _wide(api_version: str, kind: str, **rest: Any) -> Object:
    return _bare(api_version, kind, namespace="", **rest)


_BACKEND = {"service": {"name": "x", "port": {"number": 80}}}
_DOWN = {"scaleDown": {"stabilizationWindowSeconds": 10}}
_CLAIM_TEMPLATE = {"metadata": {"name": "v"}, "spec": _STORAGE}
_VERSION = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
_RBAC = "rbac.authorization.k8s.io"
_CRD = {
    "group": "rows.test",
    "names": {"kind": "Thing", "plural": "things"},
    "scope": "Namespaced",
    "versions": [_VERSION],
}
_AGGREGATED = {
    "group": "gone.rows.test",
    "version": "v1",
    "groupPriorityMinimum": 10,
    "versionPriority": 10,
    "service": {"name": "x", "namespace": "y"},
}
BARE: tuple[Object, ...] = (
    _bare("apps/v1", "Deployment", spec={"selector": _SELECTOR, "template": _TEMPLATE}),
    _bare(
        "apps/v1",
        "StatefulSet",
        spec={
            "selector": _SELECTOR,
            "serviceName": "x",
            "template": _TEMPLATE,
            "volumeClaimTemplates": [_CLAIM_TEMPLATE],
        },
    ),
    _bare("apps/v1", "DaemonSet", spec={"selector": _SELECTOR, "template": _TEMPLATE}),
    _bare("batch/v1", "CronJob", spec={"schedule": "0 0 1 1 *", "jobTemplate": {"spec": _JOB}}),
    _bare("batch/v1", "Job", spec=_JOB),
    _bare("v1", "Service", spec={"selector": {"a": "b"}, "ports": [{"port": 80}]}),
    _bare(
        "networking.k8s.io/v1",
        "Ingress",
        spec={"rules": [{"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": _BACKEND}]}}]},
    ),
    _bare("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {}, "ingress": [{"ports": [{"port": 80}]}]}),
    _bare("autoscaling/v2", "HorizontalPodAutoscaler", spec={"scaleTargetRef": _TARGET, "maxReplicas": 3}),
    _bare(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        name="row-bare-behaviour",
        spec={"scaleTargetRef": _TARGET, "maxReplicas": 3, "behavior": _DOWN},
    ),
    _bare("policy/v1", "PodDisruptionBudget", spec={"selector": _SELECTOR, "minAvailable": 1}),
    _bare("v1", "PersistentVolumeClaim", spec=_STORAGE),
    _bare(
        f"{_RBAC}/v1",
        "RoleBinding",
        roleRef={"kind": "Role", "name": "x", "apiGroup": _RBAC},
        subjects=[{"kind": "ServiceAccount", "name": "x"}, {"kind": "User", "name": "u"}],
    ),
    _bare(f"{_RBAC}/v1", "Role", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]),
    _bare("v1", "Secret"),
    _wide("v1", "Namespace"),
    _wide("storage.k8s.io/v1", "StorageClass", provisioner="x/y"),
    _wide(
        "v1",
        "PersistentVolume",
        spec={"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}},
    ),
    _wide("scheduling.k8s.io/v1", "PriorityClass", value=5),
    _wide("storage.k8s.io/v1", "CSIDriver", spec={}),
    _wide(
        "networking.k8s.io/v1",
        "IngressClass",
        spec={"controller": "x/y", "parameters": {"kind": "X", "name": "y", "apiGroup": "x.y"}},
    ),
    _wide("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", webhooks=[_HOOK]),
    _wide("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", webhooks=[_HOOK]),
    _wide("apiextensions.k8s.io/v1", "CustomResourceDefinition", name="things.rows.test", spec=_CRD),
    _wide("apiregistration.k8s.io/v1", "APIService", name="v1.gone.rows.test", spec=_AGGREGATED),
    _wide(
        "flowcontrol.apiserver.k8s.io/v1",
        "PriorityLevelConfiguration",
        spec={"type": "Limited", "limited": {"limitResponse": {"type": "Reject"}}},
    ),
)
