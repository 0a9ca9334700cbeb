"""Section 2c: annotations, the state Flux is in, and inventories."""

from __future__ import annotations

from tests.live.corpus import encrypted
from tests.live.corpus.acts import Hands, all_of, created, deleted_an_hour_ago, flux, kubectl, patched
from tests.live.corpus.manifests import Object, config_map, crd, deployment, job, secret, service, text, widget
from tests.live.corpus.row import NOBODY, Act, Row, Sees, Told

NAMESPACE = "corpus-flux"
IN = f"-n {NAMESPACE}"
TOOLKIT = "kustomize.toolkit.fluxcd.io"
PATCHED = (("kubectl-patch", "human"),)


def _config(name: str, **data: str) -> Object:
    return config_map(name, NAMESPACE, metadata=None, **data)


def _annotated(name: str, **annotations: str) -> Object:
    keys = {f"{TOOLKIT}/{key}": value for key, value in annotations.items()}
    return config_map(name, NAMESPACE, metadata={"annotations": keys})


def _repainted(name: str, **data: str) -> Act:
    colours = ",".join(f'"{key}":"{value}"' for key, value in ({"colour": "red"} | data).items())
    return kubectl(f"{IN} patch configmap {name} --type=merge -p '{{\"data\":{{{colours}}}}}'")


def _labelled(name: str, kustomization: str, namespace: str = NAMESPACE) -> Object:
    labels = {f"{TOOLKIT}/name": kustomization, f"{TOOLKIT}/namespace": "corpus"}
    return config_map(name, namespace, metadata={"labels": labels})


def _changed(name: str, path: str = "data.colour", by: tuple[tuple[str, str], ...] = PATCHED) -> Told:
    return Told("drift.field.changed", f"ConfigMap/{NAMESPACE}/{name}", path, by)


def _producer(kind: str, api_version: str, name: str, **spec: object) -> Object:
    meta = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, "spec": spec}


NO_ISSUER = {"name": "nobody"}
"""An issuer there is not: what is in the Secret was made before."""


def _unsealed(hands: Hands) -> None:
    """What sealed-secrets, external-secrets and cert-manager make: owned, owned, and named only."""
    for kind, name, manager in (
        ("SealedSecret", "row-112", "controller"),
        ("ExternalSecret", "row-112b", "external-secrets"),
    ):
        owner = hands.bed.kube.get(kind, NAMESPACE, name)
        made = secret(name, NAMESPACE, key="made")
        made["metadata"]["labels"] = owner["metadata"]["labels"]
        made["metadata"]["ownerReferences"] = [
            {
                "apiVersion": owner["apiVersion"],
                "kind": kind,
                "name": name,
                "uid": owner["metadata"]["uid"],
                "controller": True,
            }
        ]
        hands.bed.kube.create(made, manager=manager)
    certificate = secret("row-112c-tls", NAMESPACE, key="made")
    certificate["metadata"]["annotations"] = {"cert-manager.io/certificate-name": "row-112c"}
    hands.bed.kube.create(certificate, manager="cert-manager-certificates-issuing")


def _corrected(hands: Hands) -> None:
    """Somebody changes it, and Flux puts it right."""
    _repainted("row-122")(hands)
    hands.bed.reconcile("Kustomization", "corpus", "row-122")
    hands.bed.wait_ready("Kustomization", "corpus", "row-122")


HELD = '[{"op":"add","path":"/metadata/finalizers","value":["corpus.test/hold"]}]'

