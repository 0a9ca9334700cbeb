"""The rules of drift over objects a real API server has recorded: what is told, as what, and what is not."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from holdfast.checks.drift import field_rules, object_rules, preview_rules, release_rules
from holdfast.checks.drift.confirm import TOO_MANY, Answer, attempt
from holdfast.checks.drift.difference import Desired, Examined, Id
from holdfast.checks.drift.examination import Around, Examination
from holdfast.checks.drift.examine import Standards, examine
from holdfast.checks.drift.managers import Managers
from holdfast.checks.drift.missing import Presence
from holdfast.checks.drift.ownership import Claim
from holdfast.checks.drift.preview_rules import Merge
from holdfast.checks.drift.releases import StoredRelease
from holdfast.checks.drift.schema import Node
from holdfast.checks.drift.unexpected import Dangling, Orphaned, Stray, Undecided, Unexpected, UnexpectedRelease
from holdfast.checks.drift.view import View
from holdfast.model import (
    Deviation,
    InFlight,
    Json,
    Judged,
    NotAsked,
    Note,
    Ref,
    Resource,
    Rule,
    UnknownCode,
    Unobservable,
)
from tests.checks.drift import cases, objects_seen
from tests.checks.drift.test_compare import SCHEMAS, case
from tests.checks.world import NOON, FixedWorld, forbidden

Raw = dict[str, Any]
RULES = (
    *(field_rules.unchanged, field_rules.unremoved, field_rules.in_order, field_rules.own),
    *(field_rules.no_hotfix, field_rules.not_fought, field_rules.applicable),
)
BUILT = "kustomize build of main@sha1:1234567 from --git-dir"


@dataclass
class Surveyed:
    """A survey of one owner, without a cluster."""

    examination: Examination
    answer: Answer | None = None
    bounds: tuple[int, int] | None = None
    managers: Managers = field(default_factory=Managers)
    beside: Around | None = None
    rivals: tuple[Ref, ...] = ()
    words: dict[Ref, Json] = field(default_factory=dict)

    def of(self, owner: Resource) -> Examination:
        return self.examination

    def around(self) -> Around:
        assert self.beside is not None
        return self.beside

    def holders(self, ref: Ref) -> tuple[Ref, ...]:
        return self.rivals or (self.examination.owner.ref,)

    def said(self, owner: Ref, id: Id) -> Json:
        return self.words.get(owner)

    def siblings(self, live: Resource) -> Sequence[Resource]:
        return ()

    def tried(self, examined: Examined, view: View) -> Answer | None:
        return self.answer

    def autoscaled(self, live: Resource) -> tuple[int, int] | None:
        return self.bounds


def row(name: str) -> tuple[Raw, Raw]:
    """As Git says and as it is; of additions as well as of comparisons."""
    if name in cases.recorded():
        found = copy.deepcopy(cases.recorded()[name])
        return found["desired"], found["live"]
    return case(name)


def surveyed(
    name: str = "",
    *,
    owner: Resource | None = None,
    pair: tuple[Raw, Raw] | None = None,
    bounds: tuple[int, int] | None = None,
    trusted: frozenset[str] = frozenset(),
    answer: Answer | None = None,
    **said: Any,
) -> Surveyed:
    """One object of an owner, examined as the survey does it."""
    desired, raw = pair or row(name)
    live = Resource(raw)
    owner = owner or cases.kustomization()
    id = Id.of(live.ref)
    word = Desired(owner.ref, BUILT, {id: desired}, {id: "v1"}, **{"proven": True, **said})
    view = View(owner, word)
    managers = Managers(trusted)
    examined = examine(live, view, Standards(SCHEMAS, managers, lambda _: bounds))
    told = (examined,) if examined.resource is not None else ()
    return Surveyed(Examination(view, told, frozenset({live.ref})), answer, bounds, managers)


def said_by(rule: Rule[Any], drift: Surveyed, **more: Any) -> list[Any]:
    found = rule(drift.examination.owner, FixedWorld(drift.examination.owner.raw), drift, **more)
    return [each for each in found if not isinstance(each, Judged)]


def told(drift: Surveyed) -> list[tuple[str, str]]:
    """(rule, path) of every finding, each rule's own id where the finding does not name one."""
    found = {
        (each.rule or rule.id, each.path)
        for rule in RULES
        for each in said_by(rule, drift)
        if isinstance(each, Deviation)
    }
    return sorted(found)


