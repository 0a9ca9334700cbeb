"""The objects a benchmark is made of: small web applications, ten objects each, as charts and people write them."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from testbed.kube import Object

PER_KUSTOMIZATION = 100
"""kustomize takes 0.1 s for 100 objects and half a minute for 3,000: nobody keeps thousands in one folder."""
PER_APPLICATION = 10


@dataclass(frozen=True)
class Folder:
    """What one Kustomization delivers: a namespace and its applications."""

    name: str
    files: dict[str, str]
    """By file name, one application each."""
    objects: int


def folders(count: int) -> Iterator[Folder]:
    """As many Kustomizations as `count` objects need, the last one smaller.

    The Namespace counts: it takes the place of the first application's NetworkPolicy.
    """
    for number, start in enumerate(range(0, count, PER_KUSTOMIZATION)):
        yield _folder(f"bench-{number:03}", min(PER_KUSTOMIZATION, count - start))


def _folder(name: str, count: int) -> Folder:
    files = {}
    for number, start in enumerate(range(0, count, PER_APPLICATION)):
        made = _application(f"app-{number}", name, with_namespace=number == 0)
        kept = made[: min(PER_APPLICATION, count - start)]
        files[f"app-{number}.yaml"] = yaml.dump_all(kept, Dumper=_Dumper, sort_keys=False)
    return Folder(name, files, count)


def _application(app: str, namespace: str, *, with_namespace: bool) -> list[Object]:
    """Ten objects; those a real platform has most of come first."""
    meta = {"name": app, "namespace": namespace, "labels": {"app.kubernetes.io/name": app}}
    namespace_object = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    return [
        namespace_object if with_namespace else _network_policy(app, meta),
        _deployment(app, meta),
        _service(app, meta),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"LOG_LEVEL": "info", "app.yaml": _FILE}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta},
        _secret(app, meta),
        _role(app, meta),
        _role_binding(app, meta),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {**meta, "name": f"{app}-dashboard"}, "data": _DASHBOARD},
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": meta,
            "spec": {"maxUnavailable": 1, "selector": _selector(app)},
        },
    ]


def _deployment(app: str, meta: Object) -> Object:
    """Without replicas: what is measured is reading what was asked for, not running it."""
    probe = {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 10}
    container = {
        "name": app,
        "image": f"registry.example.org/bench/{app}:1.4.2",
        "args": ["--config", "/config/app.yaml", "--listen", ":8080"],
        "ports": [{"name": "http", "containerPort": 8080}],
        "env": [
            {"name": "LOG_LEVEL", "value": "info"},
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": app, "key": "password"}}},
        ],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
        "livenessProbe": probe,
        "readinessProbe": probe,
        "volumeMounts": [{"name": "config", "mountPath": "/config", "readOnly": True}],
    }
    metrics = {
        "name": "metrics",
        "image": "registry.example.org/bench/exporter:0.9.0",
        "ports": [{"name": "metrics", "containerPort": 9100}],
    }
    pod = {
        "serviceAccountName": app,
        "securityContext": {"runAsNonRoot": True, "fsGroup": 1000},
        "containers": [container, metrics],
        "volumes": [{"name": "config", "configMap": {"name": app}}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": meta,
        "spec": {
            "replicas": 0,
            "selector": _selector(app),
            "template": {"metadata": {"labels": {"app.kubernetes.io/name": app}}, "spec": pod},
        },
    }


def _service(app: str, meta: Object) -> Object:
    ports = [{"name": "http", "port": 80, "targetPort": "http"}, {"name": "metrics", "port": 9100}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": meta,
        "spec": {"selector": {"app.kubernetes.io/name": app}, "ports": ports},
    }


def _secret(app: str, meta: Object) -> Object:
    password = base64.b64encode(f"not so secret {app}".encode()).decode()
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "data": {"password": password}}


def _role(app: str, meta: Object) -> Object:
    rules = [
        {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": [app], "verbs": ["get", "watch"]},
        {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["get", "create", "update"]},
    ]
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": meta, "rules": rules}


def _role_binding(app: str, meta: Object) -> Object:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": meta,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": app},
        "subjects": [{"kind": "ServiceAccount", "name": app, "namespace": meta["namespace"]}],
    }


def _network_policy(app: str, meta: Object) -> Object:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": meta,
        "spec": {
            "podSelector": _selector(app),
            "policyTypes": ["Ingress"],
            "ingress": [{"ports": [{"port": 8080}], "from": [{"namespaceSelector": {}}]}],
        },
    }


def _selector(app: str) -> Object:
    return {"matchLabels": {"app.kubernetes.io/name": app}}


class _Dumper(yaml.SafeDumper):
    """Every object written out, as a person would."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_FILE = "server:\n  port: 8080\n  timeout: 30s\nfeatures:\n  - search\n  - upload\n"
_DASHBOARD = {"dashboard.json": '{"title": "Application", "panels": [' + ", ".join(['{"type": "graph"}'] * 20) + "]}\n"}
