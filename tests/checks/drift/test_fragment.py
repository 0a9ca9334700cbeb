"""Fragments: committed as they are, they make Git say what the cluster says; nothing more, and no secret."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml

from holdfast.checks.drift import classes
from holdfast.checks.drift.case import Case
from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.fragment import fragment, ignore_rule, manifest
from holdfast.checks.drift.paths import Key, Member, Path
from holdfast.checks.drift.yaml_text import written
from holdfast.model import Ref, Resource
from tests.checks.drift.cases import addition, field, helm_release, kustomization, recorded, thing

WEB = Key.of(name="web")
POD = ("spec", "template", "spec")
LIMIT = (*POD, "containers", WEB, "resources", "limits", "memory")
POINTER = "/spec/template/spec/containers/0/resources/limits/memory"


def read(text: str) -> Any:
    """What a fragment says to whoever parses it."""
    return yaml.safe_load(text)


def of(kind: Kind, path: Path, value: Any, ref: Ref | None = None, **more: Any) -> Case:
    """A difference of a made-up object."""
    case = thing(classes.OF_FIELD[kind], ref or Ref("apps/v1", "Deployment", "um", "web"), kustomization(), **more)
    return replace(case, difference=Difference(kind, path, "old", value))


class TestWhatToCommit:
    def test_a_value_keeps_the_keys_on_its_way(self) -> None:
        case = field(Kind.CHANGED, "46-image", (*POD, "containers", WEB, "image"))
        assert case.difference is not None
        assert read(fragment(case)) == {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "row-46-image", "namespace": "rows"},
            "spec": {"template": {"spec": {"containers": [{"name": "web", "image": case.difference.live}]}}},
        }

    def test_a_sidecar_comes_whole_and_without_defaults(self) -> None:
        containers = read(fragment(addition("52-sidecar")))["spec"]["template"]["spec"]["containers"]
        assert containers == [{"name": "debug", "image": "busybox", "imagePullPolicy": "Always"}]

    def test_a_variable(self) -> None:
        web = read(fragment(addition("48-env-added")))["spec"]["template"]["spec"]["containers"][0]
        assert web == {"name": "web", "env": [{"name": "NEW", "value": "1"}]}

    def test_a_port_with_both_its_keys(self) -> None:
        said = read(fragment(addition("75-port-added")))
        assert said["spec"] == {"ports": [{"name": "other", "port": 81, "protocol": "TCP", "targetPort": 81}]}

    def test_a_list_without_keys_comes_whole(self) -> None:
        live = Resource({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"finalizers": ["a", "b"]}})
        case = of(Kind.FOREIGN, ("metadata", "finalizers", Member("b")), "b", live=live)
        assert read(fragment(case))["metadata"]["finalizers"] == ["a", "b"]
        assert read(fragment(case))["metadata"]["name"] == "web"

    def test_a_removal_reads_as_a_patch(self) -> None:
        env = (*POD, "containers", WEB, "env", Key.of(name="A"))
        whole = read(fragment(of(Kind.REMOVED, env, None)))
        assert whole["spec"]["template"]["spec"]["containers"] == [
            {"name": "web", "env": [{"name": "A", "$patch": "delete"}]}
        ]
        assert read(fragment(of(Kind.REMOVED, (*env[:-2], "resources", "limits"), None)))["spec"]["template"]["spec"][
            "containers"
        ] == [{"name": "web", "resources": {"limits": None}}]

    def test_an_order_has_nothing_to_commit(self) -> None:
        assert fragment(of(Kind.ORDER, (*POD, "containers"), None)) == ""

    def test_it_says_where_it_goes(self) -> None:
        path = ("spec", "paused")
        assert fragment(of(Kind.FOREIGN, path, True, git_path="apps/web.yaml")).startswith("# into apps/web.yaml\n")
        assert "in what Kustomization/flux-system/apps applies (./apps)" in fragment(of(Kind.FOREIGN, path, True))

    def test_no_namespace_for_what_has_none(self) -> None:
        ref = Ref("rbac.authorization.k8s.io/v1", "ClusterRole", "", "system:$(id)")
        said = read(fragment(of(Kind.CHANGED, ("rules",), [{"verbs": ["*"]}], ref)))
        assert said["metadata"] == {"name": "system:$(id)"}

    @pytest.mark.parametrize(
        "text", ["y", "no", "1e3", "0x1F", "12:30", "007", "", "~", "a: b", "x\ny\n", "x\n\ny", " z"]
    )
    def test_texts_stay_texts_whoever_reads_them(self, text: str) -> None:
        said = fragment(of(Kind.CHANGED, ("data", text), text, Ref("v1", "ConfigMap", "um", "c")))
        assert read(said)["data"] == {text: text}
        assert yaml.load(said, Loader=yaml.BaseLoader)["data"] == {text: text}
        assert f": {text}\n" not in said  # never plain: Go's reader takes y, 1e3 and 12:30 for something else

    def test_hostile_names_do_not_get_out_of_the_comment(self) -> None:
        case = of(Kind.FOREIGN, ("spec", "paused"), True, git_path="a.yaml\nkind: Evil\r\u2028kind: Evil")
        assert read(fragment(case))["kind"] == "Deployment"


class TestHelm:
    def test_the_chart_is_patched_after_it_is_rendered(self) -> None:
        said = read(fragment(addition("52-sidecar", helm_release())))
        assert said["kind"] == "HelmRelease"
        assert said["metadata"] == {"name": "apps", "namespace": "flux-system"}
        patch = said["spec"]["postRenderers"][0]["kustomize"]["patches"][0]
        assert patch["target"] == {"kind": "Deployment", "name": "row-52-sidecar"}
        assert read(patch["patch"])["spec"]["template"]["spec"]["containers"][0]["name"] == "debug"


class TestSecrets:
    def test_no_value_and_no_digest_of_one(self) -> None:
        case = addition("83-secret-key")
        said = fragment(case)
        assert case.difference is not None
        assert case.difference.live.startswith("hmac-sha256:")
        assert "hmac" not in said
        assert read(said) is None
        assert "kubeseal" in said
        assert "data.more" in said

    def test_a_key_that_is_gone_can_be_told(self) -> None:
        ref = Ref("v1", "Secret", "um", "login")
        assert read(fragment(of(Kind.REMOVED, ("data", "old"), None, ref)))["data"] == {"old": None}

    def test_a_label_of_a_secret_can_be_told(self) -> None:
        ref = Ref("v1", "Secret", "um", "login")
        said = read(fragment(of(Kind.FOREIGN, ("metadata", "labels", "team"), "a", ref)))
        assert said["metadata"]["labels"] == {"team": "a"}

    @pytest.mark.parametrize(
        ("path", "live"),
        [
            ((*POD, "containers", WEB, "env", Key.of(name="DB_PASSWORD"), "value"), "hunter2"),
            ((*POD, "containers", WEB, "env", Key.of(name="DB_PASSWORD")), {"name": "DB_PASSWORD", "value": "hunter2"}),
            ((*POD, "containers", WEB), {"name": "web", "env": [{"name": "API_TOKEN", "value": "hunter2"}]}),
            ((*POD, "containers", WEB, "args"), ["--user", "me", "--password", "hunter2"]),
            (("data", "db-password"), "hunter2"),
        ],
    )
    def test_what_is_called_like_a_secret_is_withheld(self, path: Path, live: Any) -> None:
        said = fragment(of(Kind.CHANGED, path, live))
        assert "hunter2" not in said
        assert "(withheld)" in said
        assert "refer to a Secret" in said

    def test_a_manifest_of_a_secret_is_how_to_get_it(self) -> None:
        live = Resource(recorded()["83-secret-key"]["live"])
        assert read(manifest(thing(classes.UNEXPECTED, live.ref, live=live))) is None

    def test_a_file_too_long_to_read_is_left_in_the_cluster(self) -> None:
        said = fragment(of(Kind.CHANGED, ("data", "a"), "x" * 5000, Ref("v1", "ConfigMap", "um", "c")))
        assert "xxx" not in said
        assert "kubectl get configmap/c -n um -o yaml" in said


class TestManifest:
    def test_what_the_server_wrote_is_left_out(self) -> None:
        live = Resource(recorded()["48-env-added"]["live"])
        said = read(manifest(thing(classes.UNEXPECTED, live.ref, live=live)))
        assert set(said["metadata"]) <= {"name", "namespace", "labels", "annotations", "finalizers"}
        assert "status" not in said
        assert said["spec"] == live.raw["spec"]

    def test_a_services_address_is_the_servers(self) -> None:
        live = Resource(recorded()["75-port-added"]["live"])
        said = read(manifest(thing(classes.UNEXPECTED, live.ref, live=live)))
        assert "clusterIP" not in said["spec"]
        assert "clusterIP" in live.raw["spec"]


class TestIgnoreRule:
    def test_of_a_kustomization(self) -> None:
        case = field(Kind.CHANGED, "80-other-applier", LIMIT, by="keel")
        said = read(ignore_rule(case))
        target = {"group": "apps", "kind": "Deployment", "name": "row-80-other-applier", "namespace": "rows"}
        assert said["spec"] == {"ignore": [{"paths": [POINTER], "target": target}]}

    def test_one_more_beside_those_there_are(self) -> None:
        kept = {"paths": ["/spec/replicas"]}
        case = field(Kind.CHANGED, "80-other-applier", LIMIT, kustomization(ignore=[kept]), by="keel")
        assert read(ignore_rule(case))["spec"]["ignore"][0] == kept
        assert len(read(ignore_rule(case))["spec"]["ignore"]) == 2

    def test_of_a_release(self) -> None:
        case = field(Kind.CHANGED, "80-other-applier", LIMIT, helm_release(mode="warn"), by="keel")
        detection = read(ignore_rule(case))["spec"]["driftDetection"]
        assert detection["mode"] == "warn"
        assert detection["ignore"][0]["paths"] == [POINTER]

    def test_a_dot_is_a_dot(self) -> None:
        live = Resource({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a.b"}, "data": {"x/y": "1"}})
        case = of(Kind.CHANGED, ("data", "x/y"), "1", live.ref, live=live)
        rule = read(ignore_rule(case))["spec"]["ignore"][0]
        assert rule == {"paths": ["/data/x~1y"], "target": {"kind": "ConfigMap", "name": r"a\.b"}}


def test_keys_keep_their_order() -> None:
    assert written({"b": 1, "a": [{"z": 1, "y": 2}]}) == 'b: 1\na:\n  - z: 1\n    "y": 2\n'
