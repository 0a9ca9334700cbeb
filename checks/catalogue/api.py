"""The catalogue as OGC API Records and as a STAC catalogue: landing pages, conformance, records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from holdfast.checks.catalogue.answer import ORIGIN, empty, filled, look, under
from holdfast.checks.catalogue.records import Found, missing
from holdfast.checks.web import reach
from holdfast.checks.web.documents import json_object
from holdfast.checks.web.reach import Expected
from holdfast.model import MAJOR, Deviation, Note, Resource, World, rule

_JSON = Expected(media="application/json|application/geo+json")
_ITEM = Expected(status=(200, 404), media=_JSON.media)


@rule(
    "catalogue.api.link",
    MAJOR,
    origin=ORIGIN,
    remedy="look at the version of the catalogue's image and at its configuration",
)
def linked(endpoint: Resource, world: World, relation: str) -> Iterator[Deviation | Note]:
    """The landing page of the records API leads to what it is used for."""
    document, said = _document(endpoint, world)
    yield from said
    if document is None:
        return
    relations = sorted({str(each.get("rel", "")).rpartition("/")[2] for each in _maps(document.get("links"))})
    if relation not in relations:
        yield Deviation(
            None,
            f"a link {relation}",
            f"links {', '.join(relations) or 'none'}",
            remedy=look(endpoint, "ask for it by hand"),
            subject=f"{reach.url(endpoint)} {relation}",
        )


@rule(
    "catalogue.api.conformance",
    MAJOR,
    origin=ORIGIN,
    remedy="look at the version of the catalogue's image and at its configuration",
)
def conforms(endpoint: Resource, world: World, conformance: Sequence[str]) -> Iterator[Deviation | Note]:
    """The records API declares the conformance classes its clients rely on."""
    document, said = _document(endpoint, world)
    yield from said
    if document is None:
        return
    declared = document.get("conformsTo")
    declared = [str(each) for each in declared] if isinstance(declared, list) else []
    lacking = [each for each in conformance if not any(known.endswith(each) for known in declared)]
    if lacking:
        yield Deviation(
            None,
            f"conformance to {', '.join(lacking)}",
            f"{len(declared)} classes, without it",
            remedy=look(endpoint, "ask for it by hand"),
            subject=reach.url(endpoint),
        )


@rule(
    "catalogue.api.records",
    MAJOR,
    origin=ORIGIN,
    remedy="ask the same through CSW; look at the registrar's log and queues",
)
def counted(endpoint: Resource, world: World, wanted: Found) -> Iterator[Deviation | Note]:
    """The records API says how many records there are, as many as there have to be, and gives the first of them."""
    document, said = _document(endpoint, world)
    yield from said
    if document is None:
        return
    total, features = document.get("numberMatched"), _maps(document.get("features"))
    if total == 0:
        named = Resource({**endpoint.raw, "csw": {"total": 0}})
        yield from under(filled, filled(named, world))
    elif not isinstance(total, int) or total < wanted.at_least or not features:
        yield Deviation(
            None,
            f"at least {wanted.at_least} records, and the first of them",
            f"numberMatched {total}, {len(features)} records",
            remedy=look(endpoint, "ask for it by hand"),
            subject=reach.url(endpoint).partition("?")[0],
        )


@rule(
    "catalogue.api.record",
    MAJOR,
    origin=ORIGIN,
    remedy="ask for the record through CSW; register it again",
)
def there(endpoint: Resource, world: World, identifier: str) -> Iterator[Deviation | Note]:
    """A record that is known to have been registered is among those of the records API."""
    document, said = _document(endpoint, world, _ITEM)
    yield from said
    if document is None:
        return
    if endpoint.get("status") == 404:
        yield from empty(endpoint, world) or missing(endpoint, identifier)
    elif document.get("id") != identifier:
        yield Deviation(
            None,
            f"record {identifier}",
            f"record {document.get('id') or '?'}",
            remedy=look(endpoint, "ask for it by hand"),
            subject=reach.url(endpoint),
        )


@rule(
    "catalogue.api.stac",
    MAJOR,
    origin=ORIGIN,
    remedy="look at the version of the catalogue's image and at its configuration",
)
def is_stac(endpoint: Resource, world: World) -> Iterator[Deviation | Note]:
    """The STAC landing page is a STAC catalogue that leads somewhere."""
    document, said = _document(endpoint, world)
    yield from said
    if document is None:
        return
    kind, version, links = document.get("type"), document.get("stac_version"), _maps(document.get("links"))
    if kind != "Catalog" or not version or not links:
        yield Deviation(
            None,
            "type Catalog, a STAC version and links",
            f"type {kind or 'none'}, STAC version {version or 'none'}, {len(links)} links",
            remedy=look(endpoint, "ask for it by hand"),
            subject=reach.url(endpoint),
        )


def _document(
    endpoint: Resource, world: World, expected: Expected = _JSON
) -> tuple[Mapping[str, Any] | None, list[Deviation]]:
    """The JSON object that came, or why there is none."""
    if met := reach.troubles(endpoint, world, expected):
        return None, met
    found = json_object(endpoint)
    return (None, [found]) if isinstance(found, Deviation) else (found, [])


def _maps(found: object) -> list[Mapping[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
