"""Each row of reference/drift.md §2a and §2b that comparing decides, over objects a real API server has made."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import orjson
import pytest

from holdfast.checks.drift.compare import compare
from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.managed import ManagedFields
from holdfast.checks.drift.paths import text
from holdfast.checks.drift.schema import Node, Schemas
from tests.checks.drift.comparison_rows import EDITS, HEALTHY, ROWS, Found, Raw, Row

RECORDED: Raw = orjson.loads((Path(__file__).parent / "recorded" / "comparisons.json").read_bytes())
GITOPS = frozenset({"kustomize-controller"})
SCHEMAS = Schemas(
    {
        (version.rpartition("/")[0], version.rpartition("/")[2]): document
        for version, document in RECORDED["schemas"].items()
    }
)


def node_of(obj: Raw) -> Node:
    group, _, version = obj["apiVersion"].rpartition("/")
    found = SCHEMAS.of(group, version, obj["kind"])
    assert found is not None
    return found


def compared(desired: Raw, live: Raw, *, values_unknown: bool = False) -> list[Difference]:
    fields = ManagedFields(live["metadata"].get("managedFields"), live["apiVersion"])
    return compare(desired, live, node_of(live), fields, GITOPS, values_unknown=values_unknown)


def case(name: str) -> tuple[Raw, Raw]:
    """What Git says and what is live, of a recorded row, to be changed at will."""
    recorded = copy.deepcopy(RECORDED["cases"][name])
    return recorded["desired"], recorded["live"]


def told(differences: list[Difference]) -> list[tuple[str, str]]:
    return [(each.kind.value, text(each.path)) for each in differences]


def _is(difference: Difference, found: Found) -> bool:
    marks = frozenset(mark for mark in ("cosmetic", "lint", "ignored_by") if getattr(difference, mark))
    values = ((found.desired, difference.desired), (found.live, difference.live))
    return (difference.kind.value, text(difference.path), marks) == (found.kind, found.path, found.marks) and all(
        said is ... or (said == had and type(said) is type(had)) for said, had in values
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_shows_what_it_should(row: Row) -> None:
    found = compared(*case(row.name))
    assert len(found) == len(row.found), found
    assert all(_is(each, wanted) for each, wanted in zip(found, row.found, strict=True)), found


@pytest.mark.parametrize(
    "row",
    [each for each in HEALTHY if not each.found and each.number not in (21, 24, 43, 44)],
    ids=lambda row: row.name,
)
def test_a_healthy_row_is_no_blind_spot(row: Row) -> None:
    """What Git says of a healthy object, all of it gone from the live one, is missed."""
    desired, live = case(row.name)
    bare = {key: each for key, each in live.items() if key in ("apiVersion", "kind", "metadata")}
    assert {each.kind for each in compared(desired, bare)} == {Kind.REMOVED}


def test_the_recording_is_of_these_rows() -> None:
    assert list(RECORDED["cases"]) == [each.name for each in ROWS]
    for row in EDITS:
        assert RECORDED["cases"][row.name]["desired"].keys() == row.desired.keys()


def test_metadata_but_labels_and_annotations_is_not_compared() -> None:
    desired, live = case("84-finalizer")
    desired["metadata"] |= {
        "finalizers": ["other"],
        "ownerReferences": [{"uid": "x"}],
        "generation": 7,
        "resourceVersion": "1",
    }
    desired |= {"status": {"x": 1}}
    assert compared(desired, live) == []


def test_an_empty_label_is_a_label() -> None:
    desired, live = case("59-trailing-newline")
    desired["metadata"]["labels"] = {"a": "", "b": None}
    assert told(compared(desired, live)) == [("changed", "data.a"), ("removed", "metadata.labels.a")][::-1]


def test_of_encrypted_secrets_only_keys_are_compared() -> None:
    desired, live = case("82-secret-value-and-key")
    assert told(compared(desired, live, values_unknown=True)) == [("removed", "data.b")]
    desired["metadata"]["labels"] = {"a": "b"}  # SOPS leaves metadata readable
    desired["sops"] = {"mac": "x"}
    assert told(compared(desired, live, values_unknown=True)) == [
        ("removed", "metadata.labels.a"),
        ("removed", "data.b"),
    ]


def test_what_sops_has_encrypted_of_another_kind_is_not_compared() -> None:
    desired, live = case("72-arguments-reordered")
    pod = desired["spec"]["template"]["spec"]
    pod["containers"][0]["args"] = ["b", "ENC[AES256_GCM,data:x]"]
    pod["containers"][0]["image"] = "ENC[AES256_GCM,data:y]"
    assert compared(desired, live, values_unknown=True) == []
    pod["containers"][0]["args"][0] = "c"
    assert told(compared(desired, live, values_unknown=True)) == [
        ("changed", "spec.template.spec.containers[name=web].args")
    ]


def test_duplicates_are_told_apart_by_their_order() -> None:
    """An Update may make them (kubernetes#113482); Git of a Helm release holds them as well."""
    desired, live = case("47-variable")
    for each in (desired, live):
        each["spec"]["template"]["spec"]["containers"][0]["env"] = [
            {"name": "A", "value": "1"},
            {"name": "A", "value": "2"},
        ]
    assert compared(desired, live) == []
    live["spec"]["template"]["spec"]["containers"][0]["env"][1]["value"] = "3"
    (found,) = compared(desired, live)
    assert (found.desired, found.live) == ("2", "3")
    del live["spec"]["template"]["spec"]["containers"][0]["env"][1]
    (found,) = compared(desired, live)
    assert (found.kind, found.desired) == (Kind.REMOVED, {"name": "A", "value": "2"})


def test_a_placeholder_bundle_a_person_has_replaced_is_drift() -> None:
    desired, live = case("33-ca-injected-over-a-placeholder")
    for each in live["metadata"]["managedFields"]:
        each["manager"] = each["manager"].replace("cert-manager-cainjector", "kubectl-edit")
    (found,) = compared(desired, live)
    assert not found.ignored_by
    assert not found.lint


def test_a_real_bundle_git_says_is_compared() -> None:
    desired, live = case("32-ca-injected")
    desired["webhooks"][0]["clientConfig"]["caBundle"] = live["webhooks"][0]["clientConfig"]["caBundle"]
    assert compared(desired, live) == []
    live["webhooks"][0]["clientConfig"]["caBundle"] = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCgo="
    assert told(compared(desired, live)) == [("changed", "webhooks[name=hook.holdfast.test].clientConfig.caBundle")]


def test_a_number_where_a_text_belongs_is_for_git_to_mend() -> None:
    desired, live = case("9-empty-value-of-a-variable")
    for each, value in ((desired, 1), (live, "1")):
        each["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"] = value
    (found,) = compared(desired, live)
    assert found.lint


def test_a_field_a_custom_resource_does_not_know_is_for_git_to_mend() -> None:
    desired, live = case("30-int-or-string-as-written")
    desired["spec"]["nonsense"] = 1
    (found,) = compared(desired, live)
    assert (text(found.path), bool(found.lint)) == ("spec.nonsense", True)


def test_a_revision_copied_into_git_is_for_git_to_mend() -> None:
    desired, live = case("2-server-defaults")
    desired["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "7"}
    live["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "1"}
    (found,) = compared(desired, live)
    assert found.lint


def test_rules_of_a_role_git_says_are_compared() -> None:
    desired, live = case("24-empty-rules")
    rule = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
    desired["rules"] = [rule]
    assert told(compared(desired, live)) == [("removed", "rules")]
    live["rules"] = [{**rule, "verbs": ["get", "list"]}]
    assert told(compared(desired, live)) == [("changed", "rules[0].verbs")]


def test_what_stands_in_an_atomic_its_owner_has_not_lost_is_a_default() -> None:
    desired, live = case("7201-node-selector-with-one-more")
    for each in live["metadata"]["managedFields"]:
        each["manager"] = "kustomize-controller"
    assert compared(desired, live) == []


def test_without_a_schema_maps_are_compared_by_key_and_lists_as_a_whole() -> None:
    nobody = ManagedFields(None, "x/v1")
    live = {"spec": {"a": 1, "more": 2, "list": [1, 2], "deep": [{"x": 1, "y": 2}]}}
    desired: Raw = {"spec": {"a": 1, "zero": 0, "none": None, "list": [1, 2], "deep": [{"x": 1}]}}
    assert compare(desired, live, None, nobody, GITOPS) == []
    desired["spec"] = {"a": True, "gone": {"b": "c"}, "list": [2, 1], "deep": [{"x": 3}]}
    assert told(compare(desired, live, None, nobody, GITOPS)) == [
        ("changed", "spec.a"),
        ("removed", "spec.gone"),
        ("changed", "spec.list"),
        ("changed", "spec.deep[0].x"),
    ]


@pytest.mark.parametrize(
    "odd", [None, [], "x", 3, {"metadata": None}, {"metadata": [], "spec": []}, {"spec": {"template": 5}}]
)
def test_no_shape_makes_it_raise(odd: Any) -> None:
    desired, live = case("46-image")
    node, nobody = node_of(live), ManagedFields(None, "apps/v1")
    for want, have in ((desired, odd), (odd, live)):
        assert isinstance(compare(want, have, node, nobody, GITOPS), list)
