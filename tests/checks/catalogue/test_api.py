"""OGC API Records and STAC, judged."""

from __future__ import annotations

import json
from typing import Any

import pytest

from holdfast.checks.catalogue import api
from holdfast.checks.catalogue.records import Found
from holdfast.fixtures.observed import carrier
from holdfast.model import Resource
from tests.checks.catalogue.carriers import HOST, KNOWN, WORLD, said


def answer(document: Any, path: str = "/", **more: Any) -> Resource:
    text = document if isinstance(document, str) else json.dumps(document)
    told = {"url": HOST + path, "stage": "done", "status": 200, "size": len(text), "text": text}
    return carrier("endpoint", f"GET {HOST}{path}", {**told, "headers": {"content-type": "application/json"}, **more})


def test_links_and_conformance() -> None:
    landing = answer({"links": [{"rel": "http://www.opengis.net/def/rel/ogc/1.0/data"}, {"rel": "conformance"}]})
    assert not list(api.linked(landing, WORLD, "data"))
    assert not list(api.linked(landing, WORLD, "conformance"))
    assert said(api.linked(landing, WORLD, "search")) == [("", f"{HOST}/ search")]
    declared = answer({"conformsTo": ["http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/core"]}, "/conformance")
    assert not list(api.conforms(declared, WORLD, ["ogcapi-records-1/1.0/conf/core"]))
    assert said(api.conforms(declared, WORLD, ["conf/sorting"])) == [("", f"{HOST}/conformance")]


def test_how_many_there_are() -> None:
    wanted = Found(at_least=10)
    assert not list(api.counted(answer({"numberMatched": 39, "features": [{}]}), WORLD, wanted))
    fewer: list[Any] = [{"numberMatched": 9, "features": [{}]}, {"numberMatched": 39, "features": []}]
    for few in (*fewer, {"features": [{}]}):
        assert said(api.counted(answer(few), WORLD, wanted)) == [("", f"{HOST}/")]
    empty = answer({"numberMatched": 0, "features": []})
    assert said(api.counted(empty, WORLD, wanted)) == [("catalogue.repository.empty", HOST)]


def test_one_record() -> None:
    assert not list(api.there(answer({"id": KNOWN}), WORLD, KNOWN))
    gone = answer({"code": "NotFound"}, status=404)
    assert said(api.there(gone, WORLD, KNOWN)) == [("catalogue.record.missing", f"{HOST} {KNOWN}")]
    none = answer({"code": "NotFound"}, status=404, csw={"total": 0})
    assert said(api.there(none, WORLD, KNOWN)) == [("catalogue.repository.empty", HOST)]
    assert said(api.there(answer({"id": "another"}), WORLD, KNOWN)) == [("", f"{HOST}/")]


def test_a_stac_catalogue() -> None:
    assert not list(api.is_stac(answer({"type": "Catalog", "stac_version": "1.0.0", "links": [{}]}), WORLD))
    for other in ({"type": "Collection", "stac_version": "1.0.0", "links": [{}]}, {"type": "Catalog"}, {}):
        assert said(api.is_stac(answer(other), WORLD)) == [("", f"{HOST}/")]


@pytest.mark.parametrize("body", ["", "[]", "null", "{", "[" * 100_000, '"x"', "{}"])
def test_no_body_is_a_pass(body: str) -> None:
    for words in (
        api.linked(answer(body), WORLD, "data"),
        api.conforms(answer(body), WORLD, ["x"]),
        api.counted(answer(body), WORLD, Found()),
        api.there(answer(body), WORLD, KNOWN),
        api.is_stac(answer(body), WORLD),
    ):
        assert len(said(words)) == 1
