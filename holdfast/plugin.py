"""The pytest plugin: collects ``.feature`` files, judges them, and says what came of it.

It stays out of the way of other suites: without a feature file of ours nothing is registered but the options.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

import pytest

from holdfast.settings import Options, flags


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
        from holdfast.collection import PROBLEMS, misspelt_tags

        problems = session.config.stash.get(PROBLEMS, [])
        if problems or (problems := list(misspelt_tags(session.config))):
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
    from holdfast.running import Running
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
