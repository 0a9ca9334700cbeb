"""Containers, pods nobody keeps, autoscalers, volumes, quotas, probes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from holdfast.checks.workloads import autoscalers, containers, pods, probes, quotas, volumes
from holdfast.model import MAJOR, MINOR, Unobservable

from ..world import FixedWorld
from .made import BACK_OFF, NOT_PULLED, Raw, at, condition, crash, deployment, hear, is_in_flight, meta, only, pod

HOUR = timedelta(hours=1)


class TestContainers:
    def told(self, check: Any, *pods: Raw) -> list[Any]:
        raw = deployment()
        return hear(check, raw, FixedWorld(raw, *pods))

    def test_killed_for_memory_and_running_again(self) -> None:
        raw = pod(ready=True, restarts=3, ended=crash("OOMKilled", 137, hours=2))
        assert "OOMKilled 2h ago" in only(self.told(containers.not_oom_killed, raw)).observed
        assert self.told(containers.not_restarting, raw) == []

    def test_long_ago(self) -> None:
        raw = pod(ready=True, restarts=300, ended=crash(days=2))
        assert self.told(containers.not_restarting, raw) == []
        killed = pod(ready=True, restarts=1, ended=crash("OOMKilled", 137, days=2))
        assert self.told(containers.not_oom_killed, killed) == []

    def test_restarts(self) -> None:
        assert self.told(containers.not_restarting, pod(ready=True, restarts=5, ended=crash())) == []
        said = only(self.told(containers.not_restarting, pod(ready=True, restarts=6, ended=crash())))
        assert said.observed.startswith("container ades of ades-7d9f8c5b9-xkqzr: 6")

    def test_one_that_does_not_run_is_told_as_that(self) -> None:
        raw, loop = deployment(0, 1), pod(state=BACK_OFF, restarts=60, ended=crash())
        assert hear(containers.not_restarting, raw, FixedWorld(raw, loop)) == []

    def test_pods_it_says_it_has_and_nobody_sees(self) -> None:
        for check in (containers.not_oom_killed, containers.not_restarting):
            assert is_in_flight(self.told(check))  # one ready, and no pod in a complete LIST
            assert is_in_flight(self.told(check, {**pod(ready=True), "status": None}))
            raw = deployment(0, 1)
            assert hear(check, raw, FixedWorld(raw)) == []  # told by the rule of rollouts

    def test_the_worst_of_many_pods(self) -> None:
        many = [pod(f"ades-{n}", ready=True, restarts=n, ended=crash()) for n in range(4, 9)]
        assert "ades-8: 8" in only(self.told(containers.not_restarting, *many)).observed


class TestPods:
    def told(self, raw: Raw, *others: Raw) -> list[Any]:
        return hear(pods.not_stuck, raw, FixedWorld(raw, *others))

    def test_pods_of_workloads_are_theirs(self) -> None:
        raw = pod(state=BACK_OFF, ended=crash())
        raw["metadata"]["ownerReferences"] = [{"kind": "ReplicaSet", "name": "ades-7d9f8c5b9", "controller": True}]
        assert self.told(raw) == []

    def test_alone(self) -> None:
        assert "cannot be pulled" in only(self.told(pod(state=NOT_PULLED))).cause
        assert self.told(pod(ready=True)) == []

    def test_a_job_s_pod_names_the_job(self) -> None:
        raw = pod(state=NOT_PULLED)
        raw["metadata"]["ownerReferences"] = [{"kind": "Job", "name": "stage-in", "controller": True}]
        assert only(self.told(raw)).affects == ("Job/proc/stage-in",)

    def test_of_which_nothing_is_said(self) -> None:
        for status in ({}, None, {"phase": None}):
            (said,) = self.told({**pod(), "status": status})
            assert isinstance(said, Unobservable)

    def test_ended_pods_are_no_concern(self) -> None:
        raw = pod()
        raw["status"]["phase"] = "Succeeded"
        assert self.told(raw) == []

    def test_on_its_way_out(self) -> None:
        raw = pod(ready=True)
        raw["metadata"]["deletionTimestamp"] = at(minutes=1)
        assert is_in_flight(self.told(raw))
        raw["metadata"]["deletionTimestamp"] = at(hours=1)
        raw["spec"]["nodeName"] = "worker-3"
        assert "node worker-3 does not exist" in only(self.told(raw)).cause
        raw["metadata"]["finalizers"] = ["example.org/keep"]
        assert "example.org/keep" in only(self.told(raw)).cause


def autoscaler(*conditions: Raw) -> Raw:
    target = {"kind": "Deployment", "name": "ades", "apiVersion": "apps/v1"}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": meta("ades"),
        "spec": {"scaleTargetRef": target, "maxReplicas": 4},
        "status": {"conditions": list(conditions)},
    }


ABLE = condition("AbleToScale", "True", "ReadyForNewScale")
UNABLE = condition("AbleToScale", "False", "FailedGetScale", 'deployments/scale.apps "ades" not found')
METRICS = {"metrics.k8s.io": {"v1beta1": ["PodMetrics"]}}


class TestAutoscalers:
    def told(self, raw: Raw, *others: Raw, served: Any = METRICS) -> list[Any]:
        return hear(autoscalers.can_scale, raw, FixedWorld(raw, *others, served=served))

    def test_well(self) -> None:
        assert self.told(autoscaler(ABLE, condition("ScalingActive", "True"))) == []

    def test_nobody_has_looked_yet(self) -> None:
        (said,) = self.told(autoscaler())
        assert isinstance(said, Unobservable)

    def test_its_target_is_gone(self) -> None:
        said = only(self.told(autoscaler(UNABLE)))
        assert (said.rule, str(said.ref)) == ("platform.object.missing", "Deployment/proc/ades")
        assert said.affects == ("HorizontalPodAutoscaler/proc/ades",)

    def test_it_cannot_reach_its_target(self) -> None:
        assert "FailedGetScale" in only(self.told(autoscaler(UNABLE), deployment())).cause

    def test_blind(self) -> None:
        active = condition("ScalingActive", "False", "FailedGetResourceMetric", "no metrics returned")
        assert "no metrics returned" in only(self.told(autoscaler(ABLE, active))).cause
        assert only(self.told(autoscaler(ABLE, active), served={})).subject == "the metrics API metrics.k8s.io"

    def test_pods_that_have_just_started_have_no_metrics(self) -> None:
        active = condition("ScalingActive", "False", "FailedGetResourceMetric", since=at(seconds=20))
        assert is_in_flight(self.told(autoscaler(ABLE, active)))

    def test_its_target_is_switched_off(self) -> None:
        active = condition("ScalingActive", "False", "ScalingDisabled")
        assert only(self.told(autoscaler(ABLE, active), deployment(0, 0))).rule == "workload.replicas.zero"

    def test_at_its_limit(self) -> None:
        def limited(since: str) -> list[Any]:
            raw = autoscaler(ABLE, condition("ScalingLimited", "True", "TooManyReplicas", since=since))
            return hear(autoscalers.has_room, raw, FixedWorld(raw), HOUR)

        assert only(limited(at(hours=2))).path == "spec.maxReplicas"
        assert is_in_flight(limited(at(minutes=2)))

    def test_of_which_nothing_is_said(self) -> None:
        for raw in (autoscaler(), {**autoscaler(), "status": None}, autoscaler(condition("ScalingLimited", ""))):
            (said,) = hear(autoscalers.has_room, raw, FixedWorld(raw), HOUR)
            assert isinstance(said, Unobservable)
        raw = autoscaler(ABLE)  # it has not come to limits yet
        assert hear(autoscalers.has_room, raw, FixedWorld(raw), HOUR) == []

    def test_at_its_least_is_no_matter(self) -> None:
        raw = autoscaler(ABLE, condition("ScalingLimited", "True", "TooFewReplicas"))
        assert hear(autoscalers.has_room, raw, FixedWorld(raw), HOUR) == []


def claim(phase: str, storage_class: str = "nfs", **ago: float) -> Raw:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": meta("data", creationTimestamp=at(**ago or {"days": 1})),
        "spec": {"storageClassName": storage_class, "volumeName": "pv-1"},
        "status": {"phase": phase},
    }


def storage_class(mode: str) -> Raw:
    kind = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass"}
    return {**kind, "metadata": {"name": "nfs"}, "provisioner": "nfs.example", "volumeBindingMode": mode}


class TestVolumes:
    def told(self, raw: Raw, *others: Raw) -> list[Any]:
        return hear(volumes.bound, raw, FixedWorld(raw, *others))

    def test_bound(self) -> None:
        assert self.told(claim("Bound")) == []

    def test_pending(self) -> None:
        assert is_in_flight(self.told(claim("Pending", minutes=2)))
        assert "nfs does not exist" in only(self.told(claim("Pending"))).cause
        assert "nfs.example" in only(self.told(claim("Pending"), storage_class("Immediate"))).cause

    def test_it_waits_for_its_first_pod(self) -> None:
        late = storage_class("WaitForFirstConsumer")
        assert self.told(claim("Pending"), late) == []
        mount = [{"name": "x", "persistentVolumeClaim": {"claimName": "data"}}]
        assert only(self.told(claim("Pending"), late, pod(volumes=mount))).affects

    def test_lost(self) -> None:
        assert "pv-1 no longer exists" in only(self.told(claim("Lost"))).cause

    def test_it_could_not_grow(self) -> None:
        raw = claim("Bound")
        raw["status"]["conditions"] = [condition("ControllerResizeError", "True", message="quota of the pool")]
        assert "quota of the pool" in only(self.told(raw)).observed


def quota(used: str, hard: str) -> Raw:
    status = {"hard": {"requests.memory": hard}, "used": {"requests.memory": used}}
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": meta("tight"), "status": status}


class TestQuotas:
    @pytest.mark.parametrize(
        ("used", "hard", "severity"), [("1Gi", "8Gi", None), ("7500Mi", "8Gi", MINOR), ("8Gi", "8192Mi", MAJOR)]
    )
    def test_room(self, used: str, hard: str, severity: object) -> None:
        said = hear(quotas.has_room, quota(used, hard), FixedWorld())
        assert [each.severity for each in said] == ([severity] if severity else [])

    def test_a_ban_is_no_lack_of_room(self) -> None:
        assert hear(quotas.has_room, quota("0", "0"), FixedWorld()) == []

    def test_whoever_is_refused_is_told_instead(self) -> None:
        refused = condition("ReplicaFailure", "True", "FailedCreate", "exceeded quota: tight, requested: pods=1")
        said = only(hear(quotas.has_room, quota("8Gi", "8Gi"), FixedWorld(deployment(0, 1, refused))))
        assert str(said.ref) == "Deployment/proc/ades"

    def test_nobody_has_counted(self) -> None:
        (said,) = hear(quotas.has_room, {**quota("0", "1"), "status": {}}, FixedWorld())
        assert isinstance(said, Unobservable)


class TestProbes:
    def test_a_port_without_a_probe(self) -> None:
        assert "none for ades" in only(hear(probes.probed, deployment(), FixedWorld())).observed

    def test_a_probe_or_no_port(self) -> None:
        raw = deployment()
        raw["spec"]["template"]["spec"]["containers"][0]["readinessProbe"] = {"httpGet": {"path": "/", "port": 80}}
        assert hear(probes.probed, raw, FixedWorld()) == []
        raw["spec"]["template"]["spec"]["containers"][0] = {"name": "worker", "image": "x:1"}
        assert hear(probes.probed, raw, FixedWorld()) == []
