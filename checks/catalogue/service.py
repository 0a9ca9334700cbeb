"""What a catalogue says of itself: operations, constraints, addresses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdfast.checks.catalogue.answer import ORIGIN, address, look, troubles
from holdfast.checks.web import reach
from holdfast.checks.web.place import host_of
from holdfast.model import CRITICAL, MAJOR, MINOR, Deviation, Note, Resource, World, rule

_WRITING = ("Transaction", "Harvest")


@rule(
    "catalogue.service.unidentified",
    MINOR,
    origin=ORIGIN,
    remedy="set the title in the catalogue's configuration; look whether another service has its place",
)
def identified(carrier: Resource, world: World) -> Iterator[Deviation | Note]:
    """The catalogue says that it is a CSW, in the version asked, and what it is called."""
    if met := troubles(carrier, world):
        yield from met
        return
    kind, title = carrier.get("csw", "type"), carrier.get("csw", "title")
    if kind != "CSW" or not title:
        yield Deviation(
            None,
            "a service of type CSW with a title",
            f"type {kind or 'none'}, title {title or 'none'}",
            remedy=look(carrier, "read its capabilities"),
            subject=address(carrier),
        )


@rule(
    "catalogue.operation.missing",
    MAJOR,
    origin=ORIGIN,
    remedy="look at the catalogue's configuration and at the version of its image",
)
def offered(
    carrier: Resource, world: World, operation: str, constraints: Sequence[str] = ()
) -> Iterator[Deviation | Note]:
    """The catalogue offers the operation, with the constraints it is used with, and answers it."""
    if met := troubles(carrier, world):
        yield from met
        return
    found = next((each for each in carrier.maps("csw", "operations") if each.get("name") == operation), None)
    subject = f"{address(carrier)} CSW {carrier.get('version')} {operation}"
    known = ", ".join(str(each.get("name")) for each in carrier.maps("csw", "operations")) or "none"
    if found is None:
        yield Deviation(
            None,
            f"operation {operation}",
            f"it offers {known}",
            remedy=look(carrier, "read its capabilities"),
            subject=subject,
            summary=f"{address(carrier)} no longer offers {operation}",
        )
        return
    if operation in carrier.get("csw", "silent", default=()):
        yield Deviation(
            None,
            f"{operation} answers",
            "it is offered, and does not answer",
            remedy=look(carrier, "read its capabilities, then ask the operation"),
            subject=subject,
        )
    lacking = sorted(set(constraints) - set(found.get("constraints") or ()))
    if lacking:
        yield Deviation(
            None,
            f"constraints {', '.join(sorted(constraints))}",
            f"{', '.join(found.get('constraints') or ()) or 'none'}",
            "a profile of the catalogue is not loaded",
            look(carrier, "read its capabilities"),
            subject,
            path="constraints",
        )


@rule(
    "catalogue.operation.writable",
    CRITICAL,
    origin=ORIGIN,
    remedy="set transactions = false in the catalogue's configuration: products are registered through the registrar",
)
def closed(carrier: Resource, world: World) -> Iterator[Deviation | Note]:
    """Nobody can write to the catalogue through CSW: it offers neither Transaction nor Harvest."""
    if met := troubles(carrier, world):
        yield from met
        return
    names = {str(each.get("name")) for each in carrier.maps("csw", "operations")}
    if not names:
        yield reach.unreadable(carrier, "capabilities that name its operations", "they name none")
        return
    open_ones = [each for each in _WRITING if each in names]
    if open_ones:
        yield Deviation(
            None,
            "no operation that writes",
            f"it offers {' and '.join(open_ones)}",
            "transactions are switched on",
            look(carrier, "read its capabilities"),
            address(carrier),
            summary=f"{address(carrier)} lets others write: {', '.join(open_ones)}",
        )


@rule(
    "catalogue.operation.elsewhere",
    MAJOR,
    origin=ORIGIN,
    remedy="set the public address as server.url in the catalogue's configuration: clients go where it says",
)
def at_home(carrier: Resource, world: World) -> Iterator[Deviation | Note]:
    """The addresses the catalogue gives for its operations are where it was asked."""
    if met := troubles(carrier, world):
        yield from met
        return
    home = reach.host(carrier)
    given = {str(url) for each in carrier.maps("csw", "operations") for url in each.get("urls") or () if url}
    if not given:
        yield reach.unreadable(carrier, "capabilities that say where its operations are", "they name no address")
        return
    away = sorted({host_of(url) for url in given} - {home})
    if away:
        yield Deviation(
            None,
            home,
            ", ".join(away),
            "server.url is not the public address",
            look(carrier, "read its capabilities"),
            address(carrier),
            summary=f"{address(carrier)} sends its clients to {', '.join(away)}",
        )
