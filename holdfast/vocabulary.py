"""``given``, ``when`` and ``then`` for step modules: pytest-bdd's, with a guard and declared table columns.

A step that raises ends its scenario in pytest-bdd; here it adds an unknown and the next step runs. A step with a table
declares its columns, so that a misspelt one is refused before anything runs::

    @then("these sources are Ready", columns=("kind", "namespace", "name", "branch?", "interval?"))
    def sources_ready(judge: Judge, cluster: Cluster, rows: Rows) -> None: ...
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import pytest
import pytest_bdd
from pytest_bdd.parsers import StepParser

from holdfast.columns import Column, Form
from holdfast.judge import Judge
from holdfast.model import NotAsked, UnknownCode, Unobservable

COLUMNS = "holdfast_columns"
"""The attribute of a step function that holds its :class:`Columns`, read at collection."""
WORDS = "holdfast_words"
"""The attribute that holds the forms of words of its sentence, by their name there."""

_NO_WORDS: Mapping[str, Form] = MappingProxyType({})

StepFunction = TypeVar("StepFunction", bound=Callable[..., None])


class Step(Protocol):
    """Registers a step function and hands it back as it was."""

    def __call__(self, function: StepFunction, /) -> StepFunction: ...


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns a step's table may have."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    forms: Mapping[str, Form] = field(default_factory=dict)
    """What the cells of a column say, where that is declared (:func:`holdfast.columns.known`)."""

    @classmethod
    def of(cls, names: Sequence[str]) -> Columns:
        """From ``("kind", "name", "branch?")``: a question mark makes a column optional."""
        return cls(
            tuple(name for name in names if not name.endswith("?")),
            tuple(name.rstrip("?") for name in names if name.endswith("?")),
            {name.rstrip("?"): name.form for name in names if isinstance(name, Column)},
        )

    def wrong(self, header: Sequence[str]) -> str:
        """What is wrong with a table's header, naming the known columns; "" when nothing is."""
        known = (*self.required, *self.optional)
        unknown = [name for name in header if name not in known]
        missing = [name for name in self.required if name not in header]
        twice = sorted({name for name in header if list(header).count(name) > 1})
        said = [
            *(f"unknown column {name!r}" for name in unknown),
            *(f"missing column {name!r}" for name in missing),
            *(f"column {name!r} twice" for name in twice),
        ]
        return f"{', '.join(said)} (known: {', '.join(known)})" if said else ""

    def wrong_cells(self, cells: Mapping[str, str]) -> Iterator[str]:
        """What is wrong with the cells of a row, one line each, the column first."""
        for name, form in self.forms.items():
            cell = cells.get(name, "")
            if cell and "${" not in cell and (said := form.wrong(cell)):  # a key nobody set is told already
                yield f"{name}: {said}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a step's table. A cell left empty, or a column left out, is ""."""

    cells: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def given(self, *columns: str) -> dict[str, str]:
        """Those of ``columns`` (all, when none is named) that are not empty."""
        return {name: cell for name, cell in self.cells.items() if cell and (not columns or name in columns)}


Rows = tuple[Row, ...]


def rows_of(datatable: Sequence[Sequence[str]]) -> Rows:
    """A pytest-bdd datatable, header first, as rows."""
    header, *body = datatable
    return tuple(Row(dict(zip(header, line, strict=True))) for line in body)


def _step(
    register: Callable[..., Any], sentence: str | StepParser, columns: Sequence[str], words: Mapping[str, Form]
) -> Step:
    def declare(function: StepFunction) -> StepFunction:
        guarded = _guarded(function, table=bool(columns))
        setattr(guarded, COLUMNS, Columns.of(columns) if columns else None)
        setattr(guarded, WORDS, words)
        register(sentence, stacklevel=2)(guarded)
        return function

    return declare


def _guarded(function: Callable[..., None], *, table: bool) -> Callable[..., None]:
    """The step as pytest-bdd runs it: ``rows`` comes from ``datatable``, and what it raises is settled."""
    signature = inspect.signature(function)
    wanted = list(signature.parameters.values())
    names = [each.name for each in wanted]
    if table:
        wanted = [each.replace(name="datatable") if each.name == "rows" else each for each in wanted]
    if "judge" not in names:
        wanted.append(inspect.Parameter("judge", inspect.Parameter.POSITIONAL_OR_KEYWORD))

    @functools.wraps(function)
    def run(**given: Any) -> None:
        judge: Judge = given["judge"] if "judge" in names else given.pop("judge")
        if table:
            given["rows"] = rows_of(given.pop("datatable"))
        try:
            function(**given)
        except (pytest.exit.Exception, pytest.skip.Exception, KeyboardInterrupt):
            raise
        except Unobservable as problem:
            judge.unknown(problem)
        except NotAsked as reason:
            judge.not_asked(str(reason))
        except Exception as error:
            detail = f"the step itself failed: {type(error).__name__}: {error}"
            judge.unknown(Unobservable(UnknownCode.UNREADABLE, function.__name__.replace("_", " "), detail))

    plain = [each.replace(annotation=inspect.Parameter.empty) for each in wanted]  # pytest asks by name only
    setattr(run, "__signature__", signature.replace(parameters=plain))  # noqa: B010  # mypy knows no such attribute
    return run


def given(sentence: str | StepParser, columns: Sequence[str] = (), words: Mapping[str, Form] = _NO_WORDS) -> Step:
    """Declare a Given step."""
    return _step(pytest_bdd.given, sentence, columns, words)


def when(sentence: str | StepParser, columns: Sequence[str] = (), words: Mapping[str, Form] = _NO_WORDS) -> Step:
    """Declare a When step."""
    return _step(pytest_bdd.when, sentence, columns, words)


def then(sentence: str | StepParser, columns: Sequence[str] = (), words: Mapping[str, Form] = _NO_WORDS) -> Step:
    """Declare a Then step."""
    return _step(pytest_bdd.then, sentence, columns, words)
