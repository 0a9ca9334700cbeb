"""What a real API server made of each edit (see record_additions)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from holdfast.checks.drift.difference import Difference
from holdfast.checks.drift.foreign import foreign
from holdfast.checks.drift.managed import ManagedFields
from holdfast.checks.drift.managers import Managers
from holdfast.checks.drift.paths import Key
from holdfast.checks.drift.paths import Path as Where
from holdfast.model import Resource

ENGINE = frozenset({"kustomize-controller"})
WEB = ("spec", "template", "spec", "containers", Key.of(name="web"))


@dataclass(frozen=True)
class Seen:
    """One object after somebody was at it."""

    desired: dict[str, Any]
    live: Resource
    around: tuple[Resource, ...]

    @property
    def fields(self) -> ManagedFields:
        return ManagedFields(self.live.get("metadata", "managedFields"), self.live.api_version)

    def additions(
        self, *, trusted: tuple[str, ...] = (), reported: tuple[Where, ...] = (), asked: bool = True
    ) -> list[Difference]:
        """As judged; ``asked`` False: with nothing known of Git."""
        desired = self.desired if asked else None
        return foreign(self.live, self.fields, ENGINE, Managers(frozenset(trusted)), desired, reported)


def seen(name: str) -> Seen:
    return _seen(_recorded()["rows"][name])


def adopted() -> list[Seen]:
    """Bare objects that another tool made and the engine then applied."""
    return [_seen(each) for each in _recorded()["adopted"]]


@cache
def _recorded() -> Any:
    return json.loads((Path(__file__).parent / "recorded" / "additions.json").read_text())


def _seen(recorded: Any) -> Seen:
    around = tuple(Resource(each) for each in recorded.get("around", ()))
    return Seen(recorded["desired"], Resource(recorded["live"]), around)
