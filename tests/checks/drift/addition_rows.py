"""The edits of reference rows, and what they are done to: how somebody types them, or what signs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from testbed.bed import Bed

ENGINE = "kustomize-controller"
LENS = "node-fetch"
NAMESPACE = "rows"

Object = dict[str, Any]
Edit = str | Callable[[Bed, Object], object]
"""What follows ``kubectl -n rows``, or anything else."""


def deployment(name: str, **spec: Any) -> Object:
    container = {
        "name": "web",
        "image": "nginx:1",
        "args": ["-a", "-b"],
        "env": [{"name": "A", "value": "1"}],
        "ports": [{"containerPort": 80}],
        "resources": {"limits": {"memory": "64Mi"}},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": {"app": name}},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}},
            **spec,
        },
    }


def stateful(name: str) -> Object:
    found = deployment(name, serviceName=name)
    return {**found, "kind": "StatefulSet"}


def two(name: str) -> Object:
    found = deployment(name)
    found["spec"]["template"]["spec"]["containers"].append({"name": "second", "image": "busybox"})
    return found


def config_map(name: str) -> Object:
    return _plain("v1", "ConfigMap", name, data={"a": "1", "b": "2"})


def secret(name: str) -> Object:
    return _plain("v1", "Secret", name, stringData={"password": "not-so-secret"})


def service(name: str) -> Object:
    return _plain("v1", "Service", name, spec={"selector": {"app": name}, "ports": [{"port": 80, "name": "http"}]})


def release(name: str) -> Object:
    """A custom resource: this one is suspended, so that its controller only puts its finalizer on."""
    chart = {"spec": {"chart": "x", "sourceRef": {"kind": "HelmRepository", "name": "none"}}}
    return _plain(
        "helm.toolkit.fluxcd.io/v2", "HelmRelease", name, spec={"interval": "1h", "suspend": True, "chart": chart}
    )


def autoscaler(name: str) -> Object:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    spec = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 4, "targetCPUUtilizationPercentage": 80}
    return _plain("autoscaling/v1", "HorizontalPodAutoscaler", name, spec=spec)


def claim(name: str) -> Object:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    return _plain("v1", "PersistentVolumeClaim", name, spec=spec)


def webhook(name: str) -> Object:
    hook = {
        "name": "hook.rows.test",
        "clientConfig": {"service": {"name": "none", "namespace": NAMESPACE}},
        "rules": [{"apiGroups": ["rows.test"], "apiVersions": ["v1"], "resources": ["none"], "operations": ["CREATE"]}],
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    found = _plain("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", name, webhooks=[hook])
    del found["metadata"]["namespace"]
    return found


def _plain(api_version: str, kind: str, name: str, **rest: Any) -> Object:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": NAMESPACE}, **rest}


def signed(manager: str, change: Any, subresource: str = "") -> Edit:
    """A merge patch (a mapping) or JSON patch (a list) by a field manager."""

    def edit(bed: Bed, made: Object) -> None:
        meta = made["metadata"]
        kind = f"{made['apiVersion']}/{made['kind']}"
        bed.kube.patch(kind, meta.get("namespace"), meta["name"], change, manager=manager, subresource=subresource)

    return edit


def added(path: str, value: Any) -> list[Object]:
    return [{"op": "add", "path": path, "value": value}]


def applied_by(manager: str, **changes: Any) -> Edit:
    """Server-side apply of another manager's part."""

    def edit(bed: Bed, made: Object) -> None:
        part = {key: made[key] for key in ("apiVersion", "kind")}
        meta = {key: made["metadata"][key] for key in ("name", "namespace")}
        bed.kube.apply({**part, "metadata": meta, **changes}, manager=manager)

    return edit


def owned(bed: Bed, made: Object) -> None:
    """Owned by something that exists, or it would be garbage."""
    owner = bed.kube.get("ConfigMap", NAMESPACE, "kube-root-ca.crt")["metadata"]
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": owner["name"], "uid": owner["uid"]}
    meta = made["metadata"]
    change = {"metadata": {"ownerReferences": [owner]}}
    bed.kube.patch("ConfigMap", NAMESPACE, meta["name"], change, manager="kubectl-edit")