def unknown(drift: Surveyed) -> list[tuple[str, str]]:
    found = {
        (str(each.code), each.subject)
        for rule in RULES
        for each in said_by(rule, drift)
        if isinstance(each, Unobservable)
    }
    return sorted(found)


def notes(drift: Surveyed) -> list[str]:
    return [each.code for each in said_by(field_rules.unchanged, drift) if isinstance(each, Note)]


IMAGE = "spec.template.spec.containers[name=web].image"


class TestClass:
    @pytest.mark.parametrize(
        ("name", "rules"),
        [
            ("46-image", {"drift.field.changed"}),
            ("60-scale", {"drift.field.changed"}),
            ("50-variable-removed", {"drift.field.removed"}),
            ("71-containers-reordered", {"drift.field.order"}),
            ("48-env-added", {"drift.field.foreign"}),
            ("83-secret-key", {"drift.field.foreign"}),
            ("80-another-controller-applies", {"drift.field.fought"}),
            ("98-hotfix", {"drift.field.hotfix"}),
        ],
    )
    def test_every_difference_is_told_under_its_class(self, name: str, rules: set[str]) -> None:
        found = told(surveyed(name))
        assert {rule for rule, _ in found} == rules

    @pytest.mark.parametrize("name", ["healthy", "10-quantities", "2-server-defaults", "21-namespace", "22-claim"])
    def test_healthy_objects_are_silent(self, name: str) -> None:
        drift = surveyed(name)
        assert (told(drift), unknown(drift), notes(drift)) == ([], [], [])

    def test_whom_the_platform_trusts_fights_as_well(self) -> None:
        drift = surveyed("46-image", trusted=frozenset({"kubectl-set"}))
        assert told(drift) == [("drift.field.fought", IMAGE)]

    def test_an_addition_of_whom_the_platform_trusts_is_none(self) -> None:
        assert told(surveyed("48-env-added", trusted=frozenset({"kubectl-set"}))) == []

    def test_a_finding_says_who_what_and_what_next(self) -> None:
        [found] = [each for each in said_by(field_rules.unchanged, surveyed("46-image")) if isinstance(each, Deviation)]
        assert [(each.manager, each.cls) for each in found.changed_by] == [("kubectl-set", "human")]
        assert found.since is not None
        assert found.source == BUILT
        assert found.owner is not None
        assert found.owner.ref == "Kustomization/flux-system/apps"
        assert "puts back what Git says" in found.outlook
        assert found.remedy
        assert not found.remedy[0].writes

    def test_nothing_outside_the_namespace_asked_for(self) -> None:
        drift = surveyed("46-image")
        assert said_by(field_rules.unchanged, drift, within="elsewhere") == []
        [place] = {each.ref.namespace for each in drift.examination.examined}
        assert len(said_by(field_rules.unchanged, drift, within=place)) == 1


def held_by_flux(name: str = "46-image") -> tuple[Raw, Raw]:
    """The recorded object is as Flux applied it, and our picture of Git is another."""
    desired, live = row(name)
    healthy, _ = row(name)
    live = copy.deepcopy(live)
    live["metadata"]["managedFields"] = [
        each for each in live["metadata"]["managedFields"] if each["manager"] != "kubectl-set"
    ]
    for each in live["metadata"]["managedFields"]:
        if each["manager"] == "kustomize-controller":
            containers = each["fieldsV1"]["f:spec"]["f:template"]["f:spec"]["f:containers"]
            containers['k:{"name":"web"}']["f:image"] = {}
    assert healthy == desired
    return desired, live


