"""A fault: one file that says what it breaks and how, how to take it back, and exactly what an audit has to say."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from testbed import faults
from testbed.bed import AuditRun, Bed
from testbed.errors import TestbedError
from testbed.kube import Object


@dataclass(frozen=True)
class ByHand:
    """An `apply` that Flux would take back when it next looks, and which is therefore done when it has just looked.

    kustomization  the one of flux-system that holds what is changed
    deed           changes it
    """

    kustomization: str
    deed: Callable[[Bed], object]

    def __call__(self, bed: Bed) -> None:
        bed.reconcile("Kustomization", "flux-system", self.kustomization)
        self.deed(bed)


@dataclass(frozen=True)
class Fault:
    """A fault of the matrix.

    apply     breaks the platform and returns when the break shows (use bed.reconcile and bed.wait…, never sleep)
    revert    takes it back; None means bed.reset(), which mends anything
    expect    the findings it must cause: (rule, "Kind/namespace/name")
    unknowns  what can no longer be judged: (code, subject)
    context   the kubeconfig context the audit runs with
    rights    RBAC rules: the audit runs as a user who has these and nothing else, in place of `context`
    args      further arguments of `holdfast audit`, or what gives them once the fault is in
    exit      the exit status the audit must end with; None: 1 for findings, else 10 for unknowns, else 0
    settle    seconds given to `--settle`; in-flight candidates are read again after it
    alone     why no other fault can be in the platform with it, where that does not show from the rest (see rounds.py)
    family    the folder its file lives in; filled in by discovery
    """

    id: str
    platform: str
    breaks: str
    apply: Callable[[Bed], object]
    revert: Callable[[Bed], object] | None = None
    expect: Sequence[tuple[str, str]] = ()
    unknowns: Sequence[tuple[str, str]] = ()
    context: str = "auditor"
    rights: Sequence[Object] | None = None
    args: Sequence[str] | Callable[[Bed], Sequence[str]] = ()
    exit: int | None = None
    settle: float = 1
    alone: str = ""
    family: str = field(default="", compare=False)

    def audit(self, bed: Bed) -> AuditRun:
        """The audit that has to find it."""
        arguments = list(self.args(bed) if callable(self.args) else self.args)
        if self.family in _JUDGED_WITH and "-m" not in arguments:
            arguments += ["-m", _JUDGED_WITH[self.family]]
        kubeconfig = None if self.rights is None else bed.credential(self.id, list(self.rights))
        return bed.audit(*arguments, context=self.context, kubeconfig=kubeconfig, settle=self.settle)

    @property
    def exit_status(self) -> int:
        """What the audit has to end with."""
        if self.exit is not None:
            return self.exit
        return 1 if self.expect else 10 if self.unknowns else 0

    def undo(self, bed: Bed) -> None:
        """Reverts, by the fault's own way or by the general one."""
        if self.revert is None:
            bed.reset()
        else:
            self.revert(bed)

    def describe(self) -> dict[str, Any]:
        """The declared part, as JSON likes it."""
        return {
            "id": self.id,
            "family": self.family,
            "platform": self.platform,
            "breaks": self.breaks,
            "expect": [list(each) for each in self.expect],
            "unknowns": [list(each) for each in self.unknowns],
        }


_JUDGED_WITH = {"flux": "flux", "drift": "flux or drift"}
"""The tags a fault is audited with when it names none.

What drift makes of a broken Flux (unknown, mostly), and what the platform's own families make of an object somebody
changed, is for the faults of those families.
"""


def discover(*, platform: str | None = None) -> list[Fault]:
    """Every FAULT (or list FAULTS) of testbed/faults/<family>/*.py, by family and id."""
    found: list[Fault] = []
    for module in pkgutil.walk_packages(faults.__path__, f"{faults.__name__}."):
        if module.ispkg:
            continue
        loaded = importlib.import_module(module.name)
        declared: list[Fault] = [*getattr(loaded, "FAULTS", [])] + ([loaded.FAULT] if hasattr(loaded, "FAULT") else [])
        if not declared:
            raise TestbedError(f"{module.name.replace('.', '/')}.py declares no FAULT")
        found += [replace(each, family=module.name.split(".")[-2]) for each in declared]
    twice = {each.id for each in found if sum(other.id == each.id for other in found) > 1}
    if twice:
        raise TestbedError(f"two faults are called {', '.join(sorted(twice))}")
    return sorted(
        (each for each in found if platform in (None, each.platform)), key=lambda each: (each.family, each.id)
    )


def named(fault_id: str) -> Fault:
    """The fault of that id."""
    known = {each.id: each for each in discover()}
    if fault_id not in known:
        near = difflib.get_close_matches(fault_id, known, n=3) or sorted(known)
        raise TestbedError(
            f"no fault is called {fault_id!r}; did you mean {', '.join(near)}? (all: python -m testbed fault list)"
        )
    return known[fault_id]
