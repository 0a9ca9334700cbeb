"""A world that was decided beforehand: what checks are shown in unit tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from holdfast.model import Listing, Resource, UnknownCode, Unobservable

NOON = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
"""The time in a :class:`FixedWorld` unless it is told another."""


def forbidden(kind: str) -> Unobservable:
    """What a LIST of ``kind`` yields to a credential without the right."""
    return Unobservable(UnknownCode.FORBIDDEN, f"list {kind}", "the API server answered 403", "grant list")


class FixedWorld:
    """A :class:`holdfast.model.World` made of raw objects.

    Args:
        objects: as an API server sends them, with apiVersion and kind.
        now: the API server's time.
        problems: per kind, why its LIST is not complete (what is in ``objects`` was seen all the same); under
            ``discovery``, why discovery was not.
        not_served: kinds discovery does not list.
        served: per group, the kinds served per version; by default those of ``objects``.
    """

    def __init__(
        self,
        *objects: Mapping[str, Any],
        now: datetime = NOON,
        problems: Mapping[str, Unobservable] | None = None,
        not_served: Iterable[str] = (),
        served: Mapping[str, Mapping[str, Iterable[str]]] | None = None,
    ) -> None:
        self._objects = [Resource(each) for each in objects]
        self._problems = dict(problems or {})
        self._not_served = frozenset(not_served)
        self._served = served
        self._now = now

    @property
    def now(self) -> datetime:
        return self._now

    def listing(self, kind: str) -> Listing:
        name, _, group = kind.partition(".")
        seen = tuple(each for each in self._objects if each.kind == name and (not group or each.ref.group == group))
        problem = self._problems.get(kind) or self._problems.get(name)
        return Listing(
            kind,
            seen,
            problems=(problem,) if problem else (),
            served=not {kind, name} & self._not_served,
        )

    def find(self, kind: str, namespace: str, name: str) -> Resource | None:
        return self.listing(kind).find(namespace, name)

    def versions(self, group: str) -> dict[str, frozenset[str]]:
        if problem := self._problems.get("discovery"):
            raise problem
        if self._served is not None:
            return {version: frozenset(kinds) for version, kinds in self._served.get(group, {}).items()}
        found: dict[str, set[str]] = {}
        for each in self._objects:
            if each.ref.group == group:
                found.setdefault(each.api_version.rpartition("/")[2], set()).add(each.kind)
        return {version: frozenset(kinds) for version, kinds in found.items()}