class TestDoubt:
    def test_a_value_flux_itself_holds_is_no_drift_but_our_picture_of_git(self) -> None:
        drift = surveyed(pair=held_by_flux())
        ref = next(iter(drift.examination.seen))
        assert (told(drift), unknown(drift)) == ([], [("no-desired-state", str(ref))])

    def test_between_two_revisions_it_is_in_flight(self) -> None:
        owner = cases.kustomization()
        owner.raw["status"].update(lastAttemptedRevision="main@sha1:2", lastAppliedRevision="main@sha1:1")
        drift = surveyed(pair=held_by_flux(), owner=owner)
        assert told(drift) == []
        assert [type(each) for each in said_by(field_rules.unchanged, drift)] == [InFlight]

    def test_after_a_failure_nobody_knows_for_how_long(self) -> None:
        drift = surveyed(pair=held_by_flux(), owner=cases.kustomization(ready="False"))
        [said] = [each for each in said_by(field_rules.unchanged, drift) if isinstance(each, Unobservable)]
        assert (said.code, type(said)) == (UnknownCode.IN_FLIGHT, Unobservable)

    @pytest.mark.parametrize(("since", "kind"), [("11:55", InFlight), ("09:00", Unobservable)])
    def test_what_is_under_way_for_longer_than_it_may_take_is_unknown(self, since: str, kind: type) -> None:
        owner = cases.kustomization(ready="Unknown")
        owner.raw["status"]["conditions"][0]["lastTransitionTime"] = f"{NOON:%Y-%m-%d}T{since}:00Z"
        owner.raw["status"]["history"][0]["lastReconciledStatus"] = "ReconciliationSucceeded"
        said = said_by(field_rules.unchanged, surveyed(pair=held_by_flux(), owner=owner))
        assert [type(each) for each in said] == [kind]

    def test_the_engines_name_on_anothers_edit_makes_it_unknown_and_never_right(self) -> None:
        desired, live = row("46-image")
        for each in live["metadata"]["managedFields"]:
            each["manager"] = "kustomize-controller"
        drift = surveyed(pair=(desired, live))
        assert (told(drift), [code for code, _ in unknown(drift)]) == ([], ["no-desired-state"])

    def test_an_autoscaler_that_may_not_be_read_hides_nothing_else(self) -> None:
        def hidden(live: Resource) -> tuple[int, int] | None:
            raise forbidden("horizontalpodautoscalers")

        desired, live = row("60-scale")
        live["metadata"]["labels"]["app.kubernetes.io/tier"] = "front"
        desired["metadata"].setdefault("labels", {})["app.kubernetes.io/tier"] = "back"
        view = surveyed(pair=(desired, live)).examination.view
        examined = examine(Resource(live), view, Standards(SCHEMAS, Managers(), hidden))
        assert [each.path for each in examined.differences] == [("metadata", "labels", "app.kubernetes.io/tier")]
        assert examined.unknown is not None
        assert examined.unknown.code is UnknownCode.FORBIDDEN

    def test_a_definition_of_a_charts_crds_that_cannot_go_is_told(self) -> None:
        live = Resource(
            {
                "apiVersion": "apiextensions.k8s.io/v1",
                "kind": "CustomResourceDefinition",
                "metadata": {"name": "a.example.org", "deletionTimestamp": "2025-01-01T00:00:00Z", "finalizers": ["x"]},
            }
        )
        view = View(cases.helm_release(), Desired(cases.helm_release().ref, BUILT, {}, {Id.of(live.ref): "v1"}))
        examined = examine(live, view, Standards(SCHEMAS, Managers(), lambda _: None))
        found = Surveyed(Examination(view, (examined,), frozenset({live.ref})))
        assert [type(each) for each in said_by(object_rules.not_terminating, found)] == [Deviation]
        assert not said_by(field_rules.unchanged, found)

    def test_somebody_elses_value_is_drift_all_the_same(self) -> None:
        assert told(surveyed("46-image", proven=False)) == [("drift.field.changed", IMAGE)]

    @pytest.mark.parametrize("name", ["50-variable-removed", "71-containers-reordered"])
    def test_what_nobody_signs_is_only_told_where_the_build_is_not_disproved(self, name: str) -> None:
        for proven in (True, None):
            assert len(told(surveyed(name, proven=proven))) == 1
        drift = surveyed(name, proven=False)
        ref = next(iter(drift.examination.seen))
        assert (told(drift), unknown(drift)) == ([], [("no-desired-state", str(ref))])

    def test_without_git_additions_are_judged_and_values_are_unknown(self) -> None:
        problem = Unobservable(UnknownCode.NO_GIT, "Kustomization/flux-system/apps", "no Git", "pass --git-dir")
        for name, rules in (("46-image", set[str]()), ("48-env-added", {"drift.field.foreign"})):
            desired, live = row(name)
            drift = surveyed(pair=(desired, live), problem=problem)
            drift.examination = _without_words(drift, problem)
            assert {rule for rule, _ in told(drift)} >= rules
            assert ("no-git", "Kustomization/flux-system/apps") in unknown(drift)
            assert not {"drift.field.changed", "drift.field.removed"} & {rule for rule, _ in told(drift)}

    def test_values_git_holds_encrypted_are_unknown_and_the_rest_is_judged(self) -> None:
        desired, live = row("83-secret-key")
        id = Id.of(Resource(live).ref)
        drift = surveyed(pair=(desired, live), encrypted=frozenset({id}))
        ref = next(iter(drift.examination.seen))
        assert {rule for rule, _ in told(drift)} == {"drift.field.foreign"}
        assert unknown(drift) == [("encrypted", str(ref))]

    def test_stripped_managed_fields_are_said_to_blind(self) -> None:
        stripped: tuple[Json, ...] = ([], [{}], None)
        for bare in stripped:
            desired, live = row("healthy")
            live["metadata"]["managedFields"] = bare
            drift = surveyed(pair=(desired, live))
            ref = next(iter(drift.examination.seen))
            assert (told(drift), unknown(drift)) == ([], [("unreadable", str(ref))])

    def test_an_incomplete_list_is_unknown_for_what_it_hides(self) -> None:
        drift = surveyed("46-image")
        hidden = Ref("v1", "ConfigMap", "apps", "settings")
        lost = {Id.of(hidden): forbidden("configmaps")}
        drift.examination = replace(drift.examination, lost=lost, unseen=frozenset({hidden}))
        assert told(drift) == [("drift.field.changed", IMAGE)]
        assert unknown(drift) == [("forbidden", "list configmaps")]
        owner = drift.examination.owner
        blind = [each.blind for each in field_rules.unchanged(owner, FixedWorld(), drift) if isinstance(each, Judged)]
        assert frozenset({hidden}) in blind


