"""The templates of deploy/: they parse, and what they name exists."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from holdfast.model import ObjectCount, Run, RunResult, Verdict
from holdfast.reports import metrics
from holdfast.settings import flags
from tests.house.checkout import ROOT

DEPLOY = ROOT / "deploy"
YAML = sorted(file.name for file in DEPLOY.glob("*.y*ml"))
METRICS = {"holdfast_findings", "holdfast_unknown", "holdfast_coverage", "holdfast_last_completed_timestamp_seconds"}


def documents(name: str) -> list[Any]:
    """The YAML documents of a file."""
    return [each for each in yaml.safe_load_all((DEPLOY / name).read_text(encoding="utf-8")) if each]


@pytest.mark.parametrize("name", YAML)
def test_yaml_holds_something(name: str) -> None:
    assert all(isinstance(each, dict) for each in documents(name))
    assert documents(name)


@pytest.mark.parametrize("name", YAML)
def test_options_exist(name: str) -> None:
    text = "\n".join(
        line
        for line in (DEPLOY / name).read_text(encoding="utf-8").splitlines()
        if not re.search("pip install|apt-get", line)
    )
    assert set(re.findall(r"(?<![\w-])--([a-z][a-z-]+)", text)) <= set(flags()) | {"secrets"}


def test_the_cronjob_uses_the_account_that_is_bound() -> None:
    job = next(each for each in documents("cronjob.yaml") if each["kind"] == "CronJob")
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    rbac = {each["kind"]: each for each in documents("rbac.yaml")}
    account = rbac["ServiceAccount"]["metadata"]
    assert (job["metadata"]["namespace"], pod["serviceAccountName"]) == (account["namespace"], account["name"])
    assert rbac["ClusterRoleBinding"]["subjects"] == [
        {"kind": "ServiceAccount", "name": account["name"], "namespace": account["namespace"]}
    ]
    assert rbac["ClusterRoleBinding"]["roleRef"]["name"] == rbac["ClusterRole"]["metadata"]["name"]


def test_the_cluster_role_only_reads() -> None:
    role = next(each for each in documents("rbac.yaml") if each["kind"] == "ClusterRole")
    for each in role["rules"]:
        if each.get("apiGroups") == ["authorization.k8s.io"]:
            assert each["verbs"] == ["create"]
            assert all(resource.startswith("selfsubject") for resource in each["resources"])
        else:
            assert set(each["verbs"]) <= {"get", "list", "watch"}
            assert "secrets" not in each.get("resources", [])


def test_the_job_leaves_nothing_to_root() -> None:
    job = next(each for each in documents("cronjob.yaml") if each["kind"] == "CronJob")
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert [each["securityContext"]["readOnlyRootFilesystem"] for each in pod["containers"]] == [True]


def test_metrics_are_those_the_audit_writes() -> None:
    dashboard, alerts = (
        set(re.findall(r"\bholdfast_[a-z_]+\b", (DEPLOY / name).read_text(encoding="utf-8")))
        for name in ("grafana-dashboard.json", "prometheus-rule.yaml")
    )
    assert dashboard == METRICS
    assert METRICS >= alerts >= {"holdfast_last_completed_timestamp_seconds"}
    written = set(re.findall(r"^(holdfast_[a-z_]+)", metrics.render(_empty_run()), re.MULTILINE))
    assert written >= METRICS


def _empty_run() -> RunResult:
    """A run that judged nothing: its metrics are all there, with 0."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return RunResult(
        run=Run("1", moment, moment, "0", {}, "eoepca"),
        verdict=Verdict.UNKNOWN,
        exit=10,
        reason="",
        scenarios=(),
        findings=(),
        coverage=0,
        objects=ObjectCount(),
        requests={},
    )


def test_the_dashboard_asks_something_in_every_panel() -> None:
    board = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
    assert len(board["panels"]) == len({each["id"] for each in board["panels"]})
    assert [each["title"] for each in board["panels"] if not each["targets"][0]["expr"]] == []
