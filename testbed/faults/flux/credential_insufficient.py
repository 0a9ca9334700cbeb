"""The platform is healthy, and the credential of the audit may not see all of it."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.kube import Object

_READ = ["get", "list", "watch"]
_KINDS = {
    "source": ("buckets", "externalartifacts", "gitrepositories", "helmcharts", "helmrepositories", "ocirepositories"),
    "kustomize": ("kustomizations",),
    "helm": ("helmreleases",),
    "notification": ("alerts", "providers", "receivers"),
}
_NAMED = {  # the namespaces in which the feature names objects of a kind, so that the right to these would do
    "gitrepositories.source": ("flux-system",),
    "helmrepositories.source": ("common", "rm"),
    "kustomizations.kustomize": ("flux-system",),
    "helmreleases.helm": ("default", "demo", "ingress-nginx", "proc", "rm", "test", "um"),
    "alerts.notification": ("flux-system",),
    "providers.notification": ("flux-system",),
}
_EVERYTHING = [
    "list namespaces",  # without Flux's own, its controllers are not even looked for
    "list customresourcedefinitions.apiextensions.k8s.io",
    *(f"list {kind}.{group}.toolkit.fluxcd.io" for group, found in _KINDS.items() for kind in found),
    *(f"list {kind}.toolkit.fluxcd.io in {place}" for kind, places in _NAMED.items() for place in places),
]


def _nothing(bed: Bed) -> None:
    """Nothing is broken but the view."""


def _all_but(*hidden: str) -> list[Object]:
    """Rules that let everything be read that an audit of Flux asks for, except these resources."""
    apps, leases = {"deployments"} - {*hidden}, {"leases"} - {*hidden}
    core = {"namespaces", "pods", "configmaps", "serviceaccounts", "secrets", "services"} - {*hidden}
    groups = [f"{each}.toolkit.fluxcd.io" for each in ("source", "kustomize", "helm", "notification", "image")]
    rules = [
        {"apiGroups": groups, "resources": ["*"], "verbs": _READ},
        {"apiGroups": ["rbac.authorization.k8s.io", "apiextensions.k8s.io"], "resources": ["*"], "verbs": _READ},
        {"apiGroups": [""], "resources": sorted(core), "verbs": _READ},
        {"apiGroups": ["apps"], "resources": sorted(apps), "verbs": _READ},
        {"apiGroups": ["coordination.k8s.io"], "resources": sorted(leases), "verbs": _READ},
    ]
    return [each for each in rules if each["resources"]]


FAULTS = [
    Fault(
        "credential-without-secrets",
        platform="eoepca",
        breaks="the audit may not read Secrets",
        apply=_nothing,
        revert=_nothing,
        context="no-secrets",
        unknowns=[("forbidden", "get secrets")],
    ),
    Fault(
        "credential-without-controllers",
        platform="eoepca",
        breaks="the audit may read neither Deployments nor Leases",
        apply=_nothing,
        rights=_all_but("deployments", "leases"),
        unknowns=[("forbidden", "list deployments.apps"), ("forbidden", "list leases.coordination.k8s.io")],
    ),
    Fault(
        "credential-for-nothing",
        platform="eoepca",
        breaks="the audit's credential may not read anything",
        apply=_nothing,
        revert=_nothing,
        context="nobody",
        unknowns=[("forbidden", each) for each in _EVERYTHING],
    ),
]