def _without_words(drift: Surveyed, problem: Unobservable) -> Examination:
    """The same object, nothing known of what Git says."""
    view = drift.examination.view
    blind = View(view.owner, replace(view.desired, objects={}, problem=problem))
    live = [each.resource for each in drift.examination.examined if each.resource]
    examined = [examine(each, blind, Standards(SCHEMAS, drift.managers, lambda _: None)) for each in live]
    return Examination(blind, tuple(each for each in examined if each.resource), drift.examination.seen)


class TestExcused:
    @pytest.mark.parametrize(("bounds", "rules"), [((1, 9), []), ((7, 9), ["drift.field.changed"])])
    def test_replicas_an_autoscaler_keeps_are_a_note(self, bounds: tuple[int, int], rules: list[str]) -> None:
        drift = surveyed("60-scale", bounds=bounds)
        assert [rule for rule, _ in told(drift)] == rules
        assert notes(drift) == ([] if rules else ["drift-lint"])

    def test_an_autoscaler_excuses_nothing_else(self) -> None:
        assert told(surveyed("46-image", bounds=(1, 9))) == [("drift.field.changed", IMAGE)]

    def test_an_ignore_rule_is_named(self) -> None:
        paths = ["/spec/template/spec/containers/0/image"]
        drift = surveyed("46-image", owner=cases.kustomization(ignore=[{"paths": paths}]))
        assert told(drift) == []
        assert notes(drift) == ["drift-ignored"]

    def test_what_is_frozen_is_one_finding_with_the_rest_counted(self) -> None:
        desired, live = row("46-image")
        live["metadata"].setdefault("annotations", {})["kustomize.toolkit.fluxcd.io/reconcile"] = "disabled"
        drift = surveyed(pair=(desired, live))
        assert told(drift) == []
        [found] = said_by(object_rules.not_frozen, drift)
        assert "1 of its fields differ from Git meanwhile" in found.cause

    def test_what_flux_is_refused_is_one_finding(self) -> None:
        desired, live = row("46-image")
        ref = Resource(live).ref
        owner = cases.kustomization(ready="False")
        owner.raw["status"]["conditions"][0]["message"] = f"{ref} dry-run failed: is invalid: field is immutable"
        drift = surveyed(pair=(desired, live), owner=owner)
        assert {rule for rule, _ in told(drift)} == {"drift.apply.blocked"}
        [found] = [each for each in said_by(field_rules.applicable, drift) if isinstance(each, Deviation)]
        assert "immutable" in found.cause
        assert found.affects == (str(owner.ref),)


