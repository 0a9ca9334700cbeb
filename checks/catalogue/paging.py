"""Whether the pages of a catalogue follow one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from holdfast.checks.catalogue.answer import ORIGIN, empty, look_through, troubles
from holdfast.checks.web import reach
from holdfast.model import MAJOR, Deviation, InFlight, Note, Resource, World, rule

_SHOWN = 3


@rule(
    "catalogue.paging.incoherent",
    MAJOR,
    origin=ORIGIN,
    remedy="look at the catalogue's database: records without an order, or with an identifier twice",
)
def paged(carrier: Resource, world: World) -> Iterator[Deviation | Note]:
    """Pages follow one another without a gap or a record twice, and the first page stays the same."""
    if met := troubles(carrier, world) or empty(carrier, world):
        yield from met
        return
    pages = carrier.maps("csw", "pages")
    if not pages:
        yield reach.unreadable(carrier, "pages of records", "not one")
        return
    totals = {each.get("matches") for each in (*pages, carrier.get("csw", "again", default={}))}
    if len(totals) != 1:
        so_far = f"records are being registered: {', '.join(str(each) for each in totals)} so far"
        raise InFlight(carrier.name, so_far, limited=False)
    said = list(_incoherent(pages, carrier.get("csw", "again", default={})))
    if said:
        yield Deviation(
            None,
            "pages that follow one another",
            "; ".join(said[:_SHOWN]),
            remedy=look_through(carrier),
            subject=f"{reach.host(carrier)} CSW {carrier.get('version')}",
        )


def _incoherent(pages: tuple[Mapping[str, Any], ...], again: Mapping[str, Any]) -> Iterator[str]:
    seen: dict[str, int] = {}
    matches = int(pages[0].get("matches") or 0)
    for page in pages:
        ids, start, following = page.get("ids") or (), int(page["start"]), int(page.get("next") or 0)
        if len(ids) != page.get("returned"):
            yield f"the page at {start} says {page.get('returned')} records and has {len(ids)}"
        if following not in (0, start + len(ids)) or (following == 0) is not (start + len(ids) > matches):
            yield f"after {len(ids)} records from {start} of {matches} the next is {following}"
        twice = [each for each in ids if each in seen]
        if twice:
            yield f"{twice[0]} is on the page at {start} and on the page at {seen[twice[0]]}"
        seen |= dict.fromkeys(ids, start)
    if list(again.get("ids") or ()) != list(pages[0].get("ids") or ()):
        yield "the first page has other records when it is asked for again"
