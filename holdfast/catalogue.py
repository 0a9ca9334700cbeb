"""``holdfast rules`` and ``holdfast compare``."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from holdfast import checks
from holdfast.ledger import FINDING, OK, USAGE
from holdfast.model import RULES, Rule
from holdfast.reports import catalogue
from holdfast.reports import compare as comparing
from holdfast.reports.findings_json import read_findings


def _document(path: Path) -> Path:
    """A findings.json, or that of a report folder."""
    return path / "findings.json" if path.is_dir() else path


def all_rules() -> list[Rule[Any]]:
    """Every rule there is, by id."""
    for module in pkgutil.walk_packages(checks.__path__, "holdfast.checks."):
        importlib.import_module(module.name)
    return [RULES[each] for each in sorted(RULES)]


def show(*, as_json: bool) -> int:
    """Print the catalogue."""
    found = all_rules()
    if as_json:
        sys.stdout.write(catalogue.as_json(found))
    else:
        catalogue.show(found, Console())
    return OK


def compare(before: Path, after: Path, *, as_json: bool) -> int:
    """Print what changed between two runs; 1 when there is something new."""
    try:
        older, newer = read_findings(_document(before)), read_findings(_document(after))
    except ValueError as error:
        print(f"holdfast: {error}", file=sys.stderr)
        return USAGE
    aliases = {former: rule.id for rule in all_rules() for former in rule.aliases}
    told = comparing.compare_runs(older, newer, aliases)
    sys.stdout.write(comparing.as_json(told) if as_json else comparing.as_text(told))
    return FINDING if told.new else OK
