"""What stands still: for how long that is known, and whether whoever takes from it is at work all the same.

A consumer takes one thing at a time, and a product can keep a registrar busy for minutes, a harvest a harvester for
hours. So a queue that does not move while we look is no finding by itself. It is one once it is known that its consumer
has done nothing for longer than one thing may take it (:class:`Patience`). Known is

- how long we watched: nothing was taken from the queue, nor from another of the same consumer, and no set changed;
- what Redis knows of the time before: for how long nobody has touched the queue (so long has its next item waited). One
  registrar takes from many queues, so of its queues the shorter time counts for which no set was touched either: each
  product it begins or ends it writes down there. Where it keeps no such sets, only what we saw counts.

A consumer that is seen at work otherwise lets a queue wait its turn, which is a note. What is neither is unknown
(in-flight): never a pass, never a finding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from holdfast.checks.registration import names
from holdfast.checks.registration.routes import HARVESTS, Declared
from holdfast.model import Json, Resource

Told = Mapping[str, Json]
"""How a queue or a set was watched."""
_OTHERS = re.compile(r"preprocess|seed|harvest")
"""Sets of others than the registrar."""


@dataclass(frozen=True, slots=True)
class Patience:
    """For how long a consumer may be at one thing."""

    product: timedelta
    """A registrar, a seeder, a preprocessor."""
    harvest: timedelta
    """A harvester."""

    def of(self, key: str) -> timedelta:
        """The limit for what takes from a queue."""
        return self.harvest if key == HARVESTS else self.product


def watched(store: Resource, key: str) -> Told | None:
    """How a queue or a set was watched; None where it was not."""
    found: Told | None = store.get("watched", key)
    return found


def moves(store: Resource, key: str) -> bool:
    """Whether something was taken while we looked."""
    return bool((watched(store, key) or {}).get("moved"))


def seen(told: Told) -> timedelta:
    """For how long it was watched."""
    return timedelta(seconds=float(told["seconds"]))


def kept(told: Told) -> timedelta:
    """For how long at least the oldest of a set has been in it."""
    return seen(told) + timedelta(seconds=float(told.get("untouched", 0)))


def stands(store: Resource, said: Declared, key: str, told: Told) -> timedelta:
    """For how long at least whoever takes from the queue has done nothing."""
    if key not in said.routes.values():
        return kept(told)
    before = min(float(told.get("untouched", 0)), float(told.get("quiet", 0))) if names.keeps_states(store) else 0.0
    return seen(told) + timedelta(seconds=before)


def at_work(store: Resource, said: Declared, key: str) -> list[str]:
    """The signs that whoever takes from the queue works, on something else: names of queues and sets."""
    if key not in said.routes.values():
        return []
    others = {*said.routes.values()} - {key}
    taken = [each for each in store.get("taken", default=()) if each in others]
    return taken + [each for each in store.get("changed", default=()) if not _OTHERS.search(each)]


def stuck(store: Resource, said: Declared, key: str, patience: Patience) -> bool:
    """Whether it is known that the consumer of a queue hangs, or is not there."""
    told = watched(store, key)
    if told is None or told["moved"] or at_work(store, said, key):
        return False
    return stands(store, said, key, told) >= patience.of(key)
