"""Two kinds with all that a CustomResourceDefinition's schema can say about comparing."""

from __future__ import annotations

from typing import Any

Raw = dict[str, Any]
GROUP = "property.holdfast.test"

_TEXT: Raw = {"type": "string"}
_PORT: Raw = {
    "type": "object",
    "required": ["port"],
    "properties": {
        "port": {"type": "integer"},
        "protocol": {"type": "string", "default": "TCP"},
        "note": _TEXT,
        "weights": {"type": "array", "items": {"type": "integer"}},
    },
}
_WIDGET: Raw = {
    "type": "object",
    "properties": {
        "amount": {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]},
        "size": {"type": "string", "default": "small"},
        "enabled": {"type": "boolean"},
        "ratio": {"type": "number"},
        "nothing": {"type": "string", "nullable": True},
        "settled": {
            "type": "object",
            "default": {},
            "properties": {"style": {"type": "string", "default": "auto"}, "depth": {"type": "integer"}},
        },
        "ports": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["port", "protocol"],
            "items": _PORT,
        },
        "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": _TEXT},
        "steps": {"type": "array", "items": _PORT},
        "selector": {
            "type": "object",
            "x-kubernetes-map-type": "atomic",
            "properties": {"kind": {"type": "string", "default": "Pod"}, "name": _TEXT},
        },
        "texts": {"type": "object", "additionalProperties": _TEXT},
    },
}
_GADGET: Raw = {
    "type": "object",
    "properties": {
        "anything": {"x-kubernetes-preserve-unknown-fields": True},
        "values": {
            "type": "object",
            "x-kubernetes-preserve-unknown-fields": True,
            "properties": {"known": {"type": "integer", "default": 1}},
        },
        "limits": {"type": "object", "additionalProperties": {"x-kubernetes-int-or-string": True}},
        "when": {"type": "string", "format": "date-time"},
        "raw": {"type": "string", "format": "byte"},
        "deep": {"type": "object", "properties": {"er": {"type": "object", "properties": {"est": _WIDGET}}}},
    },
}


def _crd(kind: str, spec: Raw) -> Raw:
    plural = f"{kind.lower()}s"
    schema = {"type": "object", "properties": {"spec": spec}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"},
            "versions": [version],
        },
    }


CRDS: tuple[Raw, ...] = (_crd("Widget", _WIDGET), _crd("Gadget", _GADGET))