class TestConfirm:
    def test_it_adds_a_word_and_takes_nothing_away(self) -> None:
        _, live = row("46-image")
        merged = copy.deepcopy(live)
        merged["spec"]["template"]["spec"]["containers"][0]["image"] = "x"
        answers: tuple[tuple[Answer, str], ...] = (
            (merged, "a server-side dry-run as kustomize-controller would change it, too"),
            (live, "would change nothing here: confirmed only by comparison"),
            (
                "Invalid: spec (x)",
                "the API server refuses a server-side dry-run as kustomize-controller: Invalid: spec (x)",
            ),
            (TOO_MANY, "only 50 objects of a run are tried"),
            (Unobservable(UnknownCode.FORBIDDEN, "x", "quoting hunter2", "cure"), "forbidden (cure)"),
        )
        for answer, says in answers:
            [found] = [
                each
                for each in said_by(field_rules.unchanged, surveyed("46-image", answer=answer))
                if isinstance(each, Deviation)
            ]
            assert says in found.cause
            assert found.cause.startswith("set by kubectl-set (human)")
            assert "hunter2" not in str(found)
            assert found.outlook.startswith("blocked: ") == isinstance(answer, str)

    def test_an_addition_has_nothing_to_confirm(self) -> None:
        [found] = [
            each
            for each in said_by(field_rules.own, surveyed("48-env-added", answer="no"))
            if isinstance(each, Deviation)
        ]
        assert "dry-run" not in found.cause

    def test_a_release_nobody_corrects_is_refused_later(self) -> None:
        for mode, start in (("", "nothing: "), ("enabled", "blocked: ")):
            drift = surveyed("46-image", owner=cases.helm_release(mode=mode), answer="Invalid")
            [found] = [each for each in said_by(field_rules.unchanged, drift) if isinstance(each, Deviation)]
            assert found.outlook.startswith(start)
            assert "Invalid" in found.outlook

    @pytest.mark.parametrize(
        ("name", "tried"),
        [
            ("46-image", True),
            ("50-variable-removed", True),
            ("82-secret-value-and-key", False),
            ("48-env-added", False),
        ],
    )
    def test_what_is_tried(self, name: str, tried: bool) -> None:
        drift = surveyed(name)
        [examined] = drift.examination.examined
        assert (attempt(examined, drift.examination.view, None) is not None) is tried

    def test_what_is_sent_is_what_flux_sends(self) -> None:
        desired, live = row("46-image")
        desired["spec"] |= {"minReadySeconds": 0, "unheardOf": 1, "replicas": 0}
        desired["status"] = {"x": 1}
        drift = surveyed(pair=(desired, live))
        [examined] = drift.examination.examined
        sent = attempt(examined, drift.examination.view, _node(live))
        assert sent is not None
        assert sent.manager == "kustomize-controller"
        assert "status" not in sent.document
        assert "minReadySeconds" not in sent.document["spec"], "Go leaves out a zero"
        assert sent.document["spec"]["replicas"] == 0, "of a pointer it does not"
        assert "unheardOf" not in sent.document["spec"]
        assert sent.document["metadata"] == desired["metadata"]

    def test_what_git_holds_encrypted_is_not_sent(self) -> None:
        desired, live = row("46-image")
        drift = surveyed(pair=(desired, live), encrypted=frozenset({Id.of(Resource(live).ref)}))
        assert all(attempt(each, drift.examination.view, None) is None for each in drift.examination.examined)


def _node(live: Raw) -> Node | None:
    group, _, version = live["apiVersion"].rpartition("/")
    return SCHEMAS.of(group, version, live["kind"])


class TestSecrets:
    def test_keys_are_named_and_nothing_of_a_value(self) -> None:
        drift = surveyed("82-secret-value-and-key")
        found = [each for rule in RULES for each in said_by(rule, drift) if isinstance(each, Deviation)]
        assert found
        assert all("hmac-sha256" not in str(each) for each in found)
        assert all("withheld" not in each.summary for each in found), "a summary says no more than the key"
        assert all("key `" in each.summary for each in found)


@dataclass
class Beside:
    """What lives beside what Flux holds, decided beforehand."""

    found: tuple[Stray, ...] = ()
    managed: dict[str, str] = field(default_factory=lambda: {"apps": "a Kustomization applies into it"})
    problems: tuple[Unobservable, ...] = ()
    storage: tuple[Unobservable, ...] = ()
    stored: tuple[StoredRelease, ...] = ()
    unkept: tuple[StoredRelease, ...] = ()
    ungathered: tuple[Unobservable, ...] = ()

    def strays(self, also: Any = ()) -> Sequence[Stray]:
        return self.found

    def releases(self) -> Sequence[StoredRelease]:
        return self.unkept

    def find(self, ref: Ref) -> Resource | None:
        return None


APPS = objects_seen.made("Namespace", "apps", "")
ELSEWHERE = objects_seen.made("Namespace", "elsewhere", "")
STRANGER = Ref("v1", "ConfigMap", "apps", "stranger")
RELEASE = StoredRelease("apps", "stray", 3, "deployed", 3)


