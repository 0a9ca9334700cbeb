"""One table of classes, one of weights: complete, and they agree."""

from __future__ import annotations

from pathlib import Path as File

import pytest

from holdfast.checks.drift import classes, severity
from holdfast.checks.drift.classes import CLASSES, OF_FIELD, Class, Told, by_rule, severity_of_object
from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.paths import Key, Path
from holdfast.checks.drift.severity import WEIGHTS
from holdfast.model import CRITICAL, MAJOR, MINOR, Change, Severity
from tests.checks.drift.cases import addition, kustomization

BY_LENS = (Change("node-fetch", "human", "Update"),)
BY_OPERATOR = (Change("manager", "unknown", "Update"),)
POD = ("spec", "template", "spec")
WEB = Key.of(name="web")


def test_every_class_is_told_once_under_one_rule() -> None:
    assert len({each.id for each in CLASSES}) == len(CLASSES) == 20
    rules = [each.rule for each in CLASSES if each.told is Told.FINDING]
    assert len(set(rules)) == len(rules) == 16
    assert all(rule.startswith("drift.") and rule.count(".") == 2 for rule in rules)


def test_every_constant_is_in_the_table() -> None:
    declared = [each for each in vars(classes).values() if isinstance(each, Class)]
    assert sorted(each.id for each in declared) == sorted(each.id for each in CLASSES)


@pytest.mark.parametrize("each", CLASSES, ids=lambda each: each.id)
def test_a_finding_has_a_severity_and_a_situation_and_nothing_else_has(each: Class) -> None:
    is_finding = each.told is Told.FINDING
    assert (each.severity is not None) == is_finding
    assert (each.situation is not None) == is_finding
    assert by_rule(each.rule) is each
    assert each.rows
    assert each.sentence.endswith(".")


def test_every_kind_of_difference_has_a_class_and_only_those() -> None:
    assert set(OF_FIELD) == set(Kind)
    assert by_rule("flux.source.fetch-failed") is None


def test_the_tables_are_whole_markdown() -> None:
    lines = classes.table().splitlines()
    assert len(lines) == len(CLASSES) + 2
    assert {line.count("|") for line in lines} == {6}
    lines = severity.table().splitlines()
    assert len(lines) == len(WEIGHTS) + 2
    assert {line.count("|") for line in lines} == {3}


@pytest.mark.parametrize(
    ("kind", "path", "expected"),
    [
        ("Deployment", (*POD, "containers", WEB, "image"), CRITICAL),
        ("Deployment", (*POD, "containers", WEB), CRITICAL),
        ("CronJob", ("spec", "jobTemplate", *POD, "containers", WEB, "args"), CRITICAL),
        ("Deployment", (*POD, "containers", WEB, "livenessProbe", "exec", "command"), MAJOR),
        ("Deployment", (*POD, "containers", WEB, "securityContext", "privileged"), CRITICAL),
        ("Deployment", (*POD, "hostNetwork"), CRITICAL),
        ("Deployment", (*POD, "serviceAccountName"), CRITICAL),
        ("Service", ("spec", "selector", "app"), CRITICAL),
        ("Deployment", (*POD, "nodeSelector"), MAJOR),
        ("ClusterRole", ("rules",), CRITICAL),
        ("RoleBinding", ("subjects",), CRITICAL),
        ("NetworkPolicy", ("spec", "ingress"), CRITICAL),
        ("MutatingWebhookConfiguration", ("webhooks", WEB, "failurePolicy"), CRITICAL),
        ("Namespace", ("metadata", "labels", "pod-security.kubernetes.io/enforce"), CRITICAL),
        ("Namespace", ("metadata", "labels", "team"), MINOR),
        ("ClusterRole", ("metadata", "labels", "team"), MINOR),
        ("ConfigMap", ("metadata", "labels", "kustomize.toolkit.fluxcd.io/name"), MAJOR),
        ("Ingress", ("metadata", "annotations", "nginx.ingress.kubernetes.io/whitelist-source-range"), MAJOR),
        ("Deployment", (*POD[:2], "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"), MINOR),
        ("Deployment", ("spec", "paused"), MAJOR),
        ("CronJob", ("spec", "suspend"), MAJOR),
        ("Deployment", ("spec", "replicas"), MAJOR),
        ("Deployment", (*POD, "containers", WEB, "env", Key.of(name="A"), "value"), MAJOR),
        ("Deployment", (*POD, "containers", WEB, "resources", "limits", "cpu"), MAJOR),
        ("ConfigMap", ("data", "image"), MAJOR),
        ("Secret", ("data", "password"), MAJOR),
        ("ConfigMap", ("metadata", "finalizers"), MAJOR),
    ],
)
def test_severity_is_the_fields(kind: str, path: Path, expected: Severity) -> None:
    assert severity.severity(Difference(Kind.CHANGED, path, 1, 2), kind, sticky=False) is expected


