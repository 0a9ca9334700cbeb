"""What Flux will do about it by itself, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from holdfast.checks.drift import classes
from holdfast.checks.drift.case import Case
from holdfast.checks.drift.cleanup import is_immutable, is_kept_port, is_sticky, stayers, warnings
from holdfast.checks.drift.difference import Kind
from holdfast.checks.drift.marks import MERGED, ONCE, marked
from holdfast.checks.flux.classify import one_line
from holdfast.checks.flux.kinds import KUSTOMIZE
from holdfast.checks.flux.state import Phase, newest_reconcile, read_state
from holdfast.checks.flux.timing import interval, patience, retry_interval, spell
from holdfast.model import Resource, parse_time

FORCED = (f"{KUSTOMIZE}/force", "enabled")
"""On either copy: where a field is immutable, the object is deleted and made anew."""


class Next(StrEnum):
    """What becomes of it."""

    REVERTS = "reverts"
    STAYS = "stays"
    FIGHTS = "fights"
    PENDING = "pending"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What Flux does next."""

    kind: Next
    text: str
    """One sentence for a report, warnings of side effects included."""


def outlook(case: Case) -> Outlook:
    """What happens if nobody does anything.

    The first that holds decides: nobody delivers it, the owner is suspended, the object is skipped, Flux is refused,
    somebody writes it as well, Flux cannot apply at the moment; else it depends on the kind of owner.
    """
    owner = case.owner
    if owner is None:
        return _of_nobodys(case)
    if case.what in (classes.ORPHANED, classes.UNEXPECTED, classes.UNEXPECTED_RELEASE, classes.DANGLING):
        return _of_nobodys(case)
    if owner.get("spec", "suspend") is True:
        return _stays(f"nothing while {owner.ref} is suspended; once it is resumed, {_after(case)}")
    return _special(case, owner) or _held_up(case, owner) or _by_engine(case, owner)


def when(owner: Resource, now: datetime) -> str:
    """``within 4m (every 10m)``, or that it is overdue; how often, where the last time is not known."""
    every = interval(owner)
    last = parse_time(newest["lastReconciled"]) if (newest := newest_reconcile(owner)) else None
    if last is None:
        return f"within {spell(every)}"
    left = last + every - now
    if left.total_seconds() > 0:
        return f"within {spell(left)} (every {spell(every)})"
    late = now - last > patience(owner)
    return f"{'overdue' if late else 'due now'}: every {spell(every)}, the last was {spell(now - last)} ago"


def _stays(text: str) -> Outlook:
    return Outlook(Next.STAYS, text)


def _of_nobodys(case: Case) -> Outlook:
    if case.what is classes.DANGLING:
        return Outlook(
            Next.PENDING, "Kubernetes' garbage collector deletes it, unless a finalizer holds it; Flux does nothing"
        )
    if case.what is classes.ORPHANED:
        return _stays("nothing: it is in no inventory, so it is neither updated nor pruned")
    return _stays("nothing: Flux does not know of it")


def _special(case: Case, owner: Resource) -> Outlook | None:
    """The classes and switches that leave nothing to the engine's own rules."""
    if case.what is classes.FROZEN or (owner.kind == "Kustomization" and case.is_skipped):
        return _stays(
            "nothing: Flux skips the object, new versions in Git included, until the label or annotation is gone"
        )
    if case.what is classes.CONTESTED:
        each = " and ".join(map(str, case.others)) or "each of them"
        return Outlook(Next.FIGHTS, f"{each} apply it in turn, each at its own interval, and neither sees a conflict")
    if case.what is classes.TERMINATING:
        return _stays("nothing: to Flux it is there until its last finalizer is gone; then it is made anew")
    if case.what is classes.FOUGHT:
        return Outlook(
            Next.FIGHTS, f"{owner.ref} writes Git's value {when(owner, case.now)}, {_rivals(case)} writes its own again"
        )
    if case.what is classes.BLOCKED or (is_immutable(case) and not _forced(case, owner)):
        every = spell(retry_interval(owner))
        return Outlook(
            Next.BLOCKED,
            f"tries every {every} and is refused each time; nothing else of {owner.ref} is applied meanwhile",
        )
    return None


def _held_up(case: Case, owner: Resource) -> Outlook | None:
    """Flux would, and cannot now."""
    state = read_state(owner)
    if case.what is classes.PENDING:
        return Outlook(Next.PENDING, f"{owner.ref} is on its way to another revision")
    waits = owner.kind == "HelmRelease" and not _corrects(owner) and case.what is not classes.OUT_OF_BAND
    if state.phase is Phase.READY or waits:  # for its next upgrade, whatever its state
        return None
    said = state.condition
    reason = f"{said.reason}: {one_line(said.message)}".rstrip(": ") if said else state.detail
    return Outlook(Next.PENDING, f"nothing before {owner.ref} can apply again ({reason}); then {_after(case)}")


