"""From what the judges heard to what the run says: findings, verdicts, coverage, exit status. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from holdfast.hosts import failing_alike, of_host, without_address
from holdfast.judge import Heard
from holdfast.looks import Looks
from holdfast.model import (
    RULES,
    Deviation,
    Finding,
    Note,
    ObjectCount,
    Owner,
    Ref,
    Resource,
    Rule,
    Run,
    RunResult,
    ScenarioResult,
    Severity,
    Unknown,
    UnknownCode,
    Unobservable,
    Verdict,
    fingerprint,
)
from holdfast.waivers import Waivers

OK, FINDING, INTERRUPTED, INTERNAL, USAGE, NOTHING, UNJUDGED = 0, 1, 2, 3, 4, 5, 10
"""The exit statuses."""

_KUSTOMIZE, _HELM = "kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io"


_TOLD_BETTER = (
    ("drift.object.missing", "", ("platform.object.missing", "flux.controller.unavailable")),
    ("drift.object.unexpected", "", ("flux.namespace.writable",)),
    ("drift.field.foreign", "spec.suspend", ("flux.object.suspended",)),
    ("drift.field.changed", "spec.suspend", ("flux.object.suspended",)),
    ("drift.field.changed", "spec.replicas", ("flux.controller.unavailable", "workload.replicas.zero")),
)
"""A rule of drift, the path it speaks of ("" for the object), and the rules that say what that very thing means."""


_CAUSES = frozenset({"workload.replicas.unready", "workload.rollout.stopped"})
"""What a Kustomization's health check or a HelmRelease waits for in vain: who waits is among what they affect."""
_WAITING = frozenset({"flux.kustomization.not-ready", "flux.helmrelease.not-ready"})


@dataclass(frozen=True, slots=True)
class Gate:
    """What turns the exit status."""

    fail_on: Severity = Severity.MINOR
    min_coverage: int = 100
    only_new: bool = False


