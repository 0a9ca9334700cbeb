"""How far an exchange with the catalogue got: reached, in its version, without an exception, readable.

Every check of what a catalogue says begins with :func:`troubles`. What concerns the whole catalogue is a finding of its
address, whichever question met it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from holdfast.checks.web import reach
from holdfast.checks.web.reach import Expected
from holdfast.model import CRITICAL, MAJOR, Deviation, Note, Remedy, Resource, Rule, Said, World, rule

ORIGIN = "seed 000, access control verification; the acceptance tests of the resource catalogue"
XML = Expected(media="application/xml|text/xml|application/vnd.ogc")
_LOGS = Remedy(
    "read the last words of the catalogue and of its database",
    "kubectl get pods -A --no-headers | awk '/catalogue|pycsw/ {print \"-n\", $1, $2}' "
    "| xargs -L1 kubectl logs --prefix --all-containers --tail=30",
)
"""Whatever the chart calls them: charts differ, and no address names its pods."""
_VERSION_CODES = ("VersionNegotiationFailed",)


def troubles(carrier: Resource, world: World) -> list[Deviation]:
    """Why what the catalogue says cannot be judged; [] when it answered, and owslib could read it.

    Args:
        carrier: made by :class:`holdfast.fixtures.catalogue.Catalogues`.
        world: its time is the control probe.

    Raises:
        Unobservable: the API server never answered either.
    """
    world.now  # noqa: B018  # the control probe
    if met := under(spoken, spoken(carrier, world)) or under(accepted, accepted(carrier, world)):
        return met
    named = as_address(carrier)
    met = reach.troubles(named, world, XML)
    if met:
        return met
    if carrier.get("csw") is None:
        complaint = str(carrier.get("complaint", default="it is no answer of a CSW"))
        return [reach.unreadable(named, "an answer that owslib can read", complaint)]
    return []


@rule(
    "catalogue.version.missing",
    MAJOR,
    origin=ORIGIN,
    remedy="look at the version of the catalogue's image and at its configuration",
)
def spoken(carrier: Resource, world: World) -> Iterator[Deviation | Note]:
    """The catalogue speaks the version of CSW it is asked in."""
    asked, speaks = str(carrier.get("version", default="")), str(carrier.get("speaks", default=""))
    refused = carrier.get("exception", "code") in _VERSION_CODES
    if not asked or not (refused or (speaks and speaks != asked)):
        return
    yield Deviation(
        None,
        f"CSW {asked}",
        f"CSW {speaks}" if speaks and not refused else f"it refuses: {carrier.get('exception', 'text', default='')}",
        remedy=look(carrier, "ask it for its capabilities"),
        subject=f"{address(carrier)} CSW {asked}",
        summary=f"{address(carrier)} does not speak CSW {asked}",
    )


@rule(
    "catalogue.answer.refused",
    MAJOR,
    origin=ORIGIN,
    remedy="read the exception; most often the catalogue does not reach its database: look at both their logs",
)
def accepted(carrier: Resource, world: World) -> Iterator[Deviation | Note]:
    """The catalogue answers what it is asked, not with an ExceptionReport, whatever the HTTP status of that."""
    code, text = (str(carrier.get("exception", part, default="")) for part in ("code", "text"))
    if carrier.get("exception") is None or code in _VERSION_CODES:
        return
    yield Deviation(
        None,
        "an answer",
        f"ExceptionReport {code}: {text}",
        _cause(carrier, code),
        (_LOGS, *look(carrier, "ask it by hand")),
        reach.host(carrier),
        path=code,
        affects=(carrier.name,),
        summary=f"{address(carrier)} refuses: {code}: {text}",
    )


@rule(
    "catalogue.repository.empty",
    CRITICAL,
    origin=ORIGIN,
    remedy="look whether the database behind the catalogue is the right one; then register everything again",
)
def filled(carrier: Resource, world: World) -> Iterator[Deviation | Note]:
    """The catalogue holds records."""
    if not is_empty(carrier):
        return
    yield Deviation(
        None,
        "records",
        "none at all",
        "its database is empty, or another one than before",
        look(carrier, "ask it by hand"),
        reach.host(carrier),
        affects=(carrier.name,),
        summary=f"the catalogue at {reach.host(carrier)} is empty",
    )


def _cause(carrier: Resource, code: str) -> str:
    """What an exception means. pycsw calls a query its database did not take ``InvalidParameterValue``, too."""
    inside = "most often it does not reach its database, or not the right one"
    if code in ("", "NoApplicableCode"):
        return f"it runs (HTTP status {carrier.get('status')}) and fails inside: {inside}"
    return f"it does not take this question ({code}), which it did before; or it fails inside: {inside}"


def is_empty(carrier: Resource) -> bool:
    """Nothing was found, and a look at everything found nothing either."""
    return bool(carrier.get("csw", "total", default=1) == 0)


def empty(carrier: Resource, world: World) -> list[Deviation]:
    """The finding that explains all others, or []."""
    return under(filled, filled(carrier, world))


def under(said: Rule[Any], words: Said) -> list[Deviation]:
    """The deviations among some words, each under the rule that says it."""
    return [replace(each, rule=each.rule or said.id) for each in words if isinstance(each, Deviation)]


def address(carrier: Resource) -> str:
    """Where the catalogue is, without a query."""
    return reach.url(carrier).partition("?")[0]


def as_address(carrier: Resource) -> Resource:
    """The carrier under the name of its address, so that a dozen questions that fail alike are one finding."""
    return Resource({**carrier.raw, "metadata": {"name": f"GET {address(carrier)}"}})


def look(carrier: Resource, why: str, **asked: str) -> tuple[Remedy, ...]:
    """The command that shows it: the exchange itself, or a request to the same catalogue in its plainest form."""
    url = reach.url(carrier)
    if asked:
        version = str(carrier.get("version", default="2.0.2"))
        url = f"{address(carrier)}?{urlencode({'service': 'CSW', 'version': version, **asked}, safe=':')}"
    url = url.replace("'", "%27")
    return (Remedy(why, f"curl -sS --max-time 10 '{url}'"),)


def look_for(carrier: Resource, identifier: str) -> tuple[Remedy, ...]:
    """The command that asks for one record."""
    if "/csw" not in address(carrier):
        return look(carrier, "ask it by hand")
    return look(carrier, "ask for the record", request="GetRecordById", id=identifier, elementSetName="full")


def look_through(carrier: Resource, cql: str = "") -> tuple[Remedy, ...]:
    """The command that makes a search, as CSW 2.0.2 takes it in an address."""
    constraint = {"constraintlanguage": "CQL_TEXT", "constraint_language_version": "1.1.0", "constraint": cql}
    searched = {"version": "2.0.2", "request": "GetRecords", "typeNames": "csw:Record", "resultType": "results"}
    return look(carrier, "make the search", **searched, elementSetName="brief", **(constraint if cql else {}))
