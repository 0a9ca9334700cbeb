"""What a catalogue holds and finds: records and searches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from holdfast.checks.catalogue.answer import ORIGIN, empty, look_for, look_through, troubles, under
from holdfast.checks.catalogue.search import Search
from holdfast.checks.web import reach
from holdfast.model import MAJOR, Deviation, Judged, Note, Remedy, Resource, UnknownCode, Unobservable, World, rule

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has to find."""

    at_least: int = 1
    exactly: int | None = None
    returns: int | None = None
    """Records on the first page."""
    contains: str = ""

    @classmethod
    def of(cls, cells: Mapping[str, str]) -> Found:
        """From the cells of a row; without a word of it, at least one.

        Raises:
            ValueError: a number is none.
        """
        exactly = int(cells["exactly"]) if cells.get("exactly") else None
        return cls(
            int(cells.get("at least") or (0 if exactly == 0 else 1)),
            exactly,
            int(cells["returns"]) if cells.get("returns") else None,
            cells.get("contains", ""),
        )


@rule(
    "catalogue.records.missing",
    MAJOR,
    origin=ORIGIN,
    remedy="look at the registrar's log and queues, and register what is missing again",
)
def found(
    carrier: Resource, world: World, search: Search, wanted: Found
) -> Iterator[Deviation | Note | Unobservable | Judged]:
    """A search finds as many records as it has to."""
    if met := troubles(carrier, world) or empty(carrier, world):
        yield from met
        return
    matches, returned = (carrier.number("csw", key, default=-1) for key in ("matches", "returned"))
    lost = list(_contains(carrier, world, search, wanted.contains))
    yield from lost
    present = matches + len(lost)  # a record that is reported as missing is not missing twice
    subject = f"{reach.host(carrier)} {search}"
    if (wanted.exactly is not None and present != wanted.exactly) or present < wanted.at_least:
        many = f"exactly {wanted.exactly}" if wanted.exactly is not None else f"at least {wanted.at_least}"
        yield Deviation(
            None,
            f"{many} records",
            f"{matches} records",
            remedy=look_through(carrier, search.cql),
            subject=subject,
            summary=f"the catalogue has {matches} records of {search}, expected {many}",
        )
    elif returned != (promised := min(matches, wanted.returns or returned or 1)):
        yield Deviation(None, f"{promised} records on a page", f"{returned}", subject=subject, path="page")
    yield from under(readable, readable(carrier, world, search))
    yield from matching(carrier, world, search)


def _contains(carrier: Resource, world: World, search: Search, identifier: str) -> Iterator[Deviation]:
    if not identifier or carrier.get("csw", "contains") is True:
        return
    if carrier.get("csw", "exists") is True:
        yield from under(complete, complete(carrier, world, search, identifier))
    else:
        yield from missing(carrier, identifier)


@rule(
    "catalogue.search.incomplete",
    MAJOR,
    origin=ORIGIN,
    remedy="look at the record's extent, time and cloud cover as they are stored, and register it again",
)
def complete(carrier: Resource, world: World, search: Search, identifier: str) -> Iterator[Deviation | Note]:
    """A search finds a record that is known to match it."""
    yield Deviation(
        None,
        f"{identifier} among the records",
        "it is in the catalogue, but is not found",
        remedy=look_through(carrier, search.cql),
        subject=f"{reach.host(carrier)} {search} {identifier}",
    )


@rule(
    "catalogue.record.missing",
    MAJOR,
    origin=ORIGIN,
    remedy="look for the product in the registrar's log and failure set, and register it again",
)
def there(carrier: Resource, world: World, identifier: str, title: str = "") -> Iterator[Deviation | Note]:
    """A record that is known to have been registered is in the catalogue, under its identifier and title."""
    if met := troubles(carrier, world) or empty(carrier, world):
        yield from met
        return
    records = carrier.maps("csw", "records")
    mine = next((each for each in records if each.get("id") == identifier), None)
    if mine is None:
        yield from missing(carrier, identifier)
    elif title and mine.get("title") != title:
        yield Deviation(
            None,
            f"title {title}",
            f"title {mine.get('title') or 'none'}",
            remedy=look_for(carrier, identifier),
            subject=f"{reach.host(carrier)} {identifier}",
            path="title",
        )


def missing(carrier: Resource, identifier: str) -> Iterator[Deviation]:
    """The record is not there: the same finding, whichever way it was looked for."""
    yield Deviation(
        None,
        f"record {identifier}",
        "no such record",
        remedy=look_for(carrier, identifier),
        subject=f"{reach.host(carrier)} {identifier}",
        rule="catalogue.record.missing",
        summary=f"{identifier} is not in the catalogue",
    )


@rule(
    "catalogue.record.unreadable",
    MAJOR,
    origin=ORIGIN,
    remedy="read one of the records by hand; look at the template the registrar fills",
)
def readable(carrier: Resource, world: World, search: Search) -> Iterator[Deviation | Note]:
    """Every record that is returned can be read in the ISO schema, under an identifier of its own."""
    returned = carrier.number("csw", "returned", default=0) + carrier.number("csw", "followed", default=0)
    read = len(carrier.maps("csw", "records"))
    if read < returned:
        yield Deviation(
            None,
            f"{returned} records in the ISO schema",
            f"{read} of them can be read",
            remedy=look_through(carrier, search.cql),
            subject=f"{reach.host(carrier)} {search}",
        )


@rule(
    "catalogue.search.unfiltered",
    MAJOR,
    origin=ORIGIN,
    remedy="look whether the catalogue knows the queryable: a filter it does not know it may leave out",
)
def matching(carrier: Resource, world: World, search: Search) -> Iterator[Deviation | Note | Unobservable | Judged]:
    """A search returns only records that match it."""
    subject, look = f"{reach.host(carrier)} {search}", look_through(carrier, search.cql)
    yield from heeded(carrier.maps("csw", "records"), search, subject, look)


def heeded(
    records: Iterable[Mapping[str, Any]], search: Search, subject: str, look: tuple[Remedy, ...], *, whole: bool = True
) -> Iterator[Deviation | Unobservable]:
    """What was returned and does not match, or cannot be told to; ``whole`` as in :meth:`Search.misses`."""
    wrong, silent = [], {}
    for each in records:
        try:
            misses = search.misses(each, whole=whole)
        except ValueError as error:
            silent[str(each.get("id"))] = str(error)
            continue
        if misses:
            wrong.append(f"{each.get('id')} ({', '.join(misses)})")
    if wrong:
        more = f" (+{len(wrong) - _SHOWN})" if len(wrong) > _SHOWN else ""
        observed = f"{len(wrong)} do not: {'; '.join(wrong[:_SHOWN])}{more}"
        yield Deviation(None, "only records that match", observed, remedy=look, subject=subject, rule=matching.id)
    elif silent:
        first, lacks = next(iter(silent.items()))
        detail = f"{len(silent)} records were found by what they do not say, such as {first} without {lacks}"
        yield Unobservable(UnknownCode.UNREADABLE, subject, detail)
