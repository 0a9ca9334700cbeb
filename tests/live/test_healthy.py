"""A healthy platform: nothing found, everything judged, nothing written, the same again from its recording."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from holdfast.fixtures.needs import EVERY_OTHER
from holdfast.platform import PACKAGED, load
from holdfast.reports.findings_json import SCHEMA
from holdfast.rights import needs
from testbed.bed import Bed
from tests.live.auditing import audit, holdfast

pytestmark = pytest.mark.live

READS = {"get", "list", "watch"}
REVIEWS = {
    "selfsubjectaccessreviews.authorization.k8s.io",
    "selfsubjectrulesreviews.authorization.k8s.io",
    "selfsubjectreviews.authentication.k8s.io",
}


@pytest.fixture(scope="module")
def healthy(bed: Bed) -> Bed:
    bed.reset()
    return bed


def test_a_healthy_platform_conforms_and_nothing_is_written(healthy: Bed, tmp_path: Path) -> None:
    begun = healthy.audit_log_position()
    ran = audit(healthy, tmp_path / "report", "--record", str(tmp_path / "it.holdfast.gz"))
    summary = ran.document["summary"]
    assert (ran.status, ran.findings, ran.unknowns, summary["coverage"]) == (0, [], set(), 100), ran.stdout
    assert summary["objects"]["unknown"] == 0
    assert summary["objects"]["compared"] == summary["objects"]["expected"] > 50
    asked = [(verb, resource) for verb, resource, user in healthy.audit_log(begun) if user == "auditor"]
    assert asked
    assert [each for each in asked if each[0] not in READS and each[1] not in REVIEWS] == []
    counted = summary["requests"]
    assert counted["list"] + counted["get"] == len([each for each in asked if each[0] in READS])

    again = holdfast(
        *("audit", "eoepca", "--recording", str(tmp_path / "it.holdfast.gz"), "--report-dir", str(tmp_path / "again")),
        reports=tmp_path / "again",
    )
    assert again.status == 0, again.stdout + again.stderr
    for part in ("findings", "notes"):
        assert again.document[part] == ran.document[part]
    judged = [
        [(each["name"], each["verdict"], each["unknown"]) for each in run["scenarios"]]
        for run in (ran.document, again.document)
    ]
    assert judged[0] == judged[1]


def test_findings_json_fits_its_schema(healthy: Bed, tmp_path: Path) -> None:
    import json

    ran = audit(healthy, tmp_path, context="no-secrets")
    jsonschema.validate(ran.document, json.loads(SCHEMA.read_text()))


def test_preflight_says_what_this_credential_lacks(healthy: Bed, tmp_path: Path) -> None:
    where = ("--kubeconfig", str(healthy.kubeconfig))
    full = holdfast("preflight", "eoepca", *where, "--context", "auditor", reports=tmp_path)
    assert (full.status, full.stderr) == (0, "")
    less = holdfast("preflight", "eoepca", *where, "--context", "no-secrets", reports=tmp_path)
    assert less.status == 10
    assert 'add to its ClusterRole: - {apiGroups: [""], resources: ["secrets"], verbs: ["get", "list"]}' in less.stdout


def test_the_printed_role_is_enough_and_needed(healthy: Bed, tmp_path: Path) -> None:
    import yaml

    printed = holdfast("rbac", "eoepca", "--secrets", "helm", reports=tmp_path)
    rules = yaml.safe_load(printed.stdout)["rules"]
    assert {verb for rule in rules for verb in rule["verbs"]} <= {"get", "list"}
    own = {"apiGroups": ["metrics.k8s.io"], "resources": ["pods"], "verbs": ["get", "list"]}
    least = healthy.credential("least", [*rules, own])  # this cluster's custom resource, which the role says to add
    ran = audit(healthy, tmp_path / "least", "--kubeconfig", str(least))
    assert (ran.status, ran.unknowns) == (0, set()), ran.stdout
    asked = needs(load([PACKAGED / "eoepca"], None, {}))
    declared = {(need.group, need.resource) for need in asked if need.group != EVERY_OTHER}
    granted = {(group, resource) for rule in rules for group in rule["apiGroups"] for resource in rule["resources"]}
    assert granted == declared
