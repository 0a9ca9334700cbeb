"""Section 2d: objects in a managed namespace that nobody has declared."""

from __future__ import annotations

from tests.live.corpus import charts
from tests.live.corpus.acts import Hands, applied, created, kubectl
from tests.live.corpus.manifests import Object, config_map, deployment, text
from tests.live.corpus.row import Row, Sees, Told

NAMESPACE = "corpus-objects"


def _unexpected(kind: str, name: str, *by: tuple[str, str]) -> Told:
    return Told("drift.object.unexpected", f"{kind}/{NAMESPACE}/{name}", "", by)


def _marked(name: str, *, labels: Object | None = None, annotations: Object | None = None) -> Object:
    return config_map(name, NAMESPACE, metadata={"labels": labels or {}, "annotations": annotations or {}})


def _orphan(kind: str, api_version: str, uid: str) -> Object:
    owner = {"apiVersion": api_version, "kind": kind, "name": "gone", "uid": uid, "controller": True}
    return config_map("row-129", NAMESPACE, metadata={"ownerReferences": [owner]})


def _helm_install(hands: Hands) -> None:
    package = charts.package(hands.folder)
    hands.run("helm", "install", "row-132", str(package), "-n", NAMESPACE)


ROWS = (
    Row(
        126,
        "a Deployment made with kubectl create",
        "",
        act=kubectl(f"-n {NAMESPACE} create deployment row-126 --image=registry.test/web:1"),
        told=(_unexpected("Deployment", "row-126", ("kubectl-create", "human")),),
        sees=Sees.NOT_ASKED,
    ),
    Row(
        127,
        "ReplicaSets, Pods and ControllerRevisions of what Git declares",
        "objects",
        text(
            deployment("row-127", NAMESPACE),
            {**deployment("row-127", NAMESPACE, replicas=None), "kind": "DaemonSet"},
        ),
    ),
    Row(
        128,
        "a Pod made with kubectl run",
        "",
        act=kubectl(f"-n {NAMESPACE} run row-128 --image=registry.test/debug:1"),
        told=(_unexpected("Pod", "row-128", ("kubectl-run", "human")),),
        sees=Sees.NOT_ASKED,
    ),
    Row(
        129,
        "an object whose owner does not exist any more",
        "",
        act=created(
            _orphan("Relic", "gone.corpus.test/v1", "6f1c3a52-6d0e-4b59-9a4a-2d6f3f1f0f11"), manager="operator"
        ),
        told=(Told("drift.object.dangling", f"ConfigMap/{NAMESPACE}/row-129"),),
        sees=Sees.NOT_ASKED,
    ),
    Row(
        131,
        "an object of Argo CD",
        "",
        act=applied(
            _marked(
                "row-131",
                annotations={"argocd.argoproj.io/tracking-id": f"shop:/ConfigMap:{NAMESPACE}/row-131"},
            ),
            manager="argocd-controller",
        ),
        sees=Sees.NOT_ASKED,
    ),
    Row(
        131,
        "an object of a ResourceSet",
        "",
        act=applied(
            _marked(
                "row-131b",
                labels={
                    "resourceset.fluxcd.controlplane.io/name": "apps",
                    "resourceset.fluxcd.controlplane.io/namespace": "flux-system",
                },
            ),
            manager="flux-operator",
        ),
        letter="b",
        sees=Sees.NOT_ASKED,
    ),
    Row(
        132,
        "a release installed with the helm CLI",
        "",
        act=_helm_install,
        told=(Told("drift.release.unexpected", f"Release/{NAMESPACE}/row-132"),),
        sees=Sees.NOT_ASKED,
    ),
    Row(
        133,
        "an object in a namespace nobody manages",
        "",
        act=kubectl("-n corpus-unmanaged create configmap row-133 --from-literal=colour=red"),
        sees=Sees.NOT_ASKED,
    ),
)
