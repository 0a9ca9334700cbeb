"""Down what Git says of an object, beside what is live: every field that is not as said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from holdfast.checks.drift.alike import brings_itself, same, same_to_the_reader, vacant, within
from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.entries import by_key, in_another_order
from holdfast.checks.drift.paths import Key, Member, Path
from holdfast.checks.drift.schema import Node, Shape, free
from holdfast.model import Change, Json

_UNDECLARED = "the CustomResourceDefinition does not know this field: the API server drops or refuses it"

_NOT_KEPT = "the API server does not keep this field (switched off there, or at odds with another): leave it out of Git"


class Ownership(Protocol):
    """Who owns which field of one object."""

    def holders(self, path: Path) -> Sequence[Change]:
        """Whoever owns the field, or a whole that it is part of; nobody where managedFields do not tell."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One comparison."""

    fields: Ownership
    gitops: frozenset[str]
    unknown: Callable[[Path, Json], bool]
    """Whether the value Git says is not to be read (encrypted): then only its presence counts."""

    def value(
        self, want: Json, have: Json, node: Node, path: Path, *, kept: bool, whole: Path = ()
    ) -> Iterator[Difference]:
        """What differs at and below ``path``.

        Args:
            want: what Git says.
            have: what is live; None where nothing is.
            node: the schema of the place.
            path: the place.
            kept: a zero value here is a value (see :meth:`Node.keeps_zero`).
            whole: the path of what is owned as a whole and this is part of; () where it is part of nothing such.
        """
        if have is None:
            yield from self._absent(want, node, path, kept)
        elif self.unknown(path, want):
            return
        elif want is None:
            yield from self._null(have, node, path)
        elif isinstance(want, dict) and isinstance(have, dict):
            yield from self._map(want, have, node, path, whole or (path if node.shape is Shape.ATOMIC_MAP else ()))
        elif isinstance(want, list) and isinstance(have, list):
            yield from self._list(want, have, node, path, whole, kept)
        elif not same(want, have, node):
            yield from self._changed(want, have, node, path, kept)

    def field(
        self, key: str, want: Json, have: Mapping[str, Json], node: Node, path: Path, whole: Path = ()
    ) -> Iterator[Difference]:
        """What differs at and below one key of the map at ``path``; arguments as of :meth:`value`, of that map."""
        there, below = have.get(key), node.child(key)
        if below is None and there is None:
            if not node.go and want is not None:
                yield Difference(Kind.REMOVED, (*path, key), want, lint=_UNDECLARED)
            return
        below = below or free(node.go)
        if want != there if whole else not within(want, there, below):
            yield from self.value(want, there, below, (*path, key), kept=node.keeps_zero(key), whole=whole)

    def _absent(self, want: Json, node: Node, path: Path, kept: bool) -> Iterator[Difference]:
        if want is None or (node.go and want == []) or (not kept and vacant(want, node)):
            return
        lint = _NOT_KEPT if self._is_still_ours(want, node, path, kept) else ""
        yield Difference(Kind.REMOVED, path, want, lint=lint)

    def _is_still_ours(self, want: Json, node: Node, path: Path, kept: bool) -> bool:
        """Whether the engine owns what is not there: who removes a field takes the ownership away, the server does not.

        Nobody takes it away where nothing was: what Go has left out says nothing.
        """
        leaves = list(_leaves(want, node, path, kept))
        return bool(leaves) and all(
            any(each.manager in self.gitops for each in self.fields.holders(leaf)) for leaf in leaves
        )

    def _null(self, have: Json, node: Node, path: Path) -> Iterator[Difference]:
        """Null is kept only where the schema says it may be; elsewhere it means that Git says nothing."""
        if node.nullable and not node.go:
            yield Difference(Kind.CHANGED, path, None, have)

    def _changed(self, want: Json, have: Json, node: Node, path: Path, kept: bool) -> Iterator[Difference]:
        if not kept and not want and not self._is_set_by_somebody(path):
            return  # Go left the zero out, and the API server put its default there
        lint = ""
        if node.go and isinstance(have, str) and isinstance(want, int | float) and str(want) == have:
            lint = f"Git says {want}, which is no text: quote it"
        yield Difference(Kind.CHANGED, path, want, have, cosmetic=same_to_the_reader(want, have, node), lint=lint)

    def _map(
        self, want: Mapping[str, Json], have: Mapping[str, Json], node: Node, path: Path, whole: Path
    ) -> Iterator[Difference]:
        if whole and self._has_grown(want, have, node, whole):
            yield Difference(Kind.CHANGED, path, want, have)
            return
        for key, each in want.items():
            yield from self.field(key, each, have, node, path, whole)

    def _has_grown(self, want: Mapping[str, Json], have: Mapping[str, Json], node: Node, whole: Path) -> bool:
        """Whether somebody has put more into what is owned as a whole than Git says and the API server adds."""
        more = (key for key, each in have.items() if want.get(key) is None and not brings_itself(key, each, node))
        return next(more, None) is not None and self._taken_over(whole)

    def _taken_over(self, path: Path) -> bool:
        """Whether somebody owns the place, and the GitOps engine does not."""
        holders = self.fields.holders(path)
        return bool(holders) and not any(each.manager in self.gitops for each in holders)

    def _is_set_by_somebody(self, path: Path) -> bool:
        """Whether what Git leaves open was set by anybody but the programs whose job that is."""
        classes = {each.cls for each in self.fields.holders(path)}
        return self._taken_over(path) and bool(classes - {"cluster", "operator"})

    def _list(
        self, want: list[Json], have: list[Json], node: Node, path: Path, whole: Path, kept: bool
    ) -> Iterator[Difference]:
        if not whole and node.shape is Shape.LIST_MAP:
            yield from self._entries(want, have, node, path)
        elif not whole and node.shape is Shape.SET:
            yield from _members(want, have, path)
        elif want == have:
            return
        elif len(want) != len(have) or not all(isinstance(each, dict) for each in (*want, *have)):
            if not self._differ_unreadably(want, have, path) and (
                want or (kept and not node.go) or self._taken_over(whole or path)
            ):
                yield Difference(Kind.CHANGED, path, want, have)
        else:
            for position, (mine, theirs) in enumerate(zip(want, have, strict=True)):
                if mine != theirs:
                    yield from self.value(mine, theirs, node.items, (*path, position), kept=True, whole=whole or path)

    def _differ_unreadably(self, want: list[Json], have: list[Json], path: Path) -> bool:
        """Whether every entry that is not equal is one whose value is not to be read."""
        return len(want) == len(have) and all(
            mine == theirs or self.unknown(path, mine) for mine, theirs in zip(want, have, strict=True)
        )

    def _entries(self, want: list[Json], have: list[Json], node: Node, path: Path) -> Iterator[Difference]:
        """Of a list whose entries have keys. What has the same key twice is told apart by its order."""
        wanted, there = by_key(want, node), by_key(have, node)
        if wanted is None or there is None:
            yield Difference(Kind.CHANGED, path, want, have)
            return
        for key, mine in wanted.items():
            theirs = there.get(key, [])
            for position, each in enumerate(mine):
                found = theirs[position] if position < len(theirs) else None
                if not within(each, found, node.items):
                    yield from self.value(each, found, node.items, (*path, key), kept=True)
        yield from _reordered(list(wanted), list(there), path)


def _leaves(want: Json, node: Node, path: Path, kept: bool) -> Iterator[Path]:
    """Where in what Git says there must have been a value once."""
    if isinstance(want, dict):
        for key, each in want.items():
            below = node.child(key)
            if below is not None:
                yield from _leaves(each, below, (*path, key), node.keeps_zero(key))
    elif want or (kept and want is not None and want != []):
        yield path


def _members(want: list[Json], have: list[Json], path: Path) -> Iterator[Difference]:
    for each in want:
        if each not in have:
            yield Difference(Kind.REMOVED, (*path, Member(each)), each)
    yield from _reordered(want, have, path)


def _reordered(want: Sequence[Json], have: Sequence[Json], path: Path) -> Iterator[Difference]:
    orders = in_another_order(want, have)
    if orders is not None:
        mine, theirs = ([_named(each) for each in order] for order in orders)
        yield Difference(Kind.ORDER, path, mine, theirs)


def _named(entry: Json) -> Json:
    """An entry by its key, as a report can show it."""
    if not isinstance(entry, Key):
        return entry
    return entry.pairs[0][1] if len(entry.pairs) == 1 else dict(entry.pairs)
