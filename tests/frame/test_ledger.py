"""The ledger: verdicts, coverage, exit status, baselines and waivers add up as promised."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from holdfast.judge import Heard
from holdfast.ledger import Gate, Ledger
from holdfast.model import (
    CRITICAL,
    MAJOR,
    MINOR,
    Deviation,
    Ref,
    Resource,
    Rule,
    Run,
    RunResult,
    Severity,
    UnknownCode,
    Unobservable,
    Verdict,
    fingerprint,
)
from holdfast.platform import Accept
from holdfast.waivers import Waiver, Waivers

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
APPS = Ref("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "flux-system", "apps")
OTHER = Ref("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "flux-system", "other")
BLIND = Unobservable(UnknownCode.FORBIDDEN, "list secrets", "403", "grant it")


def a_rule(severity: Severity = MAJOR, id: str = "test.ledger.rule") -> Rule[Any]:
    return Rule(id, severity, "It holds.", "test", "mend it", lambda resource, world: ())


def deviating(*refs: Ref, severity: Severity = MAJOR, **more: Any) -> Heard:
    rule = a_rule(severity)
    return Heard(deviations=[(rule, Deviation(ref, "a", "b", **more)) for ref in refs], judged=set(refs))


def conforming(*refs: Ref) -> Heard:
    return Heard(judged=set(refs or (APPS,)))


def closed(ledger: Ledger, *heard: Heard, stopped: int = 0) -> RunResult:
    for number, each in enumerate(heard):
        ledger.enter(f"f::{number}", "f", str(number), (), each, 0.1, NOW)
    run = Run("id", NOW, NOW, "0", {}, "test")
    return ledger.close(run, {"list": 1}, stopped)


def test_everything_conforms() -> None:
    result = closed(Ledger(), conforming(), conforming(OTHER))
    assert (result.exit, result.verdict, result.coverage) == (0, Verdict.CONFORMS, 100)
    assert (result.objects.expected, result.objects.compared, result.objects.unknown) == (2, 2, 0)


def test_a_finding_fails_and_is_told_once_however_many_scenarios_meet_it() -> None:
    result = closed(Ledger(), deviating(APPS, affects=("A",)), deviating(APPS, affects=("B",)), conforming())
    assert result.exit == 1
    [finding] = result.findings
    assert finding.deviation.affects == ("A", "B")
    assert finding.scenarios == ("f::0", "f::1")
    assert [each.verdict for each in result.scenarios] == [Verdict.DEVIATES, Verdict.DEVIATES, Verdict.CONFORMS]


def test_unknown_alone_exits_10_and_lowers_coverage() -> None:
    result = closed(Ledger(), conforming(), Heard(unknowns=[BLIND]), Heard(unknowns=[BLIND]))
    assert (result.exit, result.coverage) == (10, 33)
    assert [each.code for each in result.unknowns] == ["forbidden"]


def test_a_finding_is_stronger_than_an_unknown_and_both_are_kept() -> None:
    heard = deviating(APPS)
    heard.unknowns.append(BLIND)
    result = closed(Ledger(), heard)
    assert (result.exit, result.coverage) == (1, 0)
    assert result.scenarios[0].verdict is Verdict.DEVIATES
    assert len(result.scenarios[0].unknown) == 1


def test_lower_coverage_can_be_allowed() -> None:
    result = closed(Ledger(Gate(min_coverage=50)), conforming(), Heard(unknowns=[BLIND]))
    assert (result.exit, result.coverage) == (0, 50)
    assert result.verdict is Verdict.UNKNOWN


def test_nothing_seen_at_all_is_never_green_whatever_is_allowed() -> None:
    everything = Accept(code=UnknownCode.FORBIDDEN, subject="*", reason="by policy", expires=date(2027, 1, 1))
    accepting = Ledger(waivers=Waivers(accepted=[everything]))
    for ledger in (Ledger(Gate(min_coverage=0)), accepting):
        result = closed(ledger, Heard(unknowns=[BLIND]), Heard(absent=["Bucket"]))
        assert (result.exit, result.verdict) == (10, Verdict.UNKNOWN)
    assert [note.code for note in accepting.waivers.audit(NOW.date())] == ["waiver-too-broad"]


def test_what_was_not_asked_beside_what_was_judged_is_noted() -> None:
    heard = conforming()
    heard.not_asked += ["needs --baseline"]
    result = closed(Ledger(), heard)
    assert (result.exit, [(note.code, note.text) for note in result.notes]) == (
        0,
        [("not-asked", "0: needs --baseline")],
    )


@pytest.mark.parametrize(("severity", "expected"), [(MINOR, 0), (MAJOR, 1), (CRITICAL, 1)])
def test_the_gate_is_a_severity(severity: Severity, expected: int) -> None:
    result = closed(Ledger(Gate(fail_on=MAJOR)), deviating(APPS, severity=severity))
    assert result.exit == expected
    assert result.scenarios[0].verdict is Verdict.DEVIATES


def test_platform_toml_overrides_a_severity() -> None:
    result = closed(Ledger(Gate(fail_on=MAJOR), severities={"test.ledger.rule": MINOR}), deviating(APPS))
    assert (result.exit, result.findings[0].severity) == (0, MINOR)


def test_a_scenario_that_judged_nothing_is_unknown() -> None:
    result = closed(Ledger(), Heard())
    assert (result.exit, result.scenarios[0].verdict) == (10, Verdict.UNKNOWN)


def test_not_applicable_and_not_asked_do_not_count_but_nothing_else_is_no_pass() -> None:
    apart = (Heard(absent=["Bucket"]), Heard(not_asked=["needs --git-dir"]))
    assert closed(Ledger(), conforming(), *apart).coverage == 100
    nothing = closed(Ledger(), *apart)
    assert [each.verdict for each in nothing.scenarios] == [Verdict.NOT_APPLICABLE, Verdict.NOT_ASKED]
    assert nothing.exit == 10


def test_a_run_of_which_nothing_was_switched_on_says_what_to_switch_on() -> None:
    allow, dump = Heard(not_asked=["give --allow exec"]), Heard(not_asked=["needs --baseline"])
    assert closed(Ledger(), allow, allow).reason == "nothing was asked: give --allow exec"
    assert (
        closed(Ledger(), dump, allow, allow).reason
        == "nothing was asked: give --allow exec (1 more such in the report)"
    )
    assert closed(Ledger(), Heard(absent=["Bucket"])).reason == "no scenario applies here, so nothing was judged"


def test_nothing_selected_is_5() -> None:
    assert closed(Ledger()).exit == 5


@pytest.mark.parametrize("status", [2, 3])
def test_a_run_that_was_stopped_is_never_0(status: int) -> None:
    assert closed(Ledger(), conforming(), stopped=status).exit == status


def baseline(*refs: Ref, rule: str = "test.ledger.rule") -> dict[str, dict[str, Any]]:
    return {
        fingerprint(rule, ref, "", ""): {
            "first_seen": "2026-01-01T00:00:00Z",
            "summary": f"old {ref}",
            "state": "new",
            "scenarios": ["f::0"],
        }
        for ref in refs
    }


def test_the_baseline_tells_new_from_known_and_the_gate_can_be_new_only() -> None:
    ledger = Ledger(Gate(only_new=True), baseline=baseline(APPS))
    known = closed(ledger, deviating(APPS))
    assert (known.exit, known.findings[0].state) == (0, "known")
    assert known.findings[0].first_seen == datetime(2026, 1, 1, tzinfo=UTC)
    both = closed(Ledger(Gate(only_new=True), baseline=baseline(APPS)), deviating(APPS, OTHER))
    assert (both.exit, sorted(each.state for each in both.findings)) == (1, ["known", "new"])


def test_what_the_baseline_had_waived_is_new_once_the_waiver_has_ended() -> None:
    waived = {name: {**old, "state": "waived"} for name, old in baseline(APPS).items()}
    result = closed(Ledger(Gate(only_new=True), baseline=waived), deviating(APPS))
    assert (result.exit, result.findings[0].state) == (1, "new")
    assert result.findings[0].first_seen == datetime(2026, 1, 1, tzinfo=UTC)


def test_what_the_baseline_had_and_is_gone_is_fixed() -> None:
    assert closed(Ledger(baseline=baseline(APPS, OTHER)), deviating(APPS)).fixed == (f"old {OTHER}",)


def test_what_was_not_judged_again_is_not_called_fixed() -> None:
    assert closed(Ledger(baseline=baseline(OTHER)), Heard(unknowns=[BLIND])).fixed == ()
    assert closed(Ledger(baseline=baseline(OTHER))).fixed == ()


def test_a_renamed_rule_is_still_known() -> None:
    rule = Rule("test.ledger.renamed", MAJOR, "It holds.", "t", "m", lambda r, w: (), aliases=("test.ledger.former",))
    from holdfast.model import RULES

    RULES[rule.id] = rule
    try:
        ledger = Ledger(baseline=baseline(APPS, rule="test.ledger.former"))
        result = closed(ledger, Heard(deviations=[(rule, Deviation(APPS, "a", "b"))]))
    finally:
        del RULES[rule.id]
    assert (result.findings[0].state, result.fixed) == ("known", ())


def waiver(**target: str) -> Waiver:
    return Waiver(reason="agreed", owner="sre", expires=date(2026, 12, 31), **target)


@pytest.mark.parametrize(
    "target",
    [
        {"fingerprint": fingerprint("test.ledger.rule", APPS, "", "")},
        {"rule": "test.ledger.rule", "resource": "Kustomization/flux-system/apps"},
        {"rule": "test.ledger.*", "resource": "Kustomization/flux-system/*"},
    ],
    ids=["fingerprint", "rule and resource", "globs"],
)
def test_a_waived_finding_stays_visible_and_does_not_fail(target: dict[str, str]) -> None:
    result = closed(Ledger(waivers=Waivers([waiver(**target)])), deviating(APPS))
    assert (result.exit, result.scenarios[0].verdict) == (0, Verdict.WAIVED)
    assert result.findings[0].waiver == "agreed (sre, until 2026-12-31)"


def test_an_expired_waiver_waives_nothing_and_is_reported() -> None:
    old = Waiver(rule="test.ledger.rule", resource="*/apps", reason="agreed", owner="sre", expires=date(2026, 11, 20))
    result = closed(Ledger(waivers=Waivers([old])), deviating(APPS))
    assert result.exit == 1
    assert [note.code for note in result.notes] == ["waiver-expired"]


def test_unused_and_too_broad_waivers_are_reported() -> None:
    waivers = Waivers([waiver(rule="a.b.c", resource="Pod/x/y"), waiver(rule="*", resource="*")])
    result = closed(Ledger(waivers=waivers), deviating(APPS))
    assert [note.code for note in result.notes] == ["waiver-unused", "waiver-too-broad"]


def test_an_accepted_blind_spot_counts_as_judged_and_stays_listed() -> None:
    accept = Accept(code=UnknownCode.FORBIDDEN, subject="list secrets", reason="by policy", expires=date(2027, 1, 1))
    result = closed(Ledger(waivers=Waivers(accepted=[accept])), conforming(), Heard(unknowns=[BLIND]))
    assert (result.exit, result.coverage) == (0, 100)
    assert result.unknowns[0].accepted == "by policy (until 2027-01-01)"
    expired = accept.model_copy(update={"expires": date(2026, 11, 20)})
    late = closed(Ledger(waivers=Waivers(accepted=[expired])), Heard(unknowns=[BLIND]))
    assert (late.exit, [note.code for note in late.notes]) == (10, ["waiver-expired"])
    other = Unobservable(UnknownCode.FORBIDDEN, "list deployments", "403")
    more = closed(Ledger(waivers=Waivers(accepted=[accept])), Heard(unknowns=[BLIND, other]))
    assert (more.exit, more.coverage) == (10, 0)


def test_findings_come_severe_first_then_by_reach() -> None:
    heard = Heard(
        deviations=[
            (a_rule(MINOR, "t.a.minor"), Deviation(APPS, "a", "b")),
            (a_rule(CRITICAL, "t.a.small"), Deviation(APPS, "a", "b")),
            (a_rule(CRITICAL, "t.a.large"), Deviation(OTHER, "a", "b", affects=("x", "y"))),
        ]
    )
    assert [each.rule for each in closed(Ledger(), heard).findings] == ["t.a.large", "t.a.small", "t.a.minor"]


def test_the_owner_comes_from_fluxs_labels() -> None:
    labels = {"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}
    heard = deviating(OTHER)
    heard.evidence[OTHER] = Resource({"metadata": {"labels": labels}})
    owner = closed(Ledger(), heard).findings[0].deviation.owner
    assert owner is not None
    assert owner.ref == "Kustomization/flux-system/apps"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Ref("v1", "Pod", "um", "web-5d4f8c7b9d-x7k2p"), Ref("v1", "Pod", "um", "web-6f7d9b5c4-zz9qm")),
        (Ref("apps/v1", "Deployment", "um", "web"), Ref("apps/v1beta1", "Deployment", "um", "web")),
    ],
    ids=["generated names", "API versions"],
)
def test_a_fingerprint_survives_what_an_upgrade_changes(one: Ref, other: Ref) -> None:
    assert fingerprint("a.b.c", one, "", "") == fingerprint("a.b.c", other, "", "")
    assert fingerprint("a.b.c", one, "", "") != fingerprint("a.b.d", one, "", "")


def gone(rule: str, **more: Any) -> Heard:
    return Heard(deviations=[(a_rule(id=rule), Deviation(APPS, "there", "not there", **more))], judged={APPS})


def test_an_object_that_is_gone_is_one_finding_whoever_missed_it() -> None:
    result = closed(Ledger(), gone("drift.object.missing", affects=("a",)), gone("platform.object.missing"))
    (only,) = result.findings
    assert (only.rule, only.deviation.affects) == ("platform.object.missing", ("a",))
    assert [each.findings for each in result.scenarios] == [(only.fingerprint,), (only.fingerprint,)]
    assert all(each.verdict is Verdict.DEVIATES for each in result.scenarios)


def test_what_is_waived_does_not_swallow_what_is_not() -> None:
    waiver = Waiver(
        rule="platform.object.missing", resource="*apps*", reason="moving", owner="me", expires=date(2027, 1, 1)
    )
    result = closed(Ledger(waivers=Waivers((waiver,))), gone("drift.object.missing"), gone("platform.object.missing"))
    assert {each.rule: each.state for each in result.findings} == {
        "drift.object.missing": "",
        "platform.object.missing": "waived",
    }
    assert result.exit == 1


WEB = Ref("apps/v1", "Deployment", "um", "web")


@pytest.mark.parametrize("affects", [(str(APPS),), ()])
def test_who_waits_in_vain_for_a_workload_is_told_with_it(affects: tuple[str, ...]) -> None:
    cause, waiting = (a_rule(id=name) for name in ("workload.replicas.unready", "flux.kustomization.not-ready"))
    heard = Heard(
        deviations=[(cause, Deviation(WEB, "a", "b", affects=affects)), (waiting, Deviation(APPS, "a", "b"))],
        judged={WEB, APPS},
    )
    result = closed(Ledger(), heard)
    told = {each.rule for each in result.findings}
    assert told == ({cause.id} if affects else {cause.id, waiting.id})


def test_what_was_judged_before_a_step_was_cut_short_is_no_pass() -> None:
    half = Heard(judged={APPS}, not_asked=["set TEST_OTHER_USER"], cut=True)
    result = closed(Ledger(), half, conforming(OTHER))
    assert [each.verdict for each in result.scenarios] == [Verdict.NOT_ASKED, Verdict.CONFORMS]
