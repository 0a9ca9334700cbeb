"""Remedies: a look first, commands that a shell takes word by word, and nothing that loses data before its warning."""

from __future__ import annotations

import copy
import json
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import pytest
import yaml

from holdfast.checks.drift import classes
from holdfast.checks.drift.case import Case, Release
from holdfast.checks.drift.classes import CLASSES
from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.paths import Key
from holdfast.checks.drift.pointers import removal
from holdfast.checks.drift.remedies import remedies
from holdfast.model import Ref, Remedy, Resource
from tests.checks.drift.cases import addition, field, helm_release, kustomization, recorded, thing

WEB = Key.of(name="web")
IMAGE = ("spec", "template", "spec", "containers", WEB, "image")
DEPLOYMENT = Ref("apps/v1", "Deployment", "um", "web")
CLAIM = Ref("v1", "PersistentVolumeClaim", "um", "data")
NASTY = "a'b\"c $(touch /tmp/x) `id` \n; rm -rf ~ #"
NASTY_ROLE = Ref("rbac.authorization.k8s.io/v1", "ClusterRole", "", NASTY)


def live_of(ref: Ref, **metadata: Any) -> Resource:
    meta = {"name": ref.name, **({"namespace": ref.namespace} if ref.namespace else {}), **metadata}
    return Resource({"apiVersion": ref.api_version, "kind": ref.kind, "metadata": meta})


def every_class(ref: Ref, owner: Resource | None) -> list[Case]:
    """One case of each class, of this object."""
    live = live_of(ref, finalizers=[NASTY], ownerReferences=[{"uid": "u1", "name": NASTY}])
    cases = [
        thing(each, ref, owner, live=live, uid="u1", release=Release("um", NASTY), git_path=NASTY) for each in CLASSES
    ]
    kinds = {classes.HOTFIX: Kind.FOREIGN, classes.FOUGHT: Kind.CHANGED}
    kinds |= {each: kind for kind, each in classes.OF_FIELD.items()}
    difference = Difference(Kind.CHANGED, ("metadata", "labels", NASTY), NASTY, NASTY)
    return [
        replace(each, difference=replace(difference, kind=kinds[each.what])) if each.what in kinds else each
        for each in cases
    ]


def commands(given: Sequence[Remedy]) -> list[str]:
    return [each.command for each in given if each.command]


def writing(given: Sequence[Remedy]) -> list[Remedy]:
    return [each for each in given if each.writes and each.command]


def fragment_in(given: Sequence[Remedy]) -> Any:
    """The YAML below the first line of the one remedy that has some."""
    (text,) = [each.text for each in given if "\n" in each.text]
    return yaml.safe_load(text.partition("\n")[2])


def patched(document: Any, operations: Sequence[dict[str, Any]]) -> Any:
    """RFC 6902, as far as needed: ``test`` and ``remove``."""
    document = copy.deepcopy(document)
    for each in operations:
        *way, last = [part.replace("~1", "/").replace("~0", "~") for part in each["path"].split("/")[1:]]
        here = document
        for part in way:
            here = here[int(part)] if isinstance(here, list) else here[part]
        at: Any = int(last) if isinstance(here, list) else last
        if each["op"] == "test":
            assert here[at] == each["value"], each
        else:
            del here[at]
    return document


OWNERS = [kustomization(), kustomization(suspend=True), helm_release(), helm_release(mode="enabled"), None]
ALL = [case for ref in (DEPLOYMENT, NASTY_ROLE) for owner in OWNERS for case in every_class(ref, owner)]


class TestOfEveryClass:
    @pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.what.id}-{case.ref.kind}")
    def test_a_look_comes_first_and_what_writes_says_so(self, case: Case) -> None:
        given = remedies(case)
        assert given[0].command
        assert not given[0].writes
        for each in given:
            verbs = shlex.split(each.command)[1:2]
            changes = verbs in (
                ["patch"],
                ["delete"],
                ["reconcile"],
                ["resume"],
                ["uninstall"],
                ["label"],
                ["annotate"],
            )
            assert not changes or (each.writes and each.risk), each

    def test_a_shell_takes_each_command_word_by_word(self) -> None:
        given = list(dict.fromkeys(command for case in ALL for command in commands(remedies(case))))
        assert any(NASTY in shlex.split(each) for each in given)
        script = "\n".join(f"printf '%s\\0' {command}; printf '\\1'" for command in given)
        said = subprocess.run(["sh", "-eu"], input=script, capture_output=True, check=True, timeout=30, text=True)
        assert said.stderr == ""
        assert [each.split("\0")[:-1] for each in said.stdout.split("\1")[:-1]] == list(map(shlex.split, given))

    def test_situations_differ(self) -> None:
        told = {each.what.id: remedies(each) for each in every_class(DEPLOYMENT, kustomization())}
        drifted = [each for each in CLASSES if each.situation is not None]
        assert len({told[each.id] for each in drifted}) == len(drifted)


