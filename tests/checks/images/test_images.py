"""Images: who runs them, pinned, expected, one version, one build, as released."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.images import builds, inventory, origins, pinned, versions
from holdfast.checks.images.running import containers_of, full_name
from holdfast.checks.images.versions import Released
from holdfast.model import MAJOR, MINOR, Deviation, Note, Resource, Unobservable

from ..workloads.made import Raw, at, condition, deployment, hear, is_in_flight, meta, only, pod, stateful
from ..world import FixedWorld, forbidden

DIGEST = "sha256:" + "a" * 64
OTHER = "sha256:" + "b" * 64
SET: Raw = {
    "apiVersion": "apps/v1",
    "kind": "ReplicaSet",
    "metadata": meta(
        "ades-7d9f8c5b9",
        ownerReferences=[{"apiVersion": "apps/v1", "kind": "Deployment", "name": "ades", "controller": True}],
    ),
}


def running(image: str, name: str = "ades-7d9f8c5b9-xkqzr", image_id: str = "", policy: str = "IfNotPresent") -> Raw:
    """A pod of the Deployment ``ades`` that runs this image."""
    raw = pod(name, ready=True)
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "ades-7d9f8c5b9", "controller": True}
    raw["metadata"]["ownerReferences"] = [owner]
    raw["spec"]["containers"] = [{"name": "ades", "image": image, "imagePullPolicy": policy}]
    raw["status"]["containerStatuses"][0]["imageID"] = image_id
    return raw


def namespace(name: str = "proc") -> Raw:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def test_no_pod_at_all_is_no_image_as_it_should_be() -> None:
    for rule, args in ((builds.one_build, ()), (versions.one_version, ("",))):
        (said,) = hear(rule, namespace(), FixedWorld(), *args)
        assert isinstance(said, Unobservable)
    with pytest.raises(Unobservable):
        inventory.inventory(FixedWorld())


def test_pods_a_workload_says_it_has_and_nobody_sees_run_no_version() -> None:
    assert is_in_flight(hear(versions.as_released, deployment(), FixedWorld(), Released("2.0.21")))


class TestRunning:
    def test_every_kind_of_container(self) -> None:
        raw = running("eoepca/ades:2.0.21")
        raw["spec"]["initContainers"] = [{"name": "wait", "image": "wait-for:1"}]
        raw["spec"]["ephemeralContainers"] = [{"name": "debugger", "image": "busybox"}]
        found = {each.name: each for each in containers_of(Resource(raw), FixedWorld(raw, SET))}
        assert set(found) == {"ades", "wait", "debugger"}
        assert found["wait"].path == "spec.template.spec.initContainers[name=wait].image"
        assert {str(each.owner) for each in found.values()} == {"Deployment/proc/ades"}

    @pytest.mark.parametrize(
        ("image_id", "digest"),
        [
            (f"docker.io/eoepca/ades@{DIGEST}", DIGEST),
            (f"docker-pullable://eoepca/ades@{DIGEST}", DIGEST),
            (DIGEST, ""),  # the image's own id on that node: no registry knows it
            (f"docker://{DIGEST}", ""),
            ("docker.io/eoepca/ades:2.0.21", ""),
            ("", ""),
        ],
    )
    def test_digest(self, image_id: str, digest: str) -> None:
        raw = running("eoepca/ades:2.0.21", image_id=image_id)
        [found] = containers_of(Resource(raw), FixedWorld(SET))
        assert (found.digest, found.known_as) == (digest, "docker.io/eoepca/ades" if digest else "")
        assert found.build == (DIGEST if DIGEST in image_id else "")

    def test_replicasets_that_may_not_be_read(self) -> None:
        raw = running("eoepca/ades:2.0.21")
        raw["metadata"]["labels"]["pod-template-hash"] = "7d9f8c5b9"
        world = FixedWorld(raw, problems={"ReplicaSet": forbidden("replicasets")})
        assert [str(each.owner) for each in containers_of(Resource(raw), world)] == ["Deployment/proc/ades"]

    def test_what_has_ended_runs_no_more(self) -> None:
        raw = running("eoepca/ades")
        raw["status"]["phase"] = "Succeeded"
        assert list(containers_of(Resource(raw), FixedWorld())) == []

    @pytest.mark.parametrize(
        ("short", "long"),
        [
            ("mongo", "docker.io/library/mongo"),
            ("eoepca/ades", "docker.io/eoepca/ades"),
            ("quay.io/a/b", "quay.io/a/b"),
            ("localhost/a", "localhost/a"),
            ("registry:5000/a", "registry:5000/a"),
        ],
    )
    def test_the_registry_that_is_meant(self, short: str, long: str) -> None:
        assert full_name(short) == long


class TestInventory:
    def test_digests_and_users(self) -> None:
        world = FixedWorld(running("eoepca/ades:2.0.21", image_id=f"x@{DIGEST}"), running("mongo", "ades-2"), SET)
        assert inventory.inventory(world) == {
            "containers": 2,
            "without_digest": 1,
            "images": {
                "eoepca/ades:2.0.21": {"digests": [DIGEST], "used_by": ["Deployment/proc/ades ades"]},
                "mongo": {"digests": [], "used_by": ["Deployment/proc/ades ades"]},
            },
        }

    def test_an_id_is_no_digest(self) -> None:
        told = inventory.inventory(FixedWorld(running("mongo", image_id=f"docker://{DIGEST}"), SET))
        assert told["without_digest"] == 1
        used_by = ["Deployment/proc/ades ades"]
        assert told["images"] == {"mongo": {"digests": [], "ids": [DIGEST], "used_by": used_by}}

    def test_half_a_list_is_none(self) -> None:
        with pytest.raises(Unobservable):
            inventory.inventory(FixedWorld(running("mongo"), problems={"Pod": forbidden("pods")}))


class TestPinned:
    @pytest.mark.parametrize(
        "image", ["eoepca/ades:2.0.21", f"mongo@{DIGEST}", f"mongo:latest@{DIGEST}", "r:5000/a:v1"]
    )
    def test_pinned(self, image: str) -> None:
        assert hear(pinned.pinned, running(image), FixedWorld(SET)) == []

    @pytest.mark.parametrize("image", ["mongo", "eoepca/ades:latest", "registry:5000/ades", "eoepca/ades:develop"])
    def test_floating(self, image: str) -> None:
        said = only(hear(pinned.pinned, running(image), FixedWorld(SET)))
        assert (str(said.ref), said.severity) == ("Deployment/proc/ades", MINOR)

    def test_pulled_at_every_start(self) -> None:
        assert only(hear(pinned.pinned, running("mongo", policy="Always"), FixedWorld(SET))).severity is MAJOR


def node(name: str, runtime: str = "containerd://2.1.4", arch: str = "amd64", *images: tuple[str, ...]) -> Raw:
    info = {"architecture": arch, "operatingSystem": "linux", "containerRuntimeVersion": runtime}
    status = {"nodeInfo": info, "images": [{"names": list(names)} for names in images]}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "status": status}


def on(name: str, image_id: str, pod_name: str = "", image: str = "eoepca/ades:2") -> Raw:
    """A pod on a node."""
    raw = running(image, pod_name or f"ades-{name}", image_id)
    raw["spec"]["nodeName"] = name
    return raw


ONE, TWO = f"docker.io/eoepca/ades@{DIGEST}", f"docker.io/eoepca/ades@{OTHER}"


class TestBuilds:
    def told(self, *objects: Raw, **more: Any) -> list[Any]:
        return hear(builds.one_build, namespace(), FixedWorld(*objects, SET, **more))

    def test_a_moved_tag(self) -> None:
        one = running("eoepca/ades:2", image_id=ONE)
        same, two = running("eoepca/ades:2", "b", ONE), running("eoepca/ades:2", "c", TWO)
        assert self.told(one, same) == []
        assert only(self.told(one, two)).subject == "image eoepca/ades:2"
        assert hear(builds.one_build, namespace("um"), FixedWorld(one, two, SET)) == []

    @pytest.mark.parametrize("ids", [(ONE, TWO), (DIGEST, OTHER), (f"docker://{DIGEST}", f"docker://{OTHER}")])
    def test_on_nodes_that_are_alike(self, ids: tuple[str, str]) -> None:
        older = node("b", "containerd://1.7.2")
        moved = only(self.told(on("a", ids[0]), on("b", ids[1]), node("a"), older))
        assert moved.rule in ("", builds.one_build.id)
        assert moved.observed.startswith("2 builds")

    @pytest.mark.parametrize("ids", [(ONE, OTHER), (ONE, f"docker://{OTHER}"), (ONE, f"quay.io/mirror/ades@{OTHER}")])
    def test_digest_and_id_and_another_repository_are_not_compared(self, ids: tuple[str, str]) -> None:
        [said] = self.told(on("a", ids[0]), on("b", ids[1]), node("a"), node("b"))
        assert (type(said), said.code) == (Note, "image-builds-incomparable")

    @pytest.mark.parametrize("other", [("cri-o://1.30", "amd64"), ("containerd://2.1.4", "arm64")])
    def test_another_platform_or_runtime_may_name_the_same_otherwise(self, other: tuple[str, str]) -> None:
        said = self.told(on("a", ONE), on("b", TWO), node("a"), node("b", *other))
        assert [type(each) for each in said] == [Note]
        moved = self.told(on("a", ONE), on("b", TWO), on("c", TWO), node("a"), node("c"), node("b", *other))
        assert isinstance(only(moved), Deviation)

    def test_digests_a_node_calls_one_image_are_one_build(self) -> None:
        index = node("b", "containerd://2.1.4", "amd64", (ONE, TWO, "docker.io/eoepca/ades:2"), ("quay.io/x:1",))
        assert self.told(on("a", ONE), on("b", TWO), node("a"), index) == []
        nameless = node("b", "containerd://2.1.4", "amd64", (ONE, "<none>@<none>"), (TWO, "<none>@<none>"))
        assert isinstance(only(self.told(on("a", ONE), on("b", TWO), node("a"), nameless)), Deviation)
        third = on("c", f"docker.io/eoepca/ades@sha256:{'c' * 64}")
        assert "2 builds" in only(self.told(on("a", ONE), on("b", TWO), third, node("a"), node("c"), index)).observed

    def test_what_is_named_by_digest_does_not_move(self) -> None:
        image = f"eoepca/ades:2@{DIGEST}"
        assert self.told(on("a", ONE, image=image), on("b", TWO, image=image), node("a"), node("b")) == []

    def test_nodes_that_may_not_be_read(self) -> None:
        problems = {"Node": forbidden("nodes")}
        assert self.told(on("a", ONE), on("b", ONE), problems=problems) == []
        [said] = self.told(on("a", ONE), on("b", TWO), problems=problems)
        assert (type(said), said.subject) == (Unobservable, "image eoepca/ades:2")
        assert only(self.told(on("a", ONE), on("a", TWO, "ades-other"), problems=problems)).subject

    def test_no_digest_says_nothing(self) -> None:
        assert self.told(running("eoepca/ades:2", image_id="eoepca/ades:2"), running("eoepca/ades:2", "b")) == []


class TestOrigins:
    def told(self, image: str) -> list[Any]:
        return hear(origins.expected_registry, running(image), FixedWorld(SET), ("docker.io/eoepca", "quay.io"))

    def test_expected(self) -> None:
        assert self.told("eoepca/ades:1") == self.told("quay.io/a/b:1") == []

    @pytest.mark.parametrize("image", ["mongo:4", "docker.io/eoepca2/ades:1", "quay.io.example.org/a:1", "ghcr.io/a:1"])
    def test_unexpected(self, image: str) -> None:
        assert only(self.told(image)).ref


class TestVersions:
    def told(self, *pods: Raw, prefix: str = "") -> list[Any]:
        return hear(versions.one_version, namespace(), FixedWorld(*pods, SET), prefix)

    def other(self, image: str) -> Raw:
        raw = running(image, "guard-0")
        raw["metadata"]["ownerReferences"] = [{"kind": "StatefulSet", "name": "guard", "controller": True}]
        return raw

    def test_one(self) -> None:
        assert self.told(running("eoepca/pep:1.1"), self.other("docker.io/eoepca/pep:1.1")) == []

    def test_two(self) -> None:
        said = only(self.told(running("eoepca/pep:1.1"), self.other("eoepca/pep:1.2")))
        assert said.subject == "image docker.io/eoepca/pep"
        assert said.affects == ("Deployment/proc/ades", "StatefulSet/proc/guard")

    def test_others_images_may_differ(self) -> None:
        assert self.told(running("mongo:4"), self.other("mongo:5"), prefix="docker.io/eoepca") == []

    def test_a_rollout_under_way(self) -> None:
        new = running("eoepca/pep:1.2", "ades-2")
        new["metadata"]["creationTimestamp"] = at(seconds=5)
        assert self.told(running("eoepca/pep:1.1"), new) == []


class TestReleased:
    def told(self, declared: Released, *pods: Raw, raw: Raw | None = None) -> list[Any]:
        asked = raw or deployment()
        return hear(versions.as_released, asked, FixedWorld(asked, *pods, SET), declared)

    @pytest.mark.parametrize("image", ["", "eoepca/ades", "docker.io/eoepca/ades", "ades"])
    @pytest.mark.parametrize("version", ["2.0.21", "v2.0.21"])
    def test_as_released(self, image: str, version: str) -> None:
        assert self.told(Released(version, image), running("eoepca/ades:2.0.21")) == []

    @pytest.mark.parametrize(
        "declared", [Released("2.0.22"), Released("2.0.21", "eoepca/pep"), Released("2.0.21", container="pep")]
    )
    def test_not_as_released(self, declared: Released) -> None:
        assert only(self.told(declared, running("eoepca/ades:2.0.21"))).ref

    def test_a_pod_that_was_not_replaced(self) -> None:
        old = running("eoepca/ades:2.0.20")
        assert "still runs eoepca/ades:2.0.20" in only(self.told(Released("2.0.21"), old)).observed
        moving = deployment(1, 1, condition("Progressing", "True", "ReplicaSetUpdated", since=at(seconds=9)), updated=0)
        assert is_in_flight(self.told(Released("2.0.21"), old, raw=moving))

    def test_a_statefulset_that_changes_one_pod_after_the_other(self) -> None:
        old, moving = running("eoepca/ades:2.0.20"), stateful(3, 3, updatedReplicas=1)
        moving["metadata"]["creationTimestamp"] = at(minutes=2)
        assert is_in_flight(self.told(Released("2.0.21"), old, raw=moving))

    def test_by_digest(self) -> None:
        raw = deployment()
        raw["spec"]["template"]["spec"]["containers"][0]["image"] = f"eoepca/ades@{DIGEST}"
        assert self.told(Released(DIGEST), running(f"eoepca/ades@{DIGEST}"), raw=raw) == []
        assert only(self.told(Released(OTHER), running(f"eoepca/ades@{DIGEST}"), raw=raw)).ref
