"""Section 2b: edits, by people with the usual tools and by other controllers."""

from __future__ import annotations

import json
from typing import Any

from tests.live.corpus.acts import Hands, all_of, applied, kubectl, patched, retried
from tests.live.corpus.manifests import autoscaler, config_map, deployment, job, secret, service, text, widget
from tests.live.corpus.row import Act, Row, Sees, Told

NAMESPACE = "corpus-edits"
CONTAINER = "spec.template.spec.containers[name=web]"
IN = f"-n {NAMESPACE}"


def on(kind: str, row: str, rule: str, path: str, *by: tuple[str, str]) -> Told:
    """One finding about a field of the row's object; no `by` means that nothing tells who."""
    return Told(f"drift.field.{rule}", f"{kind}/{NAMESPACE}/{row}", path, by)


def _kubectl(name: str) -> tuple[str, str]:
    return (name, "human")


def _json_patch(kind: str, name: str, *operations: dict[str, Any]) -> Act:
    return kubectl(f"{IN} patch {kind} {name} --type=json -p '{json.dumps(operations)}'")


def _merge_patch(kind: str, name: str, change: dict[str, Any]) -> Act:
    return kubectl(f"{IN} patch {kind} {name} --type=merge -p '{json.dumps(change)}'")


def _added_env(manager: str, name: str) -> Act:
    """As a dashboard does it: read, change, put back."""

    def act(hands: Hands) -> None:
        obj = hands.bed.kube.get("Deployment", NAMESPACE, name)
        obj["spec"]["template"]["spec"]["containers"][0].setdefault("env", []).append({"name": "NEW", "value": "1"})
        hands.bed.kube.replace(obj, manager=manager)

    return act


def _owned_by_other(hands: Hands) -> None:
    """A ConfigMap of the row becomes the owner of the other."""
    owner = hands.bed.kube.get("ConfigMap", NAMESPACE, "row-084b-owner")
    reference = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
    }
    _merge_patch("configmap", "row-084b", {"metadata": {"ownerReferences": [reference]}})(hands)


def _twelve_managers(hands: Hands) -> None:
    for number in range(12):
        change = {"metadata": {"annotations": {f"corpus.test/note-{number:02d}": "x"}}}
        hands.bed.kube.patch("ConfigMap", NAMESPACE, "row-091", change, manager=f"kubectl-plugin-{number:02d}")


def _a_free_node_port(hands: Hands) -> None:
    """Another one than the server has allocated; the upper end of the range is hardly ever in use."""
    _json_patch("service", "row-076", {"op": "replace", "path": "/spec/ports/0/nodePort", "value": 32761})(hands)


def _claim(name: str) -> tuple[dict[str, Any], ...]:
    """A claim bound to a volume of a class that allows growing."""
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": name}
    return (
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": name},
            "provisioner": "corpus.test/none",
            "allowVolumeExpansion": True,
        },
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": name},
            "spec": {**spec, "capacity": {"storage": "1Gi"}, "hostPath": {"path": "/nowhere"}},
        },
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {**spec, "resources": {"requests": {"storage": "1Gi"}}},
        },
    )


def _other_task() -> dict[str, Any]:
    container = {"name": "task", "image": "registry.test/task:2"}
    return {"spec": {"restartPolicy": "Never", "containers": [container]}}


TRUSTED = "widget-operator"
TWO = {"containers": [{"name": "web", "image": "registry.test/web:1"}, {"name": "log", "image": "registry.test/log:1"}]}
LIMITS = {"resources": {"limits": {"memory": "64Mi"}, "requests": {"memory": "32Mi"}}}
ENV = {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}

