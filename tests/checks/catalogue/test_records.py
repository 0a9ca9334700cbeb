"""What a catalogue holds and finds, judged."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.catalogue import links, paging, records
from holdfast.checks.catalogue.records import Found
from holdfast.checks.catalogue.search import Search
from holdfast.model import InFlight, Unobservable
from tests.checks.catalogue.carriers import HOST, KNOWN, WORLD, csw, product, said

SICILY = Search.of(
    {"bbox": "37 13.9 37.9 15.1", "from": "2021-04-02T00:00:00Z", "to": "2021-04-03T00:00:00Z", "max cloud": "20"}
)


def search(matches: int, *found: dict[str, Any], **more: Any) -> Any:
    return csw({"matches": matches, "returned": len(found), "next": 0, "records": list(found), **more})


def test_a_search_that_finds_what_it_has_to_is_quiet() -> None:
    wanted = Found.of({"at least": "1", "contains": KNOWN})
    assert not list(records.found(search(1, product(), contains=True, exists=True), WORLD, SICILY, wanted))


def test_fewer_than_expected_and_other_than_exactly() -> None:
    for cells in ({"at least": "2"}, {"exactly": "3"}):
        words = records.found(search(1, product()), WORLD, SICILY, Found.of(cells))
        assert said(words) == [("", f"{HOST} {SICILY}")]


def test_a_product_that_is_gone_is_one_finding_and_not_also_one_too_few() -> None:
    wanted = Found.of({"at least": "1", "contains": KNOWN})
    words = records.found(search(0, contains=False, exists=False, total=38), WORLD, SICILY, wanted)
    assert said(words) == [("catalogue.record.missing", f"{HOST} {KNOWN}")]


def test_a_product_that_is_there_and_not_found() -> None:
    wanted = Found.of({"contains": KNOWN})
    words = records.found(search(0, contains=False, exists=True, total=38), WORLD, SICILY, wanted)
    assert said(words) == [("catalogue.search.incomplete", f"{HOST} {SICILY} {KNOWN}")]


def test_an_empty_catalogue_is_one_finding_whatever_was_asked() -> None:
    empty = search(0, total=0, contains=False, exists=False)
    one = [("catalogue.repository.empty", HOST)]
    assert said(records.found(empty, WORLD, SICILY, Found.of({"contains": KNOWN}))) == one
    assert said(records.there(csw({"records": [], "total": 0}), WORLD, KNOWN)) == one
    assert said(links.linked(csw({"records": [], "total": 0}), WORLD, KNOWN)) == one
    page = {"start": 1, "matches": 0, "returned": 0, "next": 0, "ids": []}
    assert said(paging.paged(csw({"pages": [page], "again": page, "total": 0}), WORLD)) == one


@pytest.mark.parametrize(
    "wrong",
    [
        {"box": ["50", "13.7", "51", "15.0"]},
        {"begin": "2021-04-01T23:59:59Z"},
        {"end": "2021-04-03T00:00:01Z"},
        {"clouds": "20.5"},
    ],
    ids=["elsewhere", "before", "after", "cloudy"],
)
def test_what_does_not_match_is_not_returned(wrong: dict[str, Any]) -> None:
    words = records.found(search(1, product(**wrong)), WORLD, SICILY, Found())
    assert said(words) == [("catalogue.search.unfiltered", f"{HOST} {SICILY}")]


@pytest.mark.parametrize("silent", ["box", "begin", "end", "clouds"])
def test_a_record_that_does_not_say_what_it_was_found_by_is_unknown(silent: str) -> None:
    [word] = records.found(search(1, {**product(), silent: None}), WORLD, SICILY, Found())
    assert isinstance(word, Unobservable)


def test_a_product_of_another_collection_does_not_match() -> None:
    words = records.found(search(1, product(parent="S2MSI2A")), WORLD, Search(collection="S2MSI1C"), Found())
    assert said(words) == [("catalogue.search.unfiltered", f"{HOST} collection S2MSI1C")]


def test_records_that_cannot_be_read() -> None:
    carrier = csw({"matches": 2, "returned": 2, "next": 0, "records": [product()]})
    assert said(records.found(carrier, WORLD, SICILY, Found())) == [("catalogue.record.unreadable", f"{HOST} {SICILY}")]


def test_nothing_returned_of_what_is_said_to_match_is_no_pass() -> None:
    assert said(records.found(search(3, returned=0), WORLD, SICILY, Found())) == [("", f"{HOST} {SICILY}")]


def test_more_returned_than_match_is_no_pass() -> None:
    assert said(records.found(search(1, product(), product("b")), WORLD, SICILY, Found())) == [("", f"{HOST} {SICILY}")]


def test_none_is_what_was_expected() -> None:
    nothing = search(0, total=38)
    assert not list(records.found(nothing, WORLD, SICILY, Found.of({"exactly": "0"})))
    assert said(records.found(nothing, WORLD, SICILY, Found())) == [("", f"{HOST} {SICILY}")]


def test_what_the_following_pages_hold_has_to_match_as_well() -> None:
    clear, cloudy = product(), product("cloudy", clouds="75")
    followed = search(2, clear, cloudy, returned=1, next=2, followed=1)
    assert said(records.found(followed, WORLD, SICILY, Found())) == [
        ("catalogue.search.unfiltered", f"{HOST} {SICILY}")
    ]
    lost = search(3, clear, product("b"), returned=1, next=2, followed=2)
    assert said(records.found(lost, WORLD, SICILY, Found())) == [("catalogue.record.unreadable", f"{HOST} {SICILY}")]


def test_identifier_and_title_are_one() -> None:
    assert not list(records.there(csw({"records": [{"id": KNOWN, "title": KNOWN, "links": []}]}), WORLD, KNOWN, KNOWN))
    carrier = csw({"records": [{"id": KNOWN, "title": "untitled", "links": []}]})
    assert [word.path for word in records.there(carrier, WORLD, KNOWN, KNOWN)] == ["title"]  # type: ignore[union-attr]


def pages(*ids: str, matches: int = 4, again: str = "") -> Any:
    told = []
    start = 1
    for page in ids:
        following = start + len(page)
        told.append(
            {
                "start": start,
                "matches": matches,
                "returned": len(page),
                "next": following if following <= matches else 0,
                "ids": list(page),
            }
        )
        start = following
    first = {**told[0], "ids": list(again or ids[0])}
    return csw({"pages": told, "again": first, "total": matches})


def test_pages_that_follow_one_another_are_quiet() -> None:
    assert not list(paging.paged(pages("ab", "cd"), WORLD))
    assert not list(paging.paged(pages("ab", "cd", matches=9), WORLD))  # only some of them were read


def cut_short() -> Any:
    carrier = pages("ab", "c")
    carrier.raw["csw"]["pages"][1]["next"] = 0
    return carrier


@pytest.mark.parametrize(
    "carrier", [pages("ab", "bc"), pages("ab", "cd", again="ba"), cut_short()], ids=["twice", "unstable", "cut short"]
)
def test_pages_that_do_not(carrier: Any) -> None:
    assert said(paging.paged(carrier, WORLD)) == [("", f"{HOST} CSW 2.0.2")]


def test_a_catalogue_that_grows_while_it_is_read_is_in_flight() -> None:
    carrier = pages("ab", "cd")
    carrier.raw["csw"]["pages"][1]["matches"] = 5
    with pytest.raises(InFlight):
        list(paging.paged(carrier, WORLD))


def record(*links_: tuple[str, str]) -> Any:
    found = [{"scheme": scheme, "url": url} for scheme, url in links_]
    return csw({"records": [{"id": KNOWN, "title": KNOWN, "links": found}]})


def test_links_carry_the_identifier() -> None:
    good = [
        (f"OGC:{kind}", f"https://data/ows?service={kind}&cql=identifier%3D%22{KNOWN}%22") for kind in ("WMS", "WCS")
    ]
    assert not list(links.linked(record(*good), WORLD, KNOWN))
    bad = record(good[0], ("OGC:WCS", "https://data/ows?service=WCS"))
    assert said(links.linked(bad, WORLD, KNOWN)) == [("catalogue.link.missing", f"{HOST} {KNOWN}")]
    assert [each.path for each in links.linked(record(), WORLD, KNOWN)] == ["WMS", "WCS"]  # type: ignore[union-attr]


def maps(layers: list[str] | None) -> Any:
    link = f"https://data.example/ows?service=WMS&cql=identifier%3D%22{KNOWN}%22"
    return csw({"records": []}, link=link, url=link, layers=layers)


def test_layers_are_those_of_the_product() -> None:
    assert not list(links.layered(maps([KNOWN, f"{KNOWN}__TRUE_COLOR"]), WORLD, KNOWN))
    for layers in ([KNOWN, "another"], []):
        assert said(links.layered(maps(layers), WORLD, KNOWN)) == [("", f"https://data.example/ows {KNOWN}")]
    assert [word[0] for word in said(links.layered(maps(None), WORLD, KNOWN))] == ["web.endpoint.content"]


@pytest.mark.parametrize("cells", [{"bbox": "1 2 3"}, {"bbox": "5 1 2 3"}, {"from": "yesterday"}, {"max cloud": "few"}])
def test_a_cell_that_is_none_is_refused(cells: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Search.of(cells)
