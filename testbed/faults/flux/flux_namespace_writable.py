"""People are given rights by hand with which they could be Flux."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.kube import Object

_RBAC = "rbac.authorization.k8s.io"


def _binding(kind: str, name: str, role: str, subject: Object, **metadata: str) -> Object:
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": kind,
        "metadata": {"name": name, **metadata},
        "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": _RBAC, **subject}],
    }


_BINDINGS = (
    _binding(
        "RoleBinding", "developers-edit", "edit", {"kind": "Group", "name": "developers"}, namespace="flux-system"
    ),
    _binding("ClusterRoleBinding", "jane-admin", "cluster-admin", {"kind": "User", "name": "jane@example.org"}),
)


def apply(bed: Bed) -> None:
    for each in _BINDINGS:
        bed.kube.create(each, manager="kubectl-create")


def revert(bed: Bed) -> None:
    for each in _BINDINGS:
        bed.kube.delete(each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"])


FAULT = Fault(
    "flux-namespace-writable",
    platform="eoepca",
    breaks="a group may edit the Flux namespace, and one person is cluster-admin",
    apply=apply,
    revert=revert,
    expect=[
        ("flux.namespace.writable", "RoleBinding/flux-system/developers-edit"),
        ("flux.namespace.writable", "ClusterRoleBinding/jane-admin"),
    ],
)
