"""``.feature`` files as pytest modules: parsed, checked, and every scenario bound, before anything runs.

Whatever is wrong is gathered and refused at once, as lines a user can act on, with exit status 4.
"""

from __future__ import annotations

import difflib
import inspect
import re
import types
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
import pytest_bdd
from pytest_bdd.exceptions import GherkinParseError
from pytest_bdd.feature import get_feature
from pytest_bdd.gherkin_parser import get_gherkin_document
from pytest_bdd.parser import Examples, Feature, ScenarioTemplate, Step
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

from holdfast.columns import Form
from holdfast.fixtures.kinds import KNOWN
from holdfast.platform import PACKAGED, Platform, PlatformError
from holdfast.vocabulary import COLUMNS, WORDS, Columns

PROBLEMS = pytest.StashKey[list[str]]()
PLATFORM = pytest.StashKey[Platform]()

_TAG = re.compile(r"[A-Za-z][\w.-]*")
_IS_TAG = ": a tag of the features"
"""What pytest is told of a tag, so that it takes it for a mark."""
_RESERVED = {"skip", "skipif", "xfail", "usefixtures", "parametrize", "filterwarnings", "tryfirst", "trylast"}
"""pytest reads these as marks of its own: a scenario so tagged would be shown as skipped."""
_KEYWORDS = ("Feature", "Rule", "Background", "Scenario", "Example", "Examples", "Scenarios")
_UNFILLED = re.compile(r"<([^<>]+)>")


