"""The hooks of a run: from the scenarios that were collected to the reports that are written.

Registered by :mod:`holdfast.plugin`, and only when there is something of ours to run.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from holdfast.audit import Audit
from holdfast.collection import SCENARIO
from holdfast.judge import Heard
from holdfast.ledger import INTERNAL, INTERRUPTED
from holdfast.model import ScenarioResult, UnknownCode, Unobservable, Verdict
from holdfast.outcomes import outcome
from holdfast.reporting import show, write
from holdfast.reports import allure
from holdfast.senses import JUDGE
from holdfast.waiting import wait_for_revision

if TYPE_CHECKING:
    from pytest_bdd.parser import Scenario, Step


class Running:
    """The hooks of a run; registered only when there is something of ours to run."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        self.began: dict[str, float] = {}
        self.stopped = 0
        self.failed = 0
        """Reports on our scenarios that pytest counts as failed."""
        self._allure: Any = None

    # ---- before anything runs

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Hygiene is off unless ``-m`` speaks of it; what is left out by default is listed as not asked."""
        asked = str(config.getoption("markexpr", "") or "")
        chosen, left = [], []
        for item in items:
            if SCENARIO not in item.stash:
                chosen.append(item)
                continue
            feature, _ = item.stash[SCENARIO]
            tags = tuple(sorted(mark.name for mark in item.iter_markers() if mark.name not in ("parametrize",)))
            if "hygiene" in tags and "hygiene" not in asked:
                left.append(item)
                self.audit.ledger.left_out(item.nodeid, feature.name, item.name, tags, "add -m hygiene")
            else:
                chosen.append(item)
                self.audit.selected[item.nodeid] = (feature.name, item.name, tags)
                for mark in allure.labels(item.nodeid, feature.name, tags):
                    item.add_marker(mark)
        items[:] = chosen
        if left:
            config.hook.pytest_deselected(items=left)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """SIGTERM ends a run as Ctrl-C does: with its reports written."""
        if not session.config.option.collectonly:
            signal.signal(signal.SIGTERM, _interrupt)
            self._wait_for_revision()

    def _wait_for_revision(self) -> None:
        options = self.audit.options
        if options.wait_for:
            began = time.monotonic()
            heard = wait_for_revision(self.audit.cluster, options.wait_for, options.within)
            name = f"Flux has applied {options.wait_for}"
            spent = time.monotonic() - began
            self.audit.ledger.enter("--wait-for", "Before the audit", name, (), heard, spent, self.audit.now)

    # ---- one scenario

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if SCENARIO in item.stash:
            item.stash[JUDGE] = self.audit.judge()
            self.began[item.nodeid] = time.monotonic()
            allure.hide_example(item)

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """Run every step, then say what the scenario comes to."""
        if SCENARIO not in pyfuncitem.stash:
            return (yield)
        judge = pyfuncitem.stash[JUDGE]
        try:
            yield
        except pytest.skip.Exception as reason:
            judge.not_asked(str(reason))
        except pytest.exit.Exception:
            raise
        except Exception as error:
            detail = f"the scenario itself failed: {type(error).__name__}: {error}"
            judge.unknown(Unobservable(UnknownCode.UNREADABLE, pyfuncitem.name, detail))
        try:
            result = self._enter(pyfuncitem)
        except Exception as error:
            self.stopped, self.audit.crash = INTERNAL, f"{type(error).__name__}: {error}"
            raise
        raised = outcome(result, self.audit.ledger.gating(result))
        if raised is not None:  # Allure takes the text from the exception itself: it must be clean already
            raise type(raised)(self.audit.scrubber.text(str(raised)))
        if result.verdict in (Verdict.NOT_APPLICABLE, Verdict.NOT_ASKED):
            pytest.skip(self.audit.scrubber.text(result.reason))  # a pass would say that it was judged
        return True

    def _enter(self, item: pytest.Item) -> ScenarioResult:
        feature, name, tags = self.audit.selected[item.nodeid]
        spent = time.monotonic() - self.began.get(item.nodeid, time.monotonic())
        heard = item.stash[JUDGE].said
        return self.audit.ledger.enter(item.nodeid, feature, name, tags, heard, spent, self.audit.now)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """No traceback, no locals, no captured output with a secret in it reaches a report."""
        report = yield
        if SCENARIO not in item.stash:
            return report
        clean = self.audit.scrubber.text
        if call.excinfo is not None and call.when != "call":
            self._broke_outside(item, call)
        if report.failed and call.excinfo is not None:
            report.longrepr = clean(str(call.excinfo.value))
        report.sections = [(title, clean(text)) for title, text in report.sections]
        self.failed += report.failed
        return report

    def _broke_outside(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """A fixture's set-up or tear-down failed: the scenario cannot be said to be judged."""
        if call.excinfo is not None and item.nodeid in self.audit.selected and JUDGE in item.stash:
            detail = f"{call.when} failed: {call.excinfo.typename}: {call.excinfo.value}"
            item.stash[JUDGE].unknown(Unobservable(UnknownCode.UNREADABLE, item.name, detail))
            self._enter(item)

    # ---- steps, for Allure

    def pytest_bdd_before_scenario(self, request: pytest.FixtureRequest, scenario: Scenario) -> None:
        if JUDGE in request.node.stash:
            self._allure = self._allure or allure.AllureBridge(self.audit.scrubber)
            self._allure.begin_scenario(scenario.name)

    def pytest_bdd_before_step(self, request: pytest.FixtureRequest, step: Step) -> None:
        if JUDGE in request.node.stash and self._allure:
            request.node.stash[JUDGE].step = Heard()
            self._allure.begin_step(f"{step.keyword.strip()} {step.name}")

    def pytest_bdd_after_step(self, request: pytest.FixtureRequest) -> None:
        if JUDGE in request.node.stash and self._allure:
            heard = request.node.stash[JUDGE].step
            self._allure.end_step(heard.deviations, heard.unknowns, tuple(heard.evidence.values()))

    def pytest_bdd_step_error(self, request: pytest.FixtureRequest) -> None:
        self.pytest_bdd_after_step(request)

    def pytest_bdd_after_scenario(self) -> None:
        if self._allure:
            self._allure.close()

    # ---- the end

    def pytest_keyboard_interrupt(self) -> None:
        self.stopped = INTERRUPTED

    def pytest_internalerror(self) -> None:
        self.stopped = INTERNAL

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the reports and set the exit status; what was selected and never ran is unknown."""
        if session.config.option.collectonly or int(exitstatus) == pytest.ExitCode.USAGE_ERROR:
            return
        if int(exitstatus) == pytest.ExitCode.INTERNAL_ERROR:
            self.stopped = INTERNAL
        if self.audit.selected or self.audit.ledger.scenarios or self.stopped:
            self._not_reached()
        result = self.audit.close(self.stopped)
        write(result, self.audit.options.report_dir)
        if int(exitstatus) in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
            others = session.testsfailed > self.failed  # other tests, or files that could not even be collected
            session.exitstatus = self.stopped or result.exit or (int(exitstatus) if others else 0)

    def _not_reached(self) -> None:
        ledger = self.audit.ledger
        for nodeid, (feature, name, tags) in self.audit.selected.items():
            if nodeid not in ledger.scenarios:
                problem = Unobservable(
                    UnknownCode.DEADLINE, name, "the run ended before this was judged", "run it again"
                )
                ledger.enter(nodeid, feature, name, tags, Heard(unknowns=[problem]), 0.0, self.audit.now)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Our words for our scenarios."""
        found = self.audit.ledger.scenarios.get(report.nodeid)
        if report.when != "call" or found is None:
            return None
        letter = {"deviates": "D", "unknown": "U", "waived": "w", "not-applicable": "-", "not-asked": "-"}
        return found.verdict.value, letter.get(found.verdict.value, "."), found.verdict.value.upper()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        """Under plain pytest the summary comes after pytest's own."""
        if self.audit.result is not None and not config.pluginmanager.has_plugin("holdfast-audit"):
            terminalreporter.ensure_newline()
            show(self.audit.result, self.audit.options.report_dir)


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt
