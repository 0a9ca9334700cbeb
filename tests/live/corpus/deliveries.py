"""Who delivers the rows: one Kustomization per need, and a handful of HelmReleases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.live.corpus import charts, encrypted
from tests.live.corpus.manifests import Object, config_map, secret

NAMESPACE = "corpus"
HELM = "corpus-helm"
NAMESPACES = (NAMESPACE, HELM, "corpus-healthy", "corpus-edits", "corpus-flux", "corpus-objects")
UNMANAGED = ("corpus-unmanaged", "corpus-remote")
FOLDER = "corpus"
_SYNC = "system/clusters/creodias/system/corpus-sync.yaml"


@dataclass(frozen=True)
class Delivery:
    """A Kustomization: what its spec says beside the usual."""

    name: str
    spec: Mapping[str, Any] = field(default_factory=dict)
    held: bool = False
    """Suspended before the second commit: Git goes ahead of it."""
    stuck: str = ""
    """The reason for which it is not Ready after the second commit."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Beside the rows' own."""


def _depends(*names: str) -> dict[str, Any]:
    return {"dependsOn": [{"name": name} for name in names]}


_OWN_KUSTOMIZATION = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [row-118.yaml]
configMapGenerator:
  - name: generated
    literals: [colour=blue]
"""
_EVERYTHING = {
    "targetNamespace": "corpus-flux",
    "namePrefix": "row-118-",
    "nameSuffix": "-x",
    "images": [{"name": "registry.test/web", "newTag": "5"}],
    "patches": [
        {
            "patch": '[{"op": "add", "path": "/spec/template/spec/priority", "value": 0}]',
            "target": {"kind": "Deployment"},
        }
    ],
    "commonMetadata": {"labels": {"corpus.test/common": "yes"}, "annotations": {"corpus.test/note": "${COLOUR}"}},
    "postBuild": {"substitute": {"COLOUR": "green"}},
}
KUSTOMIZATIONS = (
    Delivery("healthy"),
    Delivery("edits", _depends("healthy")),
    Delivery("flux"),
    Delivery("objects"),
    Delivery("row-042", stuck="ReconciliationFailed"),
    Delivery("row-043", _depends("healthy"), stuck="ReconciliationFailed"),
    Delivery("row-088b"),
    Delivery("row-089", stuck="ReconciliationFailed"),
    Delivery("row-090b"),
    Delivery("row-099", {"ignore": [{"paths": ["/spec/replicas"], "target": {"kind": "Deployment"}}]}),
    Delivery("row-100", held=True),
    Delivery("row-101", held=True),
    Delivery("row-103", _depends("row-042"), stuck="DependencyNotReady"),
    Delivery("row-104", stuck="ReconciliationFailed"),
    Delivery(
        "row-105",
        {"postBuild": {"substituteFrom": [{"kind": "ConfigMap", "name": "row-105-vars"}]}},
        held=True,
    ),
    Delivery("row-108", _depends("flux"), held=True),
    Delivery("row-115"),
    Delivery("row-115b"),
    Delivery("row-118", _EVERYTHING, files={"kustomization.yaml": _OWN_KUSTOMIZATION, "README.md": "no manifest"}),
    Delivery("row-121"),
    Delivery("row-121b"),
    Delivery("row-122"),
    Delivery("row-123", {"kubeConfig": {"secretRef": {"name": "row-123-kubeconfig"}}}),
    Delivery("row-125", {"decryption": {"provider": "sops", "secretRef": {"name": "sops-age"}}}),
)


@dataclass(frozen=True)
class Release:
    """A HelmRelease of the corpus chart."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    spec: Mapping[str, Any] = field(default_factory=dict)
    next_version: bool = False
    """The second commit asks for the next version of the chart."""
    next_values: Mapping[str, Any] = field(default_factory=dict)
    stuck: str = ""


RELEASES = (
    Release(
        "corpus-ssa",
        {
            "rows": ["row-134", "row-135", "row-135b", "row-136", "row-136b"],
            "random": "row-141",
            "hooks": "row-137",
            "cluster": "row-144",
        },
    ),
    Release("corpus-csa", {"rows": ["row-135c", "row-135d"]}, {"install": {"serverSideApply": False}}),
    Release(
        "row-099b",
        spec={
            "driftDetection": {
                "mode": "warn",
                "ignore": [{"paths": ["/spec/replicas"], "target": {"kind": "Deployment"}}],
            }
        },
    ),
    Release("row-139", {"kept": "row-139-kept"}, next_version=True),
    Release("row-142"),
    Release("row-143"),
    Release(
        "row-146",
        spec={"upgrade": {"timeout": "3s", "remediation": {"remediateLastFailure": True}}},
        next_values={"podAnnotations": {"holdfast.test/pod": "not-ready"}},
        stuck="RollbackSucceeded",
    ),
)


def sync(git_url: str) -> dict[str, str]:
    """What the platform's own tree has to say, so that Flux follows the corpus."""
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    source = {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": "corpus", "namespace": NAMESPACE},
        "spec": {
            "interval": "1h",
            "timeout": "10s",
            "url": git_url,
            "ref": {"branch": "develop"},
            "ignore": f"/*\n!/{FOLDER}\n",
        },
    }
    return {_SYNC: _yaml(namespace, source, _kustomization("corpus", f"./{FOLDER}/root", {}))}


def root(chart_url: str, kubeconfig: str, *, held: bool, second: bool) -> dict[str, str]:
    """The folder of the Kustomization that declares all others, and the namespaces."""
    namespaces: list[Object] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        for name in NAMESPACES
        if name != NAMESPACE
    ]
    more = [
        config_map("row-105-vars", NAMESPACE, COLOUR="green" if second else "blue"),
        secret("row-123-kubeconfig", NAMESPACE, value=kubeconfig),
        secret("sops-age", NAMESPACE, **{"age.agekey": encrypted.KEY}),
    ]
    owners = [
        _kustomization(
            each.name, f"./{FOLDER}/{each.name}", dict(each.spec) | ({"suspend": True} if held and each.held else {})
        )
        for each in KUSTOMIZATIONS
    ]
    repository = {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "HelmRepository",
        "metadata": {"name": "corpus", "namespace": HELM},
        "spec": {"interval": "1h", "timeout": "10s", "url": f"{chart_url}/{charts.REPOSITORY}"},
    }
    releases = [_release(each, second) for each in RELEASES]
    return {f"{FOLDER}/root/all.yaml": _yaml(*namespaces, *more, *owners, repository, *releases)}


def _kustomization(name: str, path: str, spec: Mapping[str, Any]) -> Object:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "interval": "1h",
            "timeout": "20s",
            "path": path,
            "prune": True,
            "sourceRef": {"kind": "GitRepository", "name": "corpus"},
            **spec,
        },
    }


def _release(release: Release, second: bool) -> Object:
    chart = charts.NEXT if second and release.next_version else charts.CHART
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": release.name, "namespace": HELM},
        "spec": {
            "interval": "1h",
            "timeout": "20s",
            "chart": {
                "spec": {
                    "chart": chart.name,
                    "version": chart.version,
                    "sourceRef": {"kind": "HelmRepository", "name": "corpus"},
                    "interval": "1h",
                }
            },
            **release.spec,
            "values": {**release.values, **(release.next_values if second else {})},
        },
    }


def _yaml(*objects: Object) -> str:
    return yaml.safe_dump_all(objects, sort_keys=False)
