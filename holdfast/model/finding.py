"""What a check says, and what becomes of it: deviations, findings, unknowns, notes, verdicts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from holdfast.model.resource import Ref


class Severity(StrEnum):
    """How bad, as the platform's incident levels 1, 2 and 3."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"

    @property
    def rank(self) -> int:
        """3 for critical, 2 for major, 1 for minor."""
        return {"critical": 3, "major": 2, "minor": 1}[self.value]


CRITICAL, MAJOR, MINOR = Severity.CRITICAL, Severity.MAJOR, Severity.MINOR


class Verdict(StrEnum):
    """What is said of one scenario, strongest first; the last two stand apart."""

    DEVIATES = "deviates"
    UNKNOWN = "unknown"
    WAIVED = "waived"
    CONFORMS = "conforms"
    NOT_APPLICABLE = "not-applicable"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to type. Printed, never run."""

    text: str
    """Why one would type it, one clause."""
    command: str = ""
    writes: bool = False
    """True when the command changes the cluster or Git."""
    risk: str = ""
    """What it may cost, when it writes."""


@dataclass(frozen=True, slots=True)
class Change:
    """Who set something, as far as managedFields can tell."""

    manager: str
    cls: str
    """human, gitops, accepted, cluster, operator or unknown."""
    operation: str = ""
    subresource: str = ""
    time: datetime | None = None
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owner:
    """Which Kustomization or HelmRelease delivers the object, and from where in Git."""

    ref: str
    """``Kustomization/namespace/name``."""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Deviation:
    """A check's word that something is not as promised.

    Only ``ref`` (or ``subject``), ``expected`` and ``observed`` are always there. ``rule`` is set when the check has
    followed a chain and speaks of another object's defect than the one it was given: the root cause, reported once.
    """

    ref: Ref | None
    expected: str
    observed: str
    cause: str = ""
    remedy: tuple[Remedy, ...] = ()
    subject: str = ""
    """Names the thing when it is no Kubernetes object, e.g. ``https://catalogue.example/csw``."""
    path: str = ""
    """Where in the object, list entries by key: ``spec.template.spec.containers[name=web].image``."""
    summary: str = ""
    """One line a tired person reads first; built from the rest when empty."""
    rule: str = ""
    severity: Severity | None = None
    since: datetime | None = None
    affects: tuple[str, ...] = ()
    """What else this breaks, as ``Kind/namespace/name``."""
    changed_by: tuple[Change, ...] = ()
    outlook: str = ""
    """What Flux will do by itself."""
    owner: Owner | None = None
    source: str = ""
    """Where the desired state came from."""


@dataclass(frozen=True, slots=True)
class Note:
    """Worth telling, but nothing is wrong: a reconcile in flight, a lint."""

    code: str
    ref: Ref | None
    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that could not be judged, as reported."""

    code: str
    subject: str
    detail: str
    remedy: str
    accepted: str = ""
    """The reason under ``[accept]`` (or a waiver), "" when it counts."""


_GENERATED = re.compile(r"-(?:[a-f0-9]{8,10}-[a-z0-9]{5}|[a-f0-9]{9,10}|[bcdfghjklmnpqrstvwxz2456789]{5})$")


def fingerprint(rule: str, ref: Ref | None, subject: str, path: str) -> str:
    """16 hex digits naming a defect for ever: no version, value, time, scenario or cluster in it.

    Pods and ReplicaSets count under their owner's name: their own is generated.
    """
    if ref is None:
        key = (rule, "", "", "", subject, path)
    else:
        name = _GENERATED.sub("", ref.name) if ref.kind in ("Pod", "ReplicaSet", "Job") else ref.name
        key = (rule, ref.group, ref.kind, ref.namespace, name, path)
    return hashlib.sha256("\0".join(key).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect, however many scenarios met it."""

    fingerprint: str
    rule: str
    severity: Severity
    deviation: Deviation
    summary: str
    scenarios: tuple[str, ...] = ()
    state: str = ""
    """new, known or waived; "" when there is no baseline."""
    waiver: str = ""
    """The reason, when waived."""
    first_seen: datetime | None = None
    advice: str = ""
    """What to do in general, as its rule says: for whom the deviation's own remedies are not enough."""

    @property
    def subject(self) -> str:
        """The object or thing it is about."""
        return str(self.deviation.ref) if self.deviation.ref else self.deviation.subject

    def merged(self, other: Finding) -> Finding:
        """The same defect met twice: everything it affects, every scenario, the worse severity."""
        both = replace(
            self.deviation,
            affects=tuple(dict.fromkeys((*self.deviation.affects, *other.deviation.affects))),
            changed_by=tuple(dict.fromkeys((*self.deviation.changed_by, *other.deviation.changed_by))),
        )
        return replace(
            self,
            deviation=both,
            severity=max(self.severity, other.severity, key=lambda each: each.rank),
            scenarios=tuple(dict.fromkeys((*self.scenarios, *other.scenarios))),
        )


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What was said of one scenario."""

    feature: str
    name: str
    nodeid: str
    tags: tuple[str, ...]
    verdict: Verdict
    duration: float
    """Seconds."""
    findings: tuple[str, ...] = ()
    """Fingerprints."""
    unknown: tuple[Unknown, ...] = ()
    reason: str = ""
    """Why not applicable or not asked."""


@dataclass(frozen=True, slots=True)
class ObjectCount:
    """Objects the scenarios expected, those compared, those that could not be."""

    expected: int = 0
    compared: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """Which run this is."""

    id: str
    started: datetime
    finished: datetime
    holdfast: str
    cluster: Mapping[str, str]
    """id, context, server, version."""
    platform: str
    recording: str | None = None
    tags: tuple[str, ...] = ()
    baseline: str | None = None
    waivers: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunResult:
    """Everything a report is made of. Reports read it and nothing else; secrets are already out of it."""

    run: Run
    verdict: Verdict
    exit: int
    reason: str
    """Why this exit status, one line."""
    scenarios: tuple[ScenarioResult, ...]
    findings: tuple[Finding, ...]
    """Severe first; within a severity, what affects most first."""
    coverage: int
    """0-100."""
    objects: ObjectCount
    requests: Mapping[str, int]
    notes: tuple[Note, ...] = ()
    fail_on: Severity = Severity.MINOR
    only_new: bool = False
    """Findings that the baseline knows do not fail the run (``--gate new``)."""
    fixed: tuple[str, ...] = ()
    """Summaries of findings the baseline has and this run has not."""

    def count(self, verdict: Verdict) -> int:
        """Scenarios with this verdict."""
        return sum(1 for each in self.scenarios if each.verdict is verdict)

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """Every unknown once, those that count first."""
        once = dict.fromkeys(each for scenario in self.scenarios for each in scenario.unknown)
        return tuple(sorted(once, key=lambda each: (bool(each.accepted), each.code, each.subject)))
