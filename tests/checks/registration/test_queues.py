"""Queues: moving, stuck, unheard of, deep, of another type; and what is never a pass."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.checks.registration import keys, outcomes, queues, routes, store
from holdfast.checks.registration.standing import Patience
from holdfast.model import Deviation, InFlight, Note, Resource, UnknownCode, Unobservable
from tests.checks.registration import stores
from tests.checks.registration.stores import PLACE, still
from tests.checks.world import FixedWorld

WORLD = FixedWorld(stores.release())
RELEASE = "HelmRelease/rm/data-access"
SECONDS = timedelta(seconds=20)
SOON = Patience(SECONDS, SECONDS)
"""As long as what stands was watched."""
LONG = Patience(timedelta(minutes=30), timedelta(hours=12))
MINUTE, HOUR = 60.0, 3600.0


def said(check: Any, resource: Resource, *args: Any, world: FixedWorld = WORLD) -> list[tuple[str, str]]:
    found = [each for each in check(resource, world, *args) if not isinstance(each, Note)]
    return [(each.rule or check.id, str(each.ref or each.subject)) for each in found if isinstance(each, Deviation)] + [
        (type(each).__name__, each.subject) for each in found if isinstance(each, Unobservable)
    ]


def queue(name: str) -> str:
    return f"{name} in redis rm/data-access-redis-master"


class TestMoving:
    def test_nothing_waits(self) -> None:
        assert said(queues.moving, stores.store({"register-success_set": ("set", 2)}), PLACE, SOON) == []

    def test_what_waits_is_taken(self) -> None:
        found = list(queues.moving(stores.store({"register_queue": ("list", 3)}), WORLD, PLACE, SOON))
        assert [type(each) for each in found] == [Note]

    @pytest.mark.parametrize("now", [3, 7])
    def test_nothing_is_taken(self, now: int) -> None:
        seen = stores.store({"register_queue": ("list", 3)}, watched=still("register_queue", 3, now))
        assert said(queues.moving, seen, PLACE, SOON) == [("registration.queue.stuck", queue("register_queue"))]

    @pytest.mark.parametrize(
        ("named", "look"),
        [
            ({"registrar": "registrar"}, "kubectl -n rm logs deployment/registrar --tail=50"),
            (
                {},  # a recording of before
                "kubectl -n rm get deployments -o name | grep registrar | xargs -n1 kubectl -n rm logs --tail=50",
            ),
        ],
    )
    def test_the_log_is_that_of_who_listens(self, named: dict[str, str], look: str) -> None:
        seen = stores.store({"register_queue": ("list", 3)}, watched=still("register_queue", 3), **named)
        [told] = queues.moving(seen, WORLD, PLACE, SOON)
        assert isinstance(told, Deviation)
        assert look in [each.command for each in told.remedy]

    def test_what_nobody_watched_is_no_pass(self) -> None:
        seen = stores.store({"register_queue": ("list", 3)}, watched={})
        assert said(queues.moving, seen, PLACE, SOON) == [("Unobservable", queue("register_queue"))]

    def test_a_queue_nobody_listens_to_is_not_stuck(self) -> None:
        seen = stores.store({"register_path_queue": ("list", 3)}, watched=still("register_path_queue", 3))
        assert said(queues.moving, seen, PLACE, SOON) == []


STATES = {"register-success_set": ("set", 2)}


class TestStanding:
    """The judgement with the limits of a real platform: a registrar may be at one product for half an hour."""

    def waits(self, key: str = "register_queue", **told: Any) -> list[tuple[str, str]]:
        before: dict[str, Any] = {name: told.pop(name) for name in ("untouched", "quiet", "seconds") if name in told}
        there = {**told.pop("there", STATES), key: ("list", 3)}
        seen = stores.store(there, watched={**stores.still(key, 3, **before), **told.pop("others", {})}, **told)
        return said(queues.moving, seen, PLACE, LONG)

    def test_busy_or_gone_is_unknown_and_no_finding(self) -> None:
        assert self.waits() == [("Unobservable", queue("register_queue"))]

    def test_watched_for_longer_than_one_product_takes(self) -> None:
        assert self.waits(seconds=30 * MINUTE) == [("registration.queue.stuck", queue("register_queue"))]

    def test_what_redis_knows_of_the_time_before_counts(self) -> None:
        stuck = [("registration.queue.stuck", queue("register_queue"))]
        assert self.waits(untouched=40 * MINUTE, quiet=40 * MINUTE) == stuck

    @pytest.mark.parametrize(
        ("untouched", "quiet", "there"),
        [
            (40 * MINUTE, 5 * MINUTE, STATES),  # it waits its turn: a product of another queue was ended since
            (5 * MINUTE, 40 * MINUTE, STATES),  # it came after the registrar had worked last: it may be at one before
            (40 * MINUTE, 40 * MINUTE, {}),  # a registrar that writes down nothing may be at one of another queue
            (40 * MINUTE, 40 * MINUTE, {"other_set": ("set", 2)}),
        ],
    )
    def test_it_counts_only_where_the_registrar_did_nothing_else(
        self, untouched: float, quiet: float, there: dict[str, tuple[str, int]]
    ) -> None:
        found = self.waits(untouched=untouched, quiet=quiet, there=there)
        assert found == [("Unobservable", queue("register_queue"))]

    @pytest.mark.parametrize(
        "signs",
        [{"taken": ["register_ades_queue"]}, {"changed": ["register-success_set"]}, {"changed": ["registering_set"]}],
    )
    def test_a_registrar_at_work_lets_a_queue_wait_its_turn(self, signs: dict[str, Any]) -> None:
        seen = stores.store({"register_queue": ("list", 3)}, watched=still("register_queue", 3), **signs)
        assert [type(each) for each in queues.moving(seen, WORLD, PLACE, SOON)] == [Note]

    @pytest.mark.parametrize(
        "signs",
        [{"taken": ["harvester_queue"]}, {"changed": ["preprocess-success_set"]}, {"taken": ["register_queue"]}],
    )
    def test_what_others_do_is_no_sign_of_the_registrar(self, signs: dict[str, Any]) -> None:
        assert self.waits(seconds=HOUR, **signs) == [("registration.queue.stuck", queue("register_queue"))]

    @pytest.mark.parametrize(("hours", "found"), [(2, "Unobservable"), (13, "registration.queue.stuck")])
    def test_a_harvest_may_take_hours_whatever_the_registrar_does(self, hours: float, found: str) -> None:
        signs = {"taken": ["register_queue"], "changed": ["register-success_set"]}
        seen = self.waits("harvester_queue", untouched=hours * HOUR, quiet=0.0, **signs)
        assert seen == [(found, queue("harvester_queue"))]

    def test_depth_is_told_unless_what_holds_it_up_is(self) -> None:
        deep = [("registration.queue.deep", queue("register_queue"))]
        for watched, found in ((still("register_queue", 300), deep), (still("register_queue", 300, seconds=HOUR), [])):
            seen = stores.store({"register_queue": ("list", 300)}, watched=watched)
            assert said(queues.shallow, seen, 200, PLACE, LONG) == found

    def test_depth_of_what_nobody_listens_to_is_told_as_that(self) -> None:
        seen = stores.store({"register_path_queue": ("list", 300)}, watched=still("register_path_queue", 300))
        assert said(queues.shallow, seen, 200, PLACE, LONG) == []

    @pytest.mark.parametrize(
        ("before", "found"),
        [({}, "Unobservable"), ({"untouched": HOUR}, "registration.progress.stuck"), ({"quiet": HOUR}, "Unobservable")],
    )
    def test_a_product_may_be_in_progress_for_its_time(self, before: dict[str, float], found: str) -> None:
        seen = stores.store({"registering_set": ("set", 1)}, watched=still("registering_set", 1, None, **before))
        assert said(outcomes.ending, seen, "registering_set", PLACE, LONG.product) == [
            (found, queue("registering_set"))
        ]

    def test_progress_nobody_watched_is_no_pass(self) -> None:
        seen = stores.store({"registering_set": ("set", 1)}, watched={})
        assert said(outcomes.ending, seen, "registering_set", PLACE, LONG.product) == [
            ("Unobservable", queue("registering_set"))
        ]


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
        assert said(queues.shallow, seen, 200, PLACE, SOON) == [("registration.queue.deep", queue("register_queue"))]

    def test_what_is_stuck_is_told_as_that(self) -> None:
        seen = stores.store({"register_queue": ("list", 300)}, watched=still("register_queue", 300))
        assert said(queues.shallow, seen, 200, PLACE, SOON) == []


class TestTypes:
    def test_a_text_in_the_place_of_a_queue(self) -> None:
        seen = stores.store({"register_queue": ("string", 0), "registered_set": ("list", 0), "other": ("hash", 0)})
        assert said(keys.typed, seen, ["*_queue"], ["*_set"], PLACE) == [
            ("registration.key.type", queue("register_queue")),
            ("registration.key.type", queue("registered_set")),
        ]


class TestOutcomes:
    @pytest.mark.parametrize(("failed", "most", "found"), [(2, 2, 0), (3, 2, 1)])
    def test_failures_against_what_is_known(self, failed: int, most: int, found: int) -> None:
        seen = stores.store({"register-failure_set": ("set", failed)})
        assert len(said(outcomes.few_failed, seen, "*failure*_set", most, PLACE)) == found

    def test_in_progress_for_ever(self) -> None:
        seen = stores.store({"registering_set": ("set", 1)}, watched=still("registering_set", 1))
        assert said(outcomes.ending, seen, "registering_set", PLACE, SECONDS) == [
            ("registration.progress.stuck", queue("registering_set"))
        ]

    def test_in_progress_and_done(self) -> None:
        seen = stores.store({"registering_set": ("set", 1)})
        assert said(outcomes.ending, seen, "registering_set", PLACE, SECONDS) == []


SDD = {"registered_set": ("set", 9)}


class TestNames:
    """Redis deletes empty sets: that nothing is found is a pass only where the name is seen to be right."""

    def failed(self, pattern: str, there: dict[str, tuple[str, int]], world: FixedWorld = WORLD) -> list[UnknownCode]:
        said = list(outcomes.few_failed(stores.store(there), world, pattern, 0, PLACE))
        return [each.code for each in said if isinstance(each, Unobservable)]

    def ending(self, pattern: str, there: dict[str, tuple[str, int]], world: FixedWorld = WORLD) -> list[UnknownCode]:
        said = list(outcomes.ending(stores.store(there), world, pattern, PLACE, SECONDS))
        return [each.code for each in said if isinstance(each, Unobservable)]

    @pytest.mark.parametrize("pattern", ["*failure*_set", "register-failure_set"])
    def test_nothing_failed_where_a_registrar_writes_down_what_it_did(self, pattern: str) -> None:
        assert self.failed(pattern, STATES) == []
        assert self.failed("*failure*_set", SDD) == []

    def test_what_is_in_progress_shows_no_other_name(self) -> None:
        there = {"registering_set": ("set", 1)}
        assert self.failed("failure_set", there) == [UnknownCode.NOTHING_MATCHED]
        assert self.ending("registering_set", there) == []

    @pytest.mark.parametrize("pattern", ["*failuer*_set", "register-failure", "*failed*_set", "Register-failure_set"])
    def test_a_misspelt_pattern_is_unknown(self, pattern: str) -> None:
        assert self.failed(pattern, STATES) == [UnknownCode.NOTHING_MATCHED]

    @pytest.mark.parametrize("there", [{}, {"other_set": ("set", 1)}, {"register-success_set": ("list", 1)}])
    def test_without_any_trace_of_a_registrar_it_is_unknown(self, there: dict[str, tuple[str, int]]) -> None:
        assert self.failed("*failure*_set", there) == [UnknownCode.NOTHING_MATCHED]
        assert self.ending("registering_set", there) == [UnknownCode.NOTHING_MATCHED]

    def test_nothing_in_progress(self) -> None:
        assert self.ending("registering_set", STATES) == []
        assert self.ending("registering_set", {"register-failure_set": ("set", 1)}) == []
        assert self.ending("registring_set", STATES) == [UnknownCode.NOTHING_MATCHED]
        assert self.ending("register-success_set", SDD) == [UnknownCode.NOTHING_MATCHED]

    def test_the_release_may_name_it(self) -> None:
        named = stores.release(config={"redis": {"registerFailureKey": "bad:products", "more": ["at-work"]}})
        assert self.failed("bad:products", {}, FixedWorld(named)) == []
        assert self.ending("at-work", {}, FixedWorld(named)) == []
        assert self.failed("bad:product", {}, FixedWorld(named)) == [UnknownCode.NOTHING_MATCHED]
        assert self.failed("bad:products", {}, FixedWorld()) == [UnknownCode.NOTHING_MATCHED]

    @pytest.mark.parametrize("kind", ["list", "string", "hash"])
    def test_a_state_of_another_type_is_that_finding_once(self, kind: str) -> None:
        there = {**STATES, "register-failure_set": (kind, 3), "registering_set": (kind, 3)}
        seen = stores.store(there)
        failure, progress = (("registration.key.type", queue(f"regist{each}_set")) for each in ("er-failure", "ering"))
        assert said(outcomes.few_failed, seen, "*failure*_set", 0, PLACE) == [failure]
        assert said(outcomes.ending, seen, "registering_set", PLACE, SECONDS) == [progress]
        assert said(keys.typed, seen, ["*_queue"], ["*_set"], PLACE) == [failure, progress]
        assert said(queues.consumed, seen, PLACE) == []

    def test_types_of_what_is_not_there(self) -> None:
        assert said(keys.typed, stores.store(), ["*_queue", "register_json_queue"], ["*_set"], PLACE) == []
        assert said(keys.typed, stores.store(STATES), ["*_qeue"], ["*_sets"], PLACE) == [
            ("Unobservable", queue("*_qeue")),
            ("Unobservable", queue("*_sets")),
        ]


class TestDown:
    @pytest.mark.parametrize("stage", ["tcp", "silent", "protocol"])
    def test_every_sentence_tells_the_same_outage(self, stage: str) -> None:
        down = stores.store(stage=stage, problem="refused", keys={}, watched={})
        outage = [(store.UNREACHABLE, "StatefulSet/rm/data-access-redis-master")]
        assert said(store.answers, down) == outage
        assert said(queues.moving, down, PLACE, SOON) == outage
        assert said(queues.consumed, down, PLACE) == outage
        assert said(queues.shallow, down, 1, PLACE, SOON) == outage
        assert said(keys.typed, down, ["*"], ["*"], PLACE) == outage
        assert said(outcomes.few_failed, down, "*", 0, PLACE) == outage
        assert said(outcomes.ending, down, "*", PLACE, SECONDS) == outage

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
