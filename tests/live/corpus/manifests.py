"""What is in Git, as text: most rows differ from these in one thing."""

from __future__ import annotations

from typing import Any

import yaml

Object = dict[str, Any]


def text(*objects: Object) -> str:
    """As YAML documents."""
    return yaml.safe_dump_all(objects, sort_keys=False, allow_unicode=True)


def deployment(
    name: str,
    namespace: str = "corpus-edits",
    *,
    container: Object | None = None,
    pod: Object | None = None,
    metadata: Object | None = None,
    **spec: Any,
) -> Object:
    """One replica of one container ``web``; None as a value leaves the field out."""
    labels = {"app": name}
    told: Object = {
        "replicas": 1,
        "selector": {"matchLabels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {
                "containers": [{"name": "web", "image": "registry.test/web:1", **(container or {})}],
                **(pod or {}),
            },
        },
        **spec,
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, **(metadata or {})},
        "spec": {key: value for key, value in told.items() if value is not None},
    }


def config_map(name: str, namespace: str = "corpus-edits", *, metadata: Object | None = None, **data: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace, **(metadata or {})},
        "data": data or {"colour": "blue"},
    }


def secret(name: str, namespace: str = "corpus-edits", **values: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "stringData": values,
    }


def service(name: str, namespace: str = "corpus-edits", **spec: Any) -> Object:
    told = {"selector": {"app": name}, "ports": [{"name": "http", "port": 80}], **spec}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": namespace}, "spec": told}


def widget(name: str, namespace: str = "corpus-edits", **spec: Any) -> Object:
    """A custom resource of the CRD of row 27."""
    return {
        "apiVersion": "corpus.test/v1",
        "kind": "Widget",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def autoscaler(name: str, least: int, most: int, namespace: str = "corpus-edits") -> Object:
    """Without metrics it can do one thing: bring the replicas between least and most."""
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": least,
            "maxReplicas": most,
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
                }
            ],
        },
    }


def job(name: str, namespace: str, **spec: Any) -> Object:
    """A Job that is done at once: it has nothing to complete."""
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "completions": 0,
            "template": {
                "spec": {"restartPolicy": "Never", "containers": [{"name": "task", "image": "registry.test/task:1"}]}
            },
            **spec,
        },
    }


def crd(plural: str, kind: str, group: str, spec: Object | None = None, *versions: str) -> Object:
    """A namespaced CRD whose spec has this schema, or none at all; every version but the last is not stored."""
    names = versions or ("v1",)
    schema: Object = {
        "type": "object",
        "properties": {"spec": spec or {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": kind.lower(), "kind": kind},
            "versions": [
                {"name": each, "served": True, "storage": each == names[-1], "schema": {"openAPIV3Schema": schema}}
                for each in names
            ],
        },
    }
