"""What the API server's OpenAPI v3 says of a kind, as far as a comparison needs it. Resolved where looked at, once."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from holdfast.checks.drift.kept_zeros import POINTERS
from holdfast.model import Json

_GO_TYPED = ("io.k8s.api.", "io.k8s.apiextensions-apiserver.", "io.k8s.kube-aggregator.", "io.k8s.apimachinery.")
"""How the schemas of types that the API server keeps as Go structs are named; a custom resource's begins otherwise."""
_KIND = "x-kubernetes-group-version-kind"
_FREE_FORM = frozenset({"JSON", "RawExtension", "FieldsV1"})
"""Go types that keep JSON as it is written."""
_SCHEMA_OR = ("JSONSchemaPropsOrArray", "JSONSchemaPropsOrBool", "JSONSchemaPropsOrStringArray")
"""Go types OpenAPI says nothing of, in a CustomResourceDefinition: mostly a schema."""


class Shape(Enum):
    """How two values are told apart."""

    PLAIN = auto()
    """By value; maps key by key."""
    QUANTITY = auto()
    INT_OR_STRING = auto()
    TIME = auto()
    BYTES = auto()
    """base64."""
    ATOMIC_MAP = auto()
    """Owned as a whole."""
    LIST_MAP = auto()
    """A list whose entries have keys."""
    SET = auto()
    ATOMIC_LIST = auto()


class Node:
    """One place in a kind's schema."""

    __slots__ = ("_document", "_kept", "_known", "_raw", "default", "go", "is_map", "keys", "nullable", "open", "shape")

    def __init__(self, raw: Json, name: str, go: bool, document: _Document) -> None:
        self._raw = raw
        self._document = document
        self._known: dict[str, Node | None] = {}
        self._kept = POINTERS.get(name, frozenset())
        self.go = go
        """Of a built-in kind: Flux and the API server pass it through Go types, which leave out zero values and
        fields they do not know. False for custom resources, where only nulls go."""
        self.shape = _shape(raw, name, go)
        self.default: Json = raw.get("default")
        self.nullable: bool = raw.get("nullable") is True
        self.is_map: bool = bool(raw.get("additionalProperties"))
        """Its keys are the user's: an entry counts whatever its value."""
        self.open = _is_open(raw, go)
        """It may hold more than the schema names."""
        self.keys: tuple[tuple[str, Json], ...] = ()
        """Of a list-map: the fields that tell its entries apart, each with its default."""
        if self.shape is Shape.LIST_MAP:
            entry = self.items
            names = [str(each) for each in raw.get("x-kubernetes-list-map-keys") or ()]
            self.keys = tuple((each, child.default if (child := entry.child(each)) else None) for each in names)

    def __repr__(self) -> str:
        return f"Node({self.shape.name}, {'go' if self.go else 'custom'})"

    def child(self, key: str) -> Node | None:
        """What is below a key; None when the schema does not allow it: then the API server does not keep it."""
        try:
            return self._known[key]
        except KeyError:
            found = self._known[key] = self._resolve(key)
            return found

    @property
    def items(self) -> Node:
        """What an entry of the list is."""
        return self.child("[]") or free(self.go)  # no property can be named so: keys of OpenAPI are identifiers

    def keeps_zero(self, key: str) -> bool:
        """Whether ``key`` with a zero value (false, 0, "", {}) is something else than no ``key``."""
        return not self.go or self.is_map or key in self._kept or self.child(key) is _FREE

    def _resolve(self, key: str) -> Node | None:
        raw = self._raw
        if self.shape in _LISTS:
            return self._document.node(raw["items"], self.go) if isinstance(raw.get("items"), Mapping) else None
        found = raw.get("properties", {}).get(key)
        if found is None:
            found = raw.get("additionalProperties")
        if isinstance(found, Mapping):
            return self._document.node(found, self.go)
        return free(self.go) if self.open else None


_LISTS = frozenset({Shape.LIST_MAP, Shape.SET, Shape.ATOMIC_LIST})
_BESIDE = ("default", "nullable", "x-kubernetes-map-type")
"""What may be said beside a reference and is not in the schema it refers to."""
_BY_LIST_TYPE = {"map": Shape.LIST_MAP, "set": Shape.SET}


