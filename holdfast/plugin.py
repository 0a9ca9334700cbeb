"""The pytest plugin: collects ``.feature`` files, judges them, and says what came of it.

It stays out of the way of other suites: without a feature file of ours nothing is registered but the options.
"""

from __future__ import annotations

import importlib
import pkgutil
import signal
import sys
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from holdfast.settings import Options, flags

if TYPE_CHECKING:
    from pytest_bdd.parser import Scenario, Step

    from holdfast.audit import Audit


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--holdfast-…``, one for each option of ``holdfast audit``."""
    group = parser.getgroup("holdfast", "holdfast: is the platform what Git and its people say it is?")
    for name, help in flags().items():
        group.addoption(f"--holdfast-{name}", default=None, help=help, metavar=name.upper().replace("-", "_"))
    parser.addini("holdfast_features", "collect every .feature file with holdfast", type="bool", default=False)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A feature file, when it is ours to run."""
    if file_path.suffix != ".feature" or not _ours(file_path, parent.config):
        return None
    from holdfast.collection import FeatureFile, node_id

    _activate(parent.config)
    collector: pytest.Collector = FeatureFile.from_parent(
        parent, path=file_path, nodeid=node_id(file_path, parent.config.rootpath)
    )
    return collector


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse what is wrong in options and features, all of it at once, before a request is made.

    Raised while collecting it would be a collection error, exit 2, and the text would be lost.
    """
    if "holdfast.collection" in sys.modules:
        from holdfast.collection import PROBLEMS

        problems = session.config.stash.get(PROBLEMS, [])
        if problems:
            raise pytest.UsageError("\n".join(problems))


def _ours(file: Path, config: pytest.Config) -> bool:
    """Named on the command line, inside our own package when that was named, or asked for by the ini key."""
    if config.getini("holdfast_features") or config.pluginmanager.has_plugin("holdfast-audit"):
        return True
    from holdfast.platform import PACKAGED

    packaged = PACKAGED.resolve()
    named = [Path(config.invocation_params.dir, each.split("::")[0]).resolve() for each in config.args]
    return any(each == file.resolve() or (each.is_dir() and each.is_relative_to(packaged)) for each in named)


def _activate(config: pytest.Config) -> None:
    """Make the run ready once, when the first feature file is met."""
    if config.pluginmanager.has_plugin("holdfast-running"):
        return
    from holdfast.audit import prepare
    from holdfast.collection import PLATFORM, PROBLEMS
    from holdfast.senses import AUDIT

    if PROBLEMS in config.stash:  # it was tried, and refused
        return
    problems = config.stash[PROBLEMS] = []
    if getattr(config.option, "numprocesses", None) or getattr(config.option, "dist", "no") != "no":
        problems.append("holdfast does not run under xdist (-n): it would read everything twice; leave -n out")
        return
    given = {name: config.getoption(f"--holdfast-{name}") for name in flags()}
    try:
        audit = prepare(Options.of(given), _folders(config))
    except ValueError as error:  # every error of ours that is about what the user gave is one
        problems.append(str(error))
        return
    config.stash[AUDIT] = audit
    config.stash[PLATFORM] = audit.platform
    audit.tags = tuple(filter(None, [config.getoption("markexpr", "")]))
    _register(config, "holdfast.senses")
    for module in pkgutil.iter_modules(importlib.import_module("holdfast.steps").__path__, "holdfast.steps."):
        _register(config, module.name)
    config.pluginmanager.register(Running(audit), "holdfast-running")


def _register(config: pytest.Config, module: str) -> None:
    if not config.pluginmanager.has_plugin(module):
        config.pluginmanager.register(importlib.import_module(module), module)


def _folders(config: pytest.Config) -> list[Path]:
    """The feature folders named on the command line: where a platform.toml may be."""
    from holdfast.platform import PACKAGED

    found = []
    for each in config.args:
        path = Path(config.invocation_params.dir, each.split("::")[0]).resolve()
        here = path if path.is_dir() else path.parent
        found.append(next((up for up in (here, *here.parents) if (up / "platform.toml").is_file()), PACKAGED / "flux"))
    return list(dict.fromkeys(found))


class Running:
    """The hooks of a run; registered only when there is something of ours to run."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        self.began: dict[str, float] = {}
        self.stopped = 0
        self._allure: Any = None

    # ---- before anything runs

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Hygiene is off unless ``-m`` speaks of it; what is left out by default is listed as not asked."""
        from holdfast.collection import SCENARIO
        from holdfast.reports import allure as bridge

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
                for mark in bridge.labels(item.nodeid, feature.name, tags):
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
        from holdfast.waiting import wait_for_revision

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
        from holdfast.collection import SCENARIO
        from holdfast.reports import allure as bridge
        from holdfast.senses import JUDGE

        if SCENARIO in item.stash:
            item.stash[JUDGE] = self.audit.judge()
            self.began[item.nodeid] = time.monotonic()
            bridge.hide_example(item)

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """Run every step, then say what the scenario comes to."""
        from holdfast.collection import SCENARIO
        from holdfast.ledger import INTERNAL
        from holdfast.model import UnknownCode, Unobservable, Verdict
        from holdfast.outcomes import outcome
        from holdfast.senses import JUDGE

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

    def _enter(self, item: pytest.Item) -> Any:
        from holdfast.senses import JUDGE

        feature, name, tags = self.audit.selected[item.nodeid]
        spent = time.monotonic() - self.began.get(item.nodeid, time.monotonic())
        heard = item.stash[JUDGE].said
        return self.audit.ledger.enter(item.nodeid, feature, name, tags, heard, spent, self.audit.now)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """No traceback, no locals, no captured output with a secret in it reaches a report."""
        from holdfast.collection import SCENARIO

        report = yield
        if SCENARIO not in item.stash:
            return report
        clean = self.audit.scrubber.text
        if call.excinfo is not None and call.when != "call":
            self._broke_outside(item, call)
        if report.failed and call.excinfo is not None:
            report.longrepr = clean(str(call.excinfo.value))
        report.sections = [(title, clean(text)) for title, text in report.sections]
        return report

    def _broke_outside(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """A fixture's set-up or tear-down failed: the scenario cannot be said to be judged."""
        from holdfast.model import UnknownCode, Unobservable
        from holdfast.senses import JUDGE

        if call.excinfo is not None and item.nodeid in self.audit.selected and JUDGE in item.stash:
            detail = f"{call.when} failed: {call.excinfo.typename}: {call.excinfo.value}"
            item.stash[JUDGE].unknown(Unobservable(UnknownCode.UNREADABLE, item.name, detail))
            self._enter(item)

    # ---- steps, for Allure

    def pytest_bdd_before_scenario(self, request: pytest.FixtureRequest, scenario: Scenario) -> None:
        from holdfast.reports.allure import AllureBridge
        from holdfast.senses import JUDGE

        if JUDGE in request.node.stash:
            self._allure = self._allure or AllureBridge(self.audit.scrubber)
            self._allure.begin_scenario(scenario.name)

    def pytest_bdd_before_step(self, request: pytest.FixtureRequest, step: Step) -> None:
        from holdfast.judge import Heard
        from holdfast.senses import JUDGE

        if JUDGE in request.node.stash and self._allure:
            request.node.stash[JUDGE].step = Heard()
            self._allure.begin_step(f"{step.keyword.strip()} {step.name}")

    def pytest_bdd_after_step(self, request: pytest.FixtureRequest) -> None:
        from holdfast.senses import JUDGE

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
        from holdfast.ledger import INTERRUPTED

        self.stopped = INTERRUPTED

    def pytest_internalerror(self) -> None:
        from holdfast.ledger import INTERNAL

        self.stopped = INTERNAL

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the reports and set the exit status; what was selected and never ran is unknown."""
        from holdfast.ledger import INTERNAL
        from holdfast.reporting import write

        if session.config.option.collectonly or int(exitstatus) == pytest.ExitCode.USAGE_ERROR:
            return
        if int(exitstatus) == pytest.ExitCode.INTERNAL_ERROR:
            self.stopped = INTERNAL
        if self.audit.selected or self.audit.ledger.scenarios or self.stopped:
            self._not_reached()
        result = self.audit.close(self.stopped)
        write(result, self.audit.options.report_dir)
        if int(exitstatus) in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
            others = session.testsfailed and any(each.nodeid not in self.audit.selected for each in session.items)
            session.exitstatus = self.stopped or result.exit or (int(exitstatus) if others else 0)

    def _not_reached(self) -> None:
        from holdfast.judge import Heard
        from holdfast.model import UnknownCode, Unobservable

        ledger = self.audit.ledger
        for nodeid, (feature, name, tags) in self.audit.selected.items():
            if nodeid not in ledger.scenarios:
                problem = Unobservable(
                    UnknownCode.DEADLINE, name, "the run ended before this was judged", "run it again"
                )
                ledger.enter(nodeid, feature, name, tags, Heard(unknowns=[problem]), 0.0, self.audit.now)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> Iterator[Any] | tuple[str, str, str] | None:
        """Our words for our scenarios."""
        found = self.audit.ledger.scenarios.get(report.nodeid)
        if report.when != "call" or found is None:
            return None
        letter = {"deviates": "D", "unknown": "U", "waived": "w", "not-applicable": "-", "not-asked": "-"}
        return found.verdict.value, letter.get(found.verdict.value, "."), found.verdict.value.upper()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        """Under plain pytest the summary comes after pytest's own."""
        from holdfast.reporting import show

        if self.audit.result is not None and not config.pluginmanager.has_plugin("holdfast-audit"):
            terminalreporter.ensure_newline()
            show(self.audit.result, self.audit.options.report_dir)


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt
