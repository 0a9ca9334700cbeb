"""Faults that can be in the platform at the same time, so that one audit judges several of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from testbed.bed import Bed
from testbed.fault import ByHand, Fault

_FLUX = ("flux", "drift")
_MOST_OF_DRIFT = 4


def rounds(faults: Iterable[Fault]) -> list[list[Fault]]:
    """The faults in rounds; most of them are in a round of one.

    Families of the platform look at services of their own: one fault of each goes into a round. What drift finds it
    finds object by object: what was done by hand to different objects goes together. What breaks Flux, or is told by
    Git, changes what all others do.
    Whether a round was right shows when it is judged: its audit says exactly what all of its faults must give, or each
    is judged alone.
    """
    alone: list[list[Fault]] = []
    by_family: dict[str, list[Fault]] = {}
    for fault in faults:
        if _shares(fault):
            by_family.setdefault(fault.family, []).append(fault)
        else:
            alone.append([fault])
    drift = _of_different_objects(by_family.pop("drift", []))
    return alone + drift + _of_different_families(list(by_family.values()))


def apply(bed: Bed, faults: Iterable[Fault]) -> None:
    """Every fault of a round. Flux looks once before all that is done by hand, as it would take back the first."""
    chosen = list(faults)
    by_hand = [each.apply for each in chosen if isinstance(each.apply, ByHand)]
    for kustomization in sorted({each.kustomization for each in by_hand}):
        bed.reconcile("Kustomization", "flux-system", kustomization)
    for fault in chosen:
        (fault.apply.deed if isinstance(fault.apply, ByHand) else fault.apply)(bed)


def arguments(faults: Sequence[Fault]) -> list[str]:
    """Of `holdfast audit`, for a round of several: everything any of its faults is judged with."""
    if faults[0].family in _FLUX:
        return ["-m", " or ".join(_FLUX)]
    allowed = ["--allow", "exec"] if any("exec" in each.args for each in faults if not callable(each.args)) else []
    return [*allowed, "-m", " or ".join(sorted({each.family for each in faults}))]


def _shares(fault: Fault) -> bool:
    """Not what is judged in a way of its own, nor what leaves something unknown: that hides what others would give."""
    own_way = fault.context != "auditor" or fault.rights is not None or fault.exit is not None or fault.settle != 1
    if own_way or fault.unknowns or fault.alone or callable(fault.args):
        return False
    if fault.family in _FLUX:
        return fault.family == "drift" and not fault.args and isinstance(fault.apply, ByHand)
    return sorted(fault.args) in (sorted(("-m", fault.family)), sorted(("--allow", "exec", "-m", fault.family)))


def _of_different_objects(faults: Iterable[Fault]) -> list[list[Fault]]:
    """Fullest rounds first, so that each fault joins the first that has room for it."""
    found: list[list[Fault]] = []
    for fault in faults:
        objects = {subject for _, subject in fault.expect}
        for each in found:
            if len(each) < _MOST_OF_DRIFT and not objects & {subject for other in each for _, subject in other.expect}:
                each.append(fault)
                break
        else:
            found.append([fault])
    return found


def _of_different_families(families: Sequence[Sequence[Fault]]) -> list[list[Fault]]:
    """As many rounds as the largest family has faults, each with about as many faults as the others."""
    found: list[list[Fault]] = [[] for _ in range(max(map(len, families), default=0))]
    for family in sorted(families, key=len, reverse=True):
        for fault, each in zip(family, sorted(found, key=len), strict=False):
            each.append(fault)
    return found