class _Document:
    """The schemas of one group and version."""

    def __init__(self, schemas: Mapping[str, Json]) -> None:
        self._schemas = schemas
        self._named: dict[str, Node] = {}
        self._kinds = {
            (each.get("group", ""), each.get("version", ""), each.get("kind", "")): name
            for name, raw in schemas.items()
            for each in raw.get(_KIND) or ()
        }

    def kind(self, group: str, version: str, kind: str) -> Node | None:
        name = self._kinds.get((group, version, kind))
        return self._by_name(name, name.startswith(_GO_TYPED)) if name else None

    def node(self, raw: Mapping[str, Json], go: bool) -> Node:
        """The node of a schema written in place, which may do no more than refer to another."""
        name = _referred(raw)
        if not name:
            return Node(raw, "", go, self)
        beside = {key: raw[key] for key in _BESIDE if raw.get(key)}
        if not beside:
            return self._by_name(name, go)
        return Node({**self._schemas.get(name, {}), **beside}, name, go, self)

    def _by_name(self, name: str, go: bool) -> Node:
        if name not in self._named:
            short = name.rpartition(".")[2]
            if short in _FREE_FORM:
                return _FREE
            if short in _SCHEMA_OR:
                return self._by_name(name.removesuffix(short) + "JSONSchemaProps", go)
            self._named[name] = Node(self._schemas.get(name, {}), name, go, self)
        return self._named[name]


class Schemas:
    """The schemas of the kinds a comparison meets.

    Args:
        documents: per (group, version), ``components.schemas`` of ``/openapi/v3/apis/<group>/<version>``. Texts
            (``description`` that is a string) may be left out, properties of that name may not.
    """

    def __init__(self, documents: Mapping[tuple[str, str], Json]) -> None:
        self._documents = documents
        self._parsed: dict[tuple[str, str], _Document] = {}

    def of(self, group: str, version: str, kind: str) -> Node | None:
        """The schema of a kind; None when the API server publishes none."""
        key = (group, version)
        if key not in self._parsed:
            raw = self._documents.get(key)
            self._parsed[key] = _Document(raw if isinstance(raw, Mapping) else {})
        return self._parsed[key].kind(group, version, kind)


def free(go: bool) -> Node:
    """The node of what has no schema: maps key by key, lists as a whole.

    Args:
        go: take zero values for absent, as where nobody knows whether the kind is a Go type.
    """
    return _UNKNOWN if go else _FREE


def _referred(raw: Mapping[str, Json]) -> str:
    """The name of the schema this one refers to, plainly or by ``allOf`` of one; "" for none."""
    both = raw.get("allOf")
    one = both[0] if isinstance(both, list) and both and isinstance(both[0], Mapping) else raw
    return str(raw.get("$ref") or one.get("$ref") or "").rpartition("/")[2]


def _shape(raw: Mapping[str, Json], name: str, go: bool) -> Shape:
    if raw.get("type") == "array":
        return _BY_LIST_TYPE.get(raw.get("x-kubernetes-list-type", ""), Shape.ATOMIC_LIST)
    if raw.get("x-kubernetes-map-type") == "atomic":
        return Shape.ATOMIC_MAP
    if name.endswith(".resource.Quantity"):
        return Shape.QUANTITY
    form = raw.get("format")
    if form == "int-or-string" or raw.get("x-kubernetes-int-or-string") is True:
        return Shape.INT_OR_STRING
    if go and form in ("date-time", "byte"):  # a custom resource keeps the text as it was written
        return Shape.TIME if form == "date-time" else Shape.BYTES
    return Shape.PLAIN


def _is_open(raw: Mapping[str, Json], go: bool) -> bool:
    """Whether keys that are no properties are kept."""
    if raw.get("x-kubernetes-preserve-unknown-fields") is True or raw.get("additionalProperties") is True:
        return True
    if raw.get("properties") or raw.get("additionalProperties"):
        return False
    return go or "type" not in raw


_NOWHERE = _Document({})
_FREE = Node({}, "", False, _NOWHERE)
_UNKNOWN = Node({}, "", True, _NOWHERE)
TEXTS = Node({"additionalProperties": {"type": "string"}}, "", True, _NOWHERE)
"""Labels or annotations, of whatever kind."""
