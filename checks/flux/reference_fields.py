"""Where Flux's objects name other objects, kind by kind (CRDs of Flux 0.24 to 2.9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdfast.checks.flux import kinds
from holdfast.model import Json, Resource

_SECRETS = (
    "secretRef",
    "certSecretRef",
    "proxySecretRef",
    "verify.secretRef",
    "verify.trustedRootSecretRef",
    "sts.secretRef",
    "sts.certSecretRef",
    "decryption.secretRef",
    "kubeConfig.secretRef",
    "chart.spec.verify.secretRef",
)
_CONFIG_MAPS = ("kubeConfig.configMapRef",)
_SERVICE_ACCOUNTS = ("serviceAccountName", "decryption.serviceAccountName")
_OBJECTS = {  # a kind of its own, or that of the reference
    "sourceRef": "",
    "chart.spec.sourceRef": "",
    "chartRef": "",
    "imageRepositoryRef": "ImageRepository",
    "providerRef": "Provider",
}
_DEFAULT_VALUES_KEY = "values.yaml"


@dataclass(frozen=True, slots=True)
class Reference:
    """One name an object gives to another."""

    path: str
    kind: str
    """As asked of a World: ``Secret``, ``GitRepository``, ``Provider.notification.toolkit.fluxcd.io``."""
    namespace: str
    name: str
    key: str = ""
    """The key that has to be in a Secret or ConfigMap, "" when any will do."""
    checked: bool = True
    """Whether Flux looks it up at every reconcile, so that it says so itself when it is not there."""

    def __str__(self) -> str:
        """``Kind/namespace/name``."""
        return f"{self.kind.partition('.')[0]}/{self.namespace}/{self.name}"


def references(resource: Resource) -> Iterator[Reference]:
    """Every reference of the object that has to resolve; optional ones are left out."""
    yield from _named(resource, _SECRETS, "Secret")
    yield from _named(resource, _CONFIG_MAPS, "ConfigMap")
    remote = resource.get("spec", "kubeConfig") is not None  # then Flux impersonates the account over there
    for path in _SERVICE_ACCOUNTS if not remote else ():
        if name := resource.get("spec", *path.split(".")):
            yield Reference(f"spec.{path}", "ServiceAccount", resource.namespace, str(name))
    for path, kind in _OBJECTS.items():
        yield from _object(resource, path, kind)
    yield from _entries(resource)


def _named(resource: Resource, paths: tuple[str, ...], kind: str) -> Iterator[Reference]:
    for path in paths:
        if name := resource.get("spec", *path.split("."), "name"):
            key = str(resource.get("spec", *path.split("."), "key", default=""))
            yield Reference(f"spec.{path}", kind, resource.namespace, str(name), key)


def _object(resource: Resource, path: str, kind: str) -> Iterator[Reference]:
    found = resource.get("spec", *path.split("."))
    if not isinstance(found, Mapping) or not found.get("name"):
        return
    asked = _asked(kind or str(found.get("kind") or ""), str(found.get("apiVersion") or ""))
    yield Reference(f"spec.{path}", asked, str(found.get("namespace") or resource.namespace), str(found["name"]))


def _entries(resource: Resource) -> Iterator[Reference]:
    for each in _list(resource, "dependsOn"):
        namespace, name = str(each.get("namespace") or resource.namespace), str(each.get("name"))
        yield Reference(f"spec.dependsOn[{namespace}/{name}]", resource.kind, namespace, name)
    for each in _list(resource, "include"):
        repository = each.get("repository")
        name = str(repository.get("name")) if isinstance(repository, Mapping) else ""
        yield Reference(f"spec.include[{name}]", "GitRepository", resource.namespace, name)
    for each in _list(resource, "postBuild", "substituteFrom"):
        yield from _values(resource, "spec.postBuild.substituteFrom", each, "")
    for each in _list(resource, "valuesFrom"):
        yield from _values(resource, "spec.valuesFrom", each, str(each.get("valuesKey") or _DEFAULT_VALUES_KEY))
    if resource.kind == "Receiver":
        for each in _list(resource, "resources"):
            namespace, name = str(each.get("namespace") or resource.namespace), str(each.get("name"))
            kind = _asked(str(each.get("kind")), str(each.get("apiVersion") or ""))
            if name != "*":
                path = f"spec.resources[{each.get('kind')}/{namespace}/{name}]"
                yield Reference(path, kind, namespace, name, checked=False)


def _values(resource: Resource, path: str, each: Mapping[str, Json], key: str) -> Iterator[Reference]:
    if each.get("optional") is not True:
        kind, name = str(each.get("kind")), str(each.get("name"))
        yield Reference(f"{path}[{kind}/{name}]", kind, resource.namespace, name, key)


def _asked(kind: str, api_version: str) -> str:
    group = api_version.rpartition("/")[0]
    if group and group != kinds.group_of(kind):
        return f"{kind}.{group}"
    return kinds.asked(kind)


def _list(resource: Resource, *path: str) -> list[Mapping[str, Json]]:
    found = resource.get("spec", *path, default=())
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list | tuple) else []
