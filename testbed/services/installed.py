"""Controllers that people installed beside Flux, as objects: what `helm install` at bootstrap leaves in the cluster."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml

from testbed.kube import Object

_RBAC = "rbac.authorization.k8s.io"


def namespace(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def crds(files: Iterable[Path], instance: str) -> list[Object]:
    """The CustomResourceDefinitions of these files; labels that are Helm templates become what Helm makes of them."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: list[Object] = [obj for file in files for obj in yaml.load_all(file.read_text(), Loader=loader) if obj]
    for crd in found:
        crd["metadata"]["labels"] = {"app.kubernetes.io/instance": instance}
    return found


def account(space: str, name: str, rules: list[Object]) -> list[Object]:
    """A ServiceAccount with these rights in the whole cluster; its binding is in the platform's Git as well."""
    role = {"apiGroup": _RBAC, "kind": "ClusterRole", "name": name}
    subject = {"kind": "ServiceAccount", "name": name, "namespace": space}
    binding = {"metadata": {"name": name}, "roleRef": role, "subjects": [subject]}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": space}},
        {"apiVersion": f"{_RBAC}/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules},
        {"apiVersion": f"{_RBAC}/v1", "kind": "ClusterRoleBinding", **binding},
    ]


def deployment(space: str, name: str, image: str, port: int, account: str = "") -> Object:
    """A Deployment of one pod, as good as its chart makes it: probes, limits, no more rights than needed."""
    probe = {"httpGet": {"path": "/healthz", "port": "http"}}
    container = {
        "name": "controller",
        "image": image,
        "ports": [{"containerPort": port, "name": "http", "protocol": "TCP"}],
        "livenessProbe": probe,
        "readinessProbe": probe,
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "256Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "runAsNonRoot": True},
    }
    selector = {"app.kubernetes.io/name": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": space, "labels": _labels(name)},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": selector},
            "template": {
                "metadata": {"labels": _labels(name)},
                "spec": {"containers": [container], "serviceAccountName": account or name},
            },
        },
    }


def service(space: str, name: str, port: int) -> Object:
    """The Service in front of that Deployment."""
    ports = [{"name": "http", "port": port, "protocol": "TCP", "targetPort": "http"}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": space, "labels": _labels(name)},
        "spec": {"ports": ports, "selector": {"app.kubernetes.io/name": name}, "type": "ClusterIP"},
    }


def _labels(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/managed-by": "Helm"}
