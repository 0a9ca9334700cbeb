"""What allure-pytest cannot know: Gherkin steps as Allure steps, severities, and the evidence behind a verdict.

Without allure-pytest everything here does nothing.
"""

from __future__ import annotations

import importlib
import types
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml

from holdfast.model import Deviation, Json, Resource, Rule, Severity, Unobservable
from holdfast.model.scrub import Scrubber
from holdfast.reports.wording import cost, fragment, one_line, printable, why

try:
    _allure: Any = importlib.import_module("allure")
except ImportError:  # allure-pytest is not installed, or is of another kind
    _allure = None

_LEVELS = {Severity.CRITICAL: "blocker", Severity.MAJOR: "critical", Severity.MINOR: "normal"}
"""Allure's words for ours: its blocker is our critical."""
_LISTENER = "allure_listener"
"""What allure-pytest registers itself as."""
_MOST = 20
"""Objects attached to one step."""
_LONG = 20_000
"""Characters of one text in them."""


class StepDeviates(AssertionError):
    """Makes a step red ("failed") although its scenario goes on."""

    __module__ = "builtins"  # reports show an exception by its module: ours says nothing to a reader


class StepNotJudged(Exception):
    """Makes a step yellow ("broken")."""

    __module__ = "builtins"  # reports show an exception by its module: ours says nothing to a reader


def labels(nodeid: str, feature: str, tags: Iterable[str] = ()) -> list[Any]:
    """The marks that file a scenario in Allure: the folder is the epic and the parent suite, the feature the suite.

    Tags are pytest marks already and need none of ours.
    """
    if _allure is None:
        return []
    folder = PurePosixPath(nodeid.partition("::")[0]).parent.name or "features"
    return [_allure.epic(folder), _allure.feature(feature), _allure.parent_suite(folder), _allure.suite(feature)]


def leave_fixtures_out(plugins: pytest.PytestPluginManager) -> None:
    """Keep pytest's fixtures out of the report: five with every scenario, none of which says anything of a platform.

    Called once allure-pytest has registered; takes its place with all of its hooks but those about fixtures.
    """
    listener = plugins.unregister(name=_LISTENER) if plugins.has_plugin(_LISTENER) else None
    if listener is not None:
        others = types.ModuleType(_LISTENER)
        hooks = (name for name in dir(listener) if name.startswith("pytest_") and "fixture" not in name)
        vars(others).update({name: getattr(listener, name) for name in hooks})
        plugins.register(others, _LISTENER)


def hide_example(item: Any) -> None:
    """Keep pytest-bdd's own parameter out of the report; called from ``pytest_runtest_setup``."""
    callspec = getattr(item, "callspec", None)
    if _allure is None or callspec is None:
        return
    for name, value in callspec.params.items():
        if name.startswith("_pytest_bdd"):
            _allure.dynamic.parameter(name, value, mode=_allure.parameter_mode.HIDDEN)


