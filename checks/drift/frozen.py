"""Objects somebody has taken out of the engine's hands in the cluster, without a word in Git."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.checks.drift.marks import SKIPPED, Mark, marked, setters
from holdfast.model import Change, Json, Ref, Resource, UnknownCode, Unobservable


@dataclass(frozen=True, slots=True)
class Frozen:
    """The engine passes the object over, and nothing done to it is put back."""

    ref: Ref
    owner: Ref
    mark: Mark
    """On the live object, and not in Git."""
    who: tuple[Change, ...]
    """Who set it; the engine itself when Git once said so and then no more; empty when managedFields do not tell."""

    @property
    def left_over(self) -> bool:
        """Git said it once: taking it out of Git could not take it off the object, which the engine passes over."""
        return bool(self.who) and all(each.cls == "gitops" for each in self.who)


def frozen(owner: Resource, desired: Json | None, live: Resource) -> Frozen | Unobservable | None:
    """Whether a mark on the live object alone keeps the engine off.

    Args:
        desired: as Git says; None where that is not known: then whoever set the mark decides.

    Returns:
        None when nothing does, or when Git itself says so; Unobservable when nobody can tell whose word it is.
    """
    wanted = SKIPPED.get(owner.kind, ())
    mark = marked(live.raw, *wanted)
    if mark is None or not _heeded(owner) or marked(desired, *wanted):
        return None
    who = setters(live, mark)
    if desired is None:
        if any(each.cls == "gitops" for each in who):
            return None
        if not who:
            detail = f"it has the {mark}; without its manifest nobody can tell whether Git says so"
            return Unobservable(UnknownCode.NO_DESIRED_STATE, str(live.ref), detail, "pass --git-dir")
    return Frozen(live.ref, owner.ref, mark, who)


def _heeded(owner: Resource) -> bool:
    """helm-controller looks at objects only where the release asks it to."""
    return owner.kind != "HelmRelease" or owner.get("spec", "driftDetection", "mode") in ("enabled", "warn")
