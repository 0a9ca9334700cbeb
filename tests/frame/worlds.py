"""A world that changes when looked at again, for the judge's own tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from holdfast.model import Listing, Ref, Resource


def thing(name: str, state: str = "ok", kind: str = "Thing") -> Resource:
    """An object of a made-up kind whose state a made-up rule judges."""
    return Resource(
        {"apiVersion": "test/v1", "kind": kind, "metadata": {"namespace": "ns", "name": name}, "state": state}
    )


@dataclass
class ChangingWorld:
    """Serves one Listing after the other: the next one each time it is looked at again."""

    readings: Sequence[Listing]
    patience: int = 0
    looked: int = 0
    waited: int = 0
    asked: list[set[str]] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return datetime(2026, 11, 21, tzinfo=UTC)

    def listing(self, kind: str) -> Listing:
        reading = self.readings[min(self.looked, len(self.readings) - 1)]
        return reading if reading.kind == kind else Listing(kind)

    def find(self, kind: str, namespace: str, name: str) -> Resource | None:
        return self.listing(kind).find(namespace, name)

    def versions(self, group: str) -> dict[str, frozenset[str]]:
        return {"v1": frozenset({"Thing"})} if group == "test" else {}

    def look_again(self, kinds: Iterable[str], refs: Iterable[Ref]) -> None:
        self.asked.append(set(kinds))
        self.looked += 1

    def wait(self) -> bool:
        self.waited += 1
        return self.waited <= self.patience


@dataclass
class Asked:
    """A query of a changing world."""

    world: ChangingWorld
    kind: str = "Thing"
    wanted: bool = False
    named: tuple[str, str, str] | None = None

    @property
    def subject(self) -> str:
        return "/".join(self.named) if self.named else f"every {self.kind}"

    def read(self) -> Listing:
        listing = self.world.listing(self.kind)
        if self.named is None or not listing.complete:
            return listing
        found = listing.find(*self.named[1:])
        return Listing(self.kind, (found,) if found else (), served=listing.served)