class FeatureFile(pytest.Module):
    """One ``.feature`` file."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        self.obj = types.ModuleType(f"holdfast_feature_{self.path.stem}")
        problems = self.config.stash[PROBLEMS]
        if PLATFORM not in self.config.stash:  # refused: the reason is among the problems
            return
        feature = _parsed(self.path, problems)
        if feature is None:
            return
        _fill(feature, self.path, self.config.stash[PLATFORM], problems)
        problems += _swallowed(feature, self.path)
        for scenario in feature.scenarios.values():
            found = list(_wrong(feature, scenario, self.path))
            problems += found
            if not found:
                yield from self._bind(feature, scenario)

    def istestfunction(self, obj: object, name: str) -> bool:
        return True

    def istestclass(self, obj: object, name: str) -> bool:
        return False

    def _bind(self, feature: Feature, scenario: ScenarioTemplate) -> Iterator[pytest.Item | pytest.Collector]:
        for tag in sorted(_tags(feature, scenario)):
            self.config.addinivalue_line("markers", f"{tag}{_IS_TAG}")
        bound = pytest_bdd.scenario(self.path.name, scenario.name, features_base_dir=str(self.path.parent))(_nothing)
        bound.__doc__ = scenario.description  # pytest-bdd puts this machine's path there, and Allure shows it
        name = scenario.name.replace("::", ":")
        setattr(self.obj, name, bound)
        for item in self.ihook.pytest_pycollect_makeitem(collector=self, name=name, obj=bound) or ():
            item.location = (item.location[0], scenario.line_number - 1, item.name)
            item.stash[SCENARIO] = (feature, scenario)
            yield item


SCENARIO = pytest.StashKey[tuple[Feature, ScenarioTemplate]]()
"""On an item: the feature and the scenario it runs."""


def misspelt_tags(config: pytest.Config) -> Iterator[str]:
    """Words of ``-m`` that no scenario has and that nearly are a tag: they would choose nothing, or let it run.

    A word that is near none may be a tag of other folders: ``-m "nightly or daily"`` is said of all of them.
    """
    asked = str(config.getoption("markexpr", "") or "")
    known = {str(each).partition(":")[0].partition("(")[0].strip() for each in config.getini("markers")}
    strange = [each for each in _TAG.findall(asked) if each not in known | {"and", "or", "not"}]
    if not strange:
        return
    lines = (line for file in PACKAGED.glob("*/*.feature") for line in file.read_text("utf-8").splitlines())
    packaged = {tag.lstrip("@") for line in lines if line.lstrip().startswith("@") for tag in line.split()}
    ours = {str(each).partition(":")[0] for each in config.getini("markers") if str(each).endswith(_IS_TAG)} | packaged
    for word in strange:
        near = difflib.get_close_matches(word, sorted(ours), n=1, cutoff=0.75)
        if near and word not in ours:
            yield f"-m {asked}: no scenario has the tag {word} (nearest: {near[0]})"


def node_id(path: Path, root: Path) -> str:
    """A node id that does not depend on the working directory or on how holdfast was installed."""
    resolved, packaged = path.resolve(), PACKAGED.resolve()
    if resolved.is_relative_to(packaged):
        return f"features/{resolved.relative_to(packaged).as_posix()}"
    if resolved.is_relative_to(root.resolve()):
        return resolved.relative_to(root.resolve()).as_posix()
    return f"{resolved.parent.name}/{resolved.name}"


def _nothing() -> None:
    """The body of a scenario: all it does is in its steps."""


def _tags(feature: Feature, scenario: ScenarioTemplate) -> set[str]:
    rule = scenario.rule.tags if scenario.rule else set()
    return feature.tags | scenario.tags | rule | {tag for each in scenario.examples for tag in each.tags}


def _parsed(path: Path, problems: list[str]) -> Feature | None:
    """The feature, or None with the reason among the problems."""
    try:
        feature = get_feature(str(path.parent), path.name)
        twice = _twice(path)
    except GherkinParseError as error:
        problems.append(f"{path}:{error.line}: {error.message.splitlines()[0]}: {(error.line_content or '').strip()}")
        return None
    except UnicodeDecodeError:
        problems.append(f"{path}: is not UTF-8 text")
        return None
    except KeyError:  # the parser's answer to a file without a Feature
        problems.append(f"{path}: holds no Feature")
        return None
    except OSError as error:
        problems.append(f"{path}: cannot be read: {error.strerror}")
        return None
    except Exception as error:
        problems.append(f"{path}: {str(error).splitlines()[0] if str(error) else type(error).__name__}")
        return None
    problems += [f"{path}:{line}: a second scenario named {name!r}: one of them would not run" for name, line in twice]
    return None if twice else feature


def _twice(path: Path) -> list[tuple[str, int]]:
    """Scenario names used again, which pytest-bdd would drop in silence, with their line."""
    document = get_gherkin_document(str(path))
    seen: set[str] = set()
    found = []
    children = list(document.feature.children)
    for child in children:
        if child.rule is not None:
            children.extend(child.rule.children)
    for child in children:
        if child.scenario is not None:
            if child.scenario.name in seen:
                found.append((child.scenario.name, child.scenario.location.line))
            seen.add(child.scenario.name)
    return found


def _swallowed(feature: Feature, path: Path) -> Iterator[str]:
    """What Gherkin takes for a description because its keyword is misspelt: it would vanish, and the rest be green."""
    if not feature.scenarios:
        yield f"{path}: holds no Scenario"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        word, colon, _ = line.strip().partition(":")
        keyword = word.removesuffix(" Outline").removesuffix(" Template")
        near = difflib.get_close_matches(keyword, _KEYWORDS, n=1, cutoff=0.75)
        if colon and near and keyword not in _KEYWORDS and keyword.isalpha() and _is_prose(feature, line.strip()):
            yield f"{path}:{number}: {word}: is no keyword, so what follows would not run (nearest: {near[0]}:)"


def _is_prose(feature: Feature, line: str) -> bool:
    described = [feature.description, *(each.description or "" for each in feature.scenarios.values())]
    rules = [each.rule.description for each in feature.scenarios.values() if each.rule]
    return any(line in text for text in (*described, *rules))


def _fill(feature: Feature, path: Path, platform: Platform, problems: list[str]) -> None:
    """Replace ``${key}`` in sentences, tables and examples by the platform's values."""
    steps = {id(step): step for scenario in feature.scenarios.values() for step in scenario.steps}
    for step in steps.values():
        try:
            step.name = platform.fill(step.name)
            for row in step.datatable.rows if step.datatable else ():
                for cell in row.cells:
                    cell.value = platform.fill(cell.value)
        except PlatformError as error:
            problems.append(f"{path}:{step.line_number}: {error}")


