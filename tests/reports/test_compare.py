"""Two runs compared: nothing falsely new, nothing falsely fixed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from syrupy.assertion import SnapshotAssertion

from holdfast.model import Finding, RunResult, ScenarioResult, Verdict, fingerprint
from holdfast.reports.compare import as_json, as_text, compare_runs
from holdfast.reports.findings_json import document
from tests.reports import example

Scenarios = tuple[ScenarioResult, ...]


def run(scenarios: Scenarios, *findings: Finding, **changes: Any) -> dict[str, Any]:
    result: RunResult = replace(example.healthy(), scenarios=scenarios, findings=findings)
    made: dict[str, Any] = json.loads(json.dumps(document(replace(result, run=replace(result.run, **changes)))))
    return made


def met(*findings: Finding) -> ScenarioResult:
    return example.scenario(example.RELEASES, Verdict.DEVIATES if findings else Verdict.CONFORMS, *findings)


BLIND = example.scenario(example.RELEASES, Verdict.UNKNOWN, unknown=(example.TIMED_OUT,))
HALF_BLIND = example.scenario(example.RELEASES, Verdict.DEVIATES, example.SUSPENDED, unknown=(example.TIMED_OUT,))


def summaries(found: tuple[Any, ...]) -> list[str]:
    return [each["summary"] for each in found]


def test_new_known_and_fixed() -> None:
    told = compare_runs(
        run((met(example.ADES_FAILED, example.SUSPENDED),), example.ADES_FAILED, example.SUSPENDED),
        run((met(example.SUSPENDED, example.MEMORY),), example.SUSPENDED, example.MEMORY),
    )
    assert summaries(told.new) == [example.MEMORY.summary]
    assert summaries(told.known) == [example.SUSPENDED.summary]
    assert summaries(told.fixed) == [example.ADES_FAILED.summary]
    assert told.same_cluster


def test_gone_is_not_fixed_where_nobody_looked() -> None:
    before = run((met(example.ADES_FAILED),), example.ADES_FAILED)
    for scenarios in ((BLIND,), (HALF_BLIND,), ()):
        findings = (example.SUSPENDED,) if scenarios == (HALF_BLIND,) else ()
        told = compare_runs(before, run(scenarios, *findings))
        assert summaries(told.not_judged_again) == [example.ADES_FAILED.summary]
        assert not told.fixed


def test_seen_for_the_first_time_is_not_new() -> None:
    told = compare_runs(run((BLIND,)), run((met(example.SUSPENDED),), example.SUSPENDED))
    assert summaries(told.newly_visible) == [example.SUSPENDED.summary]
    assert not told.new
    assert [each.subject for each in told.cured] == [example.TIMED_OUT.subject]


def test_what_was_not_selected_is_not_judged_again() -> None:
    assert not compare_runs(run((BLIND,)), run(())).cured
    assert compare_runs(run((met(),)), run((BLIND,))).blind[0].code == "timeout"


def test_a_renamed_rule_stays_known() -> None:
    said = example.SUSPENDED.deviation
    old = replace(
        example.SUSPENDED, rule="flux.object.paused", fingerprint=fingerprint("flux.object.paused", said.ref, "", "")
    )
    before, after = run((met(old),), old), run((met(example.SUSPENDED),), example.SUSPENDED)
    assert summaries(compare_runs(before, after).new) == [example.SUSPENDED.summary]
    told = compare_runs(before, after, {"flux.object.paused": "flux.object.suspended"})
    assert not told.new
    assert not told.fixed
    assert summaries(told.known) == [example.SUSPENDED.summary]


def test_other_and_nameless_clusters_are_said_to_be() -> None:
    other = compare_runs(run(()), run((), cluster={**example.RUN.cluster, "id": "another"}))
    assert other.same_cluster is False
    assert "A and B are different clusters" in as_text(other)
    nameless = compare_runs(run(()), run((), cluster={}))
    assert nameless.same_cluster is None
    assert "is not known" in as_text(nameless)


def test_versions_are_compared_and_measurements_are_not() -> None:
    facts = {
        **example.RUN.facts,
        "flux": "v2.9.2",
        "controllers": None,
        "reconciles": {"Kustomization/flux-system/flux-system": 99.0},
    }
    told = compare_runs(run(()), run((), facts=facts, holdfast="0.2.0"))
    assert {each.name: (each.before, each.after) for each in told.facts} == {
        "holdfast": ("0.1.0", "0.2.0"),
        "flux": ("v2.9.1", "v2.9.2"),
        "controllers helm-controller": ("ghcr.io/fluxcd/helm-controller:v1.6.4", ""),
        "controllers source-controller": ("ghcr.io/fluxcd/source-controller:v1.9.3", ""),
        "controllers": ("", "not read"),
    }


def test_what_is_printed(snapshot: SnapshotAssertion) -> None:
    upgraded = {**example.RUN.facts, "flux": "v2.9.2"}
    morning = example.morning()
    before = document(example.morning())
    scenarios = (met(example.ADES_FAILED, example.SUSPENDED), *morning.scenarios[3:])
    after = run(scenarios, example.ADES_FAILED, example.SUSPENDED, *morning.findings[2:], facts=upgraded)
    told = compare_runs(before, after)
    assert as_text(told) == snapshot
    assert json.loads(as_json(told))["changed"] == [{"name": "flux", "before": "v2.9.1", "after": "v2.9.2"}]
