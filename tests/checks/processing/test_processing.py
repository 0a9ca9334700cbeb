"""OGC API Processes, WPS, throw-away processes, leftovers: as real servers answer, and as broken ones do."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from holdfast.checks.processing import jobs, leftovers, rehearsed, service, wps
from holdfast.fixtures.observed import carrier
from holdfast.model import Deviation, Note, Resource, Unobservable
from tests.checks.world import NOON, FixedWorld

API = "https://ades.example/eric/wps3"
WORLD = FixedWorld()


def page(document: Any, path: str = "/processes", **told: Any) -> Resource:
    text = document if isinstance(document, str) else json.dumps(document)
    given = {"url": API + path, "stage": "done", "problem": "", "status": 200, "seconds": 0.1, "text": text}
    media = {"content-type": "application/json"}
    return carrier("processing", f"GET {API}{path}", {**given, "size": len(text), "headers": media, **told})


def heard(said: Any) -> list[tuple[str, str]]:
    return [(each.rule, each.path) for each in said if isinstance(each, Deviation)]


def test_the_landing_page_leads_on() -> None:
    relation = "http://www.opengis.net/def/rel/ogc/1.0"
    links = [
        {"rel": f"{relation}/conformance", "href": "x"},
        {"rel": "up", "href": "https://e/processes?f=json"},
    ]
    assert heard(service.described(page({"links": links}), WORLD)) == []
    assert len(heard(service.described(page({"links": links[:1]}), WORLD))) == 1
    assert len(heard(service.described(page({}), WORLD))) == 2


def test_classes_count_by_their_last_part() -> None:
    told = {"conformsTo": ["http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/core"]}
    assert heard(service.conforming(page(told), WORLD, ["core"])) == []
    assert heard(service.conforming(page(told), WORLD, ["core", "dismiss"])) == [("", "dismiss")]


@pytest.mark.parametrize(
    "text", ["", "null", "[]", '{"processes": null}', '{"processes": {}}', '{"processes": [1]}', "{", "[" * 9000]
)
def test_a_list_that_is_none_is_never_a_pass(text: str) -> None:
    said = heard(service.offered(page(text), WORLD, ["snuggs"]))
    assert [rule for rule, _ in said] == ["web.endpoint.content"]


def test_an_empty_list_is_one_cause() -> None:
    assert heard(service.offered(page({"processes": []}), WORLD, ["a", "b"])) == [("", "")]
    assert heard(service.offered(page({"processes": [{"id": "a"}]}), WORLD, ["a"])) == []


def test_a_process_is_described_as_declared() -> None:
    told = {"id": "a", "version": "0.3.0", "inputs": {"x": {}}, "outputs": [{"id": "y"}]}
    declared = {"version": "0.3.0", "inputs": "x", "outputs": "y"}
    assert heard(service.as_declared(page(told), WORLD, "a", declared)) == []
    other = {"version": "0.4.0", "inputs": "x, z"}
    assert heard(service.as_declared(page(told), WORLD, "a", other)) == [("", "version"), ("", "inputs.z")]
    for odd in ("x", 7, [None, "x"], None):
        bent = {**told, "inputs": odd}
        assert heard(service.as_declared(page(bent), WORLD, "a", declared)) == [("", "inputs.x")]


def test_that_a_process_is_gone_is_said_of_the_list() -> None:
    alone = page({}, "/processes/a", status=404)
    (said,) = service.as_declared(alone, WORLD, "a", {})
    assert isinstance(said, Deviation)
    assert (said.rule, said.subject) == ("processing.process.missing", f"GET {API}/processes")


@pytest.mark.parametrize(
    ("job", "count"),
    [
        ({"status": "running", "created": "2026-03-01T00:00:00Z"}, 1),
        ({"status": "accepted", "created": "2026-03-01T00:00:00Z"}, 1),
        ({"status": "running", "created": "2026-03-02T11:59:00Z"}, 0),
        ({"status": "successful", "created": "2020-03-01T00:00:00Z"}, 0),
        ({"status": "running"}, 0),
    ],
)
def test_only_old_jobs_at_work_are_stuck(job: dict[str, str], count: int) -> None:
    assert len(heard(jobs.ended(page({"jobs": [job]}, "/jobs"), WORLD, timedelta(hours=1)))) == count


def test_a_title_says_first_what_is_there() -> None:
    (gone,) = service.offered(page({"processes": [{"id": "b"}]}, "/processes"), WORLD, ["a"])
    assert isinstance(gone, Deviation)
    assert gone.summary == f"GET {API}/processes: only 1 other, expected process a in the list"
    stuck = {"jobID": "7 of 9", "status": "running", "created": "2026-03-01T00:00:00Z"}
    (late,) = jobs.ended(page({"jobs": [stuck]}, "/jobs"), WORLD, timedelta(days=1))
    assert isinstance(late, Deviation)
    assert late.summary == "job 7 of 9: running since 2026-03-01 00:00 UTC, expected an end within 1d"
    assert late.remedy[0].command.endswith(f"'{API}/jobs/7%20of%209' | head -c 2000")


HOUR = timedelta(hours=1)
OLD = {"status": "running", "created": "2026-03-01T00:00:00Z"}


def unknown(said: Any) -> list[tuple[str, str]]:
    return [(each.code.value, each.subject) for each in said if isinstance(each, Unobservable)]


@pytest.mark.parametrize(
    "job",
    [
        {"status": "running"},
        {"status": "Accepted", "created": None},
        {"status": "running", "created": "yesterday", "updated": 5},
        {"status": "running", "finished": "2026-03-01T00:00:00Z"},
        {},
        {"status": None, "created": "2026-03-01T00:00:00Z"},
        {"status": "paused", "created": "2026-03-01T00:00:00Z"},
    ],
)
def test_a_job_that_does_not_say_since_when_is_unknown(job: dict[str, Any]) -> None:
    said = list(jobs.ended(page({"jobs": [{"jobID": "j", **job}]}, "/jobs"), WORLD, HOUR))
    assert (heard(said), unknown(said)) == ([], [("unreadable", "job j")])


@pytest.mark.parametrize("job", [{"status": "Successful"}, {"status": "done", "finished": "2026-03-01T00:00:00Z"}])
def test_a_job_that_has_ended_needs_no_time(job: dict[str, Any]) -> None:
    assert list(jobs.ended(page({"jobs": [job]}, "/jobs"), WORLD, HOUR)) == []


def more(document: Any, **told: Any) -> dict[str, Any]:
    return dict(page(document, "/jobs?offset=1", **told).raw)


def test_jobs_on_every_page_count() -> None:
    first = page({"jobs": []}, "/jobs", more=[more({"jobs": [{**OLD, "jobID": "j"}]}), more({"jobs": [OLD]})], cut="")
    said = list(jobs.ended(first, WORLD, HOUR))
    assert [each.subject for each in said if isinstance(each, Deviation)] == ["job j", "job ?"]
    assert unknown(said) == []


def test_pages_that_were_not_read_are_unknown_and_hide_nothing() -> None:
    first = page({"jobs": [OLD]}, "/jobs", more=[], cut="more than 50 pages")
    said = list(jobs.ended(first, WORLD, HOUR))
    assert len(heard(said)) == 1
    assert unknown(said) == [("unreadable", f"pages of GET {API}/jobs")]


@pytest.mark.parametrize(
    ("second", "rule"),
    [
        (more({}, status=500), "web.endpoint.status"),
        (more({"jobs": [1]}), "web.endpoint.content"),
        (more("{"), "web.endpoint.content"),
    ],
)
def test_a_page_that_does_not_come_is_a_finding_of_the_list(second: dict[str, Any], rule: str) -> None:
    said = list(jobs.ended(page({"jobs": [OLD]}, "/jobs", more=[second], cut=""), WORLD, HOUR))
    assert [each for each, _ in heard(said)] == [rule, ""]


def processes(*names: str) -> dict[str, Any]:
    return {"processes": [{"id": name} for name in names]}


def test_a_process_on_a_later_page_is_offered() -> None:
    first = page(processes("a"), more=[more(processes("b"))], cut="")
    assert list(service.offered(first, WORLD, ["a", "b"])) == []
    assert heard(service.offered(first, WORLD, ["c"])) == [("", "c")]


def test_a_process_on_a_page_that_was_not_read_is_unknown_not_missing() -> None:
    cut = page(processes("a"), more=[more(processes("b"))], cut="more than 2 pages")
    assert list(service.offered(cut, WORLD, ["a", "b"])) == []
    said = list(service.offered(cut, WORLD, ["c"]))
    assert (heard(said), unknown(said)) == ([], [("unreadable", f"pages of GET {API}/processes")])
    nothing = list(service.offered(page(processes(), more=[], cut="more than 1 pages"), WORLD, []))
    assert len(unknown(nothing)) == 1
    failed = page(processes("a"), more=[more({}, status=500)], cut="")
    assert [rule for rule, _ in heard(service.offered(failed, WORLD, ["c"]))] == ["web.endpoint.status"]


def capabilities(**told: Any) -> Resource:
    return page("<x/>", "/zoo", **{"headers": {"content-type": "text/xml"}, **told})


def test_a_wps_offers_its_processes() -> None:
    told = {"version": "1.0.0", "title": "ADES", "processes": ["a"]}
    assert heard(wps.offered(capabilities(wps=told), WORLD, "1.0.0", ["a"])) == []
    assert heard(wps.offered(capabilities(wps=told), WORLD, "2.0.0", ["b"])) == [("", ""), ("", "b")]
    empty = {**told, "processes": []}
    for broken in (capabilities(wps=None, complaint="no XML"), capabilities(), capabilities(wps=empty)):
        assert [rule for rule, _ in heard(wps.offered(broken, WORLD, "1.0.0", []))] == ["web.endpoint.content"]


def act(status: int, document: Any = None, **told: Any) -> dict[str, Any]:
    text = "" if document is None else json.dumps(document)
    return {"url": API, "method": "GET", "stage": "done", "status": status, "text": text, "size": len(text), **told}


def healthy() -> dict[str, Any]:
    return {
        "already": act(404),
        "deploy": act(201),
        "listed": act(200, {}, found=True),
        "describe": act(200),
        "execute": act(201, {}, job=f"{API}/jobs/1"),
        "job": act(200, {"status": "successful"}),
        "results": act(200, {"StacCatalogUri": "s3://x"}),
        "undeploy": act(204),
        "gone": act(200, {}, found=False),
    }


def rehearsal(**change: Any) -> list[Any]:
    acts = {name: each for name, each in {**healthy(), **change}.items() if each is not None}
    run = carrier("rehearsal", "POST x", {"url": API, "acts": acts, "changed": ["POST x -> 201"]})
    return list(rehearsed.rehearsed(run, WORLD, "probe"))


def test_a_whole_rehearsal_is_quiet_but_for_what_it_changed() -> None:
    said = rehearsal()
    assert [each.code for each in said if isinstance(each, Note)] == ["changed", "undeploy"]
    assert heard(said) == []


_NOTHING = dict.fromkeys(("listed", "describe", "execute", "job", "results"))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({**_NOTHING, "deploy": act(500), "undeploy": act(404), "gone": None}, "processing.deploy.refused"),
        ({**_NOTHING, "listed": act(200, {}, found=False)}, "processing.deploy.refused"),
        ({"execute": act(500), "job": None, "results": None}, "processing.job.unsuccessful"),
        ({"execute": act(201, {}, job=""), "job": None, "results": None}, "processing.job.unsuccessful"),
        ({"job": act(200, {"status": "failed"}), "results": None}, "processing.job.unsuccessful"),
        ({"job": act(200, {"status": "running"}, overdue=True), "results": None}, "processing.job.unsuccessful"),
        ({"job": act(200, None), "results": None}, "processing.job.unsuccessful"),
        ({"results": act(200, {})}, "processing.job.unsuccessful"),
        ({"results": act(404)}, "processing.job.unsuccessful"),
        ({"undeploy": act(500), "gone": None}, "processing.undeploy.incomplete"),
        ({"gone": act(200, {}, found=True)}, "processing.undeploy.incomplete"),
    ],
)
def test_each_act_that_fails_is_one_finding(change: dict[str, Any], rule: str) -> None:
    assert [each for each, _ in heard(rehearsal(**change))] == [rule]


@pytest.mark.parametrize(
    "change",
    [
        {**_NOTHING, "listed": act(200, {}, found=None, cut="more than 50 pages")},
        {"gone": act(200, {}, found=None, cut="more than 50 pages")},
    ],
)
def test_a_list_that_was_not_read_to_its_end_tells_of_no_absence(change: dict[str, Any]) -> None:
    said = rehearsal(**change)
    assert (heard(said), unknown(said)) == ([], [("unreadable", "pages of POST x")])


def test_somebodys_process_is_not_touched_and_not_judged() -> None:
    (said,) = rehearsal(**{name: None for name in healthy() if name != "already"}, already=act(200))[1:]
    assert isinstance(said, Unobservable)


def thing(kind: str, name: str, namespace: str = "", created: str = "2026-03-01T00:00:00Z", **more: Any) -> Any:
    metadata = {"name": name, "namespace": namespace, "creationTimestamp": created}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **more}


def pod(namespace: str, phase: str, claim: str = "") -> Any:
    volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": claim}}] if claim else []
    return thing("Pod", "p", namespace, spec={"volumes": volumes}, status={"phase": phase})


@pytest.mark.parametrize(
    ("namespace", "pods", "count"),
    [
        (thing("Namespace", "snuggs-1"), [], 1),
        (thing("Namespace", "snuggs-1"), [pod("snuggs-1", "Failed")], 1),
        (thing("Namespace", "snuggs-1"), [pod("snuggs-1", "Running")], 0),
        (thing("Namespace", "snuggs-1", created="2026-03-02T11:59:30Z"), [], 0),
        (thing("Namespace", "proc"), [], 0),
    ],
)
def test_a_namespace_nobody_works_in_is_left(namespace: Any, pods: list[Any], count: int) -> None:
    world = FixedWorld(*pods, now=NOON)
    said = leftovers.namespace_removed(Resource(namespace), world, r"snuggs-\w+", timedelta(hours=1))
    assert len(heard(said)) == count


@pytest.mark.parametrize(
    ("pods", "count"), [([], 1), ([pod("proc", "Running", "out")], 0), ([pod("proc", "Failed", "out")], 1)]
)
def test_a_volume_nobody_uses_is_left(pods: list[Any], count: int) -> None:
    claim = Resource(thing("PersistentVolumeClaim", "out", "proc"))
    assert len(heard(leftovers.volume_removed(claim, FixedWorld(*pods), "out", timedelta(hours=1)))) == count
