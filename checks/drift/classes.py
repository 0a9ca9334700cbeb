"""Every class of drift in one table: how it is told, under which rule, how bad, and which situation it puts one in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from holdfast.checks.drift.difference import Kind
from holdfast.model import CRITICAL, MAJOR, MINOR, Severity


class Told(StrEnum):
    """What becomes of it in a report."""

    FINDING = "finding"
    NOTE = "note"
    """Worth telling, and nothing is wrong."""
    UNKNOWN = "unknown"
    """Could not be judged: never a pass."""


class Situation(StrEnum):
    """What a person has to decide; remedies are grouped by it."""

    REVERT = "revert"
    """Somebody changed it by hand: put back what Git says."""
    KEEP = "keep"
    """The cluster is as it has to be: say so in Git."""
    UNEXPECTED = "unexpected"
    """It is in the cluster and not in Git: add it there, or delete it."""
    RESTORE = "restore"
    """It is in Git and not in the cluster: bring it back."""


@dataclass(frozen=True, slots=True)
class Class:
    """One way to deviate from Git."""

    id: str
    rule: str
    """The rule of a finding, the code of a note; for what could not be judged, the codes it may come under."""
    told: Told
    severity: Severity | None
    """Before the field or the kind refine it (:mod:`holdfast.checks.drift.severity`); None where nothing is wrong."""
    situation: Situation | None
    sentence: str
    """What it means, for a tired person."""
    rows: tuple[int, ...] = ()
    """The measured cases it was made for, by their number in the reference on drift."""


def _finding(
    id: str, rule: str, severity: Severity, situation: Situation, sentence: str, rows: tuple[int, ...]
) -> Class:
    return Class(id, rule, Told.FINDING, severity, situation, sentence, rows)


CHANGED = _finding(
    "value changed",
    "drift.field.changed",
    MAJOR,
    Situation.REVERT,
    "Git says one value, the cluster has another.",
    (46, 47, 55, 59, 60, 62, 64, 69, 72, 79, 82, 88, 121, 135, 136),
)
REMOVED = _finding(
    "field removed",
    "drift.field.removed",
    MAJOR,
    Situation.REVERT,
    "Git says a value, the cluster has none. Removals leave no trace of who did it.",
    (50, 51, 55, 82, 136),
)
FOREIGN = _finding(
    "foreign field",
    "drift.field.foreign",
    MAJOR,
    Situation.REVERT,
    "Git says nothing, and somebody has set it. Flux takes back what kubectl added to a Kustomization's object; what "
    "other tools added stays for ever, and so does every addition to an object of a HelmRelease.",
    (48, 49, 52, 54, 56, 57, 66, 73, 75, 76, 77, 78, 83, 84, 86, 90, 135, 136),
)
ORDER = _finding(
    "order",
    "drift.field.order",
    MINOR,
    Situation.REVERT,
    "The same entries in another order. It mostly means nothing to Kubernetes; Flux writes them again.",
    (71,),
)
HOTFIX = _finding(
    "accepted hotfix",
    "drift.field.hotfix",
    MINOR,
    Situation.KEEP,
    "Changed on purpose, under the field manager Flux leaves alone (flux-client-side-apply), and not in Git yet.",
    (98,),
)
FOUGHT = _finding(
    "controller fight",
    "drift.field.fought",
    MAJOR,
    Situation.KEEP,
    "A controller and Flux write the same field, each undoing the other.",
    (35, 80, 122),
)
MISSING = _finding(
    "missing object",
    "drift.object.missing",
    MAJOR,
    Situation.RESTORE,
    "Flux applied it, and it is not there.",
    (95, 106, 134),
)
UNEXPECTED = _finding(
    "unexpected object",
    "drift.object.unexpected",
    MINOR,
    Situation.UNEXPECTED,
    "It lives in a namespace Flux manages, and neither Git nor anything Flux made accounts for it.",
    (126, 128),
)
ORPHANED = _finding(
    "orphan",
    "drift.object.orphaned",
    MINOR,
    Situation.UNEXPECTED,
    "It says that Flux made it, and nothing of Flux knows it any more: it will never be updated or pruned.",
    (109, 114, 139),
)
CONTESTED = _finding(
    "two owners",
    "drift.object.contested",
    MAJOR,
    Situation.KEEP,
    "Two Kustomizations or HelmReleases apply the same object; the last one wins until the other's turn.",
    (115,),
)
FROZEN = _finding(
    "frozen",
    "drift.object.frozen",
    MAJOR,
    Situation.REVERT,
    "A label or annotation set by hand makes Flux skip the object: nothing from Git reaches it.",
    (97,),
)
TERMINATING = _finding(
    "stuck terminating",
    "drift.object.terminating",
    MAJOR,
    Situation.RESTORE,
    "Somebody deleted it, a finalizer holds it, and Flux takes it to be there.",
    (120,),
)
DANGLING = _finding(
    "dangling owner",
    "drift.object.dangling",
    MINOR,
    Situation.UNEXPECTED,
    "It belongs to an object that no longer exists: Kubernetes is about to delete it, or cannot.",
    (129,),
)
OUT_OF_BAND = _finding(
    "out-of-band release",
    "drift.release.out-of-band",
    MAJOR,
    Situation.REVERT,
    "Somebody upgraded or rolled back the release with helm, beside its HelmRelease.",
    (142,),
)
UNEXPECTED_RELEASE = _finding(
    "unexpected release",
    "drift.release.unexpected",
    MAJOR,
    Situation.UNEXPECTED,
    "A Helm release that no HelmRelease accounts for.",
    (132,),
)
BLOCKED = _finding(
    "blocked",
    "drift.apply.blocked",
    MAJOR,
    Situation.KEEP,
    "The API server refuses what Git says (an immutable field, a volume that would shrink): nothing of that "
    "Kustomization is applied until it is mended.",
    (88, 89, 90),
)
PENDING = Class(
    "pending",
    "drift-pending",
    Told.NOTE,
    None,
    None,
    "Flux is on its way to a newer revision, or waits for something else: compared with what was applied last.",
    (101, 103, 104, 117, 143, 146),
)
IGNORED = Class(
    "ignored by rule",
    "drift-ignored",
    Told.NOTE,
    None,
    None,
    "It differs, and a rule of the platform's own tools says that it may.",
    (33, 63, 94, 95, 96, 99),
)
LINT = Class(
    "lint",
    "drift-lint",
    Told.NOTE,
    None,
    None,
    "No drift: what Git says makes Flux fight with itself or with an autoscaler, and is better changed there.",
    (25, 33, 63),
)
UNKNOWN = Class(
    "unknown",
    "forbidden, timeout, unreachable, not-served, no-git, no-renderer, no-desired-state, encrypted, in-flight",
    Told.UNKNOWN,
    None,
    None,
    "It could not be compared, wholly or in part. What else can be judged of it is.",
    (42, 43, 103, 105, 108, 123, 124, 125),
)

CLASSES: tuple[Class, ...] = (
    CHANGED,
    REMOVED,
    FOREIGN,
    ORDER,
    HOTFIX,
    FOUGHT,
    MISSING,
    UNEXPECTED,
    ORPHANED,
    CONTESTED,
    FROZEN,
    TERMINATING,
    DANGLING,
    OUT_OF_BAND,
    UNEXPECTED_RELEASE,
    BLOCKED,
    PENDING,
    IGNORED,
    LINT,
    UNKNOWN,
)

OF_FIELD: dict[Kind, Class] = {
    Kind.CHANGED: CHANGED,
    Kind.REMOVED: REMOVED,
    Kind.FOREIGN: FOREIGN,
    Kind.ORDER: ORDER,
}
"""The class of a difference nobody excuses."""

_BY_RULE = {each.rule: each for each in CLASSES}

_GRAVE_WHEN_MISSING = frozenset(
    {
        *("Namespace", "CustomResourceDefinition", "Deployment", "StatefulSet", "DaemonSet", "Service", "Ingress"),
        *("PersistentVolumeClaim", "Secret", "ServiceAccount", "NetworkPolicy", "Kustomization", "HelmRelease"),
        *("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
    }
)
_OPENS_A_DOOR = frozenset(
    {
        *("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
        *("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"),
    }
)
_RUNS = frozenset({"Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"})


def by_rule(rule: str) -> Class | None:
    """The class a rule belongs to; None for rules that are not of drift."""
    return _BY_RULE.get(rule)


def severity_of_object(what: Class, kind: str) -> Severity | None:
    """How bad it is that a whole object of this kind is missing, or there and unaccounted for; None for no finding.

    Missing: critical for what is used or guards at this moment, major for the rest. Unexpected and orphaned: critical
    for what grants rights or intercepts requests, major for what runs, minor for the rest.
    """
    if what is MISSING:
        return CRITICAL if kind in _GRAVE_WHEN_MISSING else what.severity
    if what in (UNEXPECTED, ORPHANED):
        return CRITICAL if kind in _OPENS_A_DOOR else MAJOR if kind in _RUNS else what.severity
    return what.severity


def table() -> str:
    """The classes as a Markdown table, for docs/drift.md."""
    lines = ["| class | rule | told as | severity | what it means |", "|---|---|---|---|---|"]
    for each in CLASSES:
        rule = f"`{each.rule}`" if each.told is not Told.UNKNOWN else each.rule
        severity = f"{each.severity}" if each.severity else ""
        lines.append(f"| {each.id} | {rule} | {each.told} | {severity} | {each.sentence} |")
    return "\n".join(lines) + "\n"
