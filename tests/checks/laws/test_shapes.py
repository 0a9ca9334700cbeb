"""Shapes nobody foresaw: of the objects a rule was put to in a whole audit, and of those it consulted.

Each is bent in one place, the same in every run. What judges Flux has tests of its own with more objects
(tests/checks/test_fuzz.py).
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from holdfast.model import Listing, Resource
from tests.checks.laws.hearing import Audited, Judgement
from tests.checks.laws.trials import hear
from tests.checks.laws.worlds import BentWorld
from tests.checks.test_fuzz import GONE, ODD, bent, places

TIMES = 12
"""Each rule, in either way."""
_ODD = tuple(each for each in ODD if each != 10**30)
"""What a parser makes of JSON: so great a number is a float."""
Pair = tuple[Judgement, Resource]


def pairs(audited: Audited) -> dict[str, list[Pair]]:
    """By rule, what it was put to, each object once."""
    found: dict[str, dict[str, Pair]] = defaultdict(dict)
    for each in audited.judgements:
        for resource in each.query.read().seen:
            found[each.rule.id][f"{resource.ref} {each.args!r:.200}"] = (each, resource)
    return {rule: list(each.values()) for rule, each in found.items()}


def shapes(chance: random.Random, resource: Resource) -> Iterator[Resource]:
    """The object bent in one place; of a carrier, what a server has sent: JSON, or the entries of a store."""
    raw = json.loads(json.dumps(resource.raw))
    if resource.kind[:1].isupper():
        if inside := list(places(raw)):
            yield Resource(bent(raw, chance.choice(inside), chance.choice((GONE, *_ODD))))
    elif resource.kind == "policies":
        inside = [each for each in places(raw) if each[2:3] == ("entries",) and len(each) > 4]
        yield Resource(bent(raw, chance.choice(inside), chance.choice((GONE, *_ODD))))
    elif isinstance(raw.get("text"), str):
        try:
            document = {"document": json.loads(raw["text"])}
        except ValueError:
            return
        bent_one = bent(document, chance.choice(list(places(document))), chance.choice(_ODD))
        yield Resource({**raw, "text": json.dumps(bent_one["document"])})


def one_of(chance: random.Random) -> Callable[[Listing], Listing]:
    """Bends one object of a LIST."""

    def bend(listing: Listing) -> Listing:
        seen = list(listing.seen)
        if seen:
            at = chance.randrange(len(seen))
            seen[at] = next(shapes(chance, seen[at]), seen[at])
        return Listing(listing.kind, tuple(seen), listing.problems, served=listing.served)

    return bend


def test_no_shape_makes_a_rule_raise(audited: Audited) -> None:
    chance, met = random.Random(20261121), pairs(audited)
    assert len(met) > 100
    for rule in sorted(met):
        for _ in range(TIMES):
            judgement, resource = chance.choice(met[rule])
            for shape in shapes(chance, resource):
                tried(judgement, shape, BentWorld(judgement.world))
            world = BentWorld(judgement.world)
            hear(judgement.rule, resource, world, *judgement.args, **judgement.kwargs)
            for kind in sorted(world.consulted)[:TIMES]:
                tried(judgement, resource, BentWorld(judgement.world, kind, one_of(chance)))


def tried(judgement: Judgement, resource: Resource, world: BentWorld) -> Any:
    try:
        hear(judgement.rule, resource, world, *judgement.args, **judgement.kwargs)
    except Exception as error:
        error.add_note(f"{judgement.subject}: {resource.ref}, consulted: {', '.join(sorted(world.consulted))}")
        raise
