"""What a catalogue says of itself, and how far an exchange with it got, judged."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.catalogue import opensearch, paging, records, service
from holdfast.checks.catalogue.records import Found
from holdfast.fixtures.observed import carrier
from holdfast.model import Deviation
from tests.checks.catalogue.carriers import HOST, KNOWN, OPERATIONS, WORLD, capabilities, csw, said


def test_a_healthy_catalogue_is_quiet() -> None:
    healthy = capabilities(*OPERATIONS)
    assert not list(service.identified(healthy, WORLD))
    assert not list(service.at_home(healthy, WORLD))
    assert not list(service.closed(healthy, WORLD))
    assert not list(service.offered(healthy, WORLD, "GetRecords", ["SupportedISOQueryables"]))


def test_an_operation_that_is_gone_mute_or_poorer() -> None:
    subject = [("", f"{HOST}/csw CSW 2.0.2 DescribeRecord")]
    assert said(service.offered(capabilities("GetRecords"), WORLD, "DescribeRecord")) == subject
    mute = capabilities(*OPERATIONS, silent=["DescribeRecord"])
    assert said(service.offered(mute, WORLD, "DescribeRecord")) == subject
    [word] = service.offered(capabilities(*OPERATIONS), WORLD, "GetRecords", ["AdditionalQueryables"])
    assert word.path == "constraints"  # type: ignore[union-attr]


def test_transactions_are_open() -> None:
    assert said(service.closed(capabilities(*OPERATIONS, "Transaction", "Harvest"), WORLD)) == [("", f"{HOST}/csw")]


def test_addresses_elsewhere() -> None:
    assert said(service.at_home(capabilities(*OPERATIONS, url="http://pycsw:8000/csw"), WORLD)) == [("", f"{HOST}/csw")]


def test_addresses_nobody_names() -> None:
    """No address is no right one: capabilities without operations, or operations without one."""
    silent = csw({"title": "Catalogue", "type": "CSW", "operations": [], "silent": []})
    for each in (silent, capabilities(*OPERATIONS, url="")):
        assert [rule for rule, _ in said(service.at_home(each, WORLD))] == ["web.endpoint.content"]


def test_pages_of_nothing() -> None:
    assert [rule for rule, _ in said(paging.paged(csw({"pages": [], "again": {}, "total": 39}), WORLD))] == [
        "web.endpoint.content"
    ]


def test_nobody_in_particular() -> None:
    nobody = csw({"title": None, "type": "WMS", "operations": [], "silent": []})
    assert said(service.identified(nobody, WORLD)) == [("", f"{HOST}/csw")]


def test_a_version_it_does_not_speak() -> None:
    expected = [("catalogue.version.missing", f"{HOST}/csw CSW 3.0.0")]
    assert said(service.closed(csw(None, "3.0.0", speaks="2.0.2"), WORLD)) == expected
    refused = {"code": "VersionNegotiationFailed", "text": "2.0.2 only"}
    assert said(records.there(csw(None, "3.0.0", status=400, exception=refused), WORLD, KNOWN)) == expected


@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_exception_report_is_no_pass_whatever_its_status(status: int) -> None:
    refused = csw(None, status=status, exception={"code": "NoApplicableCode", "text": "no repository"})
    words = list(service.closed(refused, WORLD))
    assert said(words) == [("catalogue.answer.refused", HOST)]
    [word] = words
    assert isinstance(word, Deviation)
    assert f"(HTTP status {status}) and fails inside: most often it does not reach its database" in word.cause
    assert "kubectl logs" in str(word.remedy[0].command)
    assert word.affects == (refused.name,)


@pytest.mark.parametrize(
    ("told", "rule", "subject"),
    [
        ({"stage": "tcp", "problem": "refused"}, "web.endpoint.unreachable", HOST),
        ({"stage": "http", "problem": "silent"}, "web.endpoint.silent", f"{HOST}/csw"),
        ({"status": 502}, "web.endpoint.status", f"{HOST}/csw"),
        ({"status": 404}, "web.endpoint.status", f"GET {HOST}/csw"),
        ({"headers": {"content-type": "text/html"}, "text": "<html>"}, "web.endpoint.content-type", f"{HOST}/csw"),
        ({"complaint": "XMLSyntaxError"}, "web.endpoint.content", f"GET {HOST}/csw"),
    ],
)
def test_an_answer_that_is_none_is_one_finding_of_the_address(told: dict[str, Any], rule: str, subject: str) -> None:
    assert said(service.closed(csw(None, **told), WORLD)) == [(rule, subject)]
    assert said(paging.paged(csw(None, "3.0.0", **told), WORLD)) == [(rule, subject)]


def described(parameters: list[str] | None, **more: Any) -> Any:
    searches = [{"type": "application/atom+xml", "template": "x", "parameters": parameters}]
    told = {
        "url": f"{HOST}/opensearch",
        "stage": "done",
        "status": 200,
        "size": 10,
        "headers": {"content-type": "application/opensearchdescription+xml"},
        "described": searches if parameters is not None else None,
        "feed": None,
        **more,
    }
    return carrier("opensearch", f"GET {HOST}/opensearch", told)


def test_an_opensearch_description() -> None:
    assert not list(opensearch.described(described(["count"]), WORLD, ["count"]))
    lacking = said(opensearch.described(described(["count"]), WORLD, ["eo:cloudCover"]))
    assert lacking == [("catalogue.opensearch.template", f"{HOST}/opensearch")]
    assert [rule for rule, _ in said(opensearch.described(described(None), WORLD))] == ["web.endpoint.content"]


def feed(total: int | None, count: int, **more: Any) -> Any:
    ids = [str(each) for each in range(count)]
    atom = {"content-type": "application/atom+xml"}
    return described(["count"], feed={"total": total, "ids": ids}, headers=atom, **more)


def test_an_opensearch_search() -> None:
    ten = Found.of({"at least": "10", "returns": "10"})
    assert not list(opensearch.found(feed(39, 10), WORLD, ["count"], ten))
    for answer in (feed(9, 9), feed(39, 9), feed(None, 10)):
        assert said(opensearch.found(answer, WORLD, ["count"], ten)) == [
            ("catalogue.opensearch.results", f"GET {HOST}/opensearch")
        ]
    assert said(opensearch.found(feed(0, 0, csw={"total": 0}), WORLD, ["count"], ten)) == [
        ("catalogue.repository.empty", HOST)
    ]