class TestCommands:
    def test_kinds_have_their_group_and_namespace(self) -> None:
        assert commands(remedies(addition("48-env-added")))[0] == (
            "kubectl get deployment.apps/row-48-env-added -n rows -o yaml --show-managed-fields"
        )
        role = remedies(thing(classes.UNEXPECTED, Ref("rbac.authorization.k8s.io/v1", "ClusterRole", "", "a:b")))
        assert commands(role)[-1] == "kubectl delete clusterrole.rbac.authorization.k8s.io/a:b"

    def test_a_secret_is_never_printed(self) -> None:
        ref = Ref("v1", "Secret", "um", "login")
        difference = Difference(Kind.CHANGED, ("data", "key"), "hmac-sha256:aa", "hmac-sha256:bb")
        for case in (
            addition("83-secret-key"),
            replace(thing(classes.CHANGED, ref, kustomization()), difference=difference),
            thing(classes.UNEXPECTED, ref, live=live_of(ref)),
            thing(classes.ORPHANED, ref, live=live_of(ref)),
        ):
            given = remedies(case)
            assert not any("-o yaml" in each or "helm get" in each for each in commands(given))
            assert "hmac" not in str(given)


class TestPuttingBack:
    def test_flux_is_asked_where_it_will(self) -> None:
        (mend,) = writing(remedies(addition("48-env-added")))
        assert mend.command == "flux reconcile kustomization apps -n flux-system"
        assert "its pods are replaced" in mend.risk

    def test_the_risk_names_what_flux_does_besides(self) -> None:
        assert "go back to 1" in writing(remedies(addition("66-replicas-patched")))[0].risk
        assert "a second time" in writing(remedies(addition("56-restart")))[0].risk

    def test_a_suspended_owner_is_resumed(self) -> None:
        (mend,) = writing(remedies(addition("48-env-added", kustomization(suspend=True))))
        assert mend.command == "flux resume kustomization apps -n flux-system"

    def test_a_release_is_forced_unless_it_corrects_itself(self) -> None:
        (mend,) = writing(remedies(field(Kind.CHANGED, "46-image", IMAGE, helm_release())))
        assert mend.command == "flux reconcile helmrelease apps -n flux-system --force"
        assert "driftDetection.mode: enabled" in mend.text
        (mend,) = writing(remedies(field(Kind.CHANGED, "46-image", IMAGE, helm_release(mode="enabled"))))
        assert mend.command == "flux reconcile helmrelease apps -n flux-system"

    def test_flux_diff_is_offered_where_it_sees_something(self) -> None:
        changed = commands(remedies(field(Kind.CHANGED, "46-image", IMAGE)))
        assert "flux diff kustomization apps -n flux-system --path ./apps" in changed
        assert not any("flux diff" in each for each in commands(remedies(addition("48-env-added"))))


