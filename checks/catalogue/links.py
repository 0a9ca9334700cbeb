"""Where records lead: the maps and coverages of a product."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from holdfast.checks.catalogue.answer import ORIGIN, address, as_address, empty, look, look_for, troubles, under
from holdfast.checks.catalogue.records import missing
from holdfast.checks.web import reach
from holdfast.model import MAJOR, Deviation, Note, Resource, World, rule

_KINDS = ("WMS", "WCS")
_MEDIA = reach.Expected(media="application/xml|text/xml|application/vnd.ogc")


@rule(
    "catalogue.link.missing",
    MAJOR,
    origin=ORIGIN,
    remedy="look at the registrar's template: it writes the links to data access; register the product again",
)
def linked(carrier: Resource, world: World, identifier: str) -> Iterator[Deviation | Note]:
    """A product's record leads to its maps and coverages: links to WMS and WCS that carry its identifier."""
    if met := troubles(carrier, world) or empty(carrier, world):
        yield from met
        return
    record = next((each for each in carrier.maps("csw", "records") if each.get("id") == identifier), None)
    if record is None:
        yield from missing(carrier, identifier)
        return
    links = [(str(each.get("scheme")), str(each.get("url"))) for each in record.get("links") or ()]
    for kind in _KINDS:
        mine = [url for scheme, url in links if kind in scheme.upper()]
        if not mine:
            yield Deviation(
                None,
                f"a link to {kind}",
                f"links: {', '.join(scheme for scheme, _ in links) or 'none'}",
                remedy=look_for(carrier, identifier),
                subject=f"{reach.host(carrier)} {identifier}",
                path=kind,
            )
        yield from foreign(carrier, identifier, kind, mine)


def foreign(carrier: Resource, identifier: str, kind: str, links: list[str]) -> Iterator[Deviation]:
    """Links that lead to something else than the record they are in."""
    astray = [each for each in links if identifier not in unquote(each)]
    if astray:
        yield Deviation(
            None,
            f"a link to {kind} that carries {identifier}",
            astray[0],
            "whoever follows it sees another product, or all of them",
            look_for(carrier, identifier),
            f"{reach.host(carrier)} {identifier}",
            path=kind,
            rule="catalogue.link.missing",
        )


@rule(
    "catalogue.layer.foreign",
    MAJOR,
    origin=ORIGIN,
    remedy="look at the renderer of data access: it has to limit what it serves to the product in the link",
)
def layered(carrier: Resource, world: World, identifier: str) -> Iterator[Deviation | Note]:
    """The map service that a product's record links to serves layers of that product, and of no other."""
    link = str(carrier.get("link", default=""))
    if not link:
        yield from under(linked, linked(carrier, world, identifier))
        return
    if identifier not in unquote(link):
        return  # said of the record: where its link leads is no fault of the map service
    if met := reach.troubles(as_address(carrier), world, _MEDIA):
        yield from met
        return
    layers = carrier.get("layers")
    if layers is None:
        complaint = str(carrier.get("exception", "text") or carrier.get("complaint", default="no capabilities"))
        yield reach.unreadable(as_address(carrier), "capabilities of a WMS", complaint)
        return
    others = [each for each in layers if identifier not in each]
    if others or not layers:
        yield Deviation(
            None,
            f"layers that carry {identifier}",
            f"{', '.join(others[:3])}" if others else "no layer at all",
            remedy=look(carrier, "read the capabilities of the map service"),
            subject=f"{address(carrier)} {identifier}",
        )
