"""What others set on the engine's objects: row by row, as a real API server holds it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.checks.drift.collapse import called
from holdfast.checks.drift.difference import Kind
from holdfast.checks.drift.foreign import LAST_APPLIED, foreign, unseen
from holdfast.checks.drift.managed import ManagedFields
from holdfast.checks.drift.managers import Managers
from holdfast.checks.drift.paths import text
from holdfast.checks.drift.said import UNASKED
from holdfast.model import Resource

from .additions import ENGINE, WEB, Seen, adopted, seen

LAST = ("metadata", "annotations", LAST_APPLIED)


def told(here: Seen, *, asked: bool = True) -> list[tuple[str, str]]:
    """What a person reads, and who."""
    found = here.additions(asked=asked)
    return [(called(each, here.live.kind), "+".join(who.manager for who in each.changed_by)) for each in found]


@pytest.mark.parametrize(
    ("row", "path", "words", "manager"),
    [
        ("48-env-added", f"{text(WEB)}.env[name=NEW]", "env `NEW` of container `web` added", "kubectl-set"),
        ("49-env-added-by-lens", f"{text(WEB)}.env[name=L]", "env `L` of container `web` added", "node-fetch"),
        ("52-sidecar", "spec.template.spec.containers[name=debug]", "container `debug` added", "kubectl-patch"),
        ("54-label", "metadata.labels.x", "label `x` added", "kubectl-label"),
        (
            "54-annotation",
            'metadata.annotations["team.example/x"]',
            "annotation `team.example/x` added",
            "kubectl-annotate",
        ),
        (
            "56-restart",
            'spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]',
            "rollout restarted (annotation kubectl.kubernetes.io/restartedAt)",
            "kubectl-rollout",
        ),
        ("57-pause", "spec.paused", "rollout paused", "kubectl-rollout"),
        ("66-replicas-patched", "spec.replicas", "scaled to 5", "kubectl-patch"),
        ("66-replicas-patched-then-scaled", "spec.replicas", "scaled to 3 by scale", "kubectl"),
        ("73-node-selector", "spec.template.spec.nodeSelector", "spec.template.spec.nodeSelector set", "node-fetch"),
        ("75-node-port", "spec.type", "spec.type set", "kubectl-patch"),
        ("75-port-added", "spec.ports[port=81,protocol=TCP]", "port `81/TCP` added", "kubectl-edit"),
        ("77-strategy", "spec.strategy.type", "spec.strategy.type set", "node-fetch"),
        ("78-client-side-apply", "data.c", "key `c` of the ConfigMap added", "kubectl-client-side-apply"),
        ("79-server-side-apply", "data.c", "key `c` of the ConfigMap added", "kubectl"),
        ("83-secret-key", "data.more", "key `more` of the Secret added", "kubectl-edit"),
        ("84-finalizer", "metadata.finalizers[=rows.test/hold]", "finalizer `rows.test/hold` added", "kubectl-edit"),
        ("86-unknown", "data.c", "key `c` of the ConfigMap added", "manager"),
        ("98-hotfix", "data.hot", "key `hot` of the ConfigMap added", "flux-client-side-apply"),
        ("121-suspended-by-flux", "spec.timeout", "spec.timeout set", "flux"),
    ],
)
def test_an_addition_is_one_thing_with_its_value_and_who(row: str, path: str, words: str, manager: str) -> None:
    here = seen(row)
    (found,) = here.additions()

    assert text(found.path) == path
    assert called(found, here.live.kind) == words
    assert [each.manager for each in found.changed_by] == [manager]
    assert (found.kind, found.desired) == (Kind.FOREIGN, None)
    assert found.live is not None


@pytest.mark.parametrize(
    "row",
    [
        "healthy",
        "22-claim",
        "32-ca-bundle",
        "65-scale-unowned",
        "84-finalizer-by-operator",
        "86-operator",
        "86-own-controller",
        "121-requested",
        "taken-over-and-back",
    ],
)
def test_nothing_is_said_of_what_is_no_addition(row: str) -> None:
    assert seen(row).additions() == []


@pytest.mark.parametrize(
    "row",
    ["46-image", "47-env-changed", "60-scale", "72-args", "80-other-applier", "82-secret-changed", "37-same-name"],
)
def test_a_value_git_says_is_for_the_comparison_to_judge(row: str) -> None:
    assert seen(row).additions() == []


@pytest.mark.parametrize("row", ["50-env-removed", "51-limits-removed", "62-scale-to-zero", "71-order"])
def test_what_was_taken_away_is_no_addition(row: str) -> None:
    assert seen(row).additions() == []
    assert seen(row).additions(asked=False) == []


@pytest.mark.parametrize("here", adopted(), ids=lambda each: f"{each.live.kind}-{each.live.name}")
def test_the_servers_defaults_are_nobodys_addition(here: Seen) -> None:
    """Whoever made the object owns them all."""
    assert "node-fetch" in [each.manager for each in here.fields.entries]
    assert here.additions() == []
    assert here.additions(asked=False) == []


def test_the_bare_objects_do_hold_defaults_of_another_hand() -> None:
    """Without the table, the test above would not pass."""
    owned = next(each for each in adopted() if each.live.kind == "Deployment").fields

    for name in ("dnsPolicy", "terminationGracePeriodSeconds", "serviceAccount"):
        assert [each.manager for each in owned.holders(("spec", "template", "spec", name))] == ["node-fetch"]


def test_the_same_field_with_another_value_is_an_addition() -> None:
    here = next(each for each in adopted() if each.live.kind == "Deployment")
    raw = copy.deepcopy(dict(here.live.raw))
    raw["spec"]["template"]["spec"]["dnsPolicy"] = "None"
    raw["spec"]["revisionHistoryLimit"] = 0
    changed = Seen(here.desired, Resource(raw), ())

    assert [text(each.path) for each in changed.additions()] == [
        "spec.revisionHistoryLimit",
        "spec.template.spec.dnsPolicy",
    ]


def test_the_whole_thing_is_shown_with_both_hands_that_were_at_it() -> None:
    (found,) = seen("52-sidecar-then-image").additions()

    assert found.live["image"] == "busybox:2"
    assert sorted(each.manager for each in found.changed_by) == ["kubectl-patch", "kubectl-set"]


def test_a_port_number_of_the_node_is_told_beside_the_type() -> None:
    assert told(seen("76-node-port-number")) == [
        ("spec.type set", "kubectl-patch"),
        ("nodePort of port `80/TCP` set", "kubectl-edit"),
    ]


def test_an_owner_reference_by_hand_is_an_addition() -> None:
    assert told(seen("84-owner")) == [("owner reference added", "kubectl-edit")]


def test_of_many_managers_each_addition_is_told() -> None:
    found = told(seen("91-many"))

    assert len(found) == 13
    assert ("key `k0` of the ConfigMap added", "ancient-changes") in found
    assert ("key `k12` of the ConfigMap added", "tool-12") in found


def test_after_managed_fields_were_lost_additions_are_told_and_defaults_are_not() -> None:
    assert told(seen("92-reapplied")) == [
        ("label `x` added", "before-first-apply"),
        ("container `debug` added", "before-first-apply"),
    ]


def test_stripped_managed_fields_tell_nothing_and_say_so() -> None:
    here = seen("92-stripped")
    blind = unseen(here.live, here.fields)

    assert here.additions() == []
    assert blind is not None
    assert (blind.code, blind.subject) == ("unreadable", "Deployment/rows/row-92-stripped")
    assert unseen(seen("healthy").live, seen("healthy").fields) is None


def test_whom_the_platform_trusts_may_add() -> None:
    assert seen("49-env-added-by-lens").additions(trusted=("node-*",)) == []
    assert seen("86-unknown").additions(trusted=("manager",)) == []


def test_an_operator_that_is_only_called_manager_may_add_where_it_writes_the_status() -> None:
    """The same entry, without the one for the status, is told."""
    here = seen("86-own-controller")
    raw = copy.deepcopy(dict(here.live.raw))
    raw["metadata"]["managedFields"] = [
        each
        for each in raw["metadata"]["managedFields"]
        if (each["manager"], each.get("subresource")) != ("manager", "status")
    ]

    assert told(Seen(here.desired, Resource(raw), ())) == [("spec.timeout set", "manager")]


def test_a_finalizer_by_a_program_is_how_it_holds_on_and_by_hand_is_told() -> None:
    assert seen("84-finalizer-by-operator").additions() == []
    assert len(seen("84-finalizer").additions()) == 1


def test_nothing_is_told_twice() -> None:
    (found,) = seen("52-sidecar").additions()

    assert seen("52-sidecar").additions(reported=(found.path,)) == []
    assert seen("52-sidecar").additions(reported=(found.path[:-1],)) == []
    assert seen("52-sidecar").additions(reported=(("spec", "replicas"),)) == [found]


def test_the_copy_kubectl_apply_leaves_is_told_only_where_nothing_else_tells_of_it() -> None:
    here = seen("78-client-side-apply")
    said = {**here.desired, "data": {**here.desired["data"], "c": "3"}}
    alone = foreign(here.live, here.fields, ENGINE, Managers(), said, ())

    assert LAST not in [each.path for each in here.additions()]
    assert [each.path for each in alone] == [LAST]


def test_in_a_secret_that_copy_is_always_told() -> None:
    here = seen("78-client-side-apply")
    raw = {**here.live.raw, "kind": "Secret"}
    fields = ManagedFields(raw["metadata"]["managedFields"], "v1")

    found = foreign(Resource(raw), fields, ENGINE, Managers(), {**here.desired, "kind": "Secret"}, ())
    assert [each.path for each in found] == [("data", "c"), LAST]


def test_a_field_by_another_versions_name_is_told_unless_the_comparison_met_it() -> None:
    (found,) = seen("37-other-version").additions()

    assert (text(found.path), found.live) == ("spec.metrics", None)
    assert seen("37-other-version").additions(reported=(("spec", "targetCPUUtilizationPercentage"),)) == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("46-image", "image of container `web` set"),
        ("47-env-changed", "value of env `A` of container `web` set"),
        ("60-scale", "scaled to 5 by scale"),
        ("72-args", "args of container `web` set"),
        ("82-secret-changed", "key `password` of the Secret set"),
        ("54-label", "label `x` set"),
    ],
)
def test_without_git_a_field_taken_over_is_told_and_marked(row: str, words: str) -> None:
    here = seen(row)
    (found,) = here.additions(asked=False)

    assert called(found, here.live.kind) == words
    assert found.desired is UNASKED


def test_without_git_what_was_made_whole_is_an_addition_all_the_same() -> None:
    (found,) = seen("52-sidecar").additions(asked=False)

    assert found.desired is None


def test_what_git_leaves_empty_git_does_not_say() -> None:
    here = seen("73-node-selector")
    said = copy.deepcopy(here.desired)
    said["spec"]["template"]["spec"]["nodeSelector"] = {}

    found = foreign(here.live, here.fields, ENGINE, Managers(), said, ())
    assert [text(each.path) for each in found] == ["spec.template.spec.nodeSelector"]


def test_a_key_that_git_gives_as_string_data_is_no_addition() -> None:
    """Somebody changed it and the comparison judges it; nothing was added."""
    here = seen("82-secret-changed")

    assert "data" not in here.desired
    assert here.additions() == []


def test_another_engine_is_somebody_else() -> None:
    """Objects of a HelmRelease on which a Kustomization sets fields."""
    raw = copy.deepcopy(dict(seen("86-unknown").live.raw))
    for each in raw["metadata"]["managedFields"]:
        if each["manager"] == "manager":
            each["manager"] = "argocd-controller"

    assert told(Seen(seen("86-unknown").desired, Resource(raw), ())) == [
        ("key `c` of the ConfigMap added", "argocd-controller")
    ]


@given(
    data=st.data(),
    row=st.sampled_from(["52-sidecar", "76-node-port-number", "84-finalizer", "91-many", "37-other-version"]),
)
@settings(max_examples=150, deadline=None)
def test_whatever_stands_in_managed_fields_is_survived(data: st.DataObject, row: str) -> None:
    here = seen(row)
    raw = copy.deepcopy(dict(here.live.raw))
    _bent(data, raw["metadata"]["managedFields"])
    bent = Seen(here.desired, Resource(raw), ())

    for asked in (True, False):
        for each in bent.additions(asked=asked):
            assert called(each, bent.live.kind)
            assert each.changed_by


def _bent(data: st.DataObject, node: Any) -> None:
    """One value somewhere below replaced, or a key beside it."""
    odd: st.SearchStrategy[Any] = st.sampled_from(
        [None, [], {}, "", "x", 3, True, {"": {}}, {".": {}}, {"f:": {}}, {"v:{}": {}}]
    )
    keys = list(node) if isinstance(node, dict) else range(len(node))
    if not keys:
        return
    key = data.draw(st.sampled_from(keys))
    if isinstance(node[key], dict | list) and node[key] and data.draw(st.integers(0, 4)):
        _bent(data, node[key])
    elif isinstance(node, dict) and data.draw(st.booleans()):
        name = data.draw(st.sampled_from(["i:-1", "i:9", "k:{}", 'k:{"name":{}}', "v:", "v:[]", "f:metadata", "q"]))
        node[name] = data.draw(odd)
    else:
        node[key] = data.draw(odd)
