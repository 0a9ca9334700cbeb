"""What the cells of a table may say: one meaning and one form per column of our own steps.

A cell that is no duration, number or address is refused before anything runs, with the line of its step; left to the
step it would be met half-way through a run. :func:`known` is how a step declares its columns with their forms.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from holdfast.checks.access.decisions import OUTCOMES
from holdfast.checks.catalogue.search import Search
from holdfast.checks.flux.timing import parse_duration
from holdfast.checks.quantity import parse_quantity
from holdfast.checks.web import reach
from holdfast.fixtures.rehearsal import ATOM, CWL, UNIT

_DECIMAL = re.compile(r"\d+(?:\.\d+)?")
_ADDRESS = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Form:
    """What a cell says, and why a text cannot be one."""

    meaning: str
    """For docs/steps.md: what it says, and in which words."""
    wrong: Callable[[str], str] = lambda _: ""
    """Why a text is none; "" when it is one. Asked of cells that are not empty."""


class Column(str):
    """The name of a column, with the form of its cells."""

    form: Form


def known(*names: str, **others: Form) -> tuple[str, ...]:
    """Columns of our own, a question mark behind those that may be left out, each with the form its name has here.

    Args:
        names: as :meth:`holdfast.vocabulary.Columns.of` takes them.
        others: the form of a column that means something else in this table; spaces of its name are underscores.
    """
    return tuple(_column(name, others) for name in names)


def _column(name: str, others: dict[str, Form]) -> str:
    plain = name.rstrip("?")
    form = others.get(plain.replace(" ", "_")) or FORMS.get(plain)
    if form is None:
        return name
    column = Column(name)
    column.form = form
    return column


def one_of(meaning: str, *words: str) -> Form:
    """One of these words."""
    listed = ", ".join(words)
    quoted = ", ".join(f"`{each}`" for each in words)
    return Form(f"{meaning}: {quoted}", lambda cell: "" if cell in words else f"{cell!r} is not one of {listed}")


def _duration(cell: str) -> str:
    return "" if parse_duration(cell) is not None else f"{cell!r} is no duration (like 30s, 10m or 24h)"


def _wait(cell: str) -> str:
    return "" if parse_duration(cell) else f"{cell!r} is no duration (like 5s or 1m)"


def _declared(cell: str) -> str:
    return "" if cell == "none" else _duration(cell)


def _count(cell: str) -> str:
    return "" if cell.isdecimal() else f"{cell!r} is no whole number (like 10)"


def _number(cell: str) -> str:
    return "" if _DECIMAL.fullmatch(cell) else f"{cell!r} is no number (like 20 or 0.5)"


def _statuses(cell: str) -> str:
    words = cell.split("|")
    fine = all(len(each) == 3 and each.isdecimal() and "1" <= each[0] <= "5" for each in words)
    return "" if fine else f"{cell!r} is no HTTP status (like 200 or 200|204)"


def _address(cell: str) -> str:
    if _ADDRESS.fullmatch(cell):
        return ""
    bare = "://" not in cell and not cell.startswith("/")
    return f"{cell!r} is no URL{f': https://{cell}?' if bare else ' (like https://host/path)'}"


def _quantity(cell: str) -> str:
    return "" if cell == "none" else _read_by(parse_quantity)(cell)


def _flag(cell: str) -> str:
    return "" if cell.lower() in ("true", "false", "yes", "no") else f"{cell!r} is neither yes nor no"


def _object(cell: str) -> str:
    try:
        return "" if isinstance(json.loads(cell), dict) else f"{cell!r} is no JSON object"
    except ValueError:
        return f"{cell!r} is no JSON object"


def _read_by(reader: Callable[[str], object]) -> Callable[[str], str]:
    """Whatever the step itself could not read."""

    def wrong(cell: str) -> str:
        try:
            reader(cell)
        except ValueError as error:
            return str(error).partition(": ")[2] or str(error)
        return ""

    return wrong


def _search(column: str) -> Callable[[str], str]:
    return _read_by(lambda cell: Search.of({column: cell}))


DURATION = Form("a duration: `30s`, `10m`, `1h30m`", _duration)
JSON_OBJECT = Form("inputs, as a JSON object: `{}`", _object)
SOURCE_URL = Form("`spec.url` of the source, of any scheme")
KEY_TYPE = one_of("the type of the key", "list", "set")
_STATUS = Form("the HTTP statuses that will do: `200`, `200|204`", _statuses)
_DECLARED_TIME = Form("the duration in the object's `spec`: `1m`; `60s` is the same", _declared)
_FLAG = Form("`true` or `false` in the object's `spec`", _flag)
_BOUND = Form("a quantity: `500Mi`, `100m`, `2`; `none`: it must not be set", _quantity)

FORMS: dict[str, Form] = {
    "action": Form("what is asked of the PDP: `get`, `post`, `put`, `delete`, `head`, `patch`"),
    "as": Form("who asks: `owner`, `other` (a pair of `[credentials]`); empty: nobody"),
    "asked for": one_of("what the token endpoint is asked for", "decision", "token", "matching"),
    "at least": Form("how many at least: a whole number; 1 where nothing is said", _count),
    "bbox": Form("south west north east, in degrees: `37 13.9 37.9 15.1`", _search("bbox")),
    "body": one_of("how the package is sent", CWL, ATOM, UNIT),
    "classes": Form("conformance classes by commas, each as it ends behind `/conf/`: `core`"),
    "constraints": Form("constraints the operation has to name, by spaces"),
    "contains": Form("the identifier of a record that has to be among what is found"),
    "count": Form("how many are asked for: a whole number", _count),
    "cpu limit": _BOUND,
    "cpu request": _BOUND,
    "decision": one_of("what the PDP has to say", "Permit", "Deny"),
    "depends on": Form("names, by commas, in any order; `namespace/name` where it is another's"),
    "exactly": Form("how many: a whole number", _count),
    "force": _FLAG,
    "from": Form("a time: `2021-04-02T00:00:00Z`", _search("from")),
    "guard": Form("the PEP, as `namespace/deployment`"),
    "interval": _DECLARED_TIME,
    "issuer": Form("the URL of the identity provider's realm", _address),
    "keys": Form("the keys it has to hold, by commas"),
    "kind": Form("a kind: `Deployment`; where two groups have one, `Kind.group`"),
    "login page": Form(
        "`allowed`: what comes may be a page to log in on; else that is a finding", _read_by(reach.may_be_login)
    ),
    "longer than": DURATION,
    "max cloud": Form("per cent of clouds, at most: `20`", _number),
    "media type": Form("how the media type begins: `application/json`; several by `|`; `empty`: nothing may come"),
    "memory limit": _BOUND,
    "memory request": _BOUND,
    "outcome": one_of("what comes of it", *OUTCOMES),
    "owner": Form("who may: a user of `[credentials]`, or (of a registered resource) a user id or `operator`"),
    "permitted": Form("with `Deny`: a user who may get the path, so that a Deny means something; empty: the owner"),
    "process": Form("the identifier of a process; several by commas where the list is asked"),
    "prune": _FLAG,
    "purpose": Form("what it is for, in the words of the reader: findings repeat it"),
    "reason": Form("why it is an exception, for the reader"),
    "registered": one_of("whether the PEP knows the path (`yes` where nothing is said)", "yes", "no"),
    "replicas": Form("how many: a whole number", _count),
    "retry interval": _DECLARED_TIME,
    "returns": Form("how many records the first page has: a whole number", _count),
    "scopes": Form("scopes by commas, or `protected` (one for each verb), or `public`"),
    "size": Form("records to a page: a whole number", _count),
    "source": Form("where it comes from: `namespace/name` or `Kind/name`"),
    "status": _STATUS,
    "suspend": _FLAG,
    "timeout": _DECLARED_TIME,
    "to": Form("a time: `2021-04-03T00:00:00Z`", _search("to")),
    "to other": _STATUS,
    "to owner": _STATUS,
    "url": Form("an address: `https://host/path`", _address),
    "wait": _FLAG,
    "within": Form("how long it may take: `5s`, `1m`; 10 s where nothing is said", _wait),
}
"""Columns that mean the same in every table; what is not here is a text and is compared as it is."""
