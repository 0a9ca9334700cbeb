"""What one row of the corpus is: what Git says, what happens to it, and what has to be said about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.live.corpus.acts import Hands

Act = Callable[["Hands"], object]
NOBODY: tuple[tuple[str, str], ...] = ()


class Sees(StrEnum):
    """What Flux's own server-side dry-run says of the object: column F."""

    YES = "Y"
    NO = "N"
    ERROR = "E"
    NOT_ASKED = "-"


class When(StrEnum):
    """When a row's act takes place."""

    HEALTHY = "healthy"
    """Before the first audit: what the controllers of a healthy platform do."""
    AFTERWARDS = "afterwards"
    """After the first audit: what makes it drift, or might be taken for it."""


@dataclass(frozen=True)
class Told:
    """One finding: its rule, its object, its path, and who is said to have done it."""

    rule: str
    subject: str
    path: str = ""
    """``*`` stands for what is not known beforehand, such as a uid."""
    by: tuple[tuple[str, str], ...] | None = None
    """(manager, class), the latest first; NOBODY when nothing tells; None: not asserted."""

    def is_about(self, rule: str, subject: str, path: str) -> bool:
        pattern = ".*".join(re.escape(part) for part in self.path.split("*"))
        return (self.rule, self.subject) == (rule, subject) and re.fullmatch(pattern, path) is not None


@dataclass(frozen=True)
class Row:
    """One case.

    `git` is committed at first, `later` (when given) takes its place in a second commit; `act` is what people and
    controllers do. Every finding about the row's objects has to be in `told`, and the other way round.
    """

    number: int
    says: str
    delivery: str
    """The Kustomization or HelmRelease that brings it, see `deliveries`; "" for what is in no Git."""
    git: str = ""
    later: str | None = None
    act: Act | None = None
    when: When = When.AFTERWARDS
    told: tuple[Told, ...] = ()
    unknown: tuple[str, ...] = ()
    """Unknown codes about the row's objects or owner."""
    sees: Sees = Sees.NO
    letter: str = ""
    also: tuple[str, ...] = field(default=())
    """Subjects of the row that neither its name nor its manifests show."""

    @property
    def section(self) -> str:
        """Of the reference: 2a healthy, 2b edits, 2c Flux's state, 2d unexpected, 2e Helm."""
        ends = ((44, "2a"), (92, "2b"), (125, "2c"), (133, "2d"))
        return next((section for end, section in ends if self.number <= end), "2e")

    @property
    def name(self) -> str:
        """``row-046``, ``row-082b``: what its objects are called."""
        return f"row-{self.number:03d}{self.letter}"
