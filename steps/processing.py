"""Processing, as sentences: services, processes, jobs, WPS, a throw-away process, leftovers."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pytest_bdd import parsers

from holdfast.checks.flux.timing import parse_duration
from holdfast.checks.processing import jobs, leftovers, rehearsed, service, wps
from holdfast.checks.web import reach
from holdfast.columns import DURATION, JSON_OBJECT, known
from holdfast.fixtures.rehearsal import ATOM, CWL, UNIT, Plan
from holdfast.vocabulary import Rows, then

if TYPE_CHECKING:
    from holdfast.fixtures.cluster import Cluster
    from holdfast.fixtures.processing import Processing
    from holdfast.judge import Judge

_TIME = {"limit": DURATION}


@then("these processing services describe themselves", columns=known("url", "as?", "classes?", "within?"))
def services_describe_themselves(judge: Judge, processing: Processing, rows: Rows) -> None:
    for row in rows:
        base, within = row["url"].rstrip("/"), reach.patience(row["within"])
        judge(service.described, processing.page(f"{base}/", row["as"], within), within)
        if row["classes"]:
            judge(service.conforming, processing.page(f"{base}/conformance", row["as"]), _listed(row["classes"]))


@then("these processes are offered", columns=known("url", "as?", "process?", "version?", "inputs?", "outputs?"))
def processes_are_offered(judge: Judge, processing: Processing, rows: Rows) -> None:
    for row in rows:
        base = f"{row['url'].rstrip('/')}/processes"
        judge(service.offered, processing.page(base, row["as"]), _listed(row["process"]))
        declared = row.given("version", "inputs", "outputs")
        if row["process"] and declared:
            page = processing.page(f"{base}/{row['process']}", row["as"])
            judge(service.as_declared, page, row["process"], declared)


@then("no job of these processing services is stuck", columns=known("url", "as?", "longer than"))
def no_job_is_stuck(judge: Judge, processing: Processing, rows: Rows) -> None:
    for row in rows:
        page = processing.page(f"{row['url'].rstrip('/')}/jobs", row["as"])
        judge(jobs.ended, page, _duration(row["longer than"]))


@then("these WPS offer their processes", columns=known("url", "version", "as?", "processes?", "within?"))
def wps_offer_processes(judge: Judge, processing: Processing, rows: Rows) -> None:
    for row in rows:
        within = reach.patience(row["within"])
        page = processing.capabilities(row["url"], row["version"], row["as"], within)
        judge(wps.offered, page, row["version"], _listed(row["processes"]), within)


@then(
    "a throw-away process can be deployed, run and undeployed",
    columns=known("url?", "as?", "package?", "body", "process", "inputs?", "within", inputs=JSON_OBJECT),
)
def a_process_lives_and_dies(judge: Judge, processing: Processing, rows: Rows) -> None:
    for row in rows:
        if not (row["url"] and row["package"]):
            judge.not_asked("deploys a package: platform.toml names none (application_package), or no service for it")
            continue
        if row["body"] not in (CWL, ATOM, UNIT):
            raise ValueError(f"body {row['body']!r}: not one of {CWL}, {ATOM}, {UNIT}")
        seconds = _duration(row["within"]).total_seconds()
        inputs: dict[str, Any] = json.loads(row["inputs"] or "{}")
        plan = Plan(row["url"], row["package"], row["body"], row["process"], inputs, seconds)
        judge(rehearsed.rehearsed, processing.rehearsal(plan, row["as"]), row["process"])


@then(parsers.re(r"no job left a namespace called (?P<pattern>\S+) for longer than (?P<limit>\S+)"), words=_TIME)
def no_namespace_is_left(judge: Judge, cluster: Cluster, pattern: str, limit: str) -> None:
    judge(leftovers.namespace_removed, cluster.every("Namespace"), pattern, _duration(limit))


@then(parsers.re(r"no job left a volume called (?P<pattern>\S+) for longer than (?P<limit>\S+)"), words=_TIME)
def no_volume_is_left(judge: Judge, cluster: Cluster, pattern: str, limit: str) -> None:
    judge(leftovers.volume_removed, cluster.every("PersistentVolumeClaim"), pattern, _duration(limit))


def _listed(cell: str) -> list[str]:
    return [each.strip() for each in cell.split(",") if each.strip()]


def _duration(cell: str) -> timedelta:
    found = parse_duration(cell)
    if found is None:
        raise ValueError(f"{cell!r} is no duration (like 30s, 10m or 24h)")
    return found
