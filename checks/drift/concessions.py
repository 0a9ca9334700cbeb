"""What Flux, the API server and controllers make of an object whatever Git says: no drift, at times to be mended."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.paths import Path
from holdfast.checks.drift.walk import Ownership
from holdfast.model import Json

_STRIPPED = frozenset(
    {
        "kubectl.kubernetes.io/last-applied-configuration",
        "kustomize.toolkit.fluxcd.io/checksum",
        "fluxcd.io/sync-checksum",
        "fluxcd.io/sync-gc-mark",
    }
)
"""Labels and annotations Flux takes off whatever it applies (kustomize-controller, cleanup options)."""
_KEPT_BY_CONTROLLERS = frozenset({"deployment.kubernetes.io/revision", "deprecated.daemonset.template.generation"})
_CA_INJECTED = frozenset(
    {
        "APIService",
        "CustomResourceDefinition",
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
    }
)
_PLACEHOLDER = "built-in rule: a caBundle without a certificate is a placeholder for a CA injector"


def as_applied(desired: Mapping[str, Json]) -> dict[str, Json]:
    """The object as it reaches the API server: what is always taken out is out, stringData is data."""
    want = dict(desired)
    if isinstance(meta := want.get("metadata"), Mapping):
        want["metadata"] = {key: _without_stripped(each) for key, each in meta.items()}
    match want.get("kind"), _group(want):
        case "Secret", "":
            want["data"] = {**_mapping(want.get("data")), **_mapping(want.pop("stringData", None))}
        case "ClusterRole", "rbac.authorization.k8s.io" if want.get("aggregationRule"):
            want.pop("rules", None)  # they are the aggregation controller's
        case "CustomResourceDefinition", "apiextensions.k8s.io":
            want["spec"] = _without_broken_bundle(want.get("spec"))
    return want


def conceded(found: Iterable[Difference], want: Mapping[str, Json], fields: Ownership) -> Iterator[Difference]:
    """The differences, those that are nobody's doing marked or left out."""
    injected = want.get("kind") in _CA_INJECTED
    for each in found:
        if injected and each.path[-1] == "caBundle" and not _certifies(each.desired):
            if each.desired and not _is_by_hand(each.path, fields):
                lint = (
                    "a CA injector fills in the caBundle: leave it out of Git, or annotate the object ssa: IfNotPresent"
                )
                yield replace(each, ignored_by=_PLACEHOLDER, lint=lint)
            elif each.desired:
                yield each
        elif each.path[:2] == ("metadata", "annotations") and each.path[-1] in _KEPT_BY_CONTROLLERS:
            yield replace(each, lint="a controller keeps this annotation: leave it out of Git")
        else:
            yield each


def fights(desired: Mapping[str, Json], live: Mapping[str, Json]) -> Iterator[Difference]:
    """What Flux sets at every reconcile and a controller sets back: rules of an aggregated ClusterRole."""
    if desired.get("kind") != "ClusterRole" or not desired.get("aggregationRule"):
        return
    want, have = desired.get("rules"), live.get("rules")
    if want is not None and want != (have or []):
        lint = "the rules of an aggregated ClusterRole are its controller's: leave them out of Git, an empty list too"
        yield Difference(Kind.CHANGED, ("rules",), want, have, lint=lint)


def _group(obj: Mapping[str, Json]) -> str:
    return str(obj.get("apiVersion") or "").rpartition("/")[0]


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _without_stripped(value: Json) -> Json:
    if not isinstance(value, Mapping) or _STRIPPED.isdisjoint(value):
        return value
    return {key: each for key, each in value.items() if key not in _STRIPPED}


def _without_broken_bundle(spec: Json) -> Json:
    """Flux leaves a conversion's caBundle out when it holds no certificate: the API server would refuse it."""
    config: Any = spec
    for key in ("conversion", "webhook", "clientConfig"):
        config = config.get(key) if isinstance(config, Mapping) else None
    if not isinstance(config, Mapping) or _certifies(config.get("caBundle")):
        return spec
    bare = {key: each for key, each in config.items() if key != "caBundle"}
    conversion = spec["conversion"]
    return {**spec, "conversion": {**conversion, "webhook": {**conversion["webhook"], "clientConfig": bare}}}


def _certifies(bundle: Json) -> bool:
    try:
        return b"-----BEGIN CERTIFICATE-----" in base64.b64decode("".join(str(bundle).split()), validate=True)
    except (binascii.Error, ValueError):
        return False


def _is_by_hand(path: Path, fields: Ownership) -> bool:
    return any(each.cls == "human" for each in fields.holders(path))