def test_scaled_to_nothing_is_an_outage_and_scaled_is_not() -> None:
    path = ("spec", "replicas")
    assert severity.severity(Difference(Kind.CHANGED, path, 2, 0), "Deployment", sticky=False) is CRITICAL
    assert severity.severity(Difference(Kind.CHANGED, path, 2, 5), "Deployment", sticky=False) is MAJOR


def test_what_only_looks_different_is_minor_wherever_it_is() -> None:
    image = (*POD, "containers", WEB, "image")
    assert severity.severity(Difference(Kind.ORDER, (*POD, "containers")), "Deployment", sticky=False) is MINOR
    assert severity.severity(Difference(Kind.CHANGED, image, 1, 2, cosmetic=True), "X", sticky=False) is MINOR


def test_what_a_hand_left_for_ever_weighs_more_but_for_labels() -> None:
    env = (*POD, "containers", WEB, "env", Key.of(name="A"))
    label = ("metadata", "labels", "team")
    assert severity.severity(Difference(Kind.FOREIGN, env, changed_by=BY_LENS), "Deployment", sticky=True) is CRITICAL
    assert severity.severity(Difference(Kind.FOREIGN, env, changed_by=BY_LENS), "Deployment", sticky=False) is MAJOR
    assert severity.severity(Difference(Kind.FOREIGN, env, changed_by=BY_OPERATOR), "Deployment", sticky=True) is MAJOR
    assert severity.severity(Difference(Kind.FOREIGN, label, changed_by=BY_LENS), "ConfigMap", sticky=True) is MINOR


def test_severity_of_what_a_real_server_recorded() -> None:
    sidecar, label = addition("52-sidecar").difference, addition("54-label").difference
    assert sidecar is not None
    assert label is not None
    assert severity.severity(sidecar, "Deployment", sticky=False) is CRITICAL
    assert severity.severity(label, "ConfigMap", sticky=False) is MINOR


@pytest.mark.parametrize(
    ("what", "kind", "expected"),
    [
        (classes.MISSING, "Deployment", CRITICAL),
        (classes.MISSING, "PersistentVolumeClaim", CRITICAL),
        (classes.MISSING, "ConfigMap", MAJOR),
        (classes.UNEXPECTED, "Pod", MAJOR),
        (classes.UNEXPECTED, "RoleBinding", CRITICAL),
        (classes.UNEXPECTED, "ConfigMap", MINOR),
        (classes.ORPHANED, "Deployment", MAJOR),
        (classes.ORPHANED, "Service", MINOR),
        (classes.TERMINATING, "ConfigMap", MAJOR),
        (classes.PENDING, "Deployment", None),
    ],
)
def test_severity_of_a_whole_object(what: Class, kind: str, expected: Severity | None) -> None:
    assert severity_of_object(what, kind) is expected


def test_owners_of_the_cases_are_what_they_say() -> None:
    assert kustomization(suspend=True).get("spec", "suspend") is True


def test_the_page_has_the_tables_of_today() -> None:
    page = (File(__file__).parents[3] / "docs" / "drift.md").read_text(encoding="utf-8")
    assert classes.table() in page, "write it again from classes.table()"
    assert severity.table() in page, "write it again from severity.table()"
