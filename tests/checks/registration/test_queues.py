"""Queues: moving, stuck, unheard of, deep, of another type; and what is never a pass."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.checks.registration import outcomes, queues, routes, store
from holdfast.model import Deviation, InFlight, Note, Resource, UnknownCode, Unobservable
from tests.checks.registration import stores
from tests.checks.registration.stores import PLACE, still
from tests.checks.world import FixedWorld

WORLD = FixedWorld(stores.release())
RELEASE = "HelmRelease/rm/data-access"


def said(check: Any, resource: Resource, *args: Any, world: FixedWorld = WORLD) -> list[tuple[str, str]]:
    found = [each for each in check(resource, world, *args) if not isinstance(each, Note)]
    return [(each.rule or check.id, str(each.ref or each.subject)) for each in found if isinstance(each, Deviation)] + [
        (type(each).__name__, each.subject) for each in found if isinstance(each, Unobservable)
    ]


def queue(name: str) -> str:
    return f"{name} in redis rm/data-access-redis-master"


class TestMoving:
    def test_nothing_waits(self) -> None:
        assert said(queues.moving, stores.store({"register-success_set": ("set", 2)}), PLACE) == []

    def test_what_waits_is_taken(self) -> None:
        found = list(queues.moving(stores.store({"register_queue": ("list", 3)}), WORLD, PLACE))
        assert [type(each) for each in found] == [Note]

    @pytest.mark.parametrize("now", [3, 7])
    def test_nothing_is_taken(self, now: int) -> None:
        seen = stores.store({"register_queue": ("list", 3)}, watched=still("register_queue", 3, now))
        assert said(queues.moving, seen, PLACE) == [("registration.queue.stuck", queue("register_queue"))]

    def test_what_nobody_watched_is_no_pass(self) -> None:
        seen = stores.store({"register_queue": ("list", 3)}, watched={})
        assert said(queues.moving, seen, PLACE) == [("Unobservable", queue("register_queue"))]

    def test_a_queue_nobody_listens_to_is_not_stuck(self) -> None:
        seen = stores.store({"register_path_queue": ("list", 3)}, watched=still("register_path_queue", 3))
        assert said(queues.moving, seen, PLACE) == []


class TestConsumed:
    @pytest.mark.parametrize("name", ["register_queue", "register_ades_queue", "harvester_queue"])
    def test_somebody_listens(self, name: str) -> None:
        assert said(queues.consumed, stores.store({name: ("list", 3)}), PLACE) == []

    def test_nobody_listens(self) -> None:
        seen = stores.store({"register_path_queue": ("list", 3)})
        assert said(queues.consumed, seen, PLACE) == [("registration.queue.unconsumed", queue("register_path_queue"))]

    def test_a_harvester_writes_to_it(self) -> None:
        wrong = stores.release(harvester={"config": {"harvesters": [{"name": "one", "queue": "register"}]}})
        seen = stores.store({"register": ("list", 3)})
        assert said(queues.consumed, seen, PLACE, world=FixedWorld(wrong)) == [(routes.MISROUTED, RELEASE)]

    def test_the_route_is_what_is_missing(self) -> None:
        seen = stores.store({"register_xml_queue": ("list", 3)})
        assert said(queues.consumed, seen, PLACE) == [(routes.UNHEARD, RELEASE)]

    def test_the_seeder_is_scaled_away(self) -> None:
        seen = stores.store({"seed_queue": ("list", 3)})
        assert said(queues.consumed, seen, PLACE) == [("registration.queue.unconsumed", queue("seed_queue"))]
        assert said(queues.consumed, seen, PLACE, world=FixedWorld(stores.release(seeder={}))) == []

    def test_without_the_release_nothing_can_be_said(self) -> None:
        with pytest.raises(Unobservable) as caught:
            list(queues.consumed(stores.store(), FixedWorld(), PLACE))
        assert caught.value.code is UnknownCode.NO_DESIRED_STATE

    def test_a_release_that_does_not_say(self) -> None:
        with pytest.raises(Unobservable):
            routes.declared(Resource(stores.release(registrar={})))


class TestRoutes:
    def test_default_route_off(self) -> None:
        off = Resource(stores.release(registrar={"config": {"disableDefaultRoute": True, "routes": {}}}))
        assert said(routes.harvested_into_a_route, off) == [(routes.UNHEARD, RELEASE)]
        assert said(routes.listened_to, off, ["register_queue", "harvester_queue"]) == [(routes.UNHEARD, RELEASE)]

    def test_values_of_another_shape(self) -> None:
        odd = Resource(stores.release(harvester=None, registrar={"config": {"routes": [None, {"queue": "a"}]}}))
        assert routes.declared(odd).consumed >= {"register_queue", "a"}


class TestDepth:
    def test_deep_and_worked_off(self) -> None:
        seen = stores.store({"register_queue": ("list", 300)})
        assert said(queues.shallow, seen, 200) == [("registration.queue.deep", queue("register_queue"))]

    def test_what_is_stuck_is_told_as_that(self) -> None:
        seen = stores.store({"register_queue": ("list", 300)}, watched=still("register_queue", 300))
        assert said(queues.shallow, seen, 200) == []


class TestTypes:
    def test_a_text_in_the_place_of_a_queue(self) -> None:
        seen = stores.store({"register_queue": ("string", 0), "registered_set": ("list", 0), "other": ("hash", 0)})
        assert said(queues.typed, seen, ["*_queue"], ["*_set"]) == [
            ("registration.key.type", queue("register_queue")),
            ("registration.key.type", queue("registered_set")),
        ]


class TestOutcomes:
    @pytest.mark.parametrize(("failed", "most", "found"), [(2, 2, 0), (3, 2, 1)])
    def test_failures_against_what_is_known(self, failed: int, most: int, found: int) -> None:
        seen = stores.store({"register-failure_set": ("set", failed)})
        assert len(said(outcomes.few_failed, seen, "*failure*_set", most)) == found

    def test_in_progress_for_ever(self) -> None:
        seen = stores.store({"registering_set": ("set", 1)}, watched=still("registering_set", 1))
        assert said(outcomes.ending, seen, "registering_set") == [
            ("registration.progress.stuck", queue("registering_set"))
        ]

    def test_in_progress_and_done(self) -> None:
        assert said(outcomes.ending, stores.store({"registering_set": ("set", 1)}), "registering_set") == []


class TestDown:
    @pytest.mark.parametrize("stage", ["tcp", "silent", "protocol"])
    def test_every_sentence_tells_the_same_outage(self, stage: str) -> None:
        down = stores.store(stage=stage, problem="refused", keys={}, watched={})
        outage = [(store.UNREACHABLE, "StatefulSet/rm/data-access-redis-master")]
        assert said(store.answers, down) == outage
        assert said(queues.moving, down, PLACE) == outage
        assert said(queues.consumed, down, PLACE) == outage
        assert said(queues.shallow, down, 1) == outage
        assert said(queues.typed, down, ["*"], ["*"]) == outage
        assert said(outcomes.few_failed, down, "*", 0) == outage
        assert said(outcomes.ending, down, "*") == outage

    def test_loading_is_in_flight(self) -> None:
        found = list(store.answers(stores.store(stage="loading", problem="loading"), WORLD))
        assert [type(each) for each in found] == [InFlight]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["vs", "registrar", "config", "routes", "queue", "harvester", "harvesters", "seeder", "name"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(values=JSON, registrar=JSON, harvester=JSON)
def test_whatever_values_a_release_has(values: Any, registrar: Any, harvester: Any) -> None:
    for vs in (values, {"registrar": {"config": registrar}, "harvester": harvester, "seeder": values}):
        given_release = {**stores.release(), "spec": {"values": {"vs": vs}}}
        with contextlib.suppress(Unobservable):
            assert all(isinstance(each, str) for each in routes.declared(Resource(given_release)).consumed)