@dataclass(slots=True)
class Ledger:
    """Everything said in a run, scenario by scenario.

    Args:
        severities: overrides from platform.toml, by rule id.
        baseline: the findings of an earlier findings.json, by fingerprint; None without ``--baseline``.
        looks: completes the commands of remedies.
    """

    gate: Gate = field(default_factory=Gate)
    waivers: Waivers = field(default_factory=Waivers)
    severities: Mapping[str, Severity] = field(default_factory=dict)
    baseline: Mapping[str, Mapping[str, Any]] | None = None
    looks: Looks = field(default_factory=Looks)
    findings: dict[str, Finding] = field(default_factory=dict)
    scenarios: dict[str, ScenarioResult] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    _judged: set[Ref] = field(default_factory=set)
    _blind: set[Ref] = field(default_factory=set)
    _folded: set[str] = field(default_factory=set)
    """Fingerprints of findings that others stand for: they are not gone."""

    def enter(
        self, nodeid: str, feature: str, name: str, tags: tuple[str, ...], heard: Heard, duration: float, now: datetime
    ) -> ScenarioResult:
        """Add one scenario; a second report for the same one (a failed teardown) can only make it worse."""
        mine = [self._finding(rule, said, heard, nodeid, now) for rule, said in heard.deviations]
        for each in mine:
            met = self.findings.get(each.fingerprint)
            self.findings[each.fingerprint] = met.merged(each) if met else each
        prints = tuple(dict.fromkeys(each.fingerprint for each in mine))
        unknowns = tuple(dict.fromkeys(self._unknown(each, now) for each in heard.unknowns))
        left_out = [Note("not-asked", None, f"{name}: {reason}") for reason in heard.not_asked if heard.judged]
        self.notes += [note for note in dict.fromkeys((*heard.notes, *left_out)) if note not in self.notes]
        self._judged |= heard.judged
        self._blind |= heard.blind
        verdict, reason = self._verdict(prints, unknowns, heard)
        if verdict is Verdict.UNKNOWN and not unknowns:
            detail = "the scenario ran, but judged nothing"
            unknowns = (Unknown(UnknownCode.NOTHING_MATCHED, name, detail, "give it a Then that judges something"),)
        result = ScenarioResult(feature, name, nodeid, tags, verdict, duration, prints, unknowns, reason)
        before = self.scenarios.get(nodeid)
        if before is not None:
            result = replace(
                result,
                verdict=min(before.verdict, verdict, key=list(Verdict).index),
                findings=tuple(dict.fromkeys((*before.findings, *prints))),
                unknown=tuple(dict.fromkeys((*before.unknown, *unknowns))),
            )
        self.scenarios[nodeid] = result
        return result

    def left_out(self, nodeid: str, feature: str, name: str, tags: tuple[str, ...], reason: str) -> None:
        """A scenario that was not run because nobody asked for it."""
        self.scenarios[nodeid] = ScenarioResult(feature, name, nodeid, tags, Verdict.NOT_ASKED, 0.0, reason=reason)

    def gating(self, result: ScenarioResult) -> list[Finding]:
        """The findings of a scenario that fail the gate."""
        return [self.findings[each] for each in result.findings if self._gates(self.findings[each])]

    def coverage(self) -> int:
        """floor(100 x fully judged / scenarios that apply); 0 when none applies."""
        apart = (Verdict.NOT_APPLICABLE, Verdict.NOT_ASKED)
        apply = [each for each in self.scenarios.values() if each.verdict not in apart]
        judged = [each for each in apply if all(unknown.accepted for unknown in each.unknown)]
        return 100 * len(judged) // len(apply) if apply else 0

    def close(self, run: Run, requests: Mapping[str, int], stopped: int = OK, asked: Collection[str] = ()) -> RunResult:
        """The run's result.

        Args:
            stopped: INTERRUPTED or INTERNAL when it did not end by itself.
            asked: every address something was asked of that is no API server.
        """
        self._fold()
        self._fold_hosts(asked)
        self.findings |= {each.fingerprint: each for each in without_address(self.findings.values(), asked)}
        findings = tuple(sorted(self.findings.values(), key=_gravity))
        status, verdict, reason = self._exit(stopped)
        fixed = [str(old.get("summary", fp)) for fp, old in (self.baseline or {}).items() if self._is_fixed(fp, old)]
        return RunResult(
            run=run,
            verdict=verdict,
            exit=status,
            reason=reason,
            scenarios=tuple(self.scenarios.values()),
            findings=findings,
            coverage=self.coverage(),
            objects=ObjectCount(len(self._judged | self._blind), len(self._judged - self._blind), len(self._blind)),
            requests=dict(requests),
            notes=(*self.notes, *self.waivers.audit(run.started.date())),
            fail_on=self.gate.fail_on,
            only_new=self.gate.only_new,
            fixed=tuple(fixed),
        )

    def _fold(self) -> None:
        """One cause is one finding: what drift says of an object goes into what says what it means, where that is."""
        for rule, path, better in _TOLD_BETTER:
            telling = {each.subject: each.fingerprint for each in self.findings.values() if each.rule in better}
            for each in [one for one in self.findings.values() if (one.rule, one.deviation.path) == (rule, path)]:
                if (into := telling.get(each.subject)) is not None:
                    self._merge(each, self.findings[into])
        causes = [each for each in self.findings.values() if each.rule in _CAUSES]
        for each in [one for one in self.findings.values() if one.rule in _WAITING]:
            cause = next((one for one in causes if each.subject in one.deviation.affects), None)
            if cause is not None:
                self._merge(each, self.findings[cause.fingerprint])

    def _fold_hosts(self, asked: Collection[str]) -> None:
        for whole, members in list(failing_alike(self.findings.values(), asked)):
            self.findings[whole.fingerprint] = whole
            for each in members:
                self._merge(each, whole)

    def _merge(self, each: Finding, into: Finding) -> None:
        if into.state == "waived" != each.state:  # what is waived may not hide what is not
            return
        del self.findings[each.fingerprint]
        self._folded.add(each.fingerprint)
        self.findings[into.fingerprint] = self.findings[into.fingerprint].merged(each)
        for nodeid, scenario in self.scenarios.items():
            prints = (into.fingerprint if one == each.fingerprint else one for one in scenario.findings)
            self.scenarios[nodeid] = replace(scenario, findings=tuple(dict.fromkeys(prints)))

    def _is_fixed(self, fingerprint: str, old: Mapping[str, Any]) -> bool:
        """It is gone, and every scenario that met it was fully judged again: not looking is no repair."""
        if fingerprint in self._known_prints() or old.get("state") == "waived":
            return False
        apart = (Verdict.NOT_APPLICABLE, Verdict.NOT_ASKED)
        again = [self.scenarios.get(str(nodeid)) for nodeid in old.get("scenarios", ())]
        return bool(again) and all(
            each is not None and each.verdict not in apart and all(unknown.accepted for unknown in each.unknown)
            for each in again
        )

    def _known_prints(self) -> set[str]:
        return self._folded | {name for each in self.findings.values() for name in _names(each)}

    def _finding(self, rule: Rule[Any], said: Deviation, heard: Heard, nodeid: str, now: datetime) -> Finding:
        owner = said.owner or _owner(heard.evidence.get(said.ref) if said.ref else None)
        said = replace(said, owner=owner, remedy=self.looks.completed(said.remedy))
        severity = self.severities.get(rule.id) or said.severity or rule.severity
        made = Finding(
            fingerprint=fingerprint(rule.id, said.ref, said.subject, said.path),
            rule=rule.id,
            severity=severity,
            deviation=said,
            summary=said.summary or f"{said.ref or said.subject}: expected {said.expected}, observed {said.observed}",
            scenarios=(nodeid,),
            first_seen=now,
            advice=rule.remedy,
        )
        if self.baseline is not None:
            old = next((self.baseline[name] for name in _names(made) if name in self.baseline), None)
            seen = datetime.fromisoformat(str(old["first_seen"])) if old and old.get("first_seen") else now
            known = old is not None and old.get("state") != "waived"  # a waiver ends; a baseline must not outlive it
            made = replace(made, state="known" if known else "new", first_seen=seen)
        whole = of_host(made)
        waived = self.waivers.of_finding(made, now.date()) or (whole and self.waivers.of_finding(whole, now.date()))
        return replace(made, state="waived", waiver=waived) if waived else made

    def _unknown(self, problem: Unobservable, now: datetime) -> Unknown:
        accepted = self.waivers.of_unknown(problem, now.date())
        return Unknown(problem.code, problem.subject, problem.detail, self.looks.command(problem.remedy), accepted)

    def _verdict(self, prints: tuple[str, ...], unknowns: tuple[Unknown, ...], heard: Heard) -> tuple[Verdict, str]:
        open_ = [each for each in prints if self.findings[each].state != "waived"]
        if open_:
            return Verdict.DEVIATES, ""
        if any(not each.accepted for each in unknowns):
            return Verdict.UNKNOWN, ""
        if prints:
            return Verdict.WAIVED, ""
        if heard.cut:  # part of it may have been judged: that part is no pass of the whole
            return Verdict.NOT_ASKED, "; ".join(dict.fromkeys(heard.not_asked))
        if heard.judged or unknowns:
            return Verdict.CONFORMS, ""
        if heard.not_asked:
            return Verdict.NOT_ASKED, "; ".join(dict.fromkeys(heard.not_asked))
        if heard.absent:
            kinds = ", ".join(dict.fromkeys(heard.absent))
            return Verdict.NOT_APPLICABLE, f"there is no {kinds} here, and none is expected"
        return Verdict.UNKNOWN, ""

    def _idle(self) -> str:
        """Why nothing was judged although something was selected: what most of it waits for."""
        waiting = Counter(each.reason for each in self.scenarios.values() if each.verdict is Verdict.NOT_ASKED)
        if not waiting:
            return "no scenario applies here, so nothing was judged"
        (reason, _), *others = waiting.most_common()
        more = f" ({len(others)} more such in the report)" if others else ""
        return f"nothing was asked: {reason}{more}"

    def _gates(self, finding: Finding) -> bool:
        if finding.state == "waived" or finding.severity.rank < self.gate.fail_on.rank:
            return False
        return finding.state != "known" if self.gate.only_new else True

    def _exit(self, stopped: int) -> tuple[int, Verdict, str]:
        gating = [each for each in self.findings.values() if self._gates(each)]
        blind = {(each.code, each.subject) for s in self.scenarios.values() for each in s.unknown if not each.accepted}
        judged = {Verdict.CONFORMS, Verdict.DEVIATES, Verdict.WAIVED}
        if stopped == INTERRUPTED:
            return INTERRUPTED, Verdict.UNKNOWN, "the run was interrupted; what was found so far is in the report"
        if stopped == INTERNAL:
            return INTERNAL, Verdict.UNKNOWN, "holdfast itself failed; what was found so far is in the report"
        if gating:
            new = "new " if self.gate.only_new else ""
            more = f", and {len(blind)} could not be judged" if blind else ""
            plural = "s" if len(gating) > 1 else ""
            return (
                FINDING,
                Verdict.DEVIATES,
                f"{len(gating)} {new}finding{plural} at or above {self.gate.fail_on}{more}",
            )
        if not self.scenarios:
            return NOTHING, Verdict.UNKNOWN, "no scenario was selected"
        if not blind and not any(each.verdict in judged for each in self.scenarios.values()):
            return UNJUDGED, Verdict.UNKNOWN, self._idle()
        if not self._judged and not self.findings:  # whatever --min-coverage or [accept] allow
            return UNJUDGED, Verdict.UNKNOWN, "nothing at all could be judged"
        if self.coverage() < self.gate.min_coverage:
            return UNJUDGED, Verdict.UNKNOWN, f"coverage {self.coverage()} is below {self.gate.min_coverage}"
        if any(each.state != "waived" for each in self.findings.values()):
            why = (
                "only known findings, or below the gate"
                if self.gate.only_new
                else f"nothing at or above {self.gate.fail_on}"
            )
            return OK, Verdict.DEVIATES, why
        if blind:
            return OK, Verdict.UNKNOWN, f"nothing that was judged deviates, and coverage {self.coverage()} is enough"
        if self.findings:
            return OK, Verdict.WAIVED, "every finding is waived"
        accepted = {(each.code, each.subject) for s in self.scenarios.values() for each in s.unknown if each.accepted}
        if accepted:
            plural = "s are" if len(accepted) > 1 else " is"
            return (
                OK,
                Verdict.CONFORMS,
                f"nothing that was judged deviates; {len(accepted)} blind spot{plural} accepted",
            )
        return OK, Verdict.CONFORMS, "nothing deviates, everything asked was judged"


def _gravity(finding: Finding) -> tuple[Any, ...]:
    """Severe first, then what affects most, then by name; waived last."""
    waived = finding.state == "waived"
    said = finding.deviation
    return waived, -finding.severity.rank, -len(said.affects), finding.subject, finding.rule, said.path


def _names(finding: Finding) -> list[str]:
    """The finding's fingerprint, those it would have had under former rule ids, and that of its whole host."""
    said = finding.deviation
    former = RULES[finding.rule].aliases if finding.rule in RULES else ()
    whole = of_host(finding)
    return [
        finding.fingerprint,
        *(fingerprint(each, said.ref, said.subject, said.path) for each in former),
        *((whole.fingerprint,) if whole else ()),
    ]


def _owner(resource: Resource | None) -> Owner | None:
    """Who delivers an object, by the labels Flux puts on it."""
    if resource is None:
        return None
    for prefix, kind in ((_HELM, "HelmRelease"), (_KUSTOMIZE, "Kustomization")):
        name, namespace = resource.labels.get(f"{prefix}/name"), resource.labels.get(f"{prefix}/namespace")
        if name and namespace:
            return Owner(f"{kind}/{namespace}/{name}")
    return None
