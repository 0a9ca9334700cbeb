"""What is different between what a template gives and what is there; plain values in, paths and texts out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from holdfast.model import Json
from holdfast.model.patterns import SECRET_KEY, WITHHELD

EXACT = frozenset({"spec.values", "data"})
"""Fields of which nothing may be there that the template does not give; elsewhere the API server adds defaults."""
_MOST = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where it is not as the template gives it."""

    path: str
    wanted: str
    found: str


def differences(
    wanted: Json, found: Json, hide: Callable[[str], str], path: str = "", exact: bool = False
) -> Iterator[Difference]:
    """Every difference, deepest places named.

    Args:
        hide: masks the secrets in a text; where it masks something of what is wanted, nothing of what is there is told.
        exact: nothing more may be there.
    """
    exact = exact or path in EXACT
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for key, each in wanted.items():
            yield from differences(each, found.get(key), hide, _below(path, key), exact)
        for key in found.keys() - wanted.keys() if exact else ():
            yield Difference(_below(path, key), "nothing", "something")
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for place, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from differences(one, other, hide, f"{path}[{place}]", exact)
    elif wanted != found:
        yield _told(path, wanted, found, hide)


def _told(path: str, wanted: Json, found: Json, hide: Callable[[str], str]) -> Difference:
    said = _text(wanted)
    shown = WITHHELD if SECRET_KEY.search(path) else hide(said)
    if found is None:
        return Difference(path, _short(shown), "nothing")
    return Difference(path, _short(shown), _short(hide(_text(found))) if shown == said else "another value")


def _text(value: Json) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "a mapping" if isinstance(value, Mapping) else str(value)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST else line[:_MOST] + "…"


def _below(path: str, key: Json) -> str:
    return f"{path}.{key}" if path else str(key)
