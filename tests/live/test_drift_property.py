"""Random healthy objects have no drift; one random edit of any of them has, at its place.

Server-side apply of the raw manifest by kustomize-controller's field manager, as Flux does it, but for Go's dropping of
zero values: what the API server refuses because of that is no example. Run alone with the testbed:
``pytest -m live tests/live/test_drift_property.py``.
"""

from __future__ import annotations

import hashlib
import os
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, note, settings
from hypothesis import strategies as st

from holdfast.checks.drift.compare import compare
from holdfast.checks.drift.difference import Difference
from holdfast.checks.drift.foreign import foreign
from holdfast.checks.drift.managed import ManagedFields
from holdfast.checks.drift.managers import Managers
from holdfast.checks.drift.schema import Node, Schemas
from holdfast.fixtures.openapi import trimmed
from holdfast.model import Resource
from testbed.bed import Bed
from testbed.kube import ApiError
from tests.live.drawn import Draw, Drawing
from tests.live.edits import Edit, edits
from tests.live.property_crds import CRDS, GROUP

pytestmark = pytest.mark.live

Raw = dict[str, Any]
ENGINE = "kustomize-controller"
GITOPS = frozenset({ENGINE})
NAMESPACE = "property"
EXAMPLES = int(os.environ.get("HOLDFAST_EXAMPLES", "9"))
"""Of each kind."""
TRIES = 8
"""Edits tried before an object counts as one the API server lets nobody edit."""
KINDS = {
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1",
    "Job": "batch/v1",
    "CronJob": "batch/v1",
    "ConfigMap": "v1",
    "Secret": "v1",
    "Service": "v1",
    "ServiceAccount": "v1",
    "Role": "rbac.authorization.k8s.io/v1",
    "RoleBinding": "rbac.authorization.k8s.io/v1",
    "ClusterRole": "rbac.authorization.k8s.io/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
    "PodDisruptionBudget": "policy/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "Ingress": "networking.k8s.io/v1",
    "Widget": f"{GROUP}/v1",
    "Gadget": f"{GROUP}/v1",
}


class Lab:
    """A namespace without pods, two kinds of our own, and the API server's schemas."""

    def __init__(self, bed: Bed) -> None:
        self.kube = bed.kube
        self.made = 0
        self._groups: dict[str, Raw] = {}

    def set_up(self) -> None:
        quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "no-pods", "namespace": NAMESPACE}}
        self.kube.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
        self.kube.apply({**quota, "spec": {"hard": {"pods": "0"}}})
        for crd in CRDS:
            self.kube.apply(crd)
        for api_version in set(KINDS.values()):
            self._groups[api_version] = self._published(api_version)
        documents = {_group_version(key): each for key, each in self._groups.items()}
        self.schemas = Schemas(documents)

    def tear_down(self) -> None:
        self.kube.delete("Namespace", None, NAMESPACE)
        for crd in CRDS:
            self.kube.delete("CustomResourceDefinition", None, crd["metadata"]["name"])

    def _published(self, api_version: str) -> Raw:
        """The schemas of a group; those of a CRD are published a moment after it was made."""
        path = f"/openapi/v3/{'apis' if '/' in api_version else 'api'}/{api_version}"
        wanted = {kind for kind, version in KINDS.items() if version == api_version}
        for _ in range(100):
            try:
                schemas: Raw = trimmed(self.kube.request("GET", path))["components"]["schemas"]
            except ApiError:
                schemas = {}
            if wanted <= {name.rpartition(".")[2] for name in schemas}:
                return schemas
            time.sleep(0.1)
        raise AssertionError(f"the API server publishes no schemas of {wanted}")

    def draw(self, kind: str, draw: Draw) -> Raw:
        schemas = self._groups[KINDS[kind]]
        name = next(each for each in schemas if each.endswith(f".{kind}"))
        self.made += 1
        drawn = Drawing(schemas, draw).kind(name)
        return _finished(kind, f"p{self.made}", drawn)

    def node(self, obj: Raw) -> Node:
        group, version = _group_version(obj["apiVersion"])
        node = self.schemas.of(group, version, obj["kind"])
        assert node is not None
        return node

    def differences(self, desired: Raw, live: Raw) -> list[Difference]:
        """All that differs, additions too."""
        desired, live = _sealed(desired), _sealed(live)
        fields = ManagedFields(live["metadata"].get("managedFields"), live["apiVersion"])
        found = compare(desired, live, self.node(desired), fields, GITOPS)
        reported = [each.path for each in found]
        return [*found, *foreign(Resource(live), fields, GITOPS, Managers(), desired, reported)]

    def apply(self, obj: Raw) -> Raw | None:
        """As Flux does; None where the API server refuses."""
        try:
            self.kube.apply(obj, manager=ENGINE)
        except ApiError as refused:
            note(f"refused: {refused}")
            print(refused)
            return None
        return self._read(obj)

    def edit(self, obj: Raw, edit: Edit) -> Raw | None:
        """As a person does; None where the API server refuses."""
        served, namespace, name = self.kube.locate(obj)
        try:
            self.kube.patch(served.kind, namespace, name, list(edit.operations), manager="kubectl-edit")
        except ApiError:
            return None
        return self._read(obj)

    def _read(self, obj: Raw) -> Raw:
        served, namespace, name = self.kube.locate(obj)
        return self.kube.request("GET", served.path(namespace, name))

    def delete(self, obj: Raw) -> None:
        served, namespace, name = self.kube.locate(obj)
        self.kube.delete(served.kind, namespace, name)