def _wrong(feature: Feature, scenario: ScenarioTemplate, path: Path) -> Iterator[str]:
    """Everything that would make this scenario lie, or not run."""
    here = f"{path}:{scenario.line_number}: scenario {scenario.name!r}"
    for tag in sorted(_tags(feature, scenario)):
        if tag in _RESERVED or not _TAG.fullmatch(tag):
            yield f"{here}: tag @{tag} is {'reserved by pytest' if tag in _RESERVED else 'not a plain word'}"
    if not scenario.steps:
        yield f"{here}: has no steps"
    if scenario.templated and not any(scenario.examples):
        yield f"{here}: has an Examples table without rows"
    for context in _contexts(scenario.examples):
        for step in scenario.render(context).steps:
            yield from (f"{path}:{step.line_number}: {said}" for said in _wrong_step(step, context))


def _contexts(examples: Iterable[Examples]) -> list[dict[str, str]]:
    return [context for each in examples for context in each.as_contexts()] or [{}]


def _wrong_step(step: Step, context: Mapping[str, str]) -> Iterator[str]:
    left = _UNFILLED.search(step.name) if context else None
    if left:
        yield f"<{left[1]}> is no column of the Examples table (known: {', '.join(context)})"
        return
    matching = [each for each in definitions() if each.type in (None, step.type) and each.parser.is_matching(step.name)]
    if not matching:
        yield f"no such step: {step.keyword.strip()} {step.name}{_nearest(step)}"
    elif len(matching) > 1:
        yield f"ambiguous step: {step.name} (defined as {' and as '.join(sentence(each) for each in matching)})"
    else:
        yield from _wrong_words(step, matching[0])
        yield from _wrong_table(step, getattr(matching[0].step_func, COLUMNS, None))


def _wrong_words(step: Step, definition: StepFunctionContext) -> Iterator[str]:
    """Words of the sentence that are no duration, where it wants one."""
    forms: Mapping[str, Form] = getattr(definition.step_func, WORDS, {})
    if forms and "${" not in step.name:
        said = definition.parser.parse_arguments(step.name) or {}
        yield from (problem for word, form in forms.items() if (problem := form.wrong(str(said.get(word, "")))))


def _wrong_table(step: Step, columns: Columns | None) -> Iterator[str]:
    if columns is None:
        if step.datatable and not _takes_table(step):
            yield f"{step.name!r} takes no table"
        return
    rows = [[str(cell) for cell in row] for row in step.datatable.raw()] if step.datatable else []
    if not rows:
        yield f"{step.name!r} needs a table with {', '.join(columns.required)}"
        return
    if said := columns.wrong(rows[0]):
        yield said
    elif len(rows) == 1:
        yield f"{step.name!r} has a table without rows: nothing would be judged"
    for number, row in enumerate(rows[1:], 1):
        if len(row) == len(rows[0]):
            cells = dict(zip(rows[0], row, strict=True))
            kind = cells.get("kind", "")
            near = difflib.get_close_matches(kind, KNOWN, n=3, cutoff=0.75)
            if kind and near and kind.partition(".")[0] not in KNOWN:
                yield f"row {number}: no kind is called {kind} (nearest: {', '.join(near)})"
            empty = [name for name in columns.required if not cells.get(name, "x")]
            if empty:
                yield f"row {number}: {', '.join(empty)} is empty"
            yield from (f"row {number}: {said}" for said in columns.wrong_cells(cells))


def _takes_table(step: Step) -> bool:
    """A user's own step that asks pytest-bdd for the raw table."""
    return any(
        "datatable" in inspect.signature(each.step_func).parameters
        for each in definitions()
        if each.parser.is_matching(step.name)
    )


def definitions() -> list[StepFunctionContext]:
    """Every step that is defined."""
    return list(step_function_context_registry.values())


def sentence(definition: StepFunctionContext) -> str:
    """A step's sentence as a person would write it."""
    pattern = str(definition.parser.name)
    return re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", pattern).replace("\\", "").removesuffix("$")


def _nearest(step: Step) -> str:
    known = {sentence(each): each for each in definitions() if each.type in (None, step.type)}
    near = difflib.get_close_matches(step.name, known, n=3, cutoff=0.4)
    return f" (nearest: {'; '.join(near)})" if near else ""
