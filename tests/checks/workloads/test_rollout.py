"""Whether workloads have their pods, and why not."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.workloads import rollout
from holdfast.checks.workloads.rollout import STOPPED, UNREADY, ZERO, Declared
from holdfast.model import CRITICAL, MAJOR, Resource, UnknownCode, Unobservable

from ..world import FixedWorld, forbidden
from .made import (
    BACK_OFF,
    NOT_PULLED,
    Raw,
    at,
    condition,
    crash,
    daemon,
    deployment,
    hear,
    is_in_flight,
    only,
    pod,
    stateful,
)

LATE = condition("Progressing", "False", "ProgressDeadlineExceeded", 'ReplicaSet "ades-7d9f8c5b9" has timed out')
REFUSED = condition("ReplicaFailure", "True", "FailedCreate", "pods is forbidden: exceeded quota: tight, requested: 1")


def told(raw: Raw, *others: Raw, declared: Declared | None = None) -> list[Any]:
    return hear(rollout.rolled_out, raw, FixedWorld(raw, *others), declared)


class TestQuiet:
    @pytest.mark.parametrize("raw", [deployment(), stateful(), daemon(2, 2), deployment(0, 0), daemon(0, 0)])
    def test_all_it_wants(self, raw: Raw) -> None:
        assert told(raw) == []

    def test_a_partition_keeps_pods_back(self) -> None:
        raw = stateful(3, 3, updatedReplicas=1)
        raw["spec"]["updateStrategy"] = {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}
        assert told(raw) == []

    def test_a_rollout_within_its_deadline(self) -> None:
        moving = condition("Progressing", "True", "ReplicaSetUpdated", since=at(minutes=3))
        assert is_in_flight(told(deployment(0, 1, moving), pod()))

    def test_a_statefulset_does_not_replace_a_broken_pod(self) -> None:
        said = only(told(stateful(0), pod("db-0", state=BACK_OFF, restarts=5, ended=crash())))
        assert said.remedy[-1].command == "kubectl delete pod/db-0 -n proc"
        assert said.remedy[-1].writes

    def test_a_new_pod_of_a_statefulset_has_time(self) -> None:
        young = pod()
        young["metadata"]["creationTimestamp"] = at(minutes=3)
        assert is_in_flight(told(stateful(0), young))

    def test_nobody_has_looked_at_the_change_yet(self) -> None:
        raw = deployment()
        raw["metadata"]["generation"] = 2
        (said,) = told(raw)
        assert isinstance(said, Unobservable)
        assert said.code is UnknownCode.STALE


class TestCause:
    def test_crash(self) -> None:
        said = only(told(deployment(0), pod(state=BACK_OFF, restarts=5, ended=crash(code=3))))
        assert (said.rule, said.severity) == (UNREADY, CRITICAL)
        assert "ends with exit code 3" in said.cause
        assert said.path == "spec.template.spec.containers[name=ades]"
        assert said.remedy[0].command.endswith("--previous --tail=50")

    def test_memory(self) -> None:
        said = only(told(deployment(1, 2), pod(state=BACK_OFF, restarts=5, ended=crash("OOMKilled", 137))))
        assert "OOMKilled" in said.cause
        assert said.severity is MAJOR  # another pod serves

    def test_image(self) -> None:
        assert "cannot be pulled" in only(told(deployment(0), pod(state=NOT_PULLED))).cause

    def test_a_first_failure_to_pull_is_no_finding_yet(self) -> None:
        moving = condition("Progressing", "True", "ReplicaSetUpdated", since=at(seconds=5))
        first = pod(state={"waiting": {"reason": "ErrImagePull", "message": "dial tcp: timeout"}})
        assert is_in_flight(told(deployment(0, 1, moving), first))

    def test_init_container(self) -> None:
        raw = pod(state={"waiting": {"reason": "PodInitializing"}})
        raw["spec"]["initContainers"] = [{"name": "wait", "image": "eoepca/wait-for:1"}]
        status = {"name": "wait", "restartCount": 4, "state": BACK_OFF, "lastState": {"terminated": crash()}}
        raw["status"]["initContainerStatuses"] = [status]
        said = only(told(deployment(0), raw))
        assert said.cause.startswith("init container wait ends with exit code 1")
        assert said.path == "spec.template.spec.initContainers[name=wait]"

    def test_configuration(self) -> None:
        waiting = {"waiting": {"reason": "CreateContainerConfigError", "message": 'secret "db" not found'}}
        assert 'secret "db" not found' in only(told(deployment(0), pod(state=waiting))).cause

    def test_no_node(self) -> None:
        unscheduled = condition("PodScheduled", "False", "Unschedulable", "0/3 nodes are available")
        raw = pod(conditions=[unscheduled])
        raw["status"].pop("containerStatuses")
        assert "0/3 nodes are available" in only(told(deployment(0, 1, LATE), raw)).cause

    def test_quota(self) -> None:
        assert "exceeded quota: tight" in only(told(deployment(0, 1, REFUSED))).cause

    def test_quota_of_a_statefulset(self) -> None:
        counted = {"hard": {"pods": "5"}, "used": {"pods": "5"}}
        meta = {"name": "tight", "namespace": "proc"}
        quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": meta, "status": counted}
        assert "the quota tight allows no more" in only(told(stateful(0), quota)).cause

    def test_the_last_words(self) -> None:
        class Words:
            def of(self, pod: Resource, container: str) -> str:
                return f"{pod.name} {container}: no route to database"

        raw = deployment(0)
        world = FixedWorld(raw, pod(state=BACK_OFF, restarts=5, ended=crash()))
        said = only(hear(rollout.rolled_out, raw, world, None, Words()))
        assert said.cause.endswith("it had said: ades-7d9f8c5b9-xkqzr ades: no route to database")
        assert "no route" not in said.summary

    def test_pods_that_cannot_be_read(self) -> None:
        raw = deployment(0)
        assert hear(rollout.rolled_out, raw, FixedWorld(raw, problems={"Pod": forbidden("pods")})) == [
            forbidden("pods")
        ]
        late = deployment(0, 1, LATE)
        said = only(hear(rollout.rolled_out, late, FixedWorld(late, problems={"Pod": forbidden("pods")})))
        assert "ProgressDeadlineExceeded" in said.cause

    def test_an_unbound_volume_is_the_root(self) -> None:
        message = "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims"
        unscheduled = condition("PodScheduled", "False", "Unschedulable", message)
        raw = pod(conditions=[unscheduled], volumes=[{"name": "x", "persistentVolumeClaim": {"claimName": "scratch"}}])
        raw["status"].pop("containerStatuses")
        claim = {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": "scratch", "namespace": "proc"},
            "status": {"phase": "Pending"},
        }
        said = only(told(deployment(0, 1, LATE), raw, claim))
        assert (said.rule, str(said.ref)) == ("workload.volume.unbound", "PersistentVolumeClaim/proc/scratch")
        assert "Deployment/proc/ades" in said.affects


class TestStopped:
    def test_the_version_before_still_serves(self) -> None:
        raw = deployment(1, 1, LATE)
        raw["status"]["replicas"] = 2
        said = only(told(raw, pod("ades-1", ready=True), pod("ades-2", state=NOT_PULLED)))
        assert (said.rule, said.severity) == (STOPPED, MAJOR)
        assert "cannot be pulled" in said.cause

    def test_a_rollout_that_somebody_has_paused(self) -> None:
        paused = condition("Progressing", "Unknown", "DeploymentPaused")
        raw = deployment(1, 1, paused, updated=0, paused=True)
        assert only(told(raw, pod(ready=True))).cause == "its rollout is paused (spec.paused)"

    def test_its_own_sentence_is_no_pass_where_nothing_is_said(self) -> None:
        (said,) = hear(rollout.not_stopped, {**deployment(), "status": {}}, FixedWorld())
        assert isinstance(said, Unobservable)

    def test_its_own_sentence_leaves_what_does_not_serve_to_the_other(self) -> None:
        raw = deployment(0, 1, LATE)
        assert hear(rollout.not_stopped, raw, FixedWorld(raw, pod())) == []

    def test_whoever_failed_over_it_is_affected(self) -> None:
        raw = deployment(0, 1, LATE)
        group = "helm.toolkit.fluxcd.io"
        raw["metadata"]["labels"] = {f"{group}/name": "ades", f"{group}/namespace": "proc"}
        failed = condition("Ready", "False", "UpgradeFailed", "resource not ready, name: ades, kind: Deployment")
        release = {
            "apiVersion": f"{group}/v2",
            "kind": "HelmRelease",
            "metadata": {"name": "ades", "namespace": "proc"},
            "status": {"conditions": [failed]},
        }
        assert only(told(raw, pod(), release)).affects == ("HelmRelease/proc/ades",)


class TestDeclared:
    def test_switched_off(self) -> None:
        said = only(told(deployment(0, 0), declared=Declared(purpose="runs processes")))
        assert (said.rule, said.severity) == (ZERO, CRITICAL)
        assert "runs processes" in said.summary

    def test_fewer_than_declared(self) -> None:
        said = only(told(deployment(1, 1), declared=Declared.of({"replicas": "2"})))
        assert (said.rule, said.severity) == (ZERO, MAJOR)

    def test_more_than_declared(self) -> None:
        assert told(deployment(4, 4), declared=Declared.of({"replicas": "2"})) == []

    def test_declared_to_be_off(self) -> None:
        assert told(deployment(0, 0), declared=Declared.of({"replicas": "0"})) == []

    def test_a_daemon_no_node_matches(self) -> None:
        assert "0 nodes match" in only(told(daemon(0, 0), declared=Declared())).observed
