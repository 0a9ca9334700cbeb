"""Values as a fragment may print them: whatever is called like a secret is left out, wherever in the object it is."""

from __future__ import annotations

from collections.abc import Mapping

from holdfast.checks.drift.paths import Key, Path
from holdfast.model import Json
from holdfast.model.patterns import SECRET_KEY, WITHHELD

_SEALED = "hmac-sha256:"
"""What stands for a Secret's value (holdfast.fixtures.seal)."""


def unsaid(value: Json, name: str = "") -> Json:
    """A deep copy without values that look like secrets by the name they have.

    Args:
        name: of the field, or of the variable, that holds the value.
    """
    if isinstance(value, Mapping):
        called = str(value.get("name", ""))
        return {key: unsaid(each, called if key == "value" else key) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [
            WITHHELD if isinstance(each, str) and index and _is_flag(value[index - 1]) else unsaid(each, name)
            for index, each in enumerate(value)
        ]
    if isinstance(value, str) and (SECRET_KEY.search(name) or value.startswith(_SEALED)):
        return WITHHELD
    return value


def name_at(path: Path) -> str:
    """What the value at a path is called: the last key, or the name of the variable whose value it is."""
    if path and path[-1] == "value" and len(path) > 1 and isinstance(path[-2], Key):
        return str(dict(path[-2].pairs).get("name", ""))
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _is_flag(word: Json) -> bool:
    """``--password``, whose value is the next word."""
    return isinstance(word, str) and word.startswith("-") and bool(SECRET_KEY.search(word))
