"""``holdfast audit``: pytest in this process, with our terminal instead of its own."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from holdfast.ledger import INTERNAL, NOTHING, OK, USAGE
from holdfast.model import RunResult
from holdfast.platform import PACKAGED, PlatformError, included, known_folders
from holdfast.reporting import duplicate, show

DEFAULT = ("flux", "drift")
"""What is audited when nothing is named."""


@dataclass(slots=True, eq=False)  # pytest before 9 keeps its plugins in a set
class Watcher:
    """Follows a run for the terminal."""

    console: Console
    config: pytest.Config | None = None
    total: int = 0
    crash: str = ""
    _progress: Any = None

    def pytest_configure(self, config: pytest.Config) -> None:
        self.config = config

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        from holdfast.reports.allure import leave_fixtures_out
        from holdfast.reports.progress import Progress

        leave_fixtures_out(session.config.pluginmanager)
        self.total = len(session.items)
        self._progress = Progress(self.console, self.total)
        self._progress.start()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        if self._progress:
            self._progress.began(nodeid.rpartition("::")[2])

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        if self._progress:
            self._progress.ended()

    def pytest_internalerror(self, excrepr: object, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        self.crash = f"{excinfo.typename}: {excinfo.value}"
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        if self._progress:
            self._progress.stop()

    @property
    def audit(self) -> Any:
        """The Audit of the run, None when it never came to one."""
        from holdfast.senses import AUDIT

        return self.config.stash.get(AUDIT, None) if self.config else None


@dataclass(frozen=True, slots=True)
class Selection:
    """What to run."""

    what: Sequence[str] = ()
    """Packaged folders by name, or paths."""
    marks: str = ""
    keyword: str = ""
    extra: Sequence[str] = field(default_factory=tuple)
    """Passed on to pytest."""


def folders(what: Sequence[str]) -> list[Path]:
    """The feature folders and files meant, includes first.

    Raises:
        PlatformError: no such folder or path; the known ones are listed.
    """
    found: list[Path] = []
    for each in what or DEFAULT:
        if not each.strip():
            raise PlatformError(f"an empty name is no platform, folder or feature file (platforms: {known_folders()})")
        path = Path(each)
        plain = path.name == each and (PACKAGED / each).is_dir()
        base = Path(each.split("::")[0])
        if plain:
            found += included(PACKAGED / each)
        elif base.is_dir():
            found += included(base)
        elif base.is_file():
            found.append(path)
        else:
            raise PlatformError(f"{each}: no such platform, folder or feature file (platforms: {known_folders()})")
    return list(dict.fromkeys(found))


def audit(selection: Selection, options: Mapping[str, str | None], *, quiet: bool = False) -> int:
    """Run an audit and show it; the exit status.

    Args:
        selection: which scenarios.
        options: option texts by flag name; what is None is not given.
        quiet: show nothing but errors (the caller shows something else).
    """
    try:
        paths = folders(selection.what)
    except PlatformError as error:
        return _refuse(str(error))
    given = [f"--holdfast-{name}={text}" for name, text in options.items() if text is not None]
    report_dir = Path(options.get("report-dir") or os.environ.get("HOLDFAST_REPORT_DIR") or "holdfast-report")
    try:
        report_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return _refuse(f"--report-dir {report_dir}: no folder can be made there: {error.strerror}")
    watcher = Watcher(duplicate(2))
    arguments = [
        *("-c", str(Path(__file__).with_name("audit.ini")), f"--rootdir={_root(paths)}"),
        *("-p", "no:cacheprovider", "-p", "no:warnings", "--tb=line"),  # nobody sees a traceback: none is made
        *("-p", "no:hypothesispytest", "-p", "no:syrupy"),  # of a developer's environment: half a second, for nothing
        *("-p", "no:unraisableexception"),  # collects garbage five times over at the end, with 20,000 objects in memory
        *(("-m", selection.marks) if selection.marks else ()),
        *(("-k", _words(selection.keyword)) if selection.keyword else ()),
        *_allure(report_dir),
        *given,
        *selection.extra,
        *map(str, paths),
    ]
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        status = int(pytest.main(arguments, plugins=[_Named(watcher)]))
    made = watcher.audit
    if made is None or made.result is None:
        return _explain(status, output.getvalue(), errors.getvalue(), watcher.crash)
    if crash := watcher.crash or made.crash:
        print(f"holdfast: internal error: {made.scrubber.text(crash)}", file=sys.stderr)
    if not quiet:
        _show(made.result, report_dir)
    return status or made.result.exit  # pytest says 0 where it was only asked to show something


def drift(platform: str | None, keyword: str, options: Mapping[str, str | None]) -> int:
    """Audit drift alone, or (``--git-ref``) what a branch would change; the exit status.

    Args:
        platform: whose platform.toml counts; None for the generic one.
        keyword: which scenarios.
        options: as for :func:`audit`.
    """
    told = dict(options)
    if platform is not None and told.get("platform-file") is None:
        try:
            home = folders([platform])[-1]
        except PlatformError as error:
            return _refuse(str(error))
        told["platform-file"] = str((home if home.is_dir() else home.parent) / "platform.toml")
    asked = told.get("git-ref") or os.environ.get("HOLDFAST_GIT_REF")
    home = PACKAGED / "drift"
    return audit(Selection([str(home / "preview.feature") if asked else "drift"], keyword=keyword), told)


def _show(result: RunResult, report_dir: Path) -> None:
    try:
        show(result, report_dir)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # rich's word for it: who read it (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Named:
    """Registers the watcher under the name by which the plugin knows that it runs under ``holdfast audit``."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.pluginmanager.register(self.watcher, "holdfast-audit")


def _explain(status: int, output: str, errors: str, crash: str) -> int:
    """The run ended before there was anything to report: say why in plain lines."""
    if crash:
        print(f"holdfast: internal error: {crash}", file=sys.stderr)
        return INTERNAL
    if status == OK:  # --collect-only and the like
        print(output, end="")
        print("holdfast: pytest was only asked to show something: nothing was judged (exit 5)", file=sys.stderr)
        return NOTHING
    if status == NOTHING:
        print("holdfast: no scenario was selected (exit 5): see -m, -k and the paths given", file=sys.stderr)
        return NOTHING
    told = [line.removeprefix("ERROR: ") for line in errors.splitlines() if line.strip()]
    if not told:
        told = [line for line in output.splitlines() if line.startswith("E ")] or ["pytest said nothing"]
    for line in told:
        print(f"holdfast: {line}", file=sys.stderr)
    return USAGE if status in (USAGE, 2) else status


def _words(keyword: str) -> str:
    """pytest's -k takes no spaces: a name as it is printed becomes all of its words."""
    words = re.findall(r"[^\s\[\]()'\",:]+", keyword)
    plain = len(words) > 1 and not {"and", "or", "not"} & set(words) and "(" not in keyword
    return " and ".join(words) if plain else keyword


def _refuse(reason: str) -> int:
    print(f"holdfast: {reason}", file=sys.stderr)
    return USAGE


def _root(paths: Sequence[Path]) -> str:
    """The common parent: conftest files below it belong to the features, those above it do not."""
    places = [str(Path(str(each).split("::")[0]).resolve()) for each in paths]
    common = Path(os.path.commonpath(places))
    return str(common if common.is_dir() else common.parent)


def _allure(report_dir: Path) -> list[str]:
    if importlib.util.find_spec("allure_pytest") is None:
        return []
    return [f"--alluredir={report_dir / 'allure-results'}", "--clean-alluredir"]
