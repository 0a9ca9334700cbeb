"""Flux's controllers: available, alive, not out of memory, not crashing."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from holdfast.checks.flux import availability, declared, leases
from holdfast.checks.flux.controllers import Controller
from holdfast.model import Deviation, InFlight, Note, Resource, Severity

from ..world import forbidden
from .recorded import NOW, Platform, Raw, findings, unknowns

SOURCE = "Deployment/flux-system/source-controller"
ALL = (availability.available, availability.not_oom_killed, availability.not_crash_looping, leases.speaking)


def iso(ago: timedelta) -> str:
    return (NOW - ago).isoformat().replace("+00:00", "Z")


def pod_of(platform: Platform, controller: str) -> Raw:
    return next(
        each
        for each in platform.objects
        if each["kind"] == "Pod" and each["metadata"]["labels"].get("app") == controller
    )


def ended(platform: Platform, reason: str, ago: timedelta, waiting: str = "") -> None:
    """The container's last end, as core/v1 has it (modelled: a testbed's pods do not run)."""
    status = pod_of(platform, "source-controller")["status"]["containerStatuses"][0]
    status["restartCount"] = 7
    status["lastState"] = {"terminated": {"reason": reason, "exitCode": 137, "finishedAt": iso(ago)}}
    if waiting:
        status["state"] = {"waiting": {"reason": waiting, "message": "back-off 5m0s restarting failed container"}}


def unavailable(platform: Platform, since: timedelta = timedelta(minutes=20)) -> Raw:
    deployment = platform.raw("Deployment", "source-controller")
    deployment["status"] |= {"availableReplicas": 0, "readyReplicas": 0, "unavailableReplicas": 1}
    for each in deployment["status"]["conditions"]:
        if each["type"] == "Available":
            each |= {"status": "False", "reason": "MinimumReplicasUnavailable", "lastTransitionTime": iso(since)}
    return deployment


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_a_healthy_flux_gives_nothing(rule: Any) -> None:
    assert Platform().hear_home(rule) == []


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_no_deployment_at_all_is_never_a_pass(rule: Any) -> None:
    said = Platform().drop("Deployment").hear_home(rule)

    assert {each[:2] for each in findings(said, rule)} == {
        ("flux.controller.unavailable", f"Deployment/flux-system/{name}-controller")
        for name in ("source", "kustomize", "helm", "notification")
    }


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_deployments_that_cannot_be_read_are_unknown(rule: Any) -> None:
    platform = Platform()
    platform.problems["Deployment"] = forbidden("deployments")

    assert unknowns(platform.hear_home(rule)) == [("forbidden", "list deployments")]


@pytest.mark.parametrize("rule", [*ALL, declared.right_version], ids=lambda rule: rule.id)
def test_flux_uninstalled_is_one_finding(rule: Any) -> None:
    platform = Platform().drop("Deployment")
    platform.objects = [each for each in platform.objects if "fluxcd.io" not in each["apiVersion"]]

    assert findings(platform.hear_home(rule), rule) == [("flux.controller.unavailable", "Namespace/flux-system", "")]


def test_a_controller_nobody_needs_is_not_missed() -> None:
    platform = Platform().drop("Deployment", "helm-controller").drop("HelmRelease")

    assert platform.hear_home(availability.available) == []


def test_a_missing_controller_tells_what_stands_still() -> None:
    said = Platform().drop("Deployment", "kustomize-controller").hear_home(availability.available)

    (gone,) = said
    assert isinstance(gone, Deviation)
    assert str(gone.ref) == "Deployment/flux-system/kustomize-controller"
    assert "Kustomization/flux-system/user-management" in gone.affects
    assert "4 objects" in gone.summary


def test_whether_an_absent_controller_is_needed_may_be_unknown() -> None:
    platform = Platform().drop("Deployment", "helm-controller").drop("HelmRelease")
    platform.problems["HelmRelease"] = forbidden("helmreleases")

    assert unknowns(platform.hear_home(availability.available)) == [("forbidden", "list helmreleases")]


def test_scaled_to_zero_is_not_available_whatever_its_condition_says() -> None:
    platform = Platform()
    platform.raw("Deployment", "source-controller")["spec"]["replicas"] = 0

    said = platform.hear_home(availability.available)

    assert findings(said, availability.available) == [("flux.controller.unavailable", SOURCE, "")]


def test_scaled_to_zero_is_told_once_not_as_silence_too() -> None:
    platform = Platform().later(minutes=30)
    platform.raw("Deployment", "source-controller")["spec"]["replicas"] = 0
    for name in ("kustomize", "helm", "notification"):
        lease = platform.raw("Lease", f"{name}-controller-leader-election")
        lease["spec"]["renewTime"] = lease["metadata"]["managedFields"][0]["time"] = iso(timedelta(minutes=-30))

    said = platform.hear_home(leases.speaking)

    assert findings(said, leases.speaking) == [("flux.controller.unavailable", SOURCE, "")]


def test_not_available() -> None:
    platform = Platform()
    unavailable(platform)

    said = platform.hear_home(availability.available)

    assert findings(said, availability.available) == [("flux.controller.unavailable", SOURCE, "")]


def test_a_pod_that_is_being_replaced_is_no_finding_yet() -> None:
    platform = Platform()
    unavailable(platform, since=timedelta(seconds=20))

    (said,) = platform.hear_home(availability.available)

    assert isinstance(said, InFlight)


def test_a_rollout_has_its_own_deadline() -> None:
    platform = Platform()
    deployment = unavailable(platform)
    for each in deployment["status"]["conditions"]:
        if each["type"] == "Progressing":
            each |= {"reason": "ReplicaSetUpdated", "lastUpdateTime": iso(timedelta(minutes=3))}

    (said,) = platform.hear_home(availability.available)
    assert isinstance(said, InFlight)

    after = platform.later(minutes=8).hear_home(availability.available)
    assert findings(after, availability.available) == [("flux.controller.unavailable", SOURCE, "")]


def test_a_rollout_that_gave_up_counts_although_the_old_pod_still_runs() -> None:
    platform = Platform()
    for each in platform.raw("Deployment", "source-controller")["status"]["conditions"]:
        if each["type"] == "Progressing":
            each |= {"status": "False", "reason": "ProgressDeadlineExceeded", "message": "has timed out progressing."}

    (said,) = platform.hear_home(availability.available)

    assert isinstance(said, Deviation)
    assert "ProgressDeadlineExceeded" in said.cause
    assert said.severity is Severity.MAJOR


def test_a_status_that_speaks_of_an_older_deployment_says_nothing() -> None:
    platform = Platform()
    platform.raw("Deployment", "source-controller")["metadata"]["generation"] = 5

    assert unknowns(platform.hear_home(availability.available)) == [("stale", SOURCE)]


@pytest.mark.parametrize("status", [{}, None])
def test_an_empty_status_is_never_a_pass(status: object) -> None:
    platform = Platform()
    platform.raw("Deployment", "source-controller")["status"] = status

    assert unknowns(platform.hear_home(availability.available)) == [("stale", SOURCE)]


def test_what_keeps_the_pods_from_running_is_the_cause() -> None:
    platform = Platform()
    unavailable(platform)
    state = {"waiting": {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "ghcr.io/x:v9"'}}
    pod_of(platform, "source-controller")["status"]["containerStatuses"][0]["state"] = state

    (said,) = platform.hear_home(availability.available)

    assert isinstance(said, Deviation)
    assert said.cause == 'ImagePullBackOff of container manager: Back-off pulling image "ghcr.io/x:v9"'


def test_killed_for_memory_names_limit_and_restarts() -> None:
    platform = Platform()
    ended(platform, "OOMKilled", timedelta(hours=2))

    (said,) = platform.hear_home(availability.not_oom_killed)

    assert isinstance(said, Deviation)
    assert str(said.ref) == SOURCE
    assert "2Gi" in said.expected
    assert "7 restarts" in said.observed
    assert said.since == NOW - timedelta(hours=2)


def test_killed_for_memory_yesterday_is_only_noted() -> None:
    platform = Platform()
    ended(platform, "OOMKilled", timedelta(hours=25))

    (said,) = platform.hear_home(availability.not_oom_killed)

    assert isinstance(said, Note)


def test_pods_that_cannot_be_read_are_unknown() -> None:
    platform = Platform().drop("Pod")
    platform.problems["Pod"] = forbidden("pods")

    for rule in (availability.not_oom_killed, availability.not_crash_looping):
        assert unknowns(platform.hear_home(rule)) == [("forbidden", "list pods")]


def test_a_deployment_that_selects_no_pod_is_never_a_pass() -> None:
    said = Platform().drop("Pod").hear_home(availability.not_oom_killed)

    assert ("nothing-matched", f"pods of {SOURCE}") in unknowns(said)


def test_a_crash_loop_is_the_root_of_not_being_available() -> None:
    platform = Platform()
    unavailable(platform)
    ended(platform, "Error", timedelta(minutes=2), waiting="CrashLoopBackOff")

    for rule in (availability.available, availability.not_crash_looping, leases.speaking):
        platform.raw("Lease", "source-controller-leader-election")["spec"]["renewTime"] = iso(timedelta(hours=1))
        platform.raw("Lease", "source-controller-leader-election")["metadata"].pop("managedFields", None)
        path = "spec.template.spec.containers[name=manager]"
        assert findings(platform.hear_home(rule), rule) == [("flux.controller.crash-looping", SOURCE, path)]


def test_a_loop_of_memory_kills_is_told_as_that_and_critical() -> None:
    platform = Platform()
    unavailable(platform)
    ended(platform, "OOMKilled", timedelta(minutes=2), waiting="CrashLoopBackOff")

    (said,) = platform.hear_home(availability.available)

    assert isinstance(said, Deviation)
    assert said.rule == "flux.controller.oom-killed"
    assert said.severity is Severity.CRITICAL
    assert platform.hear_home(availability.not_crash_looping) == []


class TestSilence:
    def stale(self, ago: timedelta, *, holder: str = "vm_1") -> Platform:
        platform = Platform()
        lease = platform.raw("Lease", "kustomize-controller-leader-election")
        lease["spec"] |= {"renewTime": iso(ago), "holderIdentity": holder, "leaseDurationSeconds": 15}
        lease["metadata"]["managedFields"][0]["time"] = iso(ago)
        return platform

    def test_a_dead_process_behind_an_available_deployment(self) -> None:
        (said,) = self.stale(timedelta(minutes=5)).hear_home(leases.speaking)

        assert isinstance(said, Deviation)
        assert str(said.ref) == "Deployment/flux-system/kustomize-controller"
        assert "5m" in said.observed
        assert len(said.affects) == 4

    def test_a_change_of_leader_is_no_silence(self) -> None:
        assert self.stale(timedelta(seconds=50), holder="").hear_home(leases.speaking) == []

    def test_a_lease_somebody_released_for_good_is(self) -> None:
        said = self.stale(timedelta(minutes=2), holder="").hear_home(leases.speaking)

        assert findings(said, leases.speaking) == [
            ("flux.controller.silent", "Deployment/flux-system/kustomize-controller", "")
        ]

    def test_a_node_whose_clock_lags_is_no_silence(self) -> None:
        platform = self.stale(timedelta(minutes=5))
        fields = platform.raw("Lease", "kustomize-controller-leader-election")["metadata"]["managedFields"]
        fields[0]["time"] = iso(timedelta(seconds=3))

        assert platform.hear_home(leases.speaking) == []

    def test_a_node_whose_clock_is_ahead_hides_no_silence(self) -> None:
        platform = self.stale(timedelta(minutes=5))
        lease = platform.raw("Lease", "kustomize-controller-leader-election")
        lease["spec"]["renewTime"] = iso(timedelta(hours=-1))

        (said,) = platform.hear_home(leases.speaking)
        assert isinstance(said, Deviation)
        assert "not renewed for 5m" in said.observed

    def test_a_lease_that_tells_no_time_at_all_is_unknown(self) -> None:
        platform = self.stale(timedelta(minutes=5))
        lease = platform.raw("Lease", "kustomize-controller-leader-election")
        del lease["spec"]["renewTime"], lease["metadata"]["managedFields"]
        lease["metadata"].pop("creationTimestamp", None)

        assert unknowns(platform.hear_home(leases.speaking)) == [
            ("unreadable", "Lease/flux-system/kustomize-controller-leader-election")
        ]

    def test_a_longer_lease_is_waited_for(self) -> None:
        platform = self.stale(timedelta(minutes=5))
        platform.raw("Lease", "kustomize-controller-leader-election")["spec"]["leaseDurationSeconds"] = 200

        assert platform.hear_home(leases.speaking) == []

    @pytest.mark.parametrize("renewed", [None, "", "yesterday"])
    def test_a_lease_without_a_time_is_judged_by_its_age(self, renewed: object) -> None:
        platform = self.stale(timedelta(minutes=5))
        lease = platform.raw("Lease", "kustomize-controller-leader-election")
        lease["spec"]["renewTime"] = renewed
        lease["metadata"] |= {"managedFields": [], "creationTimestamp": iso(timedelta(hours=1))}

        assert len(findings(platform.hear_home(leases.speaking), leases.speaking)) == 1

    def test_no_lease_although_it_should_take_one(self) -> None:
        said = Platform().later(hours=1).drop("Lease", "helm-controller-leader-election").hear_home(leases.speaking)

        assert ("flux.controller.silent", "Deployment/flux-system/helm-controller", "") in findings(
            said, leases.speaking
        )

    def test_leases_that_cannot_be_read_are_unknown(self) -> None:
        platform = Platform().drop("Lease")
        platform.problems["Lease"] = forbidden("leases")

        assert unknowns(platform.hear_home(leases.speaking)) == [("forbidden", "list leases")]

    def without_election(self) -> Platform:
        platform = Platform().drop("Lease", "kustomize-controller-leader-election")
        manager = platform.raw("Deployment", "kustomize-controller")["spec"]["template"]["spec"]["containers"][0]
        manager["args"] = [each for each in manager["args"] if "leader" not in each]
        return platform

    def test_without_leader_election_a_recent_reconcile_is_believed(self) -> None:
        assert self.without_election().hear_home(leases.speaking) == []

    def test_without_leader_election_or_reconcile_nobody_knows(self) -> None:
        platform = self.without_election()
        for each in platform.objects:
            if each["kind"] == "Kustomization":
                each["status"].pop("history")

        assert unknowns(platform.hear_home(leases.speaking)) == [
            ("stale", "Deployment/flux-system/kustomize-controller")
        ]


def test_the_lease_of_a_shard_carries_a_digest_of_its_selector() -> None:
    selector = "sharding.fluxcd.io/key=shard1"
    raw = Platform().raw("Deployment", "source-controller")
    raw["spec"]["template"]["spec"]["containers"][0]["args"].append(f"--watch-label-selector={selector}")

    digest = hashlib.sha256(selector.encode()).hexdigest()[:8]
    assert Controller("source-controller", Resource(raw)).lease == f"source-controller-leader-election-{digest}"