def beside(rule: Rule[Any], namespace: Resource, around: Beside, **more: Any) -> list[Any]:
    drift = surveyed("healthy")
    drift.beside = around
    return list(rule(namespace, FixedWorld(), drift, **more))


class TestObjects:
    def test_what_is_gone_is_missing_and_what_is_hidden_is_not(self) -> None:
        drift = surveyed("healthy")
        gone, hidden = Ref("v1", "ConfigMap", "apps", "gone"), Ref("v1", "Secret", "apps", "hidden")
        view = drift.examination.view
        expected = {**view.desired.expected, Id.of(gone): "v1", Id.of(hidden): "v1"}
        drift.examination = replace(
            drift.examination,
            view=View(view.owner, replace(view.desired, expected=expected)),
            lost={Id.of(gone): Presence.ABSENT, Id.of(hidden): forbidden("secrets")},
            unseen=frozenset({hidden}),
        )
        world = FixedWorld(APPS.raw)
        found = list(object_rules.present(view.owner, world, drift))
        assert [each.ref for each in found if isinstance(each, Deviation)] == [gone]
        assert [each.code for each in found if isinstance(each, Unobservable)] == [UnknownCode.FORBIDDEN]
        [count] = [each for each in found if isinstance(each, Judged)]
        assert (gone in count.refs, count.blind) == (True, frozenset({hidden}))

    def test_an_owner_of_whose_objects_nothing_is_known_passes_nothing(self) -> None:
        class Blind(Surveyed):
            def of(self, owner: Resource) -> Examination:
                raise forbidden("kustomizations")

        blind = Blind(surveyed("healthy").examination)
        for rule in (*RULES, object_rules.present, object_rules.owned_once, object_rules.not_frozen):
            with pytest.raises(Unobservable):
                list(rule(blind.examination.owner, FixedWorld(), blind))

    @pytest.mark.parametrize(
        ("stray", "rule", "says"),
        [
            (Unexpected(STRANGER, (), None), object_rules.expected, "is in no Git"),
            (Dangling(STRANGER, ("ReplicaSet/web-1 (uid u-1)",), None), object_rules.attached, "no longer there"),
            (
                Orphaned(STRANGER, Claim("Kustomization", "flux-system", "old"), True, None, (), None),
                object_rules.kept_track_of,
                "was left behind",
            ),
        ],
    )
    def test_each_stray_is_told_by_its_own_rule(self, stray: Stray, rule: Rule[Any], says: str) -> None:
        for each in (object_rules.expected, object_rules.attached, object_rules.kept_track_of):
            found = beside(each, APPS, Beside((stray,)))
            assert [one.ref for one in found] == ([STRANGER] if each is rule else [])
            assert all(says in one.summary for one in found)

    @pytest.mark.parametrize("rule", [object_rules.expected, object_rules.attached])
    def test_a_namespace_nobody_manages_is_nobodys_business(self, rule: Rule[Any]) -> None:
        problem = forbidden("configmaps")
        assert beside(rule, ELSEWHERE, Beside(problems=(problem,))) == []
        assert beside(rule, ELSEWHERE, Beside(problems=(problem,)), managed=True) == [problem]
        assert beside(rule, APPS, Beside(problems=(problem,))) == [problem]

    @pytest.mark.parametrize("rule", [object_rules.expected, object_rules.attached, release_rules.expected])
    def test_a_namespace_an_owner_nobody_saw_may_manage_is_unknown(self, rule: Rule[Any]) -> None:
        problem = forbidden("kustomizations")
        assert beside(rule, ELSEWHERE, Beside(ungathered=(problem,))) == [problem]

    def test_whose_owner_may_yet_speak_is_a_note(self) -> None:
        undecided = Undecided(STRANGER, Claim("Kustomization", "flux-system", "apps"), "it has not finished applying")
        [note] = beside(object_rules.kept_track_of, APPS, Beside((undecided,)))
        assert (type(note), note.code) == (Note, "drift-pending")

    def test_two_owners_are_told_once(self) -> None:
        drift = surveyed("healthy")
        first, second = (
            drift.examination.owner.ref,
            Ref("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "flux-system", "b"),
        )
        drift.rivals = (first, second)
        [found] = said_by(object_rules.owned_once, drift)
        assert found.affects == (str(first), str(second))
        drift.rivals = (second, first)
        assert said_by(object_rules.owned_once, drift) == [], "the other one says it"
        drift.rivals = (first, second)
        drift.words = {second: {"metadata": {"annotations": {"kustomize.toolkit.fluxcd.io/ssa": "Ignore"}}}}
        assert said_by(object_rules.owned_once, drift) == [], "one of them leaves it alone"


class TestReleases:
    def owned(self, **status: Any) -> Resource:
        history = [{"name": "web", "namespace": "apps", "version": 2, "status": "deployed"}]
        return objects_seen.helm_release(status={"history": history, **status})

    def judged(self, around: Beside, owner: Resource | None = None) -> list[Any]:
        drift = surveyed("healthy")
        drift.beside = around
        return list(release_rules.in_band(owner or self.owned(), FixedWorld(), drift))

    def test_a_revision_beside_flux(self) -> None:
        assert self.judged(Beside(stored=(StoredRelease("apps", "web", 2, "deployed", 2),))) == []
        [found] = self.judged(Beside(stored=(StoredRelease("apps", "web", 3, "deployed", 3),)))
        assert "beside its HelmRelease" in found.cause
        assert found.remedy

    def test_a_storage_that_may_not_be_read_is_no_empty_one(self) -> None:
        with pytest.raises(Unobservable):
            self.judged(Beside(storage=(forbidden("secrets"),)))
        assert len(self.judged(Beside())) == 1, "and an empty one is news"

    def test_an_old_revision_seen_in_half_a_storage_is_no_news(self) -> None:
        old, new = StoredRelease("apps", "web", 1, "superseded", None), StoredRelease("apps", "web", 3, "deployed", 3)
        with pytest.raises(Unobservable):
            self.judged(Beside(stored=(old,), storage=(forbidden("secrets"),)))
        assert len(self.judged(Beside(stored=(new,), storage=(forbidden("secrets"),)))) == 1

    def test_an_operation_under_way_is_in_flight(self) -> None:
        with pytest.raises(InFlight):
            self.judged(Beside(stored=(StoredRelease("apps", "web", 3, "pending-upgrade", 2),)))

    def test_a_release_in_another_cluster_is_not_asked_after(self) -> None:
        away = Resource({**self.owned().raw, "spec": {"interval": "1h", "kubeConfig": {"secretRef": {"name": "k"}}}})
        with pytest.raises(NotAsked):
            self.judged(Beside(), away)

    def test_a_release_nobody_keeps(self) -> None:
        member = UnexpectedRelease(Claim("Release", "apps", "stray"), (STRANGER,), (), None)
        [found] = beside(release_rules.expected, APPS, Beside((member,), unkept=(RELEASE,)))
        assert (found.subject, found.affects) == ("Release/apps/stray", (str(STRANGER),))
        assert beside(release_rules.expected, ELSEWHERE, Beside((member,), unkept=(RELEASE,))) == []

    def test_what_says_it_is_of_a_release_nobody_has_heard_of_is_a_note(self) -> None:
        member = UnexpectedRelease(Claim("Release", "apps", "stray"), (STRANGER,), (), None)
        [note] = beside(release_rules.expected, APPS, Beside((member,)))
        assert isinstance(note, Note)


@dataclass
class Proposed:
    """A merge, decided beforehand."""

    merge: Merge | Unobservable | NotAsked

    def of(self, owner: Resource) -> Merge:
        if isinstance(self.merge, Merge):
            return self.merge
        raise self.merge

    def schema(self, group: str, version: str, kind: str) -> Node | None:
        return SCHEMAS.of(group, version, kind)


def _words(*documents: Raw) -> Desired:
    objects = {Id.of(Resource(each).ref): each for each in documents}
    return Desired(cases.kustomization().ref, BUILT, objects, dict.fromkeys(objects, "v1"))


def previewed(
    now: Sequence[Raw], then: Sequence[Raw], rule: Rule[Any] = preview_rules.changes, **spec: Any
) -> list[Any]:
    merge = Merge(_words(*now), _words(*then), "topic")
    found = rule(cases.kustomization(**spec), FixedWorld(), Proposed(merge))
    return [each for each in found if not isinstance(each, Judged)]


CONFIG: Raw = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "c", "namespace": "apps"},
    "data": {"a": "1"},
}
CLAIM: Raw = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "d", "namespace": "apps"}}
CHART: Raw = {
    "apiVersion": "helm.toolkit.fluxcd.io/v2",
    "kind": "HelmRelease",
    "metadata": {"name": "web", "namespace": "apps"},
    "spec": {"interval": "1h", "chart": {"spec": {"chart": "web", "version": "1.0.0"}}},
}