def _by_engine(case: Case, owner: Resource) -> Outlook:
    return _of_release(case, owner) if owner.kind == "HelmRelease" else _of_kustomization(case, owner)


def _of_kustomization(case: Case, owner: Resource) -> Outlook:
    next_time = f"at its next reconcile, {when(owner, case.now)}"
    if case.what is classes.MISSING:
        if marked(case.desired, ONCE):
            return Outlook(Next.REVERTS, f"{owner.ref} makes it anew {next_time}, and never updates it")
        return Outlook(Next.REVERTS, f"{owner.ref} makes it anew {next_time}{_empty(case)}")
    if is_sticky(case):
        return _stays(_why_it_stays(case))
    forced = f"; {owner.ref} forces: it deletes the object and makes it anew" if is_immutable(case) else ""
    verb = "takes it away" if case.difference and case.difference.kind is Kind.FOREIGN else "puts back what Git says"
    return Outlook(Next.REVERTS, f"{owner.ref} {verb} {next_time}{_beware(case)}{forced}")


def _of_release(case: Case, owner: Resource) -> Outlook:
    if case.what is classes.OUT_OF_BAND:
        return Outlook(
            Next.REVERTS,
            f"{owner.ref} upgrades it back to what Git says at its next reconcile, {when(owner, case.now)}",
        )
    if is_sticky(case):
        return _stays(_why_it_stays(case))
    if _corrects(owner) and not case.is_skipped:
        verb = "makes it anew" if case.what is classes.MISSING else "puts back what the chart says"
        return Outlook(
            Next.REVERTS,
            f"{owner.ref} {verb} at its next reconcile, {when(owner, case.now)}{_empty(case)}{_beware(case)}",
        )
    mode = owner.get("spec", "driftDetection", "mode", default="disabled")
    why = "only warns of drift" if mode == "warn" else "does not look for drift (driftDetection is off)"
    if case.is_skipped:
        why = "is told not to look at this object (driftDetection: disabled)"
    return _stays(f"nothing: {owner.ref} {why}; {_upgrade(case)}")


def _upgrade(case: Case) -> str:
    """What the next version of the chart or its values does. Helm patches built-in kinds three-way, others two-way."""
    if case.what is classes.MISSING:
        return f"the next upgrade of the release makes it anew{_empty(case)}"
    builtin = "." not in case.ref.group or case.ref.group.endswith(".k8s.io")
    if builtin:
        return f"the next upgrade of the release puts back what the chart says{_beware(case)}"
    return "the next upgrade may leave it: Helm writes fields of custom resources only where the chart changes them"


def _why_it_stays(case: Case) -> str:
    found, owner = case.difference, case.owner
    assert found is not None
    assert owner is not None
    who = " and ".join(stayers(found))
    if owner.kind == "HelmRelease":
        return "nothing, ever: helm-controller sees no additions, and upgrades leave them alone"
    if is_kept_port(case):
        return "nothing: Flux lets go of the field, and the API server keeps the port it has allocated"
    if case.has(MERGED):
        return "nothing, ever: ssa: Merge tells Flux to leave alone what others add"
    if not who:
        return "nothing, ever: Flux takes away only what belongs to kubectl, and this belongs to nobody it knows"
    return f"nothing, ever: Flux takes away only what kubectl added, and this is {who}'s"


def _after(case: Case) -> str:
    """What follows once the owner applies again."""
    if case.what is classes.MISSING:
        return "it is made anew"
    if is_sticky(case):
        return "it stays all the same"
    if case.owner is not None and case.owner.kind == "HelmRelease" and not _corrects(case.owner):
        return "it stays until the next upgrade of the release"
    return f"Git's word holds again{_beware(case)}"


def _beware(case: Case) -> str:
    said = warnings(case)
    return f". Beware: {'; '.join(said)}" if said else ""


def _empty(case: Case) -> str:
    """What is made anew holds nothing."""
    if case.what is not classes.MISSING:
        return ""
    holds = {"PersistentVolumeClaim": "empty, without its data", "Namespace": "empty, where others filled it"}
    return f", {holds[case.ref.kind]}" if case.ref.kind in holds else ""


def _rivals(case: Case) -> str:
    held = [each.manager for each in case.difference.changed_by if each.cls != "gitops"] if case.difference else []
    return " and ".join(dict.fromkeys(held)) or "a controller"


def _corrects(owner: Resource) -> bool:
    return owner.kind == "HelmRelease" and owner.get("spec", "driftDetection", "mode") == "enabled"


def _forced(case: Case, owner: Resource) -> bool:
    return owner.get("spec", "force") is True or case.has(FORCED)
