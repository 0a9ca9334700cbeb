"""What OpenSearch offers and finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from holdfast.checks.catalogue.answer import ORIGIN, accepted, address, as_address, empty, look, under
from holdfast.checks.catalogue.records import Found, complete, heeded, missing
from holdfast.checks.catalogue.search import Search
from holdfast.checks.web import reach
from holdfast.checks.web.reach import Expected
from holdfast.model import MAJOR, Deviation, Note, Resource, UnknownCode, Unobservable, World, rule

_ANYTHING = Search()
_ATOM = "application/atom+xml"
_DESCRIPTION = Expected(media="application/opensearchdescription+xml|application/xml|text/xml")
_FEED = Expected(media="application/atom+xml|application/xml|text/xml")


def parameters(cells: Mapping[str, str]) -> dict[str, str]:
    """What a row asks for, by the names of OpenSearch and of its extensions for space, time and Earth observation.

    Raises:
        ValueError: a box, a time or a number is none.
    """
    search = Search.of(cells)
    south, west, north, east = (f"{each:g}" for each in search.box) if search.box else ("",) * 4
    asked = {
        "count": cells.get("count", ""),
        "geo:box": search.box and f"{west},{south},{east},{north}",
        "time:start": search.begin,
        "time:end": search.end,
        "eo:parentIdentifier": search.collection,
        "eo:cloudCover": "" if search.clouds is None else f"]{search.clouds:g}",
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
def found(
    carrier: Resource, world: World, parameters: Sequence[str], wanted: Found, search: Search = _ANYTHING
) -> Iterator[Deviation | Note | Unobservable]:
    """A search by OpenSearch finds as many records as it has to, and returns them, and none that does not match."""
    if carrier.get("described") is None and (met := _troubles(carrier, world, _DESCRIPTION)):
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
    yield from _counted(carrier, wanted)
    yield from _contained(carrier, wanted.contains, search, everything=not set(parameters) - {"count"})
    by_hand = look(carrier, "ask it by hand")
    yield from heeded(carrier.maps("feed", "records"), search, carrier.name, by_hand, whole=False)


def _counted(carrier: Resource, wanted: Found) -> Iterator[Deviation]:
    total, ids = carrier.number("feed", "total", default=-1), list(carrier.get("feed", "ids", default=()))
    said = []
    if total < 0:
        said.append("it does not say how many there are")
    elif total < wanted.at_least or (wanted.exactly is not None and total != wanted.exactly):
        said.append(f"{total} records")
    if total >= 0 and len(ids) != min(total, wanted.returns or len(ids) or 1):
        said.append(f"{len(ids)} on the page" + f" of {total}" * (total > 0))
    if not all(ids):
        said.append("entries without an identifier")
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


def _contained(
    carrier: Resource, identifier: str, search: Search, *, everything: bool
) -> Iterator[Deviation | Unobservable]:
    """Whether a record is on one of the pages; where not all of them were read, whether it is there at all."""
    feed = carrier.get("feed")
    if not identifier or identifier in feed["ids"] or feed.get("contains") is True:
        return
    if feed.get("exists") is False or (feed.get("contains") is False and everything):
        yield from missing(carrier, identifier)
    elif feed.get("contains") is False:
        subject = f"{reach.host(carrier)} {search} {identifier}"
        seen, why = f"{identifier} among the records", look(carrier, "make the search")
        yield Deviation(None, seen, "it is not found", remedy=why, subject=subject, rule=complete.id)
    else:
        detail = f"{feed.get('read', 0)} of {feed['total']} records were read, and {identifier} is not among them"
        yield Unobservable(
            UnknownCode.UNREADABLE, carrier.name, detail, "ask for less: collection, bbox, from, to, words"
        )


def _troubles(carrier: Resource, world: World, expected: Expected) -> list[Deviation]:
    return under(accepted, accepted(carrier, world)) or reach.troubles(as_address(carrier), world, expected)