class TestPreview:
    def test_the_same_is_nothing(self) -> None:
        assert previewed([CONFIG, CLAIM, CHART], [CONFIG, CLAIM, CHART]) == []

    def test_another_spelling_is_the_same(self) -> None:
        desired, _ = row("46-image")
        other = copy.deepcopy(desired)
        other["spec"] |= {"minReadySeconds": 0, "paused": False}
        assert previewed([desired], [other]) == []

    @pytest.mark.parametrize(
        ("now", "then", "says"),
        [
            ([], [CONFIG], "ConfigMap/apps/c would be created"),
            ([CONFIG], [], "ConfigMap/apps/c would be deleted"),
            ([CONFIG], [{**CONFIG, "data": {"a": "2"}}], "data.a"),
            ([CONFIG], [{**CONFIG, "data": {"a": "1", "b": "2"}}], "data.b"),
            ([{**CONFIG, "data": {"a": "1", "b": "2"}}], [CONFIG], "data.b"),
        ],
    )
    def test_what_would_become_of_an_object(self, now: list[Raw], then: list[Raw], says: str) -> None:
        [found] = previewed(now, then)
        assert says in found.summary
        assert found.rule in ("", "drift.preview.changed")

    def test_data_that_goes_has_a_rule_of_its_own(self) -> None:
        [found] = previewed([CLAIM], [])
        assert (found.rule, "data it holds" in found.summary) == ("drift.preview.deleted", True)
        assert [each.ref for each in previewed([CLAIM, CONFIG], [], preview_rules.deletes)] == [found.ref]

    def test_without_pruning_nothing_is_deleted(self) -> None:
        assert previewed([CLAIM, CONFIG], [], prune=False) == []

    def test_what_is_not_to_be_pruned_stays(self) -> None:
        marks = {"kustomize.toolkit.fluxcd.io/prune": "Disabled"}
        kept = {**CLAIM, "metadata": {**CLAIM["metadata"], "annotations": marks}}
        for rule in (preview_rules.changes, preview_rules.deletes):
            assert [type(each) for each in previewed([kept], [], rule)] == [Note]

    def test_what_a_chart_would_render_is_not_foreseen(self) -> None:
        for change in ({"chart": {"spec": {"chart": "web", "version": "2.0.0"}}}, {"values": {"replicas": 2}}):
            found = previewed([CHART], [{**CHART, "spec": {**CHART["spec"], **change}}])
            assert [type(each) for each in found] == [Deviation, Note]
            assert found[1].code == "not-previewed"
            assert f"spec.{next(iter(change))}" in found[1].text
        assert [
            type(each) for each in previewed([CHART], [{**CHART, "spec": {**CHART["spec"], "interval": "2h"}}])
        ] == [Deviation]

    def test_no_value_of_a_secret_is_told(self) -> None:
        secret = {**CONFIG, "kind": "Secret", "data": {"word": "hmac-sha256:" + "0" * 64}}
        other = {**secret, "data": {"word": "hmac-sha256:" + "1" * 64}}
        [found] = previewed([secret], [other])
        assert "data.word" in found.summary
        assert "hmac" not in str(found)
        [found] = previewed([CONFIG], [{**CONFIG, "data": {"a": "1", "DB_PASSWORD": "hunter2"}}])
        assert "hunter2" not in str(found)

    def test_a_branch_that_does_not_build_is_one_finding_and_no_unknown(self) -> None:
        broken = Proposed(Unobservable(UnknownCode.UNREADABLE, "x", "no such file: nowhere.yaml", "kustomize build ."))
        owner = cases.kustomization()
        [found] = preview_rules.builds(owner, FixedWorld(), broken)
        assert isinstance(found, Deviation)
        assert "nowhere.yaml" in found.observed
        assert list(preview_rules.changes(owner, FixedWorld(), broken)) == []

    @pytest.mark.parametrize("rule", [preview_rules.builds, preview_rules.changes])
    def test_what_cannot_be_had_is_no_pass(self, rule: Rule[Any]) -> None:
        for why in (Unobservable(UnknownCode.NO_GIT, "x", "no such branch"), NotAsked("needs --git-ref BRANCH")):
            with pytest.raises(type(why)):
                list(rule(cases.kustomization(), FixedWorld(), Proposed(why)))
