"""One object as Git says it beside the same object as it is: which of Git's fields are not as said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from holdfast.checks.drift import concessions
from holdfast.checks.drift.alike import within
from holdfast.checks.drift.difference import Difference
from holdfast.checks.drift.paths import Path
from holdfast.checks.drift.schema import TEXTS, Node, free
from holdfast.checks.drift.walk import Ownership, Walk
from holdfast.model import Json

__all__ = ["Ownership", "compare"]

_NOT_COMPARED = frozenset({"apiVersion", "kind", "metadata", "status", "sops"})
"""Of metadata, labels and annotations are; ``sops`` is how SOPS seals a file, and is no part of the object."""
_VALUES = ("data", "stringData", "binaryData")


def compare(
    desired: Json,
    live: Json,
    node: Node | None,
    fields: Ownership,
    gitops: frozenset[str],
    *,
    values_unknown: bool = False,
) -> list[Difference]:
    """Every field Git says that is not so in the cluster (CHANGED, REMOVED), and entries in another order (ORDER).

    What Git does not say is not looked at, except inside of what is owned as a whole (an atomic list or map) once
    somebody else owns it. Not compared: status, and of metadata all but labels and annotations.

    Args:
        desired: the whole object as the engine would apply it.
        live: as read, at the same version.
        node: the kind's schema; None where the API server has none: then maps are compared key by key, lists as a
            whole, and zero values count as absent.
        fields: who owns what of the live object.
        gitops: the field managers of the engine that applies the object.
        values_unknown: Git holds values encrypted: of data only the keys are compared, of the rest what is readable.

    Returns:
        The differences in the order Git says things, without attribution. Values of Secrets are compared as the text
        they are given as; digests never become anything else.
    """
    if not isinstance(desired, Mapping) or not isinstance(live, Mapping):
        return []
    walk = Walk(fields, gitops, _sealed_by_sops(desired.get("kind") == "Secret") if values_unknown else _readable)
    want = concessions.as_applied(desired)
    found = [*_metadata(want, live, walk), *_content(want, live, node or free(True), walk)]
    return [*concessions.conceded(found, want, fields), *concessions.fights(desired, live)]


def _metadata(want: Mapping[str, Json], live: Mapping[str, Json], walk: Walk) -> Iterator[Difference]:
    said, there = want.get("metadata"), live.get("metadata")
    if not isinstance(said, Mapping) or not isinstance(there, Mapping):
        return
    for key in ("labels", "annotations"):
        mine, theirs = said.get(key), there.get(key) or {}
        if mine and not within(mine, theirs, TEXTS):
            yield from walk.value(mine, theirs, TEXTS, ("metadata", key), kept=False)


def _content(want: Mapping[str, Json], live: Mapping[str, Json], node: Node, walk: Walk) -> Iterator[Difference]:
    for key, each in want.items():
        if key not in _NOT_COMPARED:
            yield from walk.field(key, each, live, node, ())


def _readable(_path: Path, _value: Json) -> bool:
    return False


def _sealed_by_sops(secret: bool) -> Callable[[Path, Json], bool]:
    """What SOPS has encrypted: its own notation, or anything in a Secret, where digests hide even that."""

    def sealed(path: Path, value: Json) -> bool:
        return (secret and len(path) > 1 and path[0] in _VALUES) or str(value).startswith("ENC[")

    return sealed
