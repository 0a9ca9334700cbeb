"""What Flux does next: by whom the field is held, what the owner is told, what state it is in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from holdfast.checks.drift import classes
from holdfast.checks.drift.cleanup import is_sticky, warnings
from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.outlook import Next, outlook
from holdfast.checks.drift.paths import Key
from holdfast.model import Ref, Resource
from tests.checks.drift.cases import addition, field, helm_release, kustomization, recorded, thing

IMAGE = ("spec", "template", "spec", "containers", Key.of(name="web"), "image")
WEB = Ref("apps/v1", "Deployment", "apps", "web")
CLAIM = Ref("v1", "PersistentVolumeClaim", "apps", "data")


def marked(row: str, mark: dict[str, str], place: str = "annotations") -> dict[str, Any]:
    """A recorded live object with a label or annotation more."""
    live = recorded()[row]["live"]
    meta = live["metadata"]
    return {**live, "metadata": {**meta, place: {**meta.get(place, {}), **mark}}}


class TestWhatFluxTakesBackByItself:
    @pytest.mark.parametrize("row", ["48-env-added", "52-sidecar", "54-label", "57-pause", "66-replicas-patched"])
    def test_kubectls_additions(self, row: str) -> None:
        case = addition(row)
        assert not is_sticky(case)
        said = outlook(case)
        assert said.kind is Next.REVERTS
        assert "takes it away at its next reconcile, within 6m (every 10m)" in said.text

    @pytest.mark.parametrize("row", ["49-env-added-by-lens", "73-node-selector", "77-strategy"])
    def test_not_those_of_other_tools(self, row: str) -> None:
        case = addition(row)
        assert is_sticky(case)
        assert outlook(case).kind is Next.STAYS
        assert "only what kubectl added" in outlook(case).text
        assert "node-fetch" in outlook(case).text

    def test_not_the_number_of_a_node_port_where_git_wants_one(self) -> None:
        path = ("spec", "ports", Key.of(port=80, protocol="TCP"), "nodePort")
        case = field(Kind.FOREIGN, "76-node-port-number", path, by="kubectl-edit")
        wanted = {**case.desired, "spec": {**case.desired["spec"], "type": "NodePort"}}
        said = outlook(replace(case, desired=wanted))
        assert said.kind is Next.STAYS
        assert "keeps the port" in said.text
        assert outlook(replace(case, desired={"spec": {"type": "ClusterIP"}})).kind is Next.REVERTS

    def test_not_what_is_merged(self) -> None:
        case = addition("48-env-added")
        mark = {"kustomize.toolkit.fluxcd.io/ssa": "merge"}
        kept = replace(case, live=Resource(marked("48-env-added", mark)))
        assert outlook(kept).kind is Next.STAYS
        assert "ssa: Merge" in outlook(kept).text

    def test_values_whoever_wrote_them(self) -> None:
        for by in ("kubectl-set", "node-fetch", ""):
            said = outlook(field(Kind.CHANGED, "46-image", IMAGE, by=by))
            assert said.kind is Next.REVERTS, by
            assert "puts back what Git says" in said.text

    def test_what_is_removed_or_in_another_order(self) -> None:
        path = ("spec", "template", "spec", "containers")
        assert outlook(field(Kind.REMOVED, "51-limits-removed", IMAGE)).kind is Next.REVERTS
        assert outlook(field(Kind.ORDER, "71-order", path)).kind is Next.REVERTS

    def test_merge_keeps_no_value(self) -> None:
        case = field(Kind.CHANGED, "46-image", IMAGE, by="kubectl-set")
        live = Resource(marked("46-image", {"kustomize.toolkit.fluxcd.io/ssa": "Merge"}))
        assert outlook(replace(case, live=live)).kind is Next.REVERTS


class TestWarnings:
    def test_replicas_go_to_one(self) -> None:
        assert any("go back to 1" in each for each in warnings(addition("66-replicas-patched")))
        assert "go back to 1" in outlook(addition("66-replicas-patched")).text

    def test_a_restart_is_followed_by_another(self) -> None:
        assert any("a second time" in each for each in warnings(addition("56-restart")))

    def test_a_template_that_goes_back_is_a_rollout_and_no_second_one(self) -> None:
        said = warnings(addition("48-env-added"))
        assert any("rollout" in each and "second" not in each for each in said)

    def test_a_finalizer_lets_go_of_what_it_holds(self) -> None:
        case = addition("84-finalizer")
        assert any("nothing holds the object" in each for each in warnings(case))
        assert case.live is not None
        meta = {**case.live.raw["metadata"], "deletionTimestamp": "2026-03-02T11:00:00Z"}
        held = replace(case, live=Resource({**case.live.raw, "metadata": meta}))
        assert any("deleted for good" in each for each in warnings(held))

    def test_an_owner_reference(self) -> None:
        assert any("no longer deleted together" in each for each in warnings(addition("84-owner")))

    def test_a_label_costs_nothing(self) -> None:
        assert warnings(addition("54-label")) == ()


class TestOwners:
    def test_suspended(self) -> None:
        said = outlook(addition("48-env-added", kustomization(suspend=True)))
        assert said.kind is Next.STAYS
        assert "nothing while Kustomization/flux-system/apps is suspended; once it is resumed" in said.text

    def test_suspended_and_missing(self) -> None:
        said = outlook(thing(classes.MISSING, WEB, kustomization(suspend=True)))
        assert said.kind is Next.STAYS
        assert "it is made anew" in said.text

    def test_that_cannot_apply(self) -> None:
        said = outlook(addition("48-env-added", kustomization(ready="False")))
        assert said.kind is Next.PENDING
        assert "the dependency is not ready" in said.text

    def test_when_it_is_overdue_or_not_known(self) -> None:
        assert "overdue" in outlook(addition("48-env-added", kustomization(ago=timedelta(hours=3)))).text
        assert "due now" in outlook(addition("48-env-added", kustomization(ago=timedelta(minutes=11)))).text
        assert "within 10m" in outlook(thing(classes.MISSING, WEB, helm_release(mode="enabled"))).text

    def test_nobody(self) -> None:
        assert outlook(thing(classes.UNEXPECTED, WEB)).kind is Next.STAYS


class TestHelm:
    def test_nothing_brings_back_what_is_missing_until_an_upgrade(self) -> None:
        said = outlook(thing(classes.MISSING, WEB, helm_release()))
        assert said.kind is Next.STAYS
        assert "does not look for drift" in said.text
        assert "next upgrade" in said.text

    def test_warn_only_warns(self) -> None:
        said = outlook(thing(classes.MISSING, WEB, helm_release(mode="warn")))
        assert said.kind is Next.STAYS
        assert "only warns" in said.text

    def test_enabled_corrects(self) -> None:
        release = helm_release(mode="enabled")
        assert outlook(thing(classes.MISSING, WEB, release)).kind is Next.REVERTS
        assert outlook(field(Kind.CHANGED, "46-image", IMAGE, release)).kind is Next.REVERTS

    def test_additions_stay_even_so(self) -> None:
        said = outlook(addition("48-env-added", helm_release(mode="enabled")))
        assert said.kind is Next.STAYS
        assert "sees no additions" in said.text

    def test_an_object_it_is_told_not_to_look_at(self) -> None:
        case = field(Kind.CHANGED, "46-image", IMAGE, helm_release(mode="enabled"))
        mark = {"helm.toolkit.fluxcd.io/driftDetection": "disabled"}
        said = outlook(replace(case, live=Resource(marked("46-image", mark))))
        assert said.kind is Next.STAYS
        assert "is told not to look" in said.text

    def test_custom_resources_are_not_promised_anything(self) -> None:
        ref = Ref("example.org/v1", "Widget", "apps", "w")
        difference = Difference(Kind.CHANGED, ("spec", "size"), 1, 2)
        case = replace(thing(classes.CHANGED, ref, helm_release()), difference=difference)
        assert "may leave it" in outlook(case).text

    def test_a_release_made_beside_it_is_upgraded_again(self) -> None:
        ref = helm_release().ref
        assert outlook(thing(classes.OUT_OF_BAND, ref, helm_release())).kind is Next.REVERTS
        assert outlook(thing(classes.OUT_OF_BAND, ref, helm_release(ready="False"))).kind is Next.PENDING


class TestWhatIsNotSimplyReverted:
    def test_a_claim_cannot_shrink(self) -> None:
        case = thing(classes.CHANGED, CLAIM, kustomization())
        difference = Difference(Kind.CHANGED, ("spec", "resources", "requests", "storage"), "1Gi", "2Gi")
        said = outlook(replace(case, difference=difference))
        assert said.kind is Next.BLOCKED
        assert "refused each time" in said.text

    def test_force_deletes_and_makes_anew(self) -> None:
        job = thing(classes.CHANGED, Ref("batch/v1", "Job", "apps", "once"), kustomization(force=True))
        difference = Difference(Kind.CHANGED, ("spec", "template", "spec", "restartPolicy"), "Never", "OnFailure")
        said = outlook(replace(job, difference=difference))
        assert said.kind is Next.REVERTS
        assert "deletes the object and makes it anew" in said.text

    def test_an_immutable_config_map(self) -> None:
        live = Resource({"apiVersion": "v1", "kind": "ConfigMap", "immutable": True, "data": {"a": "2"}})
        difference = Difference(Kind.FOREIGN, ("immutable",), None, True)
        case = replace(thing(classes.FOREIGN, live.ref, kustomization()), live=live, difference=difference)
        assert outlook(case).kind is Next.BLOCKED

    def test_a_frozen_object(self) -> None:
        case = field(Kind.CHANGED, "46-image", IMAGE)
        live = Resource(marked("46-image", {"kustomize.toolkit.fluxcd.io/reconcile": "Disabled"}, "labels"))
        assert outlook(replace(case, live=live)).kind is Next.STAYS
        assert outlook(thing(classes.FROZEN, WEB, kustomization())).kind is Next.STAYS

    def test_a_fight_names_the_other(self) -> None:
        case = field(Kind.CHANGED, "80-other-applier", IMAGE, by="keel", what=classes.FOUGHT)
        said = outlook(case)
        assert said.kind is Next.FIGHTS
        assert "keel" in said.text

    def test_two_owners_take_turns(self) -> None:
        others = (kustomization().ref, Ref("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "flux-system", "b"))
        said = outlook(thing(classes.CONTESTED, WEB, kustomization(), others=others))
        assert said.kind is Next.FIGHTS
        assert "Kustomization/flux-system/b" in said.text

    def test_the_rest(self) -> None:
        assert outlook(thing(classes.TERMINATING, WEB, kustomization())).kind is Next.STAYS
        assert outlook(thing(classes.ORPHANED, WEB)).kind is Next.STAYS
        assert outlook(thing(classes.DANGLING, WEB)).kind is Next.PENDING
        assert outlook(thing(classes.PENDING, WEB, kustomization())).kind is Next.PENDING
        assert outlook(thing(classes.BLOCKED, WEB, kustomization(ready="False"))).kind is Next.BLOCKED

    def test_a_claim_that_comes_back_is_empty(self) -> None:
        assert "without its data" in outlook(thing(classes.MISSING, CLAIM, kustomization())).text
