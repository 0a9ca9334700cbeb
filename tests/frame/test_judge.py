"""The judge: what is empty, forbidden, missing, in flight or broken is never a pass."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.judge import Judge
from holdfast.model import (
    MAJOR,
    Deviation,
    InFlight,
    Listing,
    NotAsked,
    Note,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)
from tests.frame.worlds import Asked, ChangingWorld, thing


@rule("test.thing.broken", MAJOR, origin="test", remedy="mend it")
def whole(resource: Resource, world: World) -> Said:
    """A thing is whole."""
    match resource.get("state"):
        case "broken":
            yield Deviation(resource.ref, "ok", "broken")
        case "moving":
            raise InFlight(str(resource.ref), "moving")
        case "moving for ever":
            raise InFlight(str(resource.ref), "moving", limited=False)
        case "hidden":
            raise Unobservable(UnknownCode.STALE, str(resource.ref), "cannot see")
        case "half":
            yield Deviation(resource.ref, "ok", "half broken")
            raise Unobservable(UnknownCode.FORBIDDEN, "list secrets", "the other half")
        case "noted":
            yield Note("lint", resource.ref, "worth a look")
        case "unasked":
            raise NotAsked("needs --git-dir")
        case "odd":
            raise TypeError("nobody foresaw this")
        case None:
            raise Unobservable(UnknownCode.UNREADABLE, str(resource.ref), "state is null")


FORBIDDEN = Unobservable(UnknownCode.FORBIDDEN, "list things", "403")


def judged(*readings: Listing, patience: int = 0, **asked: object) -> tuple[Judge, ChangingWorld]:
    world = ChangingWorld(readings, patience)
    judge = Judge(world)
    judge(whole, Asked(world, **asked))  # type: ignore[arg-type]
    return judge, world


def test_a_conforming_object_is_judged_and_nothing_is_said() -> None:
    judge, world = judged(Listing("Thing", (thing("a"),)))
    assert [str(ref) for ref in judge.said.judged] == ["Thing/ns/a"]
    assert (judge.said.deviations, judge.said.unknowns, world.looked) == ([], [], 0)


def test_a_deviation_is_believed_only_after_a_second_look() -> None:
    judge, world = judged(Listing("Thing", (thing("a", "broken"),)), Listing("Thing", (thing("a"),)))
    assert judge.said.deviations == []
    assert world.asked == [{"Thing"}]


def reading(**states: str) -> Listing:
    return Listing("Thing", tuple(thing(name, state) for name, state in states.items()))


def test_what_only_the_second_look_finds_is_looked_at_twice_too() -> None:
    judge, world = judged(reading(a="broken", b="ok"), reading(a="ok", b="broken"), reading(a="ok", b="ok"))
    assert (judge.said.deviations, world.looked) == ([], 2)


def test_what_shows_only_after_waiting_is_looked_at_twice_too() -> None:
    judge, _ = judged(reading(a="moving"), reading(a="broken"), reading(a="ok"), patience=1)
    assert judge.said.deviations == []
    judge, _ = judged(reading(a="moving"), reading(a="broken"), patience=1)
    assert len(judge.said.deviations) == 1


def test_what_keeps_changing_is_believed_in_the_end() -> None:
    changing = [reading(a="broken", b="ok"), reading(a="ok", b="broken")] * 9
    judge, world = judged(*changing)
    assert len(judge.said.deviations) == 1
    assert world.looked < 9


def test_an_object_no_check_can_cope_with_is_unknown_and_hides_no_other() -> None:
    judge, _ = judged(reading(a="odd", b="broken", c="ok"))
    assert [str(said.ref) for _, said in judge.said.deviations] == ["Thing/ns/b"]
    [problem] = judge.said.unknowns
    assert (problem.code, problem.subject) == (UnknownCode.UNREADABLE, "Thing/ns/a")
    assert {ref.name for ref in judge.said.judged} == {"b", "c"}


def test_a_deviation_that_stays_is_reported_once_with_its_evidence() -> None:
    judge, _ = judged(Listing("Thing", (thing("a", "broken"), thing("b"))))
    [(found, said)] = judge.said.deviations
    assert (found.id, said.observed) == ("test.thing.broken", "broken")
    assert [each.name for each in judge.said.evidence.values()] == ["a"]


def test_a_confirmed_deviation_costs_no_further_look() -> None:
    world = ChangingWorld([Listing("Thing", (thing("a", "broken"),))])
    confirmed: set[tuple[str, str]] = set()
    Judge(world, confirmed)(whole, Asked(world))
    Judge(world, confirmed)(whole, Asked(world))
    assert world.looked == 1


def test_in_flight_is_looked_at_again_until_it_settles() -> None:
    moving, still = Listing("Thing", (thing("a", "moving"),)), Listing("Thing", (thing("a"),))
    judge, world = judged(moving, moving, still, patience=5)
    assert (judge.said.notes, judge.said.unknowns, world.looked) == ([], [], 2)


def test_in_flight_within_its_limits_is_a_note_when_patience_ends() -> None:
    judge, _ = judged(Listing("Thing", (thing("a", "moving"),)), patience=2)
    assert [note.code for note in judge.said.notes] == ["in-flight"]
    assert judge.said.deviations == []


@pytest.mark.parametrize(
    ("listing", "asked", "expected"),
    [
        (Listing("Thing"), {"wanted": True}, UnknownCode.NOTHING_MATCHED),
        (Listing("Thing", problems=(FORBIDDEN,)), {}, UnknownCode.FORBIDDEN),
        (Listing("Thing", (thing("a"),), problems=(FORBIDDEN,)), {}, UnknownCode.FORBIDDEN),
        (Listing("Thing", problems=(FORBIDDEN,)), {"named": ("Thing", "ns", "a")}, UnknownCode.FORBIDDEN),
        (Listing("Thing", (thing("a", "hidden"),)), {}, UnknownCode.STALE),
        (Listing("Thing", (Resource({"kind": "Thing", "metadata": {"name": "a"}}),)), {}, UnknownCode.UNREADABLE),
    ],
    ids=["empty but wanted", "forbidden", "partly forbidden", "named and forbidden", "stale", "null"],
)
def test_what_could_not_be_seen_is_unknown(listing: Listing, asked: dict[str, Any], expected: UnknownCode) -> None:
    judge, _ = judged(listing, **asked)
    assert [each.code for each in judge.said.unknowns] == [expected]
    assert judge.said.deviations == []


def test_none_there_and_none_expected_is_not_applicable() -> None:
    judge, _ = judged(Listing("Thing"))
    assert judge.said.absent == ["Thing"]
    assert not judge.said.judged


def test_a_named_object_missing_from_a_complete_list_is_a_finding() -> None:
    judge, _ = judged(Listing("Thing", (thing("b"),)), named=("Thing", "ns", "a"))
    assert [(found.id, str(said.ref)) for found, said in judge.said.deviations] == [
        ("platform.object.missing", "Thing/ns/a")
    ]


@pytest.mark.parametrize("asked", [{"wanted": True}, {"named": ("Thing", "ns", "a")}])
def test_an_expected_kind_that_is_not_served_is_a_finding(asked: dict[str, Any]) -> None:
    judge, _ = judged(Listing("Thing", served=False), **asked)
    assert [(found.id, said.subject) for found, said in judge.said.deviations] == [("platform.api.not-served", "Thing")]


def test_a_kind_that_is_not_served_because_all_of_its_engine_is_gone_is_told_as_that() -> None:
    judge, _ = judged(Listing("HelmRelease", served=False), kind="HelmRelease", wanted=True)
    assert [(found.id, str(said.ref)) for found, said in judge.said.deviations] == [
        ("flux.controller.unavailable", "Namespace/flux-system")
    ]


def test_an_object_can_deviate_and_stay_partly_unknown() -> None:
    judge, _ = judged(Listing("Thing", (thing("a", "half"),)))
    assert len(judge.said.deviations) == 1
    assert [each.code for each in judge.said.unknowns] == [UnknownCode.FORBIDDEN]
    assert not judge.said.judged


def test_a_check_that_needs_what_was_not_given_is_not_asked() -> None:
    judge, _ = judged(Listing("Thing", (thing("a", "unasked"),)))
    assert judge.said.not_asked == ["needs --git-dir"]
    assert not judge.said.judged
