"""What was seen, and how completely: "nothing there" and "could not look" are different values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from holdfast.model.resource import Ref, Resource


class UnknownCode(StrEnum):
    """Why something could not be judged."""

    FORBIDDEN = "forbidden"
    UNAUTHORIZED = "unauthorized"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    NOT_SERVED = "not-served"
    NOTHING_MATCHED = "nothing-matched"
    STALE = "stale"
    IN_FLIGHT = "in-flight"
    NO_RENDERER = "no-renderer"
    NO_GIT = "no-git"
    NO_DESIRED_STATE = "no-desired-state"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
    DEADLINE = "deadline"


class Unobservable(Exception):
    """Our way of looking failed: not a pass, not a finding. Raise or yield it from a check.

    Args:
        code: why.
        subject: what could not be judged, as ``Kind/namespace/name`` or ``list secrets``; stable between runs.
        detail: one sentence.
        remedy: the line that would cure it.
    """

    def __init__(self, code: UnknownCode, subject: str, detail: str = "", remedy: str = "") -> None:
        super().__init__(f"{code}: {subject}: {detail}")
        self.code = code
        self.subject = subject
        self.detail = detail
        self.remedy = remedy

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unobservable) and (self.code, self.subject, self.detail) == (
            other.code,
            other.subject,
            other.detail,
        )

    def __hash__(self) -> int:
        return hash((self.code, self.subject, self.detail))


class InFlight(Unobservable):
    """A change is under way and still within its own limits: looked at again after ``--settle``, then only a note.

    Yield a Deviation once the limit is past.

    Args:
        subject, detail, remedy: see Unobservable.
        limited: False where no limit is known: what is still under way after ``--settle`` is then unknown, no note.
    """

    def __init__(self, subject: str, detail: str = "", remedy: str = "", *, limited: bool = True) -> None:
        super().__init__(UnknownCode.IN_FLIGHT, subject, detail, remedy)
        self.limited = limited


class NotAsked(Exception):
    """The scenario needs a right or an input that was not switched on (``--allow``, ``--git-dir``, ``--baseline``)."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The objects of one kind that could be read, and every reason why there may be more.

    There is no length and no truth value: ask :meth:`all`, which refuses to answer when the look was incomplete, or
    :attr:`seen`, which admits that it may not be everything.
    """

    kind: str
    """As asked for, e.g. ``Kustomization``."""
    seen: tuple[Resource, ...] = ()
    problems: tuple[Unobservable, ...] = ()
    """Empty exactly when the LIST was complete."""
    served: bool = True
    """False when the API server said, in a complete discovery, that it does not serve this kind."""
    namespaces: tuple[str, ...] | None = None
    """The namespaces looked at; None is all of them."""
    _by_key: dict[tuple[str, str], Resource] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_key.update({(each.namespace, each.name): each for each in self.seen})

    def __bool__(self) -> bool:
        raise TypeError("a Listing has no truth value: ask .all() or .seen")

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.all())

    @property
    def complete(self) -> bool:
        """The LIST ended and nothing was withheld."""
        return not self.problems

    def all(self) -> tuple[Resource, ...]:
        """Every object of the kind.

        Raises:
            Unobservable: the first problem, when the LIST was not complete.
        """
        if self.problems:
            raise self.problems[0]
        return self.seen

    def find(self, namespace: str, name: str) -> Resource | None:
        """The object, or None when it certainly does not exist.

        Raises:
            Unobservable: it was not seen, and the LIST was not complete.
        """
        found = self._by_key.get((namespace, name))
        if found is None and self.problems:
            raise self.problems[0]
        return found


@dataclass(frozen=True, slots=True)
class Judged:
    """Objects a check has judged beside the one it was given: an owner's objects, for the count in the report."""

    refs: frozenset[Ref]
    blind: frozenset[Ref] = frozenset()
    """Those it could not judge, or not wholly."""


class World(Protocol):
    """All a check may ask for: what was read of the cluster, and the time there. No I/O is visible through it."""

    @property
    def now(self) -> datetime:
        """The API server's time, UTC."""

    def listing(self, kind: str) -> Listing:
        """Every object of a kind (``Kustomization``, ``Deployment``, or ``Name.group`` where that is ambiguous)."""

    def find(self, kind: str, namespace: str, name: str) -> Resource | None:
        """One object by name; None when it certainly does not exist; Unobservable when that cannot be said."""

    def versions(self, group: str) -> dict[str, frozenset[str]]:
        """The kinds served by a group, per version: ``{"v1": {"GitRepository"}}``; empty when it serves none.

        Raises:
            Unobservable: discovery was not complete.
        """


class Query(Protocol):
    """A question to the cluster, asked when judged, and asked again before a finding is reported."""

    @property
    def subject(self) -> str:
        """What is asked for, e.g. ``every Kustomization`` or ``GitRepository/flux-system/flux-system``."""

    @property
    def wanted(self) -> bool:
        """The platform says it is there: then zero or not served is bad news, not "not applicable"."""

    @property
    def named(self) -> tuple[str, str, str] | None:
        """``(kind, namespace, name)`` when one object is meant: its absence is a finding. None for "every"."""

    def read(self) -> Listing:
        """What is there now. Never raises for what the cluster answers: problems are in the Listing."""
