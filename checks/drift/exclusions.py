"""Objects nobody declares in Git and nobody should: one table, in the order it is read.

``docs`` prints :data:`EXCLUSIONS` and :data:`UNLISTED`; ``unexpected`` applies them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from holdfast.checks.drift.difference import Id
from holdfast.checks.drift.managers import CLUSTER, GITOPS, OPERATOR
from holdfast.checks.drift.ownership import claims, id_of
from holdfast.checks.drift.surroundings import Surroundings, made_only_by
from holdfast.checks.flux.kinds import HELM, SOURCE
from holdfast.model import Resource

_RUNS_FOR_EVER = ("Deployment", "StatefulSet", "DaemonSet", "CronJob")
"""What neither the cluster nor a hook makes for itself."""
Matches = Callable[[Resource, Surroundings], bool]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One line of the table."""

    what: str
    """Which objects."""
    reason: str
    """Why they are expected although nobody owns them."""
    matches: Matches


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A kind of object that is not even looked for."""

    group: str
    """The whole group when ``kind`` is "*"."""
    kind: str
    reason: str

    def matches(self, group: str, kind: str) -> bool:
        """Whether a kind is meant."""
        return group == self.group and self.kind in ("*", kind)


UNLISTED: tuple[Unlisted, ...] = (
    Unlisted("", "Event", "written by everybody, gone after an hour"),
    Unlisted("events.k8s.io", "*", "the same Events"),
    Unlisted("", "Endpoints", "follow Services, whose labels they copy, and have no owner reference"),
    Unlisted("discovery.k8s.io", "EndpointSlice", "follow Services, whose labels they copy"),
    Unlisted("coordination.k8s.io", "*", "Leases: who leads, and which node lives"),
    Unlisted("apps", "ControllerRevision", "revisions of StatefulSets and DaemonSets"),
    Unlisted("", "ComponentStatus", "no stored object"),
    Unlisted("", "PersistentVolume", "bound and released by provisioners"),
    Unlisted("", "Node", "machines"),
    Unlisted("networking.k8s.io", "IPAddress", "follow Services, and name them in their labels"),
    Unlisted("metrics.k8s.io", "*", "measurements, no stored objects"),
    Unlisted("custom.metrics.k8s.io", "*", "measurements, no stored objects"),
    Unlisted("external.metrics.k8s.io", "*", "measurements, no stored objects"),
    Unlisted("certificates.k8s.io", "CertificateSigningRequest", "requests, gone after a day"),
    Unlisted("storage.k8s.io", "VolumeAttachment", "made by the attach/detach controller"),
    Unlisted("storage.k8s.io", "CSIStorageCapacity", "made by storage drivers"),
    Unlisted("internal.apiserver.k8s.io", "*", "the API server's own"),
    Unlisted("resource.k8s.io", "ResourceSlice", "made by device drivers"),
    Unlisted("cert-manager.io", "CertificateRequest", "made for Certificates"),
    Unlisted("acme.cert-manager.io", "*", "made for Certificates while they are being issued"),
    Unlisted("cilium.io", "CiliumEndpoint", "follow Pods"),
    Unlisted("cilium.io", "CiliumIdentity", "follow Pods"),
    Unlisted("cilium.io", "CiliumEndpointSlice", "follow Pods"),
    Unlisted("wgpolicyk8s.io", "*", "reports of policy engines"),
    Unlisted("openreports.io", "*", "reports of policy engines"),
    Unlisted("reports.kyverno.io", "*", "reports of policy engines"),
    Unlisted("kyverno.io", "UpdateRequest", "work in hand of Kyverno"),
    Unlisted("status.gatekeeper.sh", "*", "reports of policy engines"),
    Unlisted("aquasecurity.github.io", "*", "reports of Trivy"),
)
"""Kinds that are not looked for in namespaces."""

_ROOT_CERTIFICATES = frozenset(
    ("kube-root-ca.crt", "istio-ca-root-cert", "openshift-service-ca.crt", "linkerd-identity-trust-roots")
)
_OPENSHIFT_ACCOUNTS = frozenset(("builder", "deployer", "pipeline"))
_OPENSHIFT_BINDINGS = frozenset(("system:image-pullers", "system:image-builders", "system:deployers"))
_KUBE_SYSTEM = frozenset(("kube-system", "kube-public", "kube-node-lease"))
_SYSTEM_CONFIG = frozenset(
    (
        "extension-apiserver-authentication",
        "kube-apiserver-legacy-service-account-token-tracking",
        "cluster-info",
        "kubeadm-config",
        "kubelet-config",
        "coredns",
        "kube-proxy",
    )
)
_CONTROLLERS = frozenset(
    (
        "generic-garbage-collector",
        "horizontal-pod-autoscaler",
        "legacy-service-account-token-cleaner",
        "persistent-volume-binder",
        "pod-garbage-collector",
        "storage-version-garbage-collector",
        "root-ca-cert-publisher",
        "kube-apiserver-serving-clustertrustbundle-publisher",
        "bootstrap-signer",
        "token-cleaner",
        "kube-proxy",
        "coredns",
    )
)
"""Accounts of kube-controller-manager and kubeadm whose name does not end in ``-controller``; they have no
managedFields, as nothing in them is set."""
_ADD_ONS = ("objectset.rio.cattle.io/", "addonmanager.kubernetes.io/mode", "kubernetes.io/bootstrapping")
_STORED_RELEASE = re.compile(r"sh\.helm\.release\.v1\..+\.v\d+")
_ORDINAL = re.compile(r"-\d+\Z")
_LEADER = "control-plane.alpha.kubernetes.io/leader"


def _named(kind: str, names: frozenset[str]) -> Matches:
    return lambda meta, around: (
        meta.kind == kind and meta.ref.group in ("", _GROUP.get(kind, "")) and meta.name in names
    )


_GROUP = {"RoleBinding": "rbac.authorization.k8s.io"}


def _annotated(kind: str, *prefixes: str) -> Matches:
    """An annotation or label of a kind of object ("" is any) that begins so."""
    return lambda meta, around: (
        kind in ("", meta.kind)
        and any(key.startswith(prefixes) for texts in (meta.annotations, meta.labels) for key in texts)
    )


def _made_by(*classes: str) -> Matches:
    """Whoever wrote to it is of these classes. Not claims of volumes: they hold data, whoever made them."""
    return lambda meta, around: (
        meta.kind != "PersistentVolumeClaim"
        and (OPERATOR in classes or meta.kind not in _RUNS_FOR_EVER)  # a name is soon borrowed
        and bool(made_only_by(meta, around.managers, *classes))
    )


def _beside(kind: str, group: str, producer: str) -> Matches:
    """An object of the same name and namespace that makes it."""
    return lambda meta, around: meta.kind == kind and Id(group, producer, meta.namespace, meta.name) in around.by_id


def _stored_release(meta: Resource, around: Surroundings) -> bool:
    return (
        meta.kind in ("Secret", "ConfigMap")
        and meta.labels.get("owner") == "helm"
        and bool(_STORED_RELEASE.fullmatch(meta.name))
    )


def _chart(meta: Resource, around: Surroundings) -> bool:
    """Row 113: helm-controller makes one per HelmRelease and labels it like what it delivers."""
    labels = meta.labels
    owner = Id(HELM, "HelmRelease", labels.get(f"{HELM}/namespace", ""), labels.get(f"{HELM}/name", ""))
    return meta.kind == "HelmChart" and meta.ref.group == SOURCE and owner in around.by_id


def _volume_claim(meta: Resource, around: Surroundings) -> bool:
    """``<template>-<StatefulSet>-<ordinal>``; without an owner reference unless the StatefulSet asks for one."""
    if meta.kind != "PersistentVolumeClaim" or not _ORDINAL.search(meta.name):
        return False
    stem = _ORDINAL.sub("", meta.name)
    parts = stem.split("-")
    sets = ("-".join(parts[at:]) for at in range(1, len(parts)))
    return any(Id("apps", "StatefulSet", meta.namespace, name) in around.by_id for name in sets)


def _elected(meta: Resource, around: Surroundings) -> bool:
    return meta.kind in ("ConfigMap", "Endpoints") and (_LEADER in meta.annotations or "leader-elect" in meta.name)


def _extraneous(meta: Resource, around: Surroundings) -> bool:
    options = meta.annotations.get("argocd.argoproj.io/compare-options", "")
    return "IgnoreExtraneous" in (each.strip() for each in options.split(","))


EXCLUSIONS: tuple[Exclusion, ...] = (
    # what every namespace has
    Exclusion(
        "ConfigMaps kube-root-ca.crt, istio-ca-root-cert, openshift-service-ca.crt, linkerd-identity-trust-roots",
        "a controller puts them into every namespace",
        _named("ConfigMap", _ROOT_CERTIFICATES),
    ),
    Exclusion(
        "the ServiceAccount default",
        "every namespace has one",
        _named("ServiceAccount", frozenset(("default",))),
    ),
    Exclusion(
        "ServiceAccounts builder, deployer, pipeline",
        "OpenShift puts them into every namespace",
        _named("ServiceAccount", _OPENSHIFT_ACCOUNTS),
    ),
    Exclusion(
        "RoleBindings system:image-pullers, system:image-builders, system:deployers",
        "OpenShift puts them into every namespace",
        _named("RoleBinding", _OPENSHIFT_BINDINGS),
    ),
    Exclusion(
        "the ResourceQuota gke-resource-quotas",
        "Google's Kubernetes puts it into every namespace",
        _named("ResourceQuota", frozenset(("gke-resource-quotas",))),
    ),
    # what Kubernetes needs for itself
    Exclusion(
        "the Service default/kubernetes",
        "the API server's own address",
        lambda meta, around: (meta.kind, meta.namespace, meta.name) == ("Service", "default", "kubernetes"),
    ),
    Exclusion(
        "the control plane's and kubeadm's ConfigMaps in kube-system and kube-public",
        "the cluster's installer and the control plane keep their settings there",
        lambda meta, around: (
            meta.kind == "ConfigMap" and meta.namespace in _KUBE_SYSTEM and meta.name in _SYSTEM_CONFIG
        ),
    ),
    Exclusion(
        "ServiceAccounts of kube-controller-manager's controllers in kube-system",
        "the control plane makes them when it needs them",
        lambda meta, around: (
            (meta.kind, meta.namespace) == ("ServiceAccount", "kube-system")
            and (meta.name.endswith("-controller") or meta.name in _CONTROLLERS)
        ),
    ),
    Exclusion(
        "objects with a label or annotation objectset.rio.cattle.io/…, addonmanager.kubernetes.io/mode or "
        "kubernetes.io/bootstrapping",
        "add-ons the cluster's own installer keeps",
        _annotated("", *_ADD_ONS),
    ),
    Exclusion(
        "what kubeadm made in kube-system and kube-public",
        "the cluster's installer made it",
        lambda meta, around: (
            meta.namespace in _KUBE_SYSTEM
            and any(each.get("manager") == "kubeadm" for each in meta.maps("metadata", "managedFields"))
        ),
    ),
    Exclusion(
        "Secrets bootstrap-token-… in kube-system",
        "nodes join with them",
        lambda meta, around: (
            meta.kind == "Secret" and meta.namespace == "kube-system" and meta.name.startswith("bootstrap-token-")
        ),
    ),
    Exclusion(
        "Pods with the annotation kubernetes.io/config.mirror",
        "kubelet shows the static Pods of its node so",
        lambda meta, around: meta.kind == "Pod" and "kubernetes.io/config.mirror" in meta.annotations,
    ),
    Exclusion(
        "what only the control plane itself ever wrote (managedFields), volume claims aside",
        "service accounts of controllers, their settings and credentials",
        _made_by(CLUSTER),
    ),
    Exclusion(
        "Secrets with the annotation kubernetes.io/service-account.name",
        "tokens of ServiceAccounts",
        _annotated("Secret", "kubernetes.io/service-account."),
    ),
    Exclusion(
        "Secrets with an annotation openshift.io/…",
        "OpenShift makes them for ServiceAccounts and Services",
        _annotated("Secret", "openshift.io/"),
    ),
    Exclusion(
        "ConfigMaps by which controllers elect their leader",
        "locks, not settings",
        _elected,
    ),
    Exclusion(
        "PersistentVolumeClaims named after a template and a StatefulSet of the namespace",
        "the StatefulSet made them; they have no owner reference by default",
        _volume_claim,
    ),
    # what Flux needs or makes
    Exclusion(
        "Secrets, ConfigMaps and ServiceAccounts that a Flux object names",
        "Git counts on them, and some (deploy keys, decryption keys) cannot be in Git",
        lambda meta, around: id_of(meta) in around.needed,
    ),
    Exclusion(
        "the Kustomization everything begins with, and its source",
        "what starts Flux cannot come from Flux",
        lambda meta, around: id_of(meta) in around.roots,
    ),
    Exclusion(
        "HelmCharts labelled with a HelmRelease that is there",
        "helm-controller makes one per HelmRelease; they are in no inventory",
        _chart,
    ),
    Exclusion(
        "ExternalArtifacts",
        "made by the controllers that generate them",
        lambda meta, around: meta.kind == "ExternalArtifact" and meta.ref.group == SOURCE,
    ),
    Exclusion(
        "Secrets and ConfigMaps sh.helm.release.v1.… with the label owner=helm",
        "Helm's storage; releases themselves are judged, see drift.release.unexpected",
        _stored_release,
    ),
    # what operators make for objects that are in Git
    Exclusion(
        "Secrets with an annotation or label of cert-manager.io",
        "issued certificates and their keys; cert-manager sets no owner reference by default",
        _annotated("Secret", "cert-manager.io/", "controller.cert-manager.io/"),
    ),
    Exclusion(
        "Secrets with the name of a SealedSecret beside them",
        "what the SealedSecret unseals to",
        _beside("Secret", "bitnami.com", "SealedSecret"),
    ),
    Exclusion(
        "Secrets with a label sealedsecrets.bitnami.com/sealed-secrets-key",
        "the sealed-secrets controller's own keys: they must not be in Git",
        _annotated("Secret", "sealedsecrets.bitnami.com/sealed-secrets-key"),
    ),
    Exclusion(
        "Secrets with the name of an ExternalSecret beside them, or a label or annotation of external-secrets.io",
        "what the ExternalSecret fetches",
        lambda meta, around: (
            _beside("Secret", "external-secrets.io", "ExternalSecret")(meta, around)
            or _annotated("Secret", "reconcile.external-secrets.io/")(meta, around)
        ),
    ),
    Exclusion(
        "what only known operators, or managers trusted by platform.toml, ever wrote, volume claims aside",
        "an operator keeps it for objects that are in Git",
        _made_by(CLUSTER, OPERATOR),
    ),
    Exclusion(
        "Secrets that only kube-webhook-certgen ever wrote",
        "a chart's hook makes the certificate of its admission webhook",
        lambda meta, around: (
            meta.kind == "Secret"
            and all(each.get("manager") == "kube-webhook-certgen" for each in meta.maps("metadata", "managedFields"))
            and bool(meta.maps("metadata", "managedFields"))
        ),
    ),
    Exclusion(
        "what only a GitOps engine ever wrote, without saying for whom",
        "hooks of Helm releases and what the engine makes for itself",
        lambda meta, around: not any(claims(meta)) and _made_by(GITOPS, CLUSTER)(meta, around),
    ),
    # what somebody has said
    Exclusion(
        "the annotation argocd.argoproj.io/compare-options: IgnoreExtraneous",
        "somebody has told Argo CD that it need not be in Git",
        _extraneous,
    ),
)
"""Read from the top; the first that matches is named."""


@lru_cache(maxsize=1024)
def unlisted(group: str, kind: str) -> Unlisted | None:
    """The line of :data:`UNLISTED` a kind falls under."""
    return next((each for each in UNLISTED if each.matches(group, kind)), None)


def exclusion(meta: Resource, around: Surroundings) -> Exclusion | None:
    """The first line of :data:`EXCLUSIONS` an object falls under."""
    return next((each for each in EXCLUSIONS if each.matches(meta, around)), None)