class TestTakingAway:
    @pytest.mark.parametrize(
        "row", ["49-env-added-by-lens", "73-node-selector", "77-strategy", "86-unknown", "52-sidecar", "75-port-added"]
    )
    def test_a_patch_takes_exactly_that_away(self, row: str) -> None:
        case = addition(row, helm_release())  # helm-controller takes nothing away, whoever added it
        words = shlex.split(writing(remedies(case))[0].command)
        assert words[:2] == ["kubectl", "patch"]
        assert "--type=json" in words
        assert case.live is not None
        assert case.difference is not None
        live = case.live.raw
        after = patched(live, json.loads(words[-1]))
        assert len(_leaves(live) - _leaves(after)) >= 1
        assert _leaves(after) <= _leaves(live) | _moved(after)
        assert removal(case.difference.path, after) is None

    def test_it_refuses_when_the_list_has_moved(self) -> None:
        case = addition("52-sidecar", helm_release())
        operations = json.loads(shlex.split(writing(remedies(case))[0].command)[-1])
        assert case.live is not None
        moved = copy.deepcopy(dict(case.live.raw))
        moved["spec"]["template"]["spec"]["containers"].reverse()
        with pytest.raises(AssertionError):
            patched(moved, operations)

    def test_it_refuses_when_the_value_is_another_now(self) -> None:
        case = addition("77-strategy", helm_release())
        assert case.live is not None
        assert case.difference is not None
        (mend,) = [each for each in writing(remedies(case)) if "patch" in each.command]
        operations = json.loads(shlex.split(mend.command)[-1])
        *way, last = [each for each in case.difference.path if isinstance(each, str)]
        moved = copy.deepcopy(dict(case.live.raw))
        here = moved
        for step in way:
            here = here[step]
        here[last] = "another"
        with pytest.raises(AssertionError):
            patched(moved, operations)
        assert "positions shift" not in mend.risk

    def test_where_positions_count_one_at_a_time(self) -> None:
        assert "one at a time: positions shift" in writing(remedies(addition("52-sidecar", helm_release())))[0].risk

    def test_what_is_not_there_any_more_is_left_to_the_editor(self) -> None:
        case = addition("49-env-added-by-lens")
        gone = replace(case, live=None)
        assert writing(remedies(gone))[0].command.startswith("kubectl edit ")

    def test_a_word_that_may_be_a_secret_is_not_tested_for(self) -> None:
        for name, words in (("args", ["--password", "hunter2"]), ("tokens", ["a", "b"]), ("token", ["", "hunter2"])):
            pod = {"containers": [{"name": "web", name: words}]}
            live = Resource({**live_of(DEPLOYMENT).raw, "spec": {"template": {"spec": pod}}})
            difference = Difference(Kind.FOREIGN, (*IMAGE[:-1], name, 1), None, words[1])
            case = replace(thing(classes.FOREIGN, DEPLOYMENT, helm_release(), live=live), difference=difference)
            patches = writing(remedies(case))[0].command.startswith("kubectl patch")
            assert patches == (name == "tokens")
            assert "hunter2" not in str(remedies(case))


class TestKeeping:
    def test_the_fragment_is_below_the_first_line(self) -> None:
        said = fragment_in(remedies(addition("98-hotfix", what=classes.HOTFIX, git_path="apps/c.yaml")))
        assert said["data"] == {"hot": "fix"}

    def test_a_hotfix_is_kept_before_it_is_taken_away(self) -> None:
        given = remedies(addition("98-hotfix", what=classes.HOTFIX))
        keep = next(index for index, each in enumerate(given) if "commit" in each.text)
        assert keep < next(index for index, each in enumerate(given) if each.command.startswith("kubectl patch"))

    def test_a_fight_ends_with_a_rule_or_without_the_field(self) -> None:
        given = remedies(field(Kind.CHANGED, "80-other-applier", IMAGE, by="keel", what=classes.FOUGHT))
        assert fragment_in(given)["spec"]["ignore"]
        assert not writing(given)

    def test_what_is_refused_is_said_in_git(self) -> None:
        difference = Difference(Kind.CHANGED, ("spec", "resources", "requests", "storage"), "1Gi", "2Gi")
        given = remedies(replace(thing(classes.CHANGED, CLAIM, kustomization()), difference=difference))
        assert fragment_in(given)["spec"]["resources"]["requests"]["storage"] == "2Gi"
        assert given[-1].command == "kubectl delete persistentvolumeclaim/data -n um"
        assert given[-1].risk.startswith("DATA LOSS")


def immutable(kind: str = "ConfigMap", **more: Any) -> Case:
    """Made immutable by hand after it was changed, and Git says other values."""
    ref = Ref("v1", kind, "um", "c")
    live = Resource({**live_of(ref).raw, "immutable": True, "data": {"a": "by-hand", "b": "1", "new": "x"}})
    desired = {**live_of(ref).raw, "data": {"a": "git", "b": "1", "gone": "y"}}
    case = thing(more.pop("what", classes.CHANGED), ref, more.pop("owner", kustomization()), live=live, desired=desired)
    return replace(case, difference=Difference(Kind.CHANGED, ("data", "a"), "git", "by-hand"))


