"""A rule, declared where it is judged: id, severity, sentence, origin, remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Concatenate, Generic, ParamSpec

from holdfast.model.finding import Deviation, Note, Severity
from holdfast.model.observe import Judged, Unobservable, World
from holdfast.model.resource import Resource

Params = ParamSpec("Params")
Said = Iterable[Deviation | Note | Unobservable | Judged]
"""What a check yields: nothing at all means the object conforms."""


@dataclass(frozen=True)
class Rule(Generic[Params]):
    """One obligation and the function that judges it. Calling it runs the check."""

    id: str
    """``subject.thing.defect``."""
    severity: Severity
    statement: str
    """The obligation as one sentence: the check's docstring."""
    origin: str
    """Where the wish or the fact comes from."""
    remedy: str
    """What to do in general; a deviation's own remedy is more exact."""
    check: Callable[Concatenate[Resource, World, Params], Said]
    hygiene: bool = False
    aliases: tuple[str, ...] = ()
    """Former ids: baselines and waivers that name them still count."""

    def __call__(self, resource: Resource, world: World, *args: Params.args, **kwargs: Params.kwargs) -> Said:
        return self.check(resource, world, *args, **kwargs)

    def under_its_name(
        self, resource: Resource, world: World, *args: Params.args, **kwargs: Params.kwargs
    ) -> Iterator[Deviation | Note | Unobservable | Judged]:
        """What it says, each deviation as its own: for a check of another rule that cannot judge before this one holds.

        So a scenario never conforms over what another scenario says is missing, and one cause stays one finding.
        """
        for word in self.check(resource, world, *args, **kwargs):
            yield replace(word, rule=word.rule or self.id) if isinstance(word, Deviation) else word


RULES: dict[str, Rule[Any]] = {}
"""Every rule whose module has been imported, by id."""


def rule(
    id: str, severity: Severity, *, origin: str, remedy: str, hygiene: bool = False, aliases: tuple[str, ...] = ()
) -> Callable[[Callable[Concatenate[Resource, World, Params], Said]], Rule[Params]]:
    """Declare a rule; the function's first docstring line is its statement.

    Raises:
        ValueError: at import, when the id is taken or malformed, or the sentence is missing.
    """

    def declare(check: Callable[Concatenate[Resource, World, Params], Said]) -> Rule[Params]:
        statement = (check.__doc__ or "").strip().split("\n", 1)[0]
        if id in RULES or id.count(".") != 2 or not statement:
            raise ValueError(f"rule {id!r} is declared twice, is not subject.thing.defect, or has no sentence")
        made = Rule(id, severity, statement, origin, remedy, check, hygiene, aliases)
        RULES[id] = made
        return made

    return declare
