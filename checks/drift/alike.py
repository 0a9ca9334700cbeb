"""Whether two values mean the same to Kubernetes; and a quick look that finds most objects as they should be."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from decimal import ROUND_UP, Decimal, InvalidOperation
from functools import lru_cache

from holdfast.checks.drift.schema import Node, Shape
from holdfast.checks.quantity import parse_quantity
from holdfast.model import Json, parse_time

_BRINGS_ITSELF: Mapping[str, Json] = {
    "apiGroup": "rbac.authorization.k8s.io",
    "apiVersion": "v1",
    "divisor": "0",
    "expirationSeconds": 3600,
    "protocol": "TCP",
    "scope": "*",
    "volumeMode": "Filesystem",
}
"""What the API server adds inside of what is owned as a whole, where OpenAPI does not say so."""
_FINEST = Decimal("1e-9")
"""A quantity finer than this is rounded up by the API server."""


def same(want: Json, have: Json, node: Node) -> bool:
    """Whether two values that are no maps and no lists mean the same at this place."""
    if want == have and isinstance(want, bool) == isinstance(have, bool):
        return True
    match node.shape:
        case Shape.QUANTITY:
            return (amount := _amount(want)) is not None and amount == _amount(have)
        case Shape.INT_OR_STRING:
            return node.go and _text(want) == _text(have)
        case Shape.TIME:
            return (moment := parse_time(want)) is not None and moment == parse_time(have)
        case Shape.BYTES:
            return (decoded := _decoded(want)) is not None and decoded == _decoded(have)
    return False


def same_to_the_reader(want: Json, have: Json, node: Node) -> bool:
    """Whether values of a custom resource, which keeps what was written, are one amount in two spellings."""
    if node.go or node.shape is not Shape.INT_OR_STRING:
        return False
    return _text(want) == _text(have) or ((amount := _amount(want)) is not None and amount == _amount(have))


def within(want: Json, have: Json, node: Node) -> bool:
    """Whether everything wanted is certainly there. False means: look closer; nothing is said about who owns what.

    Takes entries of lists where they are expected, and what is owned as a whole only when it is equal as a whole.
    """
    if isinstance(want, dict):
        if not isinstance(have, dict):
            return False
        if node.shape is Shape.ATOMIC_MAP:
            return want == have or _only_completed(want, have, node)
        child = node.child
        for key, each in want.items():
            there = have.get(key)
            if there is None and not each and not node.keeps_zero(key):
                continue
            if isinstance(each, dict | list):
                below = child(key)
                if below is None or not within(each, there, below):
                    return False
            elif each is not there and (each != there or type(each) is not type(there)):
                below = child(key)
                if there is None or below is None or not same(each, there, below):
                    return False
        return True
    if isinstance(want, list):
        if node.shape is not Shape.LIST_MAP:
            return bool(want == have)
        return isinstance(have, list) and len(have) == len(want) and _entries_within(want, have, node)
    return same(want, have, node)


def _only_completed(want: Mapping[str, Json], have: Mapping[str, Json], node: Node) -> bool:
    return all(key in have and have[key] == each for key, each in want.items()) and all(
        key in want or brings_itself(key, each, node) for key, each in have.items()
    )


def brings_itself(key: str, value: Json, node: Node) -> bool:
    """Whether it is the API server that completes a map owned as a whole by this."""
    if node.is_map:
        return False
    below = node.child(key)
    if below is not None and below.default is not None and below.default == value:
        return True
    return node.go and (value in (None, "", [], {}) or value is False or value == _BRINGS_ITSELF.get(key, ...))


def _entries_within(want: list[Json], have: list[Json], node: Node) -> bool:
    entry = node.items
    for mine, theirs in zip(want, have, strict=True):
        if not isinstance(mine, dict) or not isinstance(theirs, dict) or not within(mine, theirs, entry):
            return False
        if any(mine.get(key, default) != theirs.get(key, default) for key, default in node.keys):
            return False
    return True


def vacant(want: Json, node: Node) -> bool:
    """Whether nothing is left of a value after it went through Go: zeros and what the type does not know are left out.

    Only of what may be left out itself: see :meth:`Node.keeps_zero`.
    """
    if isinstance(want, Mapping):
        return all(_leaves_nothing(key, each, node) for key, each in want.items())
    return not want


def _leaves_nothing(key: str, want: Json, node: Node) -> bool:
    below = node.child(key)
    return below is None or want is None or (not node.keeps_zero(key) and vacant(want, below))


def _amount(value: Json) -> Decimal | None:
    """As the API server keeps it; None where it is no quantity."""
    return None if isinstance(value, bool) else _parsed(str(value))


@lru_cache(maxsize=4096)
def _parsed(value: str) -> Decimal | None:
    try:
        return parse_quantity(value).quantize(_FINEST, ROUND_UP).normalize()
    except InvalidOperation:  # beyond 19 digits before the point
        return parse_quantity(value)
    except ValueError:
        return None


def _text(value: Json) -> str | None:
    return None if isinstance(value, bool) else str(value)


def _decoded(value: Json) -> bytes | None:
    """The bytes of base64 with or without line breaks; None for what is none, a digest of a Secret's value among it."""
    try:
        return base64.b64decode("".join(str(value).split()), validate=True)
    except (binascii.Error, ValueError):
        return None