class TestImmutable:
    WHOLE: ClassVar = {"a": "by-hand", "new": "x", "gone": None}

    def test_git_says_all_of_it_or_is_refused(self) -> None:
        by_hand = Difference(Kind.FOREIGN, ("immutable",), None, True)
        for case in (immutable(), immutable(what=classes.BLOCKED), replace(immutable(), difference=by_hand)):
            said = fragment_in(remedies(case))
            assert said["immutable"] is True
            assert said["data"] == self.WHOLE

    def test_of_a_release_as_well(self) -> None:
        said = fragment_in(remedies(immutable(owner=helm_release(mode="enabled"))))
        patch = yaml.safe_load(said["spec"]["postRenderers"][0]["kustomize"]["patches"][0]["patch"])
        assert (patch["immutable"], patch["data"]) == (True, self.WHOLE)

    def test_of_a_secret_no_value(self) -> None:
        given = remedies(immutable("Secret"))
        assert fragment_in(given)["immutable"] is True
        assert "by-hand" not in str(given)
        assert "kubeseal" in str(given)

    def test_a_blocked_object_says_all_that_differs(self) -> None:
        others = [
            Difference(Kind.CHANGED, IMAGE, "a", "b"),
            Difference(Kind.CHANGED, (*IMAGE[:-1], "workingDir"), "/a", "/b"),
            Difference(Kind.CHANGED, (*IMAGE[:-2], Key.of(name="db"), "image"), "a", "c"),
        ]
        first = Difference(Kind.CHANGED, ("spec", "selector", "matchLabels", "app"), "a", "b")
        case = replace(thing(classes.BLOCKED, DEPLOYMENT, kustomization()), difference=first)
        said = fragment_in(remedies(case, [first, *others]))["spec"]
        assert said["selector"] == {"matchLabels": {"app": "b"}}
        assert said["template"]["spec"]["containers"] == [
            {"name": "web", "image": "b", "workingDir": "/b"},
            {"name": "db", "image": "c"},
        ]


class TestAddingItToGit:
    LABELS: ClassVar = {"kustomize.toolkit.fluxcd.io/name": "o", "kustomize.toolkit.fluxcd.io/namespace": "f", "a": "b"}

    @pytest.mark.parametrize("what", [classes.UNEXPECTED, classes.ORPHANED])
    @pytest.mark.parametrize(
        "ref",
        [
            DEPLOYMENT,
            Ref("v1", "ConfigMap", "um", "c"),
            Ref("rbac.authorization.k8s.io/v1", "RoleBinding", "um", "r"),
            Ref("v1", "Pod", "um", "p"),
        ],
        ids=lambda ref: ref.kind,
    )
    def test_a_shell_of_it_is_not_printed(self, ref: Ref, what: classes.Class) -> None:
        raw = live_of(ref, labels=self.LABELS).raw
        live = Resource({**raw, "spec": {"nodeName": "n"}} if ref.kind == "Pod" else raw)
        given = remedies(thing(what, ref, live=live))
        assert not [each for each in given if "\n" in each.text]
        (adopt,) = [each for each in given if "add it to Git" in each.text]
        assert adopt.command.startswith("kubectl get ")
        assert adopt.command.endswith("-o yaml")
        assert not adopt.writes

    def test_a_whole_one_is_printed_without_the_labels_of_flux(self) -> None:
        binding = Ref("rbac.authorization.k8s.io/v1", "RoleBinding", "um", "r")
        for ref, content in (
            (binding, {"roleRef": {"kind": "Role", "name": "x"}, "subjects": []}),
            (Ref("v1", "ConfigMap", "um", "c"), {"data": {"a": "1"}}),
        ):
            live = Resource({**live_of(ref, labels=self.LABELS).raw, **content})
            said = fragment_in(remedies(thing(classes.ORPHANED, ref, live=live)))
            assert said["metadata"]["labels"] == {"a": "b"}
            assert {key: said[key] for key in content} == content


