"""Ignore rules and marks, read as Flux reads them (reference rows 94-99; pkg/ssa 0.76, json-patch 5.9)."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

import pytest

from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.ignore import (
    ignore_rules,
    ignored_difference,
    ignored_object,
    ignored_path,
    misplaced,
)
from holdfast.checks.drift.paths import Key, Path
from holdfast.checks.drift.targets import compiled
from holdfast.model import Resource
from tests.checks.drift.objects_seen import desired, entry, helm_release, kustomization, live

WEB = ("spec", "template", "spec", "containers", Key.of(name="web"))
LOG = ("spec", "template", "spec", "containers", Key.of(name="log"))
REPLICAS: Path = ("spec", "replicas")
SSA = "kustomize.toolkit.fluxcd.io/ssa"
RECONCILE = "kustomize.toolkit.fluxcd.io/reconcile"


def ignoring(*paths: str, target: dict[str, Any] | None = None) -> Resource:
    """A Kustomization with one rule."""
    rule: dict[str, Any] = {"paths": list(paths)}
    if target is not None:
        rule["target"] = target
    return kustomization(ignore=[rule])


class TestTarget:
    PARTS: ClassVar = {"group": "apps", "version": "v1", "kind": "Deployment", "name": "web-1", "namespace": "apps"}

    @pytest.mark.parametrize(
        ("target", "matches"),
        [
            ({}, True),
            ({"kind": "Deployment"}, True),
            ({"kind": "Deploy"}, False),  # anchored at the end
            ({"kind": "ployment"}, False),  # and at the beginning
            ({"kind": "Deploy.*"}, True),
            ({"kind": "StatefulSet|Deployment"}, True),  # the alternatives are anchored together
            ({"kind": "Deploy|ment"}, False),
            ({"kind": "(?i)deployment"}, True),
            ({"kind": "deployment"}, False),
            ({"kind": "[[:upper:]][[:lower:]]+"}, True),
            ({"kind": r"(?<start>Dep)loyment\z"}, True),
            ({"name": r"web-\d"}, True),
            ({"group": "apps", "version": "v1beta1"}, False),
            ({"group": ""}, True),  # what is empty is not asked
            ({"namespace": "default"}, False),
            ({"labelSelector": "app=web"}, True),
            ({"labelSelector": "app == web,tier"}, True),
            ({"labelSelector": "app!=web"}, False),
            ({"labelSelector": "zone!=a"}, True),  # absent: not equal
            ({"labelSelector": "app in (db, web),!zone"}, True),
            ({"labelSelector": "app in(web)"}, True),  # Flux's own test writes it without the blank
            ({"labelSelector": "tier notin (front)"}, False),
            ({"labelSelector": "zone notin (a)"}, True),
            ({"labelSelector": "tier="}, False),
            ({"labelSelector": "weight>4"}, True),
            ({"labelSelector": "weight < 4"}, False),
            ({"labelSelector": "app > 4"}, False),
            ({"annotationSelector": "scaled-by in (keda,hpa)"}, True),
            ({"annotationSelector": "!scaled-by"}, False),
        ],
    )
    def test_is_matched_as_flux_does(self, target: dict[str, str], matches: bool) -> None:
        labels = {"app": "web", "tier": "front", "weight": "5"}
        made = compiled(target)
        assert (made.names(self.PARTS) and made.selects(labels, {"scaled-by": "keda"})) is matches

    @pytest.mark.parametrize(
        "target",
        [
            {"kind": "Deploy("},
            {"kind": "(?=Deployment).*"},
            {"name": r"(a)\1"},
            {"name": "we++b-1"},
            {"name": "(?#not in Go)web-1"},
            {"labelSelector": "app=web tier=front"},
            {"labelSelector": "app,,tier"},
            {"labelSelector": "weight>many"},
        ],
    )
    def test_what_flux_refuses_is_a_problem_and_ignores_nothing(self, target: dict[str, str]) -> None:
        owner = ignoring("/spec/replicas", target=target)
        (problem,) = ignore_rules(owner).problems
        assert (problem.code, problem.subject) == ("unreadable", "Kustomization/flux-system/apps")
        assert problem.detail.startswith("spec.ignore[0]: ")
        assert ignored_path(owner, desired(), live(), REPLICAS) == ""


class TestPointers:
    """Row 99."""

    @pytest.mark.parametrize(
        ("pointer", "path", "ignored"),
        [
            ("/spec/replicas", REPLICAS, True),
            ("/spec", REPLICAS, True),
            ("/spec/replica", REPLICAS, False),
            ("/spec/replicas/x", REPLICAS, False),
            ("spec/replicas", REPLICAS, False),  # what stands before the first slash is dropped
            ("", REPLICAS, False),  # kustomize-controller knows no whole object
            ("/metadata/annotations/example.com~1hash", ("metadata", "annotations", "example.com/hash"), True),
            ("/metadata/annotations/a~01", ("metadata", "annotations", "a~1"), True),
            ("/spec/template/spec/containers/0/image", (*WEB, "image"), True),
            ("/spec/template/spec/containers/1/image", (*WEB, "image"), False),
            ("/spec/template/spec/containers/1", (*LOG, "image"), True),
            ("/spec/template/spec/containers/-1", (*LOG, "image"), True),
            ("/spec/template/spec/containers/2", (*LOG, "image"), False),
            ("/spec/template/spec/containers/web/image", (*WEB, "image"), False),
            (
                "/spec/template/spec/containers/0/ports/0",
                (*WEB, "ports", Key.of(containerPort=80, protocol="TCP"), "name"),
                True,
            ),
        ],
    )
    def test_cover_what_is_at_or_below_them(self, pointer: str, path: Path, ignored: bool) -> None:
        assert ignored_path(ignoring(pointer), desired(), live(), path) == ("spec.ignore[0]" if ignored else "")

    def test_an_index_counts_in_the_clusters_list_and_says_when_git_means_another(self) -> None:
        seen = live()
        seen.raw["spec"]["template"]["spec"]["containers"].insert(0, {"name": "debug", "image": "busybox"})
        owner = ignoring("/spec/template/spec/containers/0/image")
        assert ignored_path(owner, desired(), seen, (*WEB, "image")) == ""
        assert ignored_path(
            owner, desired(), seen, ("spec", "template", "spec", "containers", Key.of(name="debug"), "image")
        )
        assert misplaced(owner, desired(), seen) == (
            "spec.ignore[0] of Kustomization/flux-system/apps ignores /spec/template/spec/containers/0/image: "
            "web in Git, debug in the cluster",
        )
        assert misplaced(owner, desired(), live()) == ()

    def test_removals_one_after_another_move_the_indexes(self) -> None:
        first, second = "/spec/template/spec/containers/0", "/spec/template/spec/containers/1"
        both = ignoring(first, second)  # after the first removal one container is left, and no second one
        assert ignored_path(both, desired(), live(), (*WEB, "image"))
        assert ignored_path(both, desired(), live(), (*LOG, "image")) == ""
        assert ignored_path(ignoring(first, first), desired(), live(), (*LOG, "image"))

    def test_a_numeric_part_may_be_a_maps_key(self) -> None:
        seen = Resource({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"0": "x"}})
        assert ignored_path(ignoring("/data/0"), None, seen, ("data", "0")) == "spec.ignore[0]"

    def test_what_only_git_has_goes_by_gits_positions(self) -> None:
        seen = live()
        del seen.raw["spec"]["template"]["spec"]["containers"][1]
        assert ignored_path(ignoring("/spec/template/spec/containers/1"), desired(), seen, LOG) == "spec.ignore[0]"
        assert ignored_path(ignoring("/spec/template/spec/containers/0"), desired(), seen, LOG) == ""

    def test_a_removed_field_of_a_kept_entry(self) -> None:
        seen = live()
        del seen.raw["spec"]["template"]["spec"]["containers"][0]["image"]
        owner = ignoring("/spec/template/spec/containers/0/image")
        assert ignored_path(owner, desired(), seen, (*WEB, "image")) == "spec.ignore[0]"


class TestDifference:
    NODES: Path = ("spec", "template", "spec", "nodeSelector")

    def test_an_atomic_value_that_differs_only_in_what_is_ignored(self) -> None:
        seen = live()
        seen.raw["spec"]["template"]["spec"]["nodeSelector"] = {"kubernetes.io/os": "windows"}
        found = Difference(Kind.CHANGED, self.NODES, {"kubernetes.io/os": "linux"}, {"kubernetes.io/os": "windows"})
        owner = ignoring("/spec/template/spec/nodeSelector/kubernetes.io~1os")
        assert ignored_path(owner, desired(), seen, self.NODES) == ""
        assert ignored_difference(owner, desired(), seen, found) == "spec.ignore[0]"

    def test_an_atomic_value_that_differs_in_more(self) -> None:
        seen = live()
        now = {"kubernetes.io/os": "windows", "zone": "a"}
        seen.raw["spec"]["template"]["spec"]["nodeSelector"] = now
        found = Difference(Kind.CHANGED, self.NODES, {"kubernetes.io/os": "linux"}, now)
        owner = ignoring("/spec/template/spec/nodeSelector/kubernetes.io~1os")
        assert ignored_difference(owner, desired(), seen, found) == ""

    def test_an_added_map_of_nothing_but_what_is_ignored(self) -> None:
        seen = live(annotations={"example.com/hash": "1"})
        found = Difference(Kind.FOREIGN, ("metadata", "annotations"), live={"example.com/hash": "1"})
        owner = ignoring("/metadata/annotations/example.com~1hash")
        assert ignored_difference(owner, desired(), seen, found) == "spec.ignore[0]"
        added = live(annotations={"example.com/hash": "1", "b": "2"})
        more = Difference(Kind.FOREIGN, ("metadata", "annotations"), live={"example.com/hash": "1", "b": "2"})
        assert ignored_difference(owner, desired(), added, more) == ""

    def test_merge_keeps_additions_and_not_values(self) -> None:
        """Row 94."""
        git = desired(annotations={SSA: "merge"})  # values count in any case
        seen = live(annotations={SSA: "merge"})
        added = Difference(Kind.FOREIGN, ("metadata", "labels", "new"), live="x")
        changed = Difference(Kind.CHANGED, REPLICAS, 2, 5)
        owner = kustomization()
        assert ignored_difference(owner, git, seen, added) == f"annotation {SSA}: merge"
        assert ignored_difference(owner, git, seen, changed) == ""
        assert ignored_difference(helm_release(), git, seen, added) == ""

    def test_merge_set_by_hand_alone_is_no_rule(self) -> None:
        by_hand = entry("kubectl-annotate", {"f:metadata": {"f:annotations": {f"f:{SSA}": {}}}})
        seen = live(annotations={SSA: "Merge"}, managedFields=[by_hand])
        added = Difference(Kind.FOREIGN, ("metadata", "labels", "new"), live="x")
        assert ignored_difference(kustomization(), desired(), seen, added) == ""
        assert ignored_difference(kustomization(), None, seen, added) == ""


class TestObject:
    @pytest.mark.parametrize("place", ["annotations", "labels"])
    def test_ignored_in_git_even_when_it_is_not_there(self, place: str) -> None:
        """Row 96."""
        git = desired(**{place: {SSA: "Ignore"}})
        said = f"{place.removesuffix('s')} {SSA}: Ignore"
        assert ignored_object(kustomization(), git, None) == said
        assert ignored_object(kustomization(), git, live()) == said
        assert ignored_object(helm_release(), git, live()) == ""  # helm-controller does not know it

    def test_disabled_in_any_case(self) -> None:
        git = desired(annotations={RECONCILE: "Disabled"})
        assert ignored_object(kustomization(), git, live()) == f"annotation {RECONCILE}: Disabled"

    def test_in_the_cluster_alone_it_is_not_ignored_but_frozen(self) -> None:
        """Row 97."""
        assert ignored_object(kustomization(), desired(), live(annotations={RECONCILE: "disabled"})) == ""

    def test_created_once_is_ignored_once_it_is_there(self) -> None:
        """Row 95: and still missed where it is not."""
        git = desired(annotations={SSA: "IfNotPresent"})
        assert ignored_object(kustomization(), git, live()) == f"annotation {SSA}: IfNotPresent"
        assert ignored_object(kustomization(), git, None) == ""
        assert ignored_object(kustomization(), desired(), live(annotations={SSA: "IfNotPresent"})) == ""

    def test_without_a_manifest_the_engines_own_mark_counts(self) -> None:
        fields: dict[str, Any] = {"f:metadata": {"f:annotations": {f"f:{SSA}": {}}}}
        by_flux = live(
            annotations={SSA: "IfNotPresent"}, managedFields=[entry("kustomize-controller", fields, operation="Apply")]
        )
        by_hand = live(annotations={SSA: "IfNotPresent"}, managedFields=[entry("kubectl-annotate", fields)])
        assert ignored_object(kustomization(), None, by_flux) == f"annotation {SSA}: IfNotPresent"
        assert ignored_object(kustomization(), None, by_hand) == ""

    def test_helm_controller_knows_the_whole_object(self) -> None:
        rule = {"paths": [""], "target": {"kind": "Deployment", "name": "web"}}
        owner = helm_release(driftDetection={"mode": "enabled", "ignore": [rule]})
        assert ignored_object(owner, desired(), live()) == "spec.driftDetection.ignore[0]"
        assert ignored_object(owner, desired(), None) == "spec.driftDetection.ignore[0]"
        other = desired()
        other["metadata"]["name"] = "db"
        assert ignored_object(owner, other, None) == ""

    def test_drift_detection_disabled(self) -> None:
        mark = "helm.toolkit.fluxcd.io/driftDetection"
        git = desired(annotations={mark: "disabled"})
        assert ignored_object(helm_release(), git, live()) == f"annotation {mark}: disabled"
        assert ignored_object(kustomization(), git, live()) == ""


class TestRules:
    def test_are_named_by_their_place(self) -> None:
        owner = kustomization(
            ignore=[
                {"paths": ["/spec/replicas"], "target": {"kind": "StatefulSet"}},
                {"paths": ["/spec/replicas"], "target": {"kind": "Deployment"}},
            ]
        )
        assert ignored_path(owner, desired(), live(), REPLICAS) == "spec.ignore[1]"

    def test_flux_heeds_only_the_last_without_a_target(self) -> None:
        owner = kustomization(ignore=[{"paths": ["/spec/replicas"]}, {"paths": ["/spec/paused"]}])
        assert ignored_path(owner, desired(), live(), REPLICAS) == ""
        assert ignored_path(owner, desired(), live(), ("spec", "paused")) == "spec.ignore[1]"
        assert ignore_rules(owner).warnings == (
            "spec.ignore[0] has no effect: Flux heeds only the last rule without a target",
        )

    def test_an_idle_path_is_told(self) -> None:
        assert ignore_rules(ignoring("")).warnings == (
            'spec.ignore[0] has the path "", which ignores nothing: pointers begin with /',
        )
        assert ignore_rules(ignoring("/spec/replicas")).warnings == ()

    def test_labels_of_the_live_object_count_for_kustomizations_only(self) -> None:
        """One engine holds targets against the dry-run's answer, the other against the manifest."""
        seen = live(labels={**desired()["metadata"]["labels"], "scaled": "yes"})
        rule = {"paths": ["/spec/replicas"], "target": {"labelSelector": "scaled=yes"}}
        assert ignored_path(kustomization(ignore=[rule]), desired(), seen, REPLICAS) == "spec.ignore[0]"
        assert ignored_path(helm_release(driftDetection={"ignore": [rule]}), desired(), seen, REPLICAS) == ""

    def test_an_owner_without_rules_ignores_nothing(self) -> None:
        assert ignored_path(kustomization(), desired(), live(), REPLICAS) == ""
        assert ignored_object(kustomization(), desired(), live()) == ""

    def test_judging_changes_nothing(self) -> None:
        git, seen = desired(), live()
        before = copy.deepcopy((git, seen.raw))
        found = Difference(Kind.CHANGED, ("spec", "template"), git["spec"]["template"], seen.raw["spec"]["template"])
        ignored_difference(ignoring("/spec/template/spec/containers/0/ports"), git, seen, found)
        assert (git, seen.raw) == before