ROWS = (
    Row(
        94,
        "ssa: Merge: the addition is allowed, the change is not",
        "flux",
        text(_annotated("row-094", ssa="Merge")),
        act=_repainted("row-094", shade="dark"),
        told=(_changed("row-094"),),
        sees=Sees.YES,
    ),
    Row(
        95,
        "ssa: IfNotPresent: what it has become is nobody's business",
        "flux",
        text(_annotated("row-095", ssa="IfNotPresent")),
        act=_repainted("row-095"),
    ),
    Row(
        95,
        "ssa: IfNotPresent, and it is gone",
        "flux",
        text(_annotated("row-095b", ssa="IfNotPresent")),
        act=kubectl(f"{IN} delete configmap row-095b"),
        told=(Told("drift.object.missing", f"ConfigMap/{NAMESPACE}/row-095b"),),
        sees=Sees.YES,
        letter="b",
    ),
    Row(96, "ssa: Ignore: Flux never made it", "flux", text(_annotated("row-096", ssa="Ignore"))),
    Row(
        97,
        "reconcile: disabled set by hand, then a change",
        "flux",
        text(_config("row-097")),
        act=all_of(kubectl(f"{IN} annotate configmap row-097 {TOOLKIT}/reconcile=disabled"), _repainted("row-097")),
        told=(Told("drift.object.frozen", f"ConfigMap/{NAMESPACE}/row-097", "", (("kubectl-annotate", "human"),)),),
    ),
    Row(
        98,
        "a hotfix under the manager that Flux keeps",
        "flux",
        text(_config("row-098")),
        act=kubectl(
            f"{IN} patch configmap row-098 --field-manager=flux-client-side-apply --type=merge"
            ' -p \'{"data":{"hotfix":"yes"}}\''
        ),
        told=(
            Told(
                "drift.field.hotfix",
                f"ConfigMap/{NAMESPACE}/row-098",
                "data.hotfix",
                (("flux-client-side-apply", "accepted"),),
            ),
        ),
    ),
    Row(
        99,
        "spec.ignore of the Kustomization",
        "row-099",
        text(deployment("row-099", NAMESPACE)),
        act=kubectl(f"{IN} scale deployment row-099 --replicas=2"),
    ),
    Row(
        100,
        "a suspended Kustomization whose object was changed",
        "row-100",
        text(_config("row-100")),
        act=_repainted("row-100"),
        told=(_changed("row-100"),),
        sees=Sees.YES,
    ),
    Row(
        101,
        "Git is ahead of what was applied",
        "row-101",
        text(_config("row-101")),
        text(_config("row-101", colour="green", shade="dark"), _config("row-101-new")),
    ),
    Row(
        103,
        "a dependency is not ready, and Git is ahead",
        "row-103",
        text(_config("row-103")),
        text(_config("row-103", colour="green")),
    ),
    Row(
        104,
        "a partial apply: the Namespace is at the new revision, the Job was refused",
        "row-104",
        text(
            _namespace := {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "row-104"}},
            job("row-104", NAMESPACE),
        ),
        text(
            {**_namespace, "metadata": {"name": "row-104", "labels": {"corpus.test/stage": "new"}}},
            job(
                "row-104",
                NAMESPACE,
                template={
                    "spec": {
                        "restartPolicy": "Never",
                        "containers": [{"name": "task", "image": "registry.test/task:2"}],
                    }
                },
            ),
        ),
        sees=Sees.ERROR,
    ),
    Row(
        105,
        "a variable from the cluster has changed since: the build is not the one Flux applied",
        "row-105",
        text(_config("row-105", colour="${COLOUR}")),
        unknown=("no-desired-state",),
        sees=Sees.YES,
    ),
    Row(
        106,
        "an object of the inventory is gone",
        "flux",
        text(_config("row-106")),
        act=kubectl(f"{IN} delete configmap row-106"),
        told=(Told("drift.object.missing", f"ConfigMap/{NAMESPACE}/row-106", "", NOBODY),),
        sees=Sees.YES,
    ),
    Row(
        107,
        "a finished Job that cleans itself up",
        "flux",
        text(job("row-107", NAMESPACE, ttlSecondsAfterFinished=0)),
        sees=Sees.YES,
    ),
    Row(
        108,
        "an inventory at a version that is no longer served, and a change at the next, which is not compared",
        "row-108",
        text(
            {
                "apiVersion": "corpus.test/v1beta1",
                "kind": "Relic",
                "metadata": {"name": "row-108", "namespace": NAMESPACE},
                "spec": {"old": 1},
            }
        ),
        act=kubectl(f'{IN} patch relic row-108 --type=merge -p \'{{"spec":{{"old":2}}}}\''),
        unknown=("not-served",),  # fields of one version are not those of another
        sees=Sees.ERROR,
    ),
    Row(
        108,
        "its CRD",
        "flux",
        text(_relics := crd("relics", "Relic", "corpus.test", None, "v1beta1", "v1")),
        text(
            {
                **_relics,
                "spec": {
                    **_relics["spec"],
                    "versions": [{**each, "served": each["name"] == "v1"} for each in _relics["spec"]["versions"]],
                },
            }
        ),
        letter="b",
    ),
    Row(
        109,
        "an object with a Kustomization's labels that is not in its inventory",
        "",
        act=created(_labelled("row-109", "flux"), manager="kustomize-controller"),
        told=(Told("drift.object.orphaned", f"ConfigMap/{NAMESPACE}/row-109"),),
        sees=Sees.NOT_ASKED,
    ),
    Row(
        110,
        "Endpoints and EndpointSlices with the labels of their Service",
        "flux",
        text(service("row-110", NAMESPACE), deployment("row-110", NAMESPACE)),
    ),
    Row(
        112,
        "Secrets that operators make, with copied labels",
        "flux",
        text(
            crd("externalsecrets", "ExternalSecret", "external-secrets.io"),
            _producer("SealedSecret", "bitnami.com/v1alpha1", "row-112", encryptedData={"key": "AgB"}),
            _producer("ExternalSecret", "external-secrets.io/v1", "row-112b", target={"name": "row-112b"}),
            _producer("Certificate", "cert-manager.io/v1", "row-112c", secretName="row-112c-tls", issuerRef=NO_ISSUER),
        ),
        act=_unsealed,
    ),
    Row(
        114,
        "an object whose Kustomization does not exist",
        "",
        act=created(_labelled("row-114", "long-gone"), manager="kustomize-controller"),
        told=(Told("drift.object.orphaned", f"ConfigMap/{NAMESPACE}/row-114"),),
        sees=Sees.NOT_ASKED,
    ),
    Row(
        115,
        "one object in two inventories",
        "row-115",
        text(_config("row-115")),
        told=(Told("drift.object.contested", f"ConfigMap/{NAMESPACE}/row-115"),),
        sees=Sees.YES,
    ),
    Row(
        115,
        "the other owner",
        "row-115b",
        text(_config("row-115b")),
        text(_config("row-115")),
        letter="b",
        sees=Sees.NOT_ASKED,
    ),
    Row(
        118,
        "targetNamespace, namePrefix, images, patches, substitution, common metadata and a generated name",
        "row-118",
        text(config_map("web", "elsewhere", colour="${COLOUR}", escaped="$${COLOUR}"), deployment("web", "elsewhere")),
        also=("ConfigMap/corpus-flux/row-118-web-x", "Deployment/corpus-flux/row-118-web-x"),
    ),
    Row(
        120,
        "an object that was deleted an hour ago and cannot go",
        "edits",
        text(widget("row-120")),
        act=all_of(
            patched(
                "Widget",
                "corpus-edits",
                "row-120",
                {"metadata": {"finalizers": ["corpus.test/hold"]}},
                manager="widget-operator",
            ),
            kubectl("-n corpus-edits delete widget row-120 --wait=false"),
            deleted_an_hour_ago("corpus.test/widgets/corpus-edits/row-120"),
        ),
        told=(Told("drift.object.terminating", "Widget/corpus-edits/row-120"),),
    ),
    Row(
        121,
        "a Kustomization's interval changed by hand",
        "row-121",
        text(_config("row-121")),
        act=kubectl('-n corpus patch kustomization row-121 --type=merge -p \'{"spec":{"interval":"2h"}}\''),
        told=(Told("drift.field.changed", "Kustomization/corpus/row-121", "spec.interval", PATCHED),),
        sees=Sees.YES,
    ),
    Row(
        121,
        "a Kustomization suspended with the flux CLI",
        "row-121b",
        text(_config("row-121b")),
        act=flux("suspend kustomization row-121b -n corpus"),
        told=(Told("drift.field.foreign", "Kustomization/corpus/row-121b", "spec.suspend", (("flux", "human"),)),),
        letter="b",
    ),
    Row(122, "drift that Flux has corrected", "row-122", text(_config("row-122")), act=_corrected),
    Row(
        123,
        "a Kustomization that delivers to another cluster",
        "row-123",
        text(config_map("row-123", "corpus-remote")),
        act=kubectl('-n corpus-remote patch configmap row-123 --type=merge -p \'{"data":{"colour":"red"}}\''),
        sees=Sees.YES,
    ),
    Row(
        125,
        "a Secret encrypted in Git: its values are unknown, its keys are not",
        "row-125",
        encrypted.SECRET,
        act=kubectl(f'{IN} patch secret row-125 --type=json -p \'[{{"op":"remove","path":"/data/password"}}]\''),
        told=(Told("drift.field.removed", f"Secret/{NAMESPACE}/row-125", "data.password", NOBODY),),
        unknown=("encrypted",),
        sees=Sees.YES,
    ),
)
