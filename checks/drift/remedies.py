"""What to type about a field that differs: look first, then what writes, with its risk.

A remedy whose text has more than one line carries a fragment of YAML below the first.
"""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.checks.drift import classes, commands, pointers
from holdfast.checks.drift.case import Case, Release
from holdfast.checks.drift.cleanup import is_immutable, is_kept_port, is_sticky, warnings
from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.fragment import fragment, ignore_rule
from holdfast.checks.drift.object_remedies import of_object
from holdfast.checks.drift.paths import Member, Path, text
from holdfast.checks.drift.unsaid import name_at, unsaid
from holdfast.checks.flux import cli
from holdfast.checks.flux.state import Phase, read_state
from holdfast.model import Remedy, Resource

_ON_PURPOSE = "undoes it also where it was done on purpose"
_ALL_AT_ONCE = "applies at once all that has come in meanwhile, and undoes every other change made by hand"
_FORCED_UPGRADE = (
    "a new revision of the whole release: its hooks run, and changes by hand to its other objects go as well"
)
_SAY_SO = "make Git say what the API server has"
_RECREATED = "the object is deleted and made anew: down meanwhile"
_DATA = "DATA LOSS: the volume is deleted with it; save its data first"


def remedies(case: Case, others: Sequence[Difference] = ()) -> tuple[Remedy, ...]:
    """What to type, in the order to think of it.

    The first only reads. What loses data is never before anything that does not, and says so.

    Args:
        others: of a blocked object, what else differs: Git has to say all of it.
    """
    if case.difference is None:
        return of_object(case)
    look = Remedy("see the field and who holds it", commands.look(case))
    if case.what is classes.HOTFIX:
        return _some(look, *_history(case), _keep(case), *_revert(case))
    if case.what is classes.FOUGHT:
        return _some(look, *_history(case), _leave_alone(case), _give_up(case))
    if case.what is classes.BLOCKED or is_immutable(case):
        return _some(look, *_refusal(case), _keep(case, _SAY_SO, others), *_recreate(case))
    return _some(look, *_history(case), *_revert(case), _keep(case))


def _some(*given: Remedy | None) -> tuple[Remedy, ...]:
    return tuple(each for each in given if each is not None)


def _history(case: Case) -> tuple[Remedy, ...]:
    """What Git says of it, and what Flux would do."""
    owner = case.owner
    if owner is None:
        return ()
    if owner.kind == "HelmRelease":
        return (Remedy("see what was released and when", commands.helm("history", Release.of(owner))),)
    found = []
    if case.difference is not None and case.difference.kind is not Kind.FOREIGN:
        why = "in a checkout, see what Flux would change (it asks for the right to patch, and sees no additions)"
        found.append(Remedy(why, commands.flux_diff(owner)))
    if where := case.git_path or str(owner.get("spec", "path", default="")):
        found.append(Remedy("in a checkout, see who changed it there", commands.git_log(where)))
    return tuple(found)


def _refusal(case: Case) -> tuple[Remedy, ...]:
    owner = case.owner
    return (Remedy("read what the API server refuses, and why", commands.describe(owner.ref)),) if owner else ()


def _revert(case: Case) -> tuple[Remedy, ...]:
    """Let Flux put it back; take it away oneself where Flux will not."""
    owner = case.owner
    if is_sticky(case):
        return _some(_take_away(case))
    if owner is None:
        return ()
    if owner.get("spec", "suspend") is True:
        risk = "; ".join((_ALL_AT_ONCE, *warnings(case)))
        return (Remedy("when the maintenance is over, let Flux go on", cli.resume(owner.ref), writes=True, risk=risk),)
    if owner.kind == "HelmRelease":
        return (_release_again(case, owner),)
    risk = "; ".join((_ON_PURPOSE, *warnings(case)))
    text = "let Flux put back what Git says now"
    if read_state(owner).phase is Phase.FAILED:
        text = f"mend {owner.ref} first, which applies nothing as it is; then let Flux put back what Git says"
    return (Remedy(text, commands.reconcile(owner), writes=True, risk=risk),)


def _release_again(case: Case, owner: Resource) -> Remedy:
    if owner.get("spec", "driftDetection", "mode") == "enabled" and not case.is_skipped:
        risk = "; ".join((_ON_PURPOSE, *warnings(case)))
        return Remedy("let Flux put back what the chart says now", commands.reconcile(owner), writes=True, risk=risk)
    risk = "; ".join((_FORCED_UPGRADE, *warnings(case)))
    text = "upgrade the release once more; in Git, spec.driftDetection.mode: enabled does it every time"
    return Remedy(text, commands.reconcile(owner, "--force"), writes=True, risk=risk)


def _take_away(case: Case) -> Remedy | None:
    """A JSON patch that takes away exactly this, and fails where the object has changed since."""
    assert case.difference is not None
    if is_kept_port(case):
        return None  # the API server allocates the same port again: only Git can name another
    risk = "; ".join((_ON_PURPOSE, *warnings(case)))
    operations = pointers.removal(case.difference.path, case.live.raw) if case.live is not None else None
    if operations is None or _holds_a_secret(case.difference.path, case.live):
        command = commands.joined("kubectl", "edit", *commands.named(case.ref))
        return Remedy(f"take {text(case.difference.path)} away: Flux will not", command, writes=True, risk=risk)
    if pointers.counts(case.difference.path):
        risk = f"{risk}; {pointers.SHIFTS}"
    command = commands.json_patch(case.ref, operations)
    return Remedy("take away exactly this: Flux will not", command, writes=True, risk=risk)


def _holds_a_secret(path: Path, live: Resource | None) -> bool:
    """Whether the patch would have to name, to find an entry of a list again, what looks like a secret."""
    for index, step in enumerate(path):
        if live is not None and isinstance(step, int | Member):
            entries = pointers.value_at(path[:index], live.raw)
            if unsaid(entries, name_at(path[:index])) != entries:
                return True
    return False


def _keep(case: Case, why: str = "to keep it, commit this", others: Sequence[Difference] = ()) -> Remedy | None:
    yaml = fragment(case, others)
    return Remedy(f"{why}\n{yaml}", writes=True, risk="everywhere this part of Git is applied") if yaml else None


def _leave_alone(case: Case) -> Remedy | None:
    rule = ignore_rule(case)
    text = f"leave the field to its controller: commit this rule\n{rule}"
    return Remedy(text, writes=True, risk="Git's word on this field no longer counts") if rule else None


def _give_up(case: Case) -> Remedy:
    where = case.git_path or "Git"
    return Remedy(f"or take the field out of {where}, so that only its controller writes it", writes=True)


def _recreate(case: Case) -> tuple[Remedy, ...]:
    """The only way to change what is immutable."""
    risk = _DATA if case.ref.kind == "PersistentVolumeClaim" else _RECREATED
    return (Remedy("or let Flux make it anew, as Git says", commands.delete(case.ref), writes=True, risk=risk),)