def reapplied(bed: Bed, made: Object) -> None:
    bed.kube.apply(made, manager=ENGINE)


def at_v2(spec: Object) -> Edit:
    """Autoscalers are edited at another version than Git has them in."""

    def edit(bed: Bed, made: Object) -> None:
        kind, name = "autoscaling/v2/HorizontalPodAutoscaler", made["metadata"]["name"]
        bed.kube.patch(kind, NAMESPACE, name, {"spec": spec}, manager="kubectl-edit")

    return edit


def busy(resource: str) -> Object:
    target = {"type": "Utilization", "averageUtilization": 80}
    return {"type": "Resource", "resource": {"name": resource, "target": target}}


@dataclass(frozen=True)
class Row:
    """One row: what Git says, and what is done."""

    name: str
    desired: Callable[[str], Object]
    edits: tuple[Edit, ...]
    around: tuple[str, ...] = ()
    """Kinds of which all that speaks of the object is recorded, too."""


CONTAINERS = "/spec/template/spec/containers"
SIDECAR = {"name": "debug", "image": "busybox"}
ROWS = (
    Row("healthy", deployment, ()),
    Row("46-image", deployment, ("set image deployment/{name} web=nginx:2",), around=("ReplicaSet", "v1/Event")),
    Row(
        "46-image-rolled-back",
        deployment,
        ("set image deployment/{name} web=nginx:2", "annotate deployment/{name} x=y", "rollout undo deployment/{name}"),
        around=("ReplicaSet",),
    ),
    Row("46-image-stateful", stateful, ("set image statefulset/{name} web=nginx:2",), around=("ControllerRevision",)),
    Row("47-env-changed", deployment, ("set env deployment/{name} A=9",)),
    Row("48-env-added", deployment, ("set env deployment/{name} NEW=1",)),
    Row(
        "49-env-added-by-lens", deployment, (signed(LENS, added(f"{CONTAINERS}/0/env/-", {"name": "L", "value": "1"})),)
    ),
    Row("50-env-removed", deployment, ("set env deployment/{name} A-",), around=("ReplicaSet", "v1/Event")),
    Row(
        "51-limits-removed",
        deployment,
        (signed("kubectl-patch", [{"op": "remove", "path": f"{CONTAINERS}/0/resources/limits"}]),),
    ),
    Row(
        "52-sidecar",
        deployment,
        (signed("kubectl-patch", added(f"{CONTAINERS}/-", SIDECAR)),),
        around=("ReplicaSet", "v1/Event"),
    ),
    Row(
        "52-sidecar-then-image",
        deployment,
        (signed("kubectl-patch", added(f"{CONTAINERS}/-", SIDECAR)), "set image deployment/{name} debug=busybox:2"),
    ),
    Row("54-label", deployment, ("label deployment/{name} x=y",)),
    Row("54-annotation", config_map, ("annotate configmap/{name} team.example/x=y",)),
    Row("56-restart", deployment, ("rollout restart deployment/{name}",)),
    Row("57-pause", deployment, ("rollout pause deployment/{name}",)),
    Row("60-scale", lambda name: deployment(name, replicas=2), ("scale deployment/{name} --replicas=5",)),
    Row(
        "62-scale-to-zero",
        lambda name: deployment(name, replicas=2),
        ("scale deployment/{name} --replicas=0",),
        around=("ReplicaSet", "v1/Event"),
    ),
    Row("65-scale-unowned", deployment, ("scale deployment/{name} --replicas=5",)),
    Row("66-replicas-patched", deployment, ('patch deployment/{name} --type=merge -p {{"spec":{{"replicas":5}}}}',)),
    Row(
        "66-replicas-patched-then-scaled",
        deployment,
        ('patch deployment/{name} --type=merge -p {{"spec":{{"replicas":5}}}}', "scale deployment/{name} --replicas=3"),
    ),
    Row(
        "71-order",
        two,
        (signed("kubectl-edit", [{"op": "move", "from": f"{CONTAINERS}/1", "path": f"{CONTAINERS}/0"}]),),
    ),
    Row(
        "72-args",
        deployment,
        (signed("kubectl-edit", [{"op": "replace", "path": f"{CONTAINERS}/0/args", "value": ["-b", "-a"]}]),),
    ),
    Row(
        "73-node-selector",
        deployment,
        (signed(LENS, {"spec": {"template": {"spec": {"nodeSelector": {"disk": "ssd"}}}}}),),
    ),
    Row("75-node-port", service, ('patch service/{name} --type=merge -p {{"spec":{{"type":"NodePort"}}}}',)),
    Row("75-port-added", service, (signed("kubectl-edit", added("/spec/ports/-", {"port": 81, "name": "other"})),)),
    Row(
        "76-node-port-number",
        service,
        (
            signed("kubectl-patch", {"spec": {"type": "NodePort"}}),
            signed("kubectl-edit", added("/spec/ports/0/nodePort", 30999)),
        ),
    ),
    Row(
        "77-strategy", deployment, (signed(LENS, {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}}),)
    ),
    Row("78-client-side-apply", config_map, ("apply -f {file}",)),
    Row("79-server-side-apply", config_map, ("apply --server-side --force-conflicts -f {file}",)),
    Row(
        "80-other-applier",
        deployment,
        (
            applied_by(
                "vpa-updater",
                spec={
                    "template": {"spec": {"containers": [{"name": "web", "resources": {"limits": {"memory": "99Mi"}}}]}}
                },
            ),
        ),
    ),
    Row("82-secret-changed", secret, (signed("kubectl-edit", {"stringData": {"password": "other"}}),)),
    Row("83-secret-key", secret, (signed("kubectl-edit", {"stringData": {"more": "hidden"}}),)),
    Row("84-finalizer", config_map, (signed("kubectl-edit", {"metadata": {"finalizers": ["rows.test/hold"]}}),)),
    Row("84-owner", config_map, (owned,)),
    Row("84-finalizer-by-operator", config_map, (signed("manager", {"metadata": {"finalizers": ["rows.test/hold"]}}),)),
    Row("86-operator", config_map, (signed("external-secrets", {"data": {"c": "3"}}),)),
    Row("86-unknown", config_map, (signed("manager", {"data": {"c": "3"}}),)),
    Row(
        "86-own-controller",
        release,
        (signed("manager", {"spec": {"timeout": "9m"}}), signed("manager", {"status": {"failures": 1}}, "status")),
    ),
    Row("91-many", config_map, tuple(signed(f"tool-{n}", {"data": {f"k{n}": "x"}}) for n in range(13))),
    Row(
        "92-stripped",
        deployment,
        ("label deployment/{name} x=y", signed("kubectl-edit", {"metadata": {"managedFields": [{}]}})),
    ),
    Row(
        "92-reapplied",
        deployment,
        (
            "label deployment/{name} x=y",
            signed(LENS, added(f"{CONTAINERS}/-", SIDECAR)),
            signed("kubectl-edit", {"metadata": {"managedFields": [{}]}}),
            reapplied,
        ),
    ),
    Row("98-hotfix", config_map, (applied_by("flux-client-side-apply", data={"hot": "fix"}),)),
    Row("121-suspended-by-flux", release, (signed("flux", {"spec": {"timeout": "9m"}}),)),
    Row(
        "121-requested", release, ("annotate helmrelease/{name} reconcile.fluxcd.io/requestedAt=2026-01-01T00:00:00Z",)
    ),
    Row("37-other-version", autoscaler, (at_v2({"metrics": [busy("memory"), busy("cpu")]}),)),
    Row("37-same-name", autoscaler, (at_v2({"maxReplicas": 9}),)),
    Row("32-ca-bundle", webhook, (signed("cainjector", added("/webhooks/0/clientConfig/caBundle", "Cg==")),)),
    Row(
        "22-claim",
        claim,
        (signed("kube-controller-manager", {"metadata": {"annotations": {"pv.kubernetes.io/bind-completed": "yes"}}}),),
    ),
    Row("taken-over-and-back", config_map, (signed(LENS, {"data": {"a": "2"}}), signed(LENS, {"data": {"a": "1"}}))),
)
