"""managedFields as API servers write them, and as they should not be."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.drift.managed import ManagedFields, step
from holdfast.checks.drift.managers import Managers, class_of
from holdfast.checks.drift.paths import Key, Member, Path

from .additions import WEB, seen

IMAGE = (*WEB, "image")


def who(fields: ManagedFields, path: Path) -> list[str]:
    return [each.manager for each in fields.holders(path)]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("f:image", "image"),
        ("f:tls.crt", "tls.crt"),
        ("f:a:b", "a:b"),
        ('k:{"containerPort":80,"protocol":"TCP"}', Key.of(protocol="TCP", containerPort=80)),
        ('v:"finalizers.fluxcd.io"', Member("finalizers.fluxcd.io")),
        ("v:3", Member(3)),
        ("i:2", 2),
        (".", None),
        ("k:nonsense", None),
        ("k:[]", None),
        ("i:x", None),
        ("x:y", None),
    ],
)
def test_a_key_of_fields_v1_is_a_step(key: str, expected: Any) -> None:
    assert step(key) == expected


def test_what_was_applied_is_the_engines() -> None:
    assert who(seen("healthy").fields, IMAGE) == ["kustomize-controller"]


def test_what_was_updated_belongs_to_whoever_did() -> None:
    fields = seen("46-image").fields

    assert who(fields, IMAGE) == ["kubectl-set"]
    assert who(fields, (*WEB, "env", Key.of(name="A"), "value")) == ["kustomize-controller"]


def test_a_whole_list_belongs_to_whoever_changed_an_entry_of_it() -> None:
    assert who(seen("72-args").fields, (*WEB, "args", 0)) == ["kubectl-edit"]


def test_a_scale_is_told_from_other_updates_and_has_no_time() -> None:
    (change,) = seen("60-scale").fields.holders(("spec", "replicas"))

    assert (change.manager, change.cls, change.operation, change.subresource) == ("kubectl", "human", "Update", "scale")
    assert change.time is None


@pytest.mark.parametrize("name", ["62-scale-to-zero", "65-scale-unowned"])
def test_some_scales_are_signed_by_nobody(name: str) -> None:
    assert who(seen(name).fields, ("spec", "replicas")) == []


def test_what_the_server_defaulted_is_nobodys() -> None:
    assert who(seen("healthy").fields, ("spec", "template", "spec", "dnsPolicy")) == []


def test_an_entry_in_another_version_speaks_of_metadata_only() -> None:
    fields = seen("37-same-name").fields

    assert who(fields, ("spec", "maxReplicas")) == []
    assert [each.manager for each in fields.elsewhere() if each.subresource != "status"] == ["kubectl-edit"]


def test_a_label_is_found_in_whatever_version_it_was_written() -> None:
    raw = [
        {
            "manager": "x",
            "operation": "Update",
            "apiVersion": "v1beta1",
            "fieldsV1": {"f:metadata": {"f:labels": {"f:a": {}}}},
        }
    ]

    assert who(ManagedFields(raw, "v1"), ("metadata", "labels", "a")) == ["x"]


def test_an_entry_of_a_list_that_was_added_is_one_thing() -> None:
    (change,) = seen("52-sidecar").fields.holders((*WEB[:-1], Key.of(name="debug")))

    assert change.paths == ("spec.template.spec.containers[name=debug]",)


def test_two_that_are_at_one_thing_are_both_named_the_latest_first() -> None:
    debug = (*WEB[:-1], Key.of(name="debug"))

    assert set(who(seen("52-sidecar-then-image").fields, debug)) == {"kubectl-patch", "kubectl-set"}
    assert who(seen("52-sidecar-then-image").fields, (*debug, "image")) == ["kubectl-set"]


def test_of_many_fields_a_dozen_are_named() -> None:
    change = next(each for each in seen("92-reapplied").fields.holders(("metadata", "labels", "x")))

    assert len(change.paths) == 13
    assert change.paths[-1] == "…"


@pytest.mark.parametrize(
    "raw",
    [None, [], [{}], {}, "x", [None], [{"manager": "x"}], [{"manager": "x", "fieldsV1": None}], [{"fieldsV1": "{}"}]],
)
def test_managed_fields_that_tell_nothing_are_not_known(raw: Any) -> None:
    fields = ManagedFields(raw, "v1")

    assert not fields.known
    assert fields.holders(("spec",)) == ()


def test_stripped_managed_fields_are_not_known() -> None:
    assert not seen("92-stripped").fields.known
    assert seen("healthy").fields.known


def test_entries_bent_in_places_still_tell_the_rest() -> None:
    raw = [{"manager": None, "time": "yesterday", "fieldsV1": {"f:data": {"f:a": {}, "f:b": 3, "k:x": {}}}}]
    fields = ManagedFields(raw, "v1")

    (change,) = fields.holders(("data", "a"))
    assert (change.manager, change.time, change.paths) == ("?", None, ("data.a",))
    assert fields.holders(("data", "b")) == ()


def test_too_many_managers_are_one_the_server_cannot_tell_apart() -> None:
    (change,) = seen("91-many").fields.holders(("data", "k0"))

    assert (change.manager, change.cls) == ("ancient-changes", "unknown")


@pytest.mark.parametrize(
    ("manager", "cls"),
    [
        ("kubectl-client-side-apply", "human"),
        ("kubectl", "human"),
        ("node-fetch", "human"),
        ("k9s", "human"),
        ("OpenAPI-Generator", "human"),
        ("flux", "human"),
        ("rancher", "human"),
        ("Terraform", "human"),
        ("HashiCorp", "human"),
        ("kustomize-controller", "gitops"),
        ("gotk-kustomize-controller", "gitops"),
        ("helm", "gitops"),
        ("flux-operator", "gitops"),
        ("flux-client-side-apply", "accepted"),
        ("kube-controller-manager", "cluster"),
        ("clusterrole-aggregation-controller", "cluster"),
        ("openshift-controller-manager", "cluster"),
        ("cainjector", "operator"),
        ("cert-manager-cainjector", "operator"),
        ("PrometheusOperator", "operator"),
        ("vpa-recommender", "operator"),
        ("keda-operator", "operator"),
        ("controller", "unknown"),
        ("manager", "unknown"),
        ("ancient-changes", "unknown"),
        ("before-first-apply", "unknown"),
        ("octopus", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_managers_name_says_what_kind_of_hand_it_is(manager: str, cls: str) -> None:
    assert class_of(manager) == cls
    assert Managers().cls(manager, "Update") == cls


@pytest.mark.parametrize("trusted", ["acme", "ac*", "acme/Apply", "a?me"])
def test_the_platform_says_whom_it_trusts(trusted: str) -> None:
    managers = Managers(frozenset({trusted, "other"}))

    assert managers.cls("acme", "Apply") == "operator"
    assert managers.cls("acm", "Apply") == ("operator" if trusted == "ac*" else "unknown")


def test_trust_may_be_for_one_operation() -> None:
    managers = Managers(frozenset({"acme/Apply"}))

    assert [managers.cls("acme", each) for each in ("Apply", "Update")] == ["operator", "unknown"]
