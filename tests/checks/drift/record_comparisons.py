"""Records what a real API server makes of the comparison rows: ``python -m tests.checks.drift.record_comparisons``.

Needs a testbed that is up (the one HOLDFAST_TESTBED names). Objects are applied as Flux does it (server-side, forced,
as kustomize-controller), then edited under the names of others. Writes recorded/comparisons.json: the objects, and of
the API server's schemas those that they reach.
"""

from __future__ import annotations

import base64
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from holdfast.fixtures.openapi import trimmed
from testbed.bed import Bed
from tests.checks.drift.comparison_rows import NAMESPACE, ROWS, Edit, Raw, Row
from tests.live.property_crds import CRDS

RECORDED = Path(__file__).parent / "recorded" / "comparisons.json"
ENGINE = "kustomize-controller"


def record(bed: Bed, row: Row) -> Raw:
    """One row: its object as Git has it and as it is."""
    applied = row.applied
    bed.kube.apply(applied, manager=ENGINE)
    time.sleep(0.5)  # its controller, where it has one
    for edit in row.edits:
        _do(bed, applied, row, edit)
    live = _read(bed, applied)
    if applied["kind"] == "ClusterRole":
        live = _once_aggregated(bed, applied)
    return {"desired": _sealed(row.desired), "live": _sealed(live)}


def _do(bed: Bed, applied: Raw, row: Row, edit: Edit) -> None:
    if edit.apply:
        bed.kube.apply(Row(row.number, "", edit.apply).applied, manager=edit.manager)
        return
    _, namespace, name = bed.kube.locate(applied)
    kind = f"{applied['apiVersion']}/{applied['kind']}"
    bed.kube.patch(kind, namespace, name, list(edit.patch), manager=edit.manager, subresource=edit.subresource)


def _read(bed: Bed, applied: Raw) -> Raw:
    served, namespace, name = bed.kube.locate(applied)
    return bed.kube.request("GET", served.path(namespace, name))


def _once_aggregated(bed: Bed, applied: Raw) -> Raw:
    for _ in range(50):
        live = _read(bed, applied)
        if live.get("rules"):
            return {**live, "rules": live["rules"][:2]}
        time.sleep(0.1)
    raise AssertionError("nobody has filled in the rules")


def _sealed(obj: Raw) -> Raw:
    """As fixtures.seal has it."""
    if obj["kind"] != "Secret":
        return obj
    data = {key: _digest(base64.b64decode(each)) for key, each in (obj.get("data") or {}).items()}
    texts = {key: _digest(each.encode()) for key, each in (obj.get("stringData") or {}).items()}
    return {**obj, **({"data": data} if data else {}), **({"stringData": texts} if texts else {})}


def _digest(value: bytes) -> str:
    return f"hmac-sha256:{hashlib.sha256(value).hexdigest()}"


def _reached(bed: Bed, api_version: str, kind: str) -> Raw:
    path = f"/openapi/v3/{'apis' if '/' in api_version else 'api'}/{api_version}"
    known = trimmed(bed.kube.request("GET", path))["components"]["schemas"]
    found: Raw = {}
    todo = [name for name in known if name.endswith(f".{kind}")]
    while todo:
        name = todo.pop()
        if name not in found and not name.endswith("Status"):
            found[name] = known[name]
            todo += _references(known[name])
    return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
        for each in node.values():
            yield from _references(each)
    elif isinstance(node, list):
        for each in node:
            yield from _references(each)


def main() -> None:
    bed = Bed(os.environ["HOLDFAST_TESTBED"])
    bed.kube.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    for each in CRDS:
        bed.kube.apply(each)
    time.sleep(3)  # until their schemas are published
    cases: Raw = {}
    kinds: set[tuple[str, str]] = set()
    for row in ROWS:
        print(row.name)
        cases[row.name] = record(bed, row)
        kinds.add((row.applied["apiVersion"], row.applied["kind"]))
    found: Raw = {}
    for version, kind in sorted(kinds):
        found.setdefault(version, {}).update(_reached(bed, version, kind))
    for row in ROWS:
        served, namespace, name = bed.kube.locate(row.applied)
        if "finalizer" in row.title:
            bed.kube.patch(served.kind, namespace, name, [{"op": "remove", "path": "/metadata/finalizers"}])
        bed.kube.delete(f"{served.api_version}/{served.kind}", namespace, name)
    bed.kube.delete("Namespace", None, NAMESPACE)
    for each in CRDS:
        bed.kube.delete("CustomResourceDefinition", None, each["metadata"]["name"])
    RECORDED.write_bytes(orjson.dumps({"schemas": found, "cases": cases}))


if __name__ == "__main__":
    main()
