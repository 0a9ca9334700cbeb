"""What the resource catalogue says, holds and finds, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import parsers

from holdfast.checks.catalogue import api, links, opensearch, paging, records, service
from holdfast.checks.catalogue.records import Found
from holdfast.checks.catalogue.search import COLUMNS, Search
from holdfast.checks.web.reach import patience
from holdfast.columns import known
from holdfast.fixtures.catalogue import Place
from holdfast.vocabulary import Row, Rows, then

if TYPE_CHECKING:
    from holdfast.fixtures.catalogue import Catalogues
    from holdfast.fixtures.observed import Observed
    from holdfast.fixtures.opensearch import OpenSearches
    from holdfast.judge import Judge

_AT = r"(?P<url>https?://\S+)"
_FOUND = ("at least?", "exactly?", "returns?", "contains?")


def _place(url: str, row: Row) -> Place:
    return Place(url, row["version"] or "2.0.2", patience(row["within"]))


@then(parsers.re(rf"the catalogue at {_AT} speaks these versions"), columns=known("version", "within?"))
def speaks(judge: Judge, catalogues: Catalogues, url: str, rows: Rows) -> None:
    for row in rows:
        said = catalogues.capabilities(_place(url, row))
        judge(service.identified, said)
        judge(service.at_home, said)


@then(
    parsers.re(rf"the catalogue at {_AT} offers these operations"),
    columns=known("version", "operation", "constraints?", "within?"),
)
def offers(judge: Judge, catalogues: Catalogues, url: str, rows: Rows) -> None:
    for row in rows:
        judge(service.offered, catalogues.capabilities(_place(url, row)), row["operation"], row["constraints"].split())


@then(parsers.re(rf"nobody can write to the catalogue at {_AT}"), columns=known("version", "within?"))
def closed(judge: Judge, catalogues: Catalogues, url: str, rows: Rows) -> None:
    for row in rows:
        judge(service.closed, catalogues.capabilities(_place(url, row)))


@then(parsers.re(rf"these searches of {_AT} find"), columns=known(*COLUMNS, *_FOUND, "version?", "within?"))
def searches_find(judge: Judge, catalogues: Catalogues, url: str, rows: Rows) -> None:
    for row in rows:
        search, wanted = Search.of(row.cells), Found.of(row.cells)
        found = catalogues.search(_place(url, row), search, wanted.contains, wanted.returns or 10)
        judge(records.found, found, search, wanted)


@then(
    parsers.re(rf"these records are in the catalogue at {_AT}"),
    columns=known("record", "title?", "version?", "within?"),
)
def records_are_there(judge: Judge, catalogues: Catalogues, url: str, rows: Rows) -> None:
    for row in rows:
        judge(records.there, catalogues.record(_place(url, row), row["record"]), row["record"], row["title"])


@then(
    parsers.re(rf"the pages of the catalogue at {_AT} follow one another"), columns=known("version", "size", "within?")
)
def pages_follow(judge: Judge, catalogues: Catalogues, url: str, rows: Rows) -> None:
    for row in rows:
        judge(paging.paged, catalogues.pages(_place(url, row), int(row["size"])))


@then(
    parsers.re(rf"these records of the catalogue at {_AT} lead to their maps and coverages"),
    columns=known("record", "version?", "within?"),
)
def records_lead(judge: Judge, catalogues: Catalogues, url: str, rows: Rows) -> None:
    for row in rows:
        place = _place(url, row)
        judge(links.linked, catalogues.record(place, row["record"]), row["record"])
        judge(links.layered, catalogues.maps(place, row["record"]), row["record"])


@then(parsers.re(rf"OpenSearch at {_AT} offers these parameters"), columns=known("parameter", "within?"))
def opensearch_offers(judge: Judge, opensearches: OpenSearches, url: str, rows: Rows) -> None:
    within = max(patience(row["within"]) for row in rows)
    judge(opensearch.described, opensearches.description(url, within), [row["parameter"] for row in rows])


@then(
    parsers.re(rf"these searches by OpenSearch at {_AT} find"),
    columns=known("count?", *COLUMNS, "words?", *_FOUND, "within?"),
)
def opensearch_finds(judge: Judge, opensearches: OpenSearches, url: str, rows: Rows) -> None:
    for row in rows:
        asked = opensearch.parameters(row.cells)
        found = opensearches.search(url, asked, patience(row["within"]), row["contains"])
        judge(opensearch.found, found, list(asked), Found.of(row.cells), Search.of(row.cells))


@then(parsers.re(rf"the records API at {_AT} leads to"), columns=known("relation", "within?"))
def api_leads(judge: Judge, catalogues: Catalogues, url: str, rows: Rows) -> None:
    for row in rows:
        judge(api.linked, _get(catalogues, f"{url}/", row), row["relation"])


@then(parsers.re(rf"the records API at {_AT} conforms to"), columns=known("class", "within?"))
def api_conforms(judge: Judge, catalogues: Catalogues, url: str, rows: Rows) -> None:
    judge(api.conforms, _get(catalogues, f"{url}/conformance", rows[0]), [row["class"] for row in rows])


@then(
    parsers.re(rf"the records API at {_AT} holds"),
    columns=known("collection", "at least?", "contains?", "within?"),
)
def api_holds(judge: Judge, catalogues: Catalogues, url: str, rows: Rows) -> None:
    for row in rows:
        items = f"{url}/collections/{row['collection']}/items"
        judge(api.counted, _get(catalogues, f"{items}?limit=10", row), Found.of(row.cells))
        if row["contains"]:
            item = catalogues.item(items, row["contains"], patience(row["within"]))
            judge(api.there, item, row["contains"])


@then(parsers.re(rf"the STAC landing page at {_AT} is a catalogue"), columns=known("within"))
def stac_is_a_catalogue(judge: Judge, catalogues: Catalogues, url: str, rows: Rows) -> None:
    for row in rows:
        judge(api.is_stac, _get(catalogues, url, row))


def _get(catalogues: Catalogues, url: str, row: Row) -> Observed:
    return catalogues.endpoints.get(url, accept="application/json", within=patience(row["within"]))
