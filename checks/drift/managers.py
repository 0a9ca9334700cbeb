"""What kind of hand a field manager is, by the name it gave itself.

A name is chosen by the client: evidence of a tool, never of a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

HUMAN, GITOPS, ACCEPTED, CLUSTER, OPERATOR, UNKNOWN = "human", "gitops", "accepted", "cluster", "operator", "unknown"

_KNOWN: Mapping[str, tuple[str, ...]] = {
    ACCEPTED: ("flux-client-side-apply",),  # Flux keeps what is applied under it: a hotfix somebody means to keep
    GITOPS: (
        "kustomize-controller",
        "helm-controller",
        "helm",
        "source-controller",
        "notification-controller",
        "image-reflector-controller",
        "image-automation-controller",
        "gotk-*",
        "flux-operator",
        "argocd-controller",
        "argocd-application-controller",
        "argocd-applicationset-controller",
    ),
    CLUSTER: (
        "kube-controller-manager",
        "kube-apiserver",
        "kube-scheduler",
        "kubelet",
        "kube-proxy",
        "kube-aggregator",
        "clusterrole-aggregation-controller",
        "cloud-controller-manager",
        "*-cloud-controller-manager",
        "kubelite",
        "k3s",  # one program for the whole control plane
        "hyperkube",
        "openshift-controller-manager",
        "openshift-apiserver",
        "cluster-policy-controller",
        "glbc",
        "vpc-resource-controller",
    ),
    HUMAN: (
        "kubectl*",
        "flux",
        "k9s*",
        "[Ll]ens*",
        "[Oo]pen[Ll]ens*",
        "[Ff]reelens*",
        "headlamp*",
        "node-fetch*",  # what Lens and other desktops say
        "Mozilla*",
        "OpenAPI-Generator*",
        "Swagger-Codegen*",
        "python-requests*",
        "python-httpx*",
        "curl*",
        "Wget*",
        "PostmanRuntime*",
        "Go-http-client*",
        "oc",
        "oc-*",
        "rancher",
        "HashiCorp*",
        "[Tt]erraform*",
        "[Pp]ulumi*",
        "GoogleCloudConsole*",
        "kubernetes-dashboard*",
        "dashboard*",
        "octant*",
        "argocd-server",  # somebody at its web page
        "tilt*",
        "skaffold*",
        "okteto*",
        "devspace*",
    ),
    OPERATOR: (  # as far as they set fields of objects that are not their own
        "cert-manager-*",
        "cainjector",
        "external-secrets*",
        "istiod*",
        "istio-*",
        "pilot-discovery",
        "linkerd*",
        "knative*",
        "keda*",
        "vpa-*",
        "goldilocks*",
        "cluster-autoscaler",
        "karpenter*",
        "prometheus-operator",
        "PrometheusOperator",
        "grafana-operator",
        "opentelemetry-operator*",
        "calico*",
        "tigera-operator",
        "cilium*",
        "rook*",
        "longhorn*",
        "csi-*",
        "snapshot-controller",
        "velero*",
        "[Kk]yverno*",
        "gatekeeper*",
        "vault-*",
        "external-dns",
        "nginx-ingress-controller",
        "traefik*",
        "aws-load-balancer-controller",
        "azure-wi-webhook*",
        "[Rr]eloader*",
        "keel",
        "kured",
        "flagger*",
        "rollouts-controller",
        "cloudnative-pg*",
        "strimzi-*",
        "crossplane*",
        "resource-topology-exporter",
        "gke-*",
        "eks-*",
        "aks-*",
    ),
}


def _matcher(globs: Iterable[str]) -> re.Pattern[str]:
    """One expression for them all; ``*`` and ``[Ab]`` as in a shell."""
    return re.compile("|".join(each.replace(".", r"\.").replace("*", ".*") for each in globs) or r"(?!)")


_MATCHERS = {cls: _matcher(globs) for cls, globs in _KNOWN.items()}


@lru_cache(maxsize=1024)
def class_of(manager: str) -> str:
    """human, gitops, accepted, cluster, operator or unknown.

    Unknown are also the names that say nothing (``manager``, ``controller``, ``main``) and the API server's own
    for what it cannot tell apart (``ancient-changes``, ``before-first-apply``).
    """
    return next((cls for cls, names in _MATCHERS.items() if names.fullmatch(manager)), UNKNOWN)


class Managers:
    """The field managers of one platform.

    Args:
        trusted: what platform.toml says under ``[managers]``: names or globs, ``keel``, ``acme-*``; with an operation
            behind a slash only that one is meant: ``acme-deployer/Apply``.
    """

    __slots__ = ("_known", "_trusted")

    def __init__(self, trusted: frozenset[str] = frozenset()) -> None:
        self._trusted = re.compile("|".join(_glob(each) for each in sorted(trusted)) or r"(?!)")
        self._known: dict[tuple[str, str], str] = {}

    def cls(self, manager: str, operation: str = "") -> str:
        """human, gitops, accepted, cluster, operator (what the platform trusts, too) or unknown."""
        key = (manager, operation)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = OPERATOR if self.trusts(manager, operation) else class_of(manager)
        return found

    def trusts(self, manager: str, operation: str = "") -> bool:
        """The platform says that this one may set fields."""
        return bool(self._trusted.fullmatch(manager) or self._trusted.fullmatch(f"{manager}/{operation}"))


def _glob(text: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(char) or re.escape(char) for char in text)