ROWS = (
    Row(
        46,
        "kubectl set image",
        "edits",
        text(deployment("row-046")),
        act=kubectl(f"{IN} set image deployment/row-046 web=registry.test/web:2"),
        told=(on("Deployment", "row-046", "changed", f"{CONTAINER}.image", _kubectl("kubectl-set")),),
        sees=Sees.YES,
    ),
    Row(
        47,
        "kubectl set env of a variable Git sets",
        "edits",
        text(deployment("row-047", container=ENV)),
        act=kubectl(f"{IN} set env deployment/row-047 A=9"),
        told=(on("Deployment", "row-047", "changed", f"{CONTAINER}.env[name=A].value", _kubectl("kubectl-set")),),
        sees=Sees.YES,
    ),
    Row(
        48,
        "kubectl set env of a new variable",
        "edits",
        text(deployment("row-048", container=ENV)),
        act=kubectl(f"{IN} set env deployment/row-048 NEW=1"),
        told=(on("Deployment", "row-048", "foreign", f"{CONTAINER}.env[name=NEW]", _kubectl("kubectl-set")),),
    ),
    *(
        Row(
            49,
            f"a new variable by {manager}, which Flux leaves for ever",
            "edits",
            text(deployment(f"row-049{letter}", container=ENV)),
            act=_added_env(manager, f"row-049{letter}"),
            told=(on("Deployment", f"row-049{letter}", "foreign", f"{CONTAINER}.env[name=NEW]", (manager, "human")),),
            letter=letter,
        )
        for letter, manager in (("", "node-fetch"), ("b", "k9s"), ("c", "OpenAPI-Generator"))
    ),
    Row(
        50,
        "kubectl set env takes Git's variable away",
        "edits",
        text(deployment("row-050", container=ENV)),
        act=kubectl(f"{IN} set env deployment/row-050 A-"),
        told=(on("Deployment", "row-050", "removed", f"{CONTAINER}.env[name=A]"),),
        sees=Sees.YES,
    ),
    Row(
        51,
        "limits removed by a JSON patch",
        "edits",
        text(deployment("row-051", container=LIMITS)),
        act=_json_patch(
            "deployment", "row-051", {"op": "remove", "path": "/spec/template/spec/containers/0/resources/limits"}
        ),
        told=(on("Deployment", "row-051", "removed", f"{CONTAINER}.resources.limits"),),
        sees=Sees.YES,
    ),
    Row(
        52,
        "a sidecar added by kubectl patch",
        "edits",
        text(deployment("row-052")),
        act=_json_patch(
            "deployment",
            "row-052",
            {
                "op": "add",
                "path": "/spec/template/spec/containers/-",
                "value": {"name": "debug", "image": "registry.test/debug:1"},
            },
        ),
        told=(
            on(
                "Deployment",
                "row-052",
                "foreign",
                "spec.template.spec.containers[name=debug]",
                _kubectl("kubectl-patch"),
            ),
        ),
    ),
    Row(
        54,
        "kubectl label and kubectl annotate",
        "edits",
        text(deployment("row-054")),
        act=all_of(
            kubectl(f"{IN} label deployment/row-054 team=blue"),
            kubectl(f"{IN} annotate deployment/row-054 corpus.test/note=mine"),
        ),
        told=(
            on("Deployment", "row-054", "foreign", "metadata.labels.team", _kubectl("kubectl-label")),
            on(
                "Deployment",
                "row-054",
                "foreign",
                'metadata.annotations["corpus.test/note"]',
                _kubectl("kubectl-annotate"),
            ),
        ),
    ),
    Row(
        55,
        "the owner label overwritten",
        "edits",
        text(config_map("row-055")),
        act=kubectl(f"{IN} label --overwrite configmap/row-055 kustomize.toolkit.fluxcd.io/name=other"),
        told=(
            on(
                "ConfigMap",
                "row-055",
                "changed",
                'metadata.labels["kustomize.toolkit.fluxcd.io/name"]',
                _kubectl("kubectl-label"),
            ),
        ),
        sees=Sees.YES,
    ),
    Row(
        55,
        "the owner label removed",
        "edits",
        text(config_map("row-055b")),
        act=kubectl(f"{IN} label configmap/row-055b kustomize.toolkit.fluxcd.io/name-"),
        told=(on("ConfigMap", "row-055b", "removed", 'metadata.labels["kustomize.toolkit.fluxcd.io/name"]'),),
        sees=Sees.YES,
        letter="b",
    ),
    Row(
        56,
        "kubectl rollout restart",
        "edits",
        text(deployment("row-056")),
        act=kubectl(f"{IN} rollout restart deployment/row-056"),
        told=(
            on(
                "Deployment",
                "row-056",
                "foreign",
                'spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]',
                _kubectl("kubectl-rollout"),
            ),
        ),
    ),
    Row(
        57,
        "kubectl rollout pause",
        "edits",
        text(deployment("row-057")),
        act=kubectl(f"{IN} rollout pause deployment/row-057"),
        told=(on("Deployment", "row-057", "foreign", "spec.paused", _kubectl("kubectl-rollout")),),
    ),
    Row(
        59,
        "a ConfigMap value loses its last line break",
        "edits",
        text(config_map("row-059", text="x\ny\n")),
        act=_merge_patch("configmap", "row-059", {"data": {"text": "x\ny"}}),
        told=(on("ConfigMap", "row-059", "changed", "data.text", _kubectl("kubectl-patch")),),
        sees=Sees.YES,
    ),
    Row(
        60,
        "kubectl scale, Git sets the replicas",
        "edits",
        text(deployment("row-060", replicas=2)),
        act=kubectl(f"{IN} scale deployment/row-060 --replicas=3"),
        told=(on("Deployment", "row-060", "changed", "spec.replicas", _kubectl("kubectl")),),
        sees=Sees.YES,
    ),
    Row(
        62,
        "kubectl scale to none",
        "edits",
        text(deployment("row-062", replicas=2)),
        act=kubectl(f"{IN} scale deployment/row-062 --replicas=0"),
        told=(on("Deployment", "row-062", "changed", "spec.replicas"),),
        sees=Sees.YES,
    ),
    Row(
        63,
        "an autoscaler scales what Git sets: Flux fights it",
        "edits",
        text(deployment("row-063"), autoscaler("row-063", 2, 3)),
        sees=Sees.YES,
    ),
    Row(
        64,
        "scaled to none by hand, below what the autoscaler may do",
        "edits",
        text(deployment("row-064", replicas=2), autoscaler("row-064", 2, 3)),
        act=kubectl(f"{IN} scale deployment/row-064 --replicas=0"),
        told=(on("Deployment", "row-064", "changed", "spec.replicas"),),
        sees=Sees.YES,
    ),
    Row(
        65,
        "kubectl scale, Git says nothing of replicas",
        "edits",
        text(deployment("row-065", replicas=None)),
        act=kubectl(f"{IN} scale deployment/row-065 --replicas=2"),
    ),
    Row(
        66,
        "kubectl patch of replicas, Git says nothing of them",
        "edits",
        text(deployment("row-066", replicas=None)),
        act=_merge_patch("deployment", "row-066", {"spec": {"replicas": 2}}),
        told=(on("Deployment", "row-066", "foreign", "spec.replicas", _kubectl("kubectl-patch")),),
    ),
    Row(
        68,
        "a request written in another way",
        "edits",
        text(deployment("row-068", container={"resources": {"requests": {"cpu": "1000m"}}}, replicas=0)),
        act=kubectl(f"{IN} set resources deployment/row-068 -c web --requests=cpu=1"),
    ),
    Row(
        69,
        "an amount in a custom resource written in another way",
        "edits",
        text(widget("row-069", amount="1000m")),
        act=_merge_patch("widget", "row-069", {"spec": {"amount": 1}}),
        told=(on("Widget", "row-069", "changed", "spec.amount", _kubectl("kubectl-patch")),),
        sees=Sees.YES,
    ),
    Row(
        71,
        "containers in another order",
        "edits",
        text(deployment("row-071", pod=TWO)),
        act=_json_patch(
            "deployment",
            "row-071",
            {"op": "move", "from": "/spec/template/spec/containers/1", "path": "/spec/template/spec/containers/0"},
        ),
        told=(on("Deployment", "row-071", "order", "spec.template.spec.containers"),),
        sees=Sees.YES,
    ),
    Row(
        72,
        "arguments in another order",
        "edits",
        text(deployment("row-072", container={"args": ["--one", "--two"]})),
        act=_json_patch(
            "deployment",
            "row-072",
            {"op": "replace", "path": "/spec/template/spec/containers/0/args", "value": ["--two", "--one"]},
        ),
        told=(on("Deployment", "row-072", "changed", f"{CONTAINER}.args", _kubectl("kubectl-patch")),),
        sees=Sees.YES,
    ),
    Row(
        72,
        "a toleration appended to Git's",
        "edits",
        text(deployment("row-072b", pod={"tolerations": [{"key": "a", "operator": "Exists"}]})),
        act=_json_patch(
            "deployment",
            "row-072b",
            {"op": "add", "path": "/spec/template/spec/tolerations/-", "value": {"key": "b", "operator": "Exists"}},
        ),
        told=(on("Deployment", "row-072b", "changed", "spec.template.spec.tolerations", _kubectl("kubectl-patch")),),
        sees=Sees.YES,
        letter="b",
    ),
    Row(
        72,
        "a key added to Git's nodeSelector",
        "edits",
        text(deployment("row-072c", pod={"nodeSelector": {"kubernetes.io/os": "linux"}})),
        act=_merge_patch(
            "deployment",
            "row-072c",
            {"spec": {"template": {"spec": {"nodeSelector": {"kubernetes.io/arch": "amd64"}}}}},
        ),
        told=(on("Deployment", "row-072c", "changed", "spec.template.spec.nodeSelector", _kubectl("kubectl-patch")),),
        sees=Sees.YES,
        letter="c",
    ),
    Row(
        73,
        "a nodeSelector where Git has none, by Lens",
        "edits",
        text(deployment("row-073")),
        act=patched(
            "Deployment",
            NAMESPACE,
            "row-073",
            {"spec": {"template": {"spec": {"nodeSelector": {"kubernetes.io/os": "linux"}}}}},
            manager="node-fetch",
        ),
        told=(on("Deployment", "row-073", "foreign", "spec.template.spec.nodeSelector", ("node-fetch", "human")),),
    ),
    Row(
        75,
        "Service made NodePort",
        "edits",
        text(service("row-075")),
        act=_merge_patch("service", "row-075", {"spec": {"type": "NodePort"}}),
        told=(on("Service", "row-075", "foreign", "spec.type", _kubectl("kubectl-patch")),),
    ),
    Row(
        75,
        "a port added to a Service",
        "edits",
        text(service("row-075b")),
        act=_json_patch(
            "service", "row-075b", {"op": "add", "path": "/spec/ports/-", "value": {"name": "admin", "port": 81}}
        ),
        told=(on("Service", "row-075b", "foreign", "spec.ports[port=81,protocol=TCP]", _kubectl("kubectl-patch")),),
        letter="b",
    ),
    Row(
        76,
        "a nodePort chosen by hand",
        "edits",
        text(service("row-076", type="NodePort")),
        act=_a_free_node_port,
        told=(
            on(
                "Service",
                "row-076",
                "foreign",
                "spec.ports[port=80,protocol=TCP].nodePort",
                _kubectl("kubectl-patch"),
            ),
        ),
    ),
    Row(
        77,
        "strategy Recreate by Lens, Git says nothing of it",
        "edits",
        text(deployment("row-077")),
        act=patched(
            "Deployment",
            NAMESPACE,
            "row-077",
            {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}},
            manager="node-fetch",
        ),
        told=(on("Deployment", "row-077", "foreign", "spec.strategy.type", ("node-fetch", "human")),),
    ),
    Row(
        78,
        "kubectl apply -f of the file with one key more",
        "edits",
        text(config_map("row-078")),
        act=kubectl("apply -f -", text(config_map("row-078", colour="blue", shade="dark"))),
        told=(on("ConfigMap", "row-078", "foreign", "data.shade", _kubectl("kubectl-client-side-apply")),),
    ),
    Row(
        79,
        "kubectl apply --server-side --force-conflicts",
        "edits",
        text(config_map("row-079")),
        act=kubectl("apply --server-side --force-conflicts -f -", text(config_map("row-079", colour="red"))),
        told=(on("ConfigMap", "row-079", "changed", "data.colour", _kubectl("kubectl")),),
        sees=Sees.YES,
    ),
    Row(
        80,
        "another controller forces an image by server-side apply",
        "edits",
        text(deployment("row-080")),
        act=applied(
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": "row-080", "namespace": NAMESPACE},
                "spec": {
                    "template": {"spec": {"containers": [{"name": "web", "image": "registry.test/web:9"}]}},
                },
            },
            manager="keel",
        ),
        told=(on("Deployment", "row-080", "fought", f"{CONTAINER}.image", ("keel", "operator")),),
        sees=Sees.YES,
    ),
    Row(
        82,
        "a Secret's value changed",
        "edits",
        text(secret("row-082", user="row-user", password="Zq7-Canary-one")),
        act=_merge_patch("secret", "row-082", {"stringData": {"password": "Zq7-Canary-two"}}),
        told=(on("Secret", "row-082", "changed", "data.password", _kubectl("kubectl-patch")),),
        sees=Sees.YES,
    ),
    Row(
        82,
        "a Secret's key removed",
        "edits",
        text(secret("row-082b", user="row-user", password="Zq7-Canary-one")),
        act=_json_patch("secret", "row-082b", {"op": "remove", "path": "/data/password"}),
        told=(on("Secret", "row-082b", "removed", "data.password"),),
        sees=Sees.YES,
        letter="b",
    ),
    Row(
        83,
        "a key added to a Secret",
        "edits",
        text(secret("row-083", user="row-user")),
        act=_merge_patch("secret", "row-083", {"stringData": {"token": "Zq7-Canary-three"}}),
        told=(on("Secret", "row-083", "foreign", "data.token", _kubectl("kubectl-patch")),),
    ),
    Row(
        84,
        "a finalizer added by kubectl",
        "edits",
        text(config_map("row-084")),
        act=_merge_patch("configmap", "row-084", {"metadata": {"finalizers": ["corpus.test/hold"]}}),
        told=(
            on("ConfigMap", "row-084", "foreign", "metadata.finalizers[=corpus.test/hold]", _kubectl("kubectl-patch")),
        ),
    ),
    Row(
        84,
        "an owner reference added by kubectl",
        "edits",
        text(config_map("row-084b"), config_map("row-084b-owner")),
        act=_owned_by_other,
        told=(on("ConfigMap", "row-084b", "foreign", "metadata.ownerReferences[uid=*]", _kubectl("kubectl-patch")),),
        letter="b",
    ),
    Row(
        86,
        "an entry appended by the operator of a custom resource, which is trusted",
        "edits",
        text(widget("row-086", items=[{"n": "git"}])),
        act=patched(
            "Widget",
            NAMESPACE,
            "row-086",
            [{"op": "add", "path": "/spec/items/-", "value": {"n": "operator", "v": 1}}],
            manager=TRUSTED,
        ),
    ),
    Row(
        86,
        "the same by a person",
        "edits",
        text(widget("row-086b", items=[{"n": "git"}])),
        act=_json_patch("widget", "row-086b", {"op": "add", "path": "/spec/items/-", "value": {"n": "mine"}}),
        told=(on("Widget", "row-086b", "foreign", "spec.items[n=mine,p=TCP]", _kubectl("kubectl-patch")),),
        letter="b",
    ),
    Row(
        88,
        "a claim grown by hand",
        "edits",
        text(*_claim("row-088")),
        act=_merge_patch("persistentvolumeclaim", "row-088", {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}),
        told=(
            on(
                "PersistentVolumeClaim",
                "row-088",
                "changed",
                "spec.resources.requests.storage",
                _kubectl("kubectl-patch"),
            ),
        ),
        sees=Sees.ERROR,
    ),
    Row(
        88,
        "the same, and Flux has tried since",
        "row-088b",
        text(*_claim("row-088b")),
        act=all_of(
            _merge_patch(
                "persistentvolumeclaim", "row-088b", {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}
            ),
            retried("row-088b"),
        ),
        told=(
            Told(
                "drift.apply.blocked",
                f"PersistentVolumeClaim/{NAMESPACE}/row-088b",
                "",
                (_kubectl("kubectl-patch"),),
            ),
        ),
        sees=Sees.ERROR,
        letter="b",
    ),
    Row(
        89,
        "a Job's template changed in Git, without force",
        "row-089",
        text(job("row-089", "corpus-flux")),
        text(job("row-089", "corpus-flux", template=_other_task())),
        sees=Sees.ERROR,
    ),
    Row(
        90,
        "a ConfigMap changed and then made immutable",
        "edits",
        text(config_map("row-090")),
        act=_merge_patch("configmap", "row-090", {"data": {"colour": "red"}, "immutable": True}),
        told=(
            on("ConfigMap", "row-090", "changed", "data.colour", _kubectl("kubectl-patch")),
            on("ConfigMap", "row-090", "foreign", "immutable", _kubectl("kubectl-patch")),
        ),
        sees=Sees.ERROR,
    ),
    Row(
        90,
        "the same, and Flux has tried since",
        "row-090b",
        text(config_map("row-090b")),
        act=all_of(
            _merge_patch("configmap", "row-090b", {"data": {"colour": "red"}, "immutable": True}), retried("row-090b")
        ),
        told=(Told("drift.apply.blocked", f"ConfigMap/{NAMESPACE}/row-090b", "", (_kubectl("kubectl-patch"),)),),
        sees=Sees.ERROR,
        letter="b",
    ),
    Row(
        91,
        "more field managers than the API server keeps apart",
        "edits",
        text(config_map("row-091")),
        act=_twelve_managers,
        told=tuple(
            Told(
                "drift.field.foreign",
                f"ConfigMap/{NAMESPACE}/row-091",
                f'metadata.annotations["corpus.test/note-{number:02d}"]',
                (("ancient-changes", "unknown") if number < 3 else (f"kubectl-plugin-{number:02d}", "human"),),
            )
            for number in range(12)
        ),
    ),
    Row(
        92,
        "a value changed, and managedFields cleared",
        "edits",
        text(config_map("row-092")),
        act=all_of(
            _merge_patch("configmap", "row-092", {"data": {"colour": "red"}}),
            _merge_patch("configmap", "row-092", {"metadata": {"managedFields": [{}]}}),
        ),
        told=(on("ConfigMap", "row-092", "changed", "data.colour"),),
        unknown=("unreadable",),  # whether anybody has added anything
        sees=Sees.YES,
    ),
)