class AllureBridge:
    """Tells Allure about the steps of one scenario after the other.

    Args:
        scrubber: takes the secrets out of everything attached; step titles and messages too.
    """

    def __init__(self, scrubber: Scrubber) -> None:
        self._scrubber = scrubber
        self._open: list[Any] = []
        self._met: list[Severity] = []

    def begin_scenario(self, title: str) -> None:
        """Name the test as the feature file does."""
        if _allure is not None:
            _allure.dynamic.title(self._text(title))

    def begin_step(self, title: str) -> None:
        """A step is about to run, e.g. ``Then every GitRepository is fetched``."""
        if _allure is not None:
            step = _allure.step(self._text(title))
            step.__enter__()
            self._open.append(step)

    def end_step(
        self,
        deviations: Sequence[tuple[Rule[Any], Deviation]] = (),
        unknowns: Sequence[Unobservable] = (),
        evidence: Iterable[Resource] = (),
    ) -> None:
        """The step has run: attach what it saw, and colour it by what was said."""
        if not self._open:
            return
        if deviations or unknowns:
            self._attach_evidence(list(evidence))
            told = [*(_remedy(rule, said) for rule, said in deviations), *map(_cure, unknowns)]
            self._attach("what to type", "\n\n".join(told))
        self._met += [said.severity or rule.severity for rule, said in deviations]
        self._close_step(_failure(deviations, unknowns, self._text))

    def close(self) -> None:
        """The scenario is over: grade it by the worst it met; a skip or Ctrl-C may have left steps open."""
        while self._open:
            self._close_step(None)
        if _allure is not None and self._met:  # once: Allure would show every label it is given
            _allure.dynamic.severity(_LEVELS[max(self._met, key=lambda each: each.rank)])
        self._met = []

    def _close_step(self, failure: Exception | None) -> None:
        step = self._open.pop()
        step.__exit__(type(failure) if failure else None, failure, None)

    def _attach_evidence(self, evidence: Sequence[Resource]) -> None:
        conditions = _conditions(evidence)
        if conditions:
            self._attach("conditions as read", conditions)
        for each in evidence[:_MOST]:
            scrubbed = _cut(self._scrubber.resource(each.raw))
            shown = yaml.safe_dump(scrubbed, sort_keys=False, allow_unicode=True, width=120)
            self._attach(f"{each.ref} as read", shown, "yaml")
        if len(evidence) > _MOST:
            self._attach("not attached", "\n".join(str(each.ref) for each in evidence[_MOST:]))

    def _attach(self, name: str, body: str, kind: str = "txt") -> None:
        mime = "application/yaml" if kind == "yaml" else "text/plain"
        _allure.attach(self._text(body), self._text(name), mime, kind)

    def _text(self, text: str) -> str:
        return printable(self._scrubber.text(text))


def _cut(value: Json) -> Json:
    """The same with long texts cut: a page of two megabytes takes YAML seconds, and nobody reads it."""
    if isinstance(value, dict):
        return {key: _cut(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_cut(each) for each in value]
    if isinstance(value, str) and len(value) > _LONG:
        return f"{value[:_LONG]}… ({len(value)} characters)"
    return value


def _failure(
    deviations: Sequence[tuple[Rule[Any], Deviation]], unknowns: Sequence[Unobservable], text: Callable[[str], str]
) -> Exception | None:
    if deviations:
        told = [f"{rule.id}: {said.summary or said.observed}" for rule, said in deviations]
        return StepDeviates(text("\n".join(map(one_line, told))))
    if unknowns:
        return StepNotJudged(text("\n".join(one_line(str(each)) for each in unknowns)))
    return None


def _remedy(rule: Rule[Any], said: Deviation) -> str:
    lines = [f"# {one_line(said.summary) or said.ref or said.subject}"]
    for each in said.remedy:
        lines.append(f"# {why(each)}" + (f" ({told})" if (told := cost(each)) else ""))
        lines += fragment(each).splitlines()
        lines += [one_line(each.command)] if each.command else []
    return "\n".join([*lines, f"# in general: {one_line(rule.remedy)}"])


def _cure(unknown: Unobservable) -> str:
    lines = [f"# could not be judged: {one_line(f'{unknown.code}: {unknown.subject}: {unknown.detail}')}"]
    return "\n".join([*lines, *([one_line(unknown.remedy)] if unknown.remedy else [])])


def _conditions(evidence: Iterable[Resource]) -> str:
    """The conditions as a table of fixed columns."""
    rows = [
        (str(each.ref), condition.type, condition.status, condition.reason, one_line(condition.message))
        for each in evidence
        for condition in each.conditions
    ]
    if not rows:
        return ""
    table = [("OBJECT", "CONDITION", "STATUS", "REASON", "MESSAGE"), *rows]
    widths = [max(len(row[column]) for row in table) for column in range(4)]
    return "\n".join("  ".join([*(f"{row[at]:<{widths[at]}}" for at in range(4)), row[4]]).rstrip() for row in table)
