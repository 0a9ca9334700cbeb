"""Who may do what: the contexts of the kubeconfig and the RBAC behind them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from testbed.control_plane import ControlPlane
from testbed.kube import Kube

Object = dict[str, Any]
READ = ["get", "list", "watch"]
CONTEXTS = ("testbed", "auditor", "no-secrets", "nobody")


def write_kubeconfig(plane: ControlPlane) -> Path:
    """The kubeconfig of the testbed.

    `testbed` (everything), `auditor`, `no-secrets`, `nobody`, each with a client certificate.
    """
    authority = plane.authority()
    users = {
        name: authority.client(f"user-{name}", name, ["system:masters"] if name == "testbed" else [])
        for name in CONTEXTS
    }
    return plane.kubeconfig(plane.instance.kubeconfig, users, "testbed")


def grant_contexts(kube: Kube) -> None:
    """The rights behind the contexts.

    To be called when all CRDs are served: `no-secrets` lists the core kinds one by one, RBAC knowing no exception.
    """
    core = sorted({each.plural for each in kube.types() if each.api_version == "v1" and each.kind != "Secret"})
    may_run = {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]}  # for --allow exec, since 1.35
    grant(kube, "auditor", [{"apiGroups": ["*"], "resources": ["*"], "verbs": READ}, may_run])
    others = sorted({each.group for each in kube.types() if each.group} | {"metrics.k8s.io"})  # which Git brings later
    grant(
        kube,
        "no-secrets",
        [
            {"apiGroups": [""], "resources": core, "verbs": READ},
            {"apiGroups": others, "resources": ["*"], "verbs": READ},
        ],
    )


def grant(kube: Kube, user: str, rules: list[Object]) -> None:
    """Gives a user exactly these RBAC rules, cluster-wide."""
    meta = {"name": f"testbed:{user}"}
    rbac = "rbac.authorization.k8s.io/v1"
    kube.apply({"apiVersion": rbac, "kind": "ClusterRole", "metadata": meta, "rules": rules})
    kube.apply(
        {
            "apiVersion": rbac,
            "kind": "ClusterRoleBinding",
            "metadata": meta,
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": f"testbed:{user}"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
        }
    )


def credential(plane: ControlPlane, kube: Kube, name: str, rules: list[Object]) -> Path:
    """A kubeconfig whose only context is a fresh user `name` with exactly these rules."""
    grant(kube, name, rules)
    pair = plane.authority().client(f"user-{name}", name, [])
    digest = hashlib.sha256(repr(rules).encode()).hexdigest()[:8]
    return plane.kubeconfig(plane.instance.home / f"kubeconfig-{name}-{digest}", {name: pair}, name)