@pytest.fixture(scope="module")
def lab(bed: Bed) -> Iterator[Lab]:
    found = Lab(bed)
    try:
        found.set_up()
        yield found
    finally:
        found.tear_down()


@pytest.mark.parametrize("kind", KINDS)
def test_no_random_object_differs_until_it_is_edited(lab: Lab, kind: str) -> None:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],
    )
    @given(st.data())
    def one(data: st.DataObject) -> None:
        desired = lab.draw(kind, data.draw)
        note(f"desired: {desired}")
        before = lab.apply(desired)
        seen["refused" if before is None else "applied"] += 1
        if before is None:
            assume(False)
        try:
            assert lab.differences(desired, before) == []
            seen[_edited(lab, desired, before, data.draw)] += 1
        finally:
            lab.delete(desired)

    one()
    print(kind, dict(seen))
    assert seen["refused"] <= seen["applied"], seen
    assert seen["edited"] >= EXAMPLES / 5, seen


def _edited(lab: Lab, desired: Raw, before: Raw, draw: Draw) -> str:
    """One edit the API server takes, out of a few that are tried, shows where it was made."""
    possible = list(edits(_compared(desired), before, lab.node(desired)))
    if not possible:
        return "nothing to edit"
    size = min(TRIES, len(possible))
    for edit in draw(st.lists(st.sampled_from(possible), min_size=size, max_size=size, unique_by=id)):
        after = lab.edit(desired, edit)
        if after is None or _content(after) == _content(before):
            continue
        found = lab.differences(desired, after)
        note(f"edit: {edit}\nfound: {found}\nafter: {after}")
        assert any(edit.shows_as(each) for each in found if not each.lint), (edit, found)
        return "edited"
    return "no edit taken"


def _compared(desired: Raw) -> Raw:
    """What of an object is compared."""
    meta = {key: each for key, each in desired["metadata"].items() if key in ("labels", "annotations")}
    data = {**(desired.get("data") or {}), **(desired.get("stringData") or {})}
    rest = {key: each for key, each in desired.items() if key not in ("apiVersion", "kind", "stringData")}
    return {**rest, "metadata": meta, **({"data": data} if desired["kind"] == "Secret" else {})}


def _content(live: Raw) -> Raw:
    meta = {key: live["metadata"].get(key) for key in ("labels", "annotations")}
    return {**{key: each for key, each in live.items() if key != "status"}, "metadata": meta}


def _finished(kind: str, name: str, drawn: Raw) -> Raw:
    """The object with what no schema says: a name, and labels that a selector finds."""
    namespace = {} if kind == "ClusterRole" else {"namespace": NAMESPACE}
    drawn["metadata"] = {**(drawn.get("metadata") or {}), "name": name, **namespace}
    spec: Raw = drawn.get("spec") or {}
    if kind in ("Deployment", "StatefulSet", "DaemonSet"):
        template = spec["template"]
        meta = template["metadata"] = template.get("metadata") or {}
        meta["labels"] = {**(meta.get("labels") or {}), "app": name}
        spec["selector"] = {"matchLabels": {"app": name}}
    if kind in ("Job", "CronJob"):
        pods = spec if kind == "Job" else spec["jobTemplate"]["spec"]
        pods["template"]["spec"]["restartPolicy"] = "Never"
    return {"apiVersion": KINDS[kind], "kind": kind, **drawn}


def _sealed(obj: Raw) -> Raw:
    """Secrets as holdfast sees them: digests of the bytes."""
    if obj["kind"] != "Secret":
        return obj
    data = {key: _digest(b64decode(each)) for key, each in (obj.get("data") or {}).items()}
    texts = {key: _digest(each.encode()) for key, each in (obj.get("stringData") or {}).items()}
    return {**obj, "data": data, **({"stringData": texts} if texts else {})}


def _digest(value: bytes) -> str:
    return "hmac-sha256:" + hashlib.sha256(value).hexdigest()


def _group_version(api_version: str) -> tuple[str, str]:
    group, _, version = api_version.rpartition("/")
    return group, version