class TestObjects:
    def test_missing(self) -> None:
        given = remedies(thing(classes.MISSING, DEPLOYMENT, kustomization()))
        assert commands(given) == [
            "kubectl get events -n um --field-selector involvedObject.kind=Deployment,involvedObject.name=web",
            "kubectl describe kustomization.kustomize.toolkit.fluxcd.io/apps -n flux-system",
            "flux reconcile kustomization apps -n flux-system",
        ]
        forced = remedies(thing(classes.MISSING, DEPLOYMENT, helm_release()))
        assert writing(forced)[0].command.endswith("--force")
        assert "empty" in writing(remedies(thing(classes.MISSING, CLAIM, kustomization())))[0].risk

    def test_unexpected_is_added_before_it_is_deleted(self) -> None:
        live = Resource(recorded()["48-env-added"]["live"])
        given = remedies(thing(classes.UNEXPECTED, live.ref, live=live))
        assert fragment_in(given)["kind"] == "Deployment"
        assert given[-1].command == "kubectl delete deployment.apps/row-48-env-added -n rows"

    @pytest.mark.parametrize(
        "kind", ["PersistentVolumeClaim", "PersistentVolume", "Namespace", "CustomResourceDefinition"]
    )
    @pytest.mark.parametrize("what", [classes.UNEXPECTED, classes.ORPHANED])
    def test_what_holds_data_is_warned_of_and_looked_into(self, what: classes.Class, kind: str) -> None:
        ref = Ref("v1", kind, "", "data")
        given = remedies(thing(what, ref, live=live_of(ref)))
        deletes = [index for index, each in enumerate(given) if " delete " in each.command]
        assert deletes == [len(given) - 1]
        assert given[-1].risk.startswith("DATA LOSS")
        assert any(not each.writes for each in given[:-1])

    def test_a_release_is_adopted_before_it_is_uninstalled(self) -> None:
        ref = Ref("v1", "Secret", "um", "sh.helm.release.v1.db.v1")
        given = remedies(thing(classes.UNEXPECTED_RELEASE, ref, release=Release("um", "db")))
        assert commands(given) == ["helm history db -n um", "helm uninstall db -n um"]
        assert "releaseName: db" in given[1].text
        assert given[-1].risk.startswith("DATA LOSS")

    def test_a_release_changed_by_helm(self) -> None:
        given = remedies(thing(classes.OUT_OF_BAND, helm_release().ref, helm_release()))
        assert commands(given) == [
            "helm history web-0f3a -n stores",
            "flux reconcile helmrelease apps -n flux-system --force",
        ]

    def test_orphaned(self) -> None:
        labels = {"kustomize.toolkit.fluxcd.io/name": "old", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}
        given = remedies(thing(classes.ORPHANED, DEPLOYMENT, live=live_of(DEPLOYMENT, labels=labels)))
        assert (
            "kubectl label deployment.apps/web -n um kustomize.toolkit.fluxcd.io/name- "
            "kustomize.toolkit.fluxcd.io/namespace-"
        ) in commands(given)

    def test_frozen_is_thawed_where_it_was_frozen(self) -> None:
        for place, verb in (("annotations", "annotate"), ("labels", "label")):
            live = live_of(DEPLOYMENT, **{place: {"kustomize.toolkit.fluxcd.io/reconcile": "Disabled"}})
            (mend,) = writing(remedies(thing(classes.FROZEN, DEPLOYMENT, kustomization(), live=live)))
            assert mend.command == f"kubectl {verb} deployment.apps/web -n um kustomize.toolkit.fluxcd.io/reconcile-"

    def test_a_finalizer_is_the_last_resort_and_never_one_of_kubernetes(self) -> None:
        live = live_of(DEPLOYMENT, finalizers=["example.org/x"])
        given = remedies(thing(classes.TERMINATING, DEPLOYMENT, kustomization(), live=live))
        operations = json.loads(shlex.split(given[-1].command)[-1])
        assert patched(live.raw, operations)["metadata"]["finalizers"] == []
        held = live_of(CLAIM, finalizers=["kubernetes.io/pvc-protection"])
        assert not writing(remedies(thing(classes.TERMINATING, CLAIM, kustomization(), live=held)))

    def test_a_dangling_owner_is_untied_by_its_uid(self) -> None:
        live = live_of(DEPLOYMENT, ownerReferences=[{"uid": "here", "name": "a"}, {"uid": "gone", "name": "b"}])
        given = remedies(thing(classes.DANGLING, DEPLOYMENT, live=live, uid="gone"))
        operations = json.loads(shlex.split(writing(given)[0].command)[-1])
        assert [each["uid"] for each in patched(live.raw, operations)["metadata"]["ownerReferences"]] == ["here"]


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> set[str]:
    """Every leaf with its way there; entries of lists by what they hold, not where they are."""
    if isinstance(value, dict):
        return {leaf for key, each in value.items() for leaf in _leaves(each, (*path, key))}
    if isinstance(value, list):
        return {f"{path}{json.dumps(each, sort_keys=True)}" for each in value}
    return {f"{path}={value!r}"}


def _moved(after: Any) -> set[str]:
    """Lists' entries that hold another list that got shorter: only those of containers."""
    return {each for each in _leaves(after) if "'containers'" in each}
