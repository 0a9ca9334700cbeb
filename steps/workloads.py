"""What runs on the platform, as sentences: rollouts, containers, autoscalers, volumes, quotas, probes, pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import parsers

from holdfast.checks.flux.timing import parse_duration
from holdfast.checks.workloads import autoscalers, containers, pods, probes, quotas, rollout, volumes
from holdfast.checks.workloads.workload import KINDS
from holdfast.columns import DURATION, known
from holdfast.vocabulary import Rows, then

if TYPE_CHECKING:
    from datetime import timedelta

    from holdfast.fixtures.cluster import Cluster
    from holdfast.fixtures.logs import Logs
    from holdfast.judge import Judge

_KIND = rf"(?P<kind>{'|'.join(KINDS)})"
_SPAN = r'"(?P<span>[^"]+)"'
_TIME = {"span": DURATION}
_NAMES = ("kind", "namespace", "name", "purpose?")
_PLACES = ("namespace", "purpose?")


@then("these workloads are rolled out", columns=known(*_NAMES, "replicas?"))
def workloads_are_rolled_out(judge: Judge, cluster: Cluster, logs: Logs, rows: Rows) -> None:
    for row in rows:
        workload, declared = cluster.one(row["kind"], row["namespace"], row["name"]), rollout.Declared.of(row.given())
        judge(rollout.rolled_out, workload, declared, logs)


@then("these workloads are switched on", columns=known(*_NAMES, "replicas?"))
def workloads_are_switched_on(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        workload = cluster.one(row["kind"], row["namespace"], row["name"])
        judge(rollout.running, workload, rollout.Declared.of(row.given()))


@then(parsers.re(rf"every {_KIND} in these namespaces is rolled out"), columns=known(*_PLACES))
def every_workload_is_rolled_out(judge: Judge, cluster: Cluster, logs: Logs, kind: str, rows: Rows) -> None:
    for row in rows:
        judge(rollout.rolled_out, cluster.every(kind, row["namespace"]), None, logs)


@then(parsers.re(rf"no rollout of a {_KIND} in these namespaces has stopped half-way"), columns=known(*_PLACES))
def no_rollout_has_stopped(judge: Judge, cluster: Cluster, logs: Logs, kind: str, rows: Rows) -> None:
    for row in rows:
        judge(rollout.not_stopped, cluster.every(kind, row["namespace"]), logs)


@then("no container in these namespaces was OOM-killed", columns=known(*_PLACES))
def no_container_was_oom_killed(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        for kind in KINDS:
            judge(containers.not_oom_killed, cluster.every(kind, row["namespace"]))


@then(
    parsers.re(r"no container in these namespaces keeps restarting, more than (?P<most>\d+) times"),
    columns=known(*_PLACES),
)
def no_container_keeps_restarting(judge: Judge, cluster: Cluster, logs: Logs, most: str, rows: Rows) -> None:
    for row in rows:
        for kind in KINDS:
            judge(containers.not_restarting, cluster.every(kind, row["namespace"]), int(most), logs)


@then("these autoscalers can scale", columns=known("namespace", "name", "purpose?"))
def autoscalers_can_scale(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        judge(autoscalers.can_scale, cluster.one("HorizontalPodAutoscaler", row["namespace"], row["name"]))


@then("every autoscaler in these namespaces can scale", columns=known(*_PLACES))
def every_autoscaler_can_scale(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        judge(autoscalers.can_scale, cluster.every("HorizontalPodAutoscaler", row["namespace"]))


@then(
    parsers.re(rf"no autoscaler in these namespaces is at its limit for longer than {_SPAN}"),
    columns=known(*_PLACES),
    words=_TIME,
)
def no_autoscaler_is_at_its_limit(judge: Judge, cluster: Cluster, span: str, rows: Rows) -> None:
    for row in rows:
        judge(autoscalers.has_room, cluster.every("HorizontalPodAutoscaler", row["namespace"]), _span(span))


@then(
    parsers.re(rf"every PersistentVolumeClaim in these namespaces is bound within {_SPAN}"),
    columns=known(*_PLACES),
    words=_TIME,
)
def every_claim_is_bound(judge: Judge, cluster: Cluster, span: str, rows: Rows) -> None:
    for row in rows:
        judge(volumes.bound, cluster.every("PersistentVolumeClaim", row["namespace"]), _span(span))


@then(
    parsers.re(rf"these PersistentVolumeClaims are bound within {_SPAN}"),
    columns=known("namespace", "name", "purpose?"),
    words=_TIME,
)
def claims_are_bound(judge: Judge, cluster: Cluster, span: str, rows: Rows) -> None:
    for row in rows:
        judge(volumes.bound, cluster.one("PersistentVolumeClaim", row["namespace"], row["name"]), _span(span))


@then("every ResourceQuota in these namespaces leaves room", columns=known(*_PLACES))
def every_quota_leaves_room(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        judge(quotas.has_room, cluster.every("ResourceQuota", row["namespace"]))


@then("these workloads have readiness probes", columns=known(*_NAMES))
def workloads_have_probes(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        judge(probes.probed, cluster.one(row["kind"], row["namespace"], row["name"]))


@then("every workload in these namespaces has readiness probes", columns=known(*_PLACES))
def every_workload_has_probes(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        for kind in KINDS:
            judge(probes.probed, cluster.every(kind, row["namespace"]))


@then(parsers.re(rf"no pod in these namespaces is stuck for longer than {_SPAN}"), columns=known(*_PLACES), words=_TIME)
def no_pod_is_stuck(judge: Judge, cluster: Cluster, logs: Logs, span: str, rows: Rows) -> None:
    for row in rows:
        judge(pods.not_stuck, cluster.every("Pod", row["namespace"]), _span(span), logs)


def _span(text: str) -> timedelta:
    """A duration of platform.toml, as Go writes it.

    Raises:
        ValueError: it is none.
    """
    found = parse_duration(text)
    if found is None:
        raise ValueError(f"{text!r} is no duration like 5m")
    return found
