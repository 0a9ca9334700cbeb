"""Words that are longer than a line, such as URLs."""

from __future__ import annotations

import re
from collections.abc import Iterable

_JOINT = re.compile(r"(?<=[/,;])|(?=[?&])")
"""Where a word may be broken: behind a part of a path, before a part of a query."""


def foldable(text: str, width: int) -> str:
    """``text`` with words too long for a line, such as URLs, broken where one reads them in parts."""
    return re.sub(rf"\S{{{width + 1},}}", lambda long: "\n".join(_parts(long[0], width)), text)


def _parts(word: str, width: int) -> Iterable[str]:
    while len(word) > width:
        good = [found.start() for found in _JOINT.finditer(word, 0, width + 1) if found.start() > width // 2]
        cut = good[-1] if good else width
        yield word[:cut]
        word = word[cut:]
    yield word
