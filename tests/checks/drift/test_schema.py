"""What a schema tells of a place, over documents of a real API server."""

from __future__ import annotations

from holdfast.checks.drift.schema import Node, Schemas, Shape
from tests.checks.drift.test_compare import RECORDED, SCHEMAS


def at(group: str, version: str, kind: str, *path: str) -> Node:
    found = SCHEMAS.of(group, version, kind)
    for step in path:
        assert found is not None, step
        found = found.items if step == "[]" else found.child(step)
    assert found is not None
    return found


POD = ("spec", "template", "spec")
CONTAINER = (*POD, "containers", "[]")


def deployment(*path: str) -> Node:
    return at("apps", "v1", "Deployment", *path)


def widget(*path: str) -> Node:
    return at("property.holdfast.test", "v1", "Widget", "spec", *path)


def test_lists_of_a_built_in_kind() -> None:
    ports = deployment(*CONTAINER, "ports")
    assert (ports.shape, ports.keys) == (Shape.LIST_MAP, (("containerPort", 0), ("protocol", "TCP")))
    assert deployment(*CONTAINER, "args").shape is Shape.ATOMIC_LIST
    assert deployment(*POD, "tolerations").shape is Shape.ATOMIC_LIST
    assert deployment(*POD, "nodeSelector").shape is Shape.ATOMIC_MAP
    assert deployment("spec", "selector").shape is Shape.ATOMIC_MAP


def test_values_of_a_built_in_kind() -> None:
    assert deployment(*CONTAINER, "resources", "limits", "nvidia.com/gpu").shape is Shape.QUANTITY
    assert deployment("spec", "strategy", "rollingUpdate", "maxSurge").shape is Shape.INT_OR_STRING
    assert deployment(*POD, "securityContext", "runAsUser").shape is Shape.PLAIN
    assert at("", "v1", "Secret", "data", "x").shape is Shape.BYTES


def test_zeros_of_a_built_in_kind() -> None:
    pod = deployment(*POD)
    assert pod.keeps_zero("automountServiceAccountToken")
    assert not pod.keeps_zero("hostNetwork")
    assert deployment("spec").keeps_zero("replicas")
    assert deployment(*POD, "volumes", "[]").keeps_zero("emptyDir"), "inlined from VolumeSource"
    assert deployment(*CONTAINER, "resources", "limits").keeps_zero("cpu"), "an entry of a map"


def test_a_field_nobody_knows() -> None:
    assert deployment("spec").child("nonsense") is None
    assert widget().child("nonsense") is None


def test_a_custom_resource() -> None:
    assert not widget().go
    assert widget().keeps_zero("size")
    assert widget("amount").shape is Shape.INT_OR_STRING
    assert widget("nothing").nullable
    assert not widget("size").nullable
    assert widget("tags").shape is Shape.SET
    assert (widget("ports").shape, widget("ports").keys) == (Shape.LIST_MAP, (("port", None), ("protocol", "TCP")))
    assert widget("steps").shape is Shape.ATOMIC_LIST
    assert widget("selector").shape is Shape.ATOMIC_MAP
    assert widget("selector", "kind").default == "Pod"


def test_what_is_kept_whatever_it_is() -> None:
    schemas = Schemas(
        {
            ("g", "v"): {
                "g.v.K": {
                    "x-kubernetes-group-version-kind": [{"group": "g", "version": "v", "kind": "K"}],
                    "type": "object",
                    "properties": {
                        "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                        "closed": {"type": "object"},
                    },
                }
            }
        }
    )
    node = schemas.of("g", "v", "K")
    assert node is not None
    opened, closed = node.child("open"), node.child("closed")
    assert opened is not None
    assert closed is not None
    assert opened.child("anything") is not None
    assert closed.child("anything") is None


def test_the_schema_of_a_schema() -> None:
    schema = ("spec", "versions", "[]", "schema", "openAPIV3Schema")
    crd = ("apiextensions.k8s.io", "v1", "CustomResourceDefinition")
    node = at(*crd, *schema)
    assert node.keeps_zero("default"), "any JSON, kept as it is written"
    assert not node.keeps_zero("description")
    assert at(*crd, *schema, "properties", "a", "items", "properties", "b").child("description") is not None
    assert at(*crd, *schema, "additionalProperties").child("description") is not None


def test_no_schema() -> None:
    assert SCHEMAS.of("nowhere", "v1", "Nothing") is None
    assert SCHEMAS.of("apps", "v1", "Nothing") is None
    assert Schemas({("apps", "v1"): None}).of("apps", "v1", "Deployment") is None


def test_a_place_is_resolved_once() -> None:
    schemas = Schemas({("apps", "v1"): RECORDED["schemas"]["apps/v1"]})
    one, other = schemas.of("apps", "v1", "Deployment"), schemas.of("apps", "v1", "StatefulSet")
    assert one is not None
    assert other is not None
    assert one.child("spec") is one.child("spec")
    both = [each.child("spec") for each in (one, other)]
    assert len({id(each.child("template")) for each in both if each is not None}) == 1
