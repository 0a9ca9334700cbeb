"""A whole audit of a recording, overheard: which rule was put to what, with which arguments, and what it said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from holdfast import run
from holdfast.judge import Heard, Judge
from holdfast.model import Query, Rule, World
from tests.checks.laws.more import BRANCH

REST = Path(__file__).with_name("rest.feature")
"""Sentences no packaged feature says, so that their rules are heard as well."""
_EVERYTHING = "hygiene or not hygiene"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One rule, put to one query."""

    rule: Rule[Any]
    query: Query
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    world: World
    said: Heard

    @property
    def subject(self) -> str:
        return f"{self.rule.id} of {self.query.subject}"

    @property
    def is_silent(self) -> bool:
        """It judged something, or nothing at all, and found nothing to say: a pass."""
        said = self.said
        return not (said.deviations or said.unknowns or said.absent or said.not_asked)


@dataclass(frozen=True, slots=True)
class Audited:
    """What came of an audit."""

    judgements: tuple[Judgement, ...]
    findings: Mapping[str, Any]
    """findings.json."""

    @property
    def unknowns(self) -> list[Mapping[str, str]]:
        return [each for scenario in self.findings["scenarios"] for each in scenario["unknown"]]


def audit(recording: Path, folder: Path) -> Audited:
    """Everything there is to judge in a recording, judged; hygiene, too."""
    told = {"recording": str(recording), "report-dir": str(folder), "git-ref": BRANCH}
    selection = run.Selection(("eoepca", str(REST)), marks=_EVERYTHING, extra=("--tb=native",))
    with _overheard() as judgements, pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "_allure", lambda folder: [])  # half the time, for reports nobody reads
        run.audit(selection, told, quiet=True)
    return Audited(tuple(judgements), json.loads((folder / "findings.json").read_text()))


@contextmanager
def _overheard() -> Iterator[list[Judgement]]:
    judgements: list[Judgement] = []
    judge = Judge.__call__
    take = Judge._take
    last: list[Heard] = []

    def listen(self: Judge, check: Rule[Any], query: Query, /, *args: Any, **kwargs: Any) -> None:
        judge(self, check, query, *args, **kwargs)
        judgements.append(Judgement(check, query, args, kwargs, self._world, last.pop()))

    def remember(self: Judge, said: Heard) -> None:
        last[:] = [said]
        take(self, said)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Judge, "__call__", listen)
        patch.setattr(Judge, "_take", remember)
        yield judgements
