"""What OpenSearch offers and finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from holdfast.checks.catalogue.answer import ORIGIN, accepted, address, as_address, empty, look, under
from holdfast.checks.catalogue.records import Found, missing
from holdfast.checks.web import reach
from holdfast.checks.web.reach import Expected
from holdfast.model import MAJOR, Deviation, Note, Resource, World, rule

_ATOM = "application/atom+xml"
_DESCRIPTION = Expected(media="application/opensearchdescription+xml|application/xml|text/xml")
_FEED = Expected(media="application/atom+xml|application/xml|text/xml")


def parameters(cells: Mapping[str, str]) -> dict[str, str]:
    """What a row asks for, by the names of OpenSearch and of its extension for Earth observation."""
    clouds = cells.get("max cloud")
    asked = {
        "count": cells.get("count", ""),
        "eo:parentIdentifier": cells.get("collection", ""),
        "eo:cloudCover": f"]{clouds}" if clouds else "",
        "searchTerms": cells.get("words", ""),
    }
    return {name: value for name, value in asked.items() if value}


@rule(
    "catalogue.opensearch.template",
    MAJOR,
    origin=ORIGIN,
    remedy="read the description; look at the version of the catalogue's image and at its configuration",
)
def described(carrier: Resource, world: World, parameters: Sequence[str] = ()) -> Iterator[Deviation | Note]:
    """The OpenSearch description offers a search for Atom with the parameters it is used with."""
    if met := _troubles(carrier, world, _DESCRIPTION):
        yield from met
        return
    yield from under(described, _offered(carrier, parameters))


def _offered(carrier: Resource, parameters: Sequence[str]) -> Iterator[Deviation]:
    if carrier.get("described") is None:
        yield reach.unreadable(as_address(carrier), "an OpenSearch description", "the XML is none")
        return
    offers = [each for each in carrier.maps("described") if each.get("type") == _ATOM and each.get("template")]
    offered = {str(name) for each in offers for name in each.get("parameters") or ()}
    lacking = sorted(set(parameters) - offered)
    if offers and not lacking:
        return
    yield Deviation(
        None,
        f"a search for {_ATOM}" + (f" with {', '.join(parameters)}" if parameters else ""),
        f"it offers {', '.join(sorted(offered)) or 'no parameter'}" if offers else "it describes no such search",
        remedy=look(carrier, "read the description"),
        subject=address(carrier),
    )


@rule(
    "catalogue.opensearch.results",
    MAJOR,
    origin=ORIGIN,
    remedy="ask the same through CSW: when that finds it, look at the catalogue's OpenSearch parameters",
)
def found(carrier: Resource, world: World, parameters: Sequence[str], wanted: Found) -> Iterator[Deviation | Note]:
    """A search by OpenSearch finds as many records as it has to, and returns as many as were asked for."""
    if carrier.get("feed") is None and (met := _troubles(carrier, world, _DESCRIPTION)):
        yield from met
        return
    if lacking := list(_offered(carrier, parameters)):
        yield from under(described, lacking)
        return
    if met := _troubles(carrier, world, _FEED):
        yield from met
        return
    if met := empty(carrier, world):
        yield from met
        return
    feed = carrier.get("feed")
    if feed is None:
        yield reach.unreadable(as_address(carrier), "an Atom feed", "the XML is none")
        return
    total, ids = carrier.number("feed", "total", default=-1), list(carrier.get("feed", "ids", default=()))
    yield from _counted(carrier, total, ids, wanted)


def _counted(carrier: Resource, total: int, ids: list[str], wanted: Found) -> Iterator[Deviation]:
    said = []
    if total < 0:
        said.append("it does not say how many there are")
    elif total < wanted.at_least or (wanted.exactly is not None and total != wanted.exactly):
        said.append(f"{total} records")
    if wanted.returns is not None and len(ids) != min(wanted.returns, total):
        said.append(f"{len(ids)} on the page")
    if wanted.contains and wanted.contains not in ids:
        yield from missing(carrier, wanted.contains)
    if said:
        least = f"exactly {wanted.exactly}" if wanted.exactly is not None else f"at least {wanted.at_least}"
        page = f", {wanted.returns} on the page" if wanted.returns is not None else ""
        yield Deviation(
            None,
            f"{least} records{page}",
            ", ".join(said),
            remedy=look(carrier, "ask it by hand"),
            subject=carrier.name,
            rule=found.id,
        )


def _troubles(carrier: Resource, world: World, expected: Expected) -> list[Deviation]:
    return under(accepted, accepted(carrier, world)) or reach.troubles(as_address(carrier), world, expected)
