"""How far an exchange with an endpoint got, and what it means: one cause, one finding, whoever asks.

What keeps a whole host from being asked (its name, its connection, its certificate) is a finding of the host, so that
a dozen scenarios that ask it say it once. What comes of one address (silence, a gateway's 502, a login page in its
place) is one of that address: another of the same host may fare better; where none does, the ledger makes it one
finding of the host (holdfast/hosts.py). What depends on the question or on who asks is one of the exchange. Every check
of an endpoint's content begins with :func:`troubles`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from holdfast.checks.flux.timing import parse_duration
from holdfast.checks.web.login import is_login_page, is_page
from holdfast.checks.web.place import address as address
from holdfast.checks.web.place import curl as curl
from holdfast.checks.web.place import host as host
from holdfast.checks.web.place import of_address, of_exchange, of_host, resolve
from holdfast.checks.web.place import url as url
from holdfast.model import MAJOR, Deviation, Note, Resource, UnknownCode, Unobservable, World, rule

ORIGIN = "DESIGN law 1: an outage is a finding, never 'could not look'"
OK = frozenset({200})
EMPTY = "empty"
"""In the place of a media type: an answer without content is what is promised."""
_STAGES = frozenset({"dns", "tcp", "tls", "http", "body", "done"})
_LOGIN = re.compile(r"(?i)log.?in|sign.?in|password|oauth|oidc|saml|authenticat|consent")


@dataclass(frozen=True, slots=True)
class Expected:
    """What an address should answer."""

    status: Collection[int] = OK
    media: str = ""
    """Beginning of the media type, e.g. ``application/json``; "" is any. Several are separated by ``|``.
    :data:`EMPTY`: nothing may come."""
    within: float = 0.0
    """Seconds it may take; 0 leaves it to the time the request was given."""
    login: bool = False
    """Whether it may be a page to log in on."""


ANYTHING = Expected()


def troubles(endpoint: Resource, world: World, expected: Expected = ANYTHING) -> list[Deviation]:
    """Why the endpoint's content cannot be judged, or must not be; [] when it answered as expected.

    Args:
        endpoint: a carrier made by :class:`holdfast.fixtures.endpoints.Endpoints`, or with the same keys.
        world: its time is the control probe: while the API server answers, what does not answer is down.
        expected: status, media type, time.

    Raises:
        Unobservable: the API server never answered either, or nothing says how far the exchange got.
    """
    world.now  # noqa: B018  # the control probe
    if endpoint.get("stage") not in _STAGES:
        detail = "nothing says how far the exchange with it got"
        raise Unobservable(UnknownCode.UNREADABLE, endpoint.name, detail, "record it again with this holdfast")
    for found in (reached, trusted, answered, passed, typed):
        said = [each for each in found(endpoint, world, expected) if isinstance(each, Deviation)]
        if said:
            return [replace(each, rule=each.rule or found.id) for each in said]
    return [_masked(endpoint)] if endpoint.get("login_page") else []  # said by a look that keeps the text to itself


@rule(
    "web.endpoint.unreachable",
    MAJOR,
    origin=ORIGIN,
    remedy="follow the way: DNS record, load balancer, ingress controller, Service, pods",
)
def reached(endpoint: Resource, world: World, expected: Expected = ANYTHING) -> Iterator[Deviation | Note]:
    """The host of the endpoint has an address, and something accepts connections there."""
    stage = endpoint.get("stage")
    if stage in ("dns", "tcp"):
        cause = "no DNS record, or the wrong name" if stage == "dns" else "no listener, or a firewall"
        said = of_host(endpoint, "a connection", str(endpoint.get("problem")), cause)
        name = urlsplit(url(endpoint)).hostname or ""
        yield replace(said, remedy=(resolve(name), *said.remedy)) if stage == "dns" else said


@rule(
    "web.endpoint.untrusted",
    MAJOR,
    origin=ORIGIN,
    remedy="look at the certificate the host serves, and at the Certificate that should be behind it",
)
def trusted(endpoint: Resource, world: World, expected: Expected = ANYTHING) -> Iterator[Deviation | Note]:
    """The host of the endpoint proves who it is with a certificate that can be verified."""
    if endpoint.get("stage") == "tls":
        yield of_host(endpoint, "a TLS connection that can be verified", str(endpoint.get("problem")), "certificate")


@rule(
    "web.endpoint.silent",
    MAJOR,
    origin=ORIGIN,
    remedy="look at the pods behind the endpoint and at their logs: they take connections and do not answer",
)
def answered(endpoint: Resource, world: World, expected: Expected = ANYTHING) -> Iterator[Deviation | Note]:
    """The endpoint answers whole, in time."""
    stage, seconds = endpoint.get("stage"), float(endpoint.get("seconds", default=0))
    if stage in ("http", "body"):
        yield of_address(
            endpoint, "a whole answer in time", str(endpoint.get("problem")), "the service behind it hangs"
        )
    elif stage != "done":
        return
    elif expected.within and seconds > expected.within:
        yield of_exchange(endpoint, f"an answer within {expected.within:g} s", f"it took {seconds:.1f} s", "slow")


@rule(
    "web.endpoint.status",
    MAJOR,
    origin=ORIGIN,
    remedy="ask it by hand; then look at the ingress, the guard and the pods behind it",
)
def passed(endpoint: Resource, world: World, expected: Expected = ANYTHING) -> Iterator[Deviation | Note]:
    """The endpoint answers with the status it promises, not with an error or with a way to a login page."""
    if endpoint.get("stage") != "done":
        return
    status = int(endpoint.get("status", default=0))
    if status in expected.status:
        return
    promised = f"status {' or '.join(str(each) for each in sorted(expected.status))}"
    if status >= 500:
        yield of_address(endpoint, promised, f"status {status}", "the service behind it fails, or there is none")
    elif 300 <= status < 400:
        place = str(endpoint.get("location") or "elsewhere")
        cause = "a login page stands in front of it" if _LOGIN.search(place) else "it has moved"
        yield of_address(endpoint, promised, f"status {status}, redirected to {place}", cause)
    else:
        yield of_exchange(endpoint, promised, f"status {status}", _MEANING.get(status, ""))


@rule(
    "web.endpoint.content-type",
    MAJOR,
    origin=ORIGIN,
    remedy="look at what answers: a login page, a proxy's error page or another service has its place",
)
def typed(endpoint: Resource, world: World, expected: Expected = ANYTHING) -> Iterator[Deviation | Note]:
    """The endpoint answers in the media type it promises, not with a web page, and with no page to log in on."""
    if endpoint.get("stage") != "done" or not expected.media:
        return
    media = _media(endpoint)
    if expected.media == EMPTY:
        if int(endpoint.get("size", default=0)):
            yield of_exchange(endpoint, "an empty answer", media or "content without a media type", "")
        return
    if any(media.startswith(each) for each in expected.media.split("|")):
        return
    if int(endpoint.get("size", default=0)) == 0:
        yield of_exchange(endpoint, expected.media, "an empty answer", "", "web.endpoint.content")
        return
    if is_page(media, str(endpoint.get("text", default=""))):
        text = str(endpoint.get("text", default=""))[:20_000]
        cause = "a login page came instead" if _LOGIN.search(text) else "a web page came instead"
        yield of_address(endpoint, expected.media, media or "no media type", cause)
    else:
        yield of_exchange(endpoint, expected.media, media or "no media type", "")


@rule(
    "web.endpoint.content",
    MAJOR,
    origin=ORIGIN,
    remedy="ask it by hand and read what it says; then look at the logs of the service",
)
def filled(endpoint: Resource, world: World, expected: Expected = ANYTHING) -> Iterator[Deviation | Note]:
    """The endpoint's answer is its own: it is not empty, and it can be read."""
    yield from _substance(endpoint, expected)


def _substance(endpoint: Resource, expected: Expected) -> Iterator[Deviation]:
    if endpoint.get("stage") != "done" or endpoint.get("status") != 200 or expected.media == EMPTY:
        return  # another status that was promised, such as 204 or 302, needs no content
    text = endpoint.get("text")
    if not (text.strip() if isinstance(text, str) else endpoint.get("size")):
        yield of_exchange(endpoint, "content", "an empty answer", "", filled.id)
    elif not expected.login and is_login_page(_media(endpoint), str(text)):
        yield _masked(endpoint)


def _masked(endpoint: Resource) -> Deviation:
    cause = "a login page stands in front of it"
    return replace(of_address(endpoint, "an answer of its own", "a page to log in on", cause), rule=typed.id)


def patience(cell: str) -> float:
    """Seconds from the cell of a ``within`` column, such as ``5s``; ten when it is empty.

    Raises:
        ValueError: it is no duration.
    """
    if not cell:
        return 10.0
    found = parse_duration(cell)
    if found is None or not found:
        raise ValueError(f"within: {cell!r} is no duration (like 5s or 1m)")
    return found.total_seconds()


def statuses(cell: str) -> Collection[int]:
    """The statuses of a cell such as ``200`` or ``200|204``; 200 when it is empty.

    Raises:
        ValueError: it is no status.
    """
    return frozenset(int(each) for each in cell.split("|")) if cell else OK


def may_be_login(cell: str) -> bool:
    """Whether the cell of a ``login page`` column allows one.

    Raises:
        ValueError: it says something else.
    """
    if cell not in ("", "allowed"):
        raise ValueError(f"login page: {cell!r} is not 'allowed'")
    return bool(cell)


@rule(
    "web.endpoint.failing",
    MAJOR,
    origin=ORIGIN,
    remedy="ask it by hand; then follow the way: DNS, load balancer, ingress, guard, Service, pods",
)
def answers(endpoint: Resource, world: World, expected: Expected = ANYTHING) -> Iterator[Deviation | Note]:
    """The endpoint answers in time, with the status and the media type it promises, and with content of its own."""
    yield from troubles(endpoint, world, expected) or _substance(endpoint, expected)


def unreadable(endpoint: Resource, expected: str, observed: str) -> Deviation:
    """The content is not what it has to be."""
    cause = "the service behind it is broken, or another one answers in its place"
    return replace(of_exchange(endpoint, expected, observed, cause), rule=filled.id)


def _media(endpoint: Resource) -> str:
    return str(endpoint.get("headers", "content-type", default="")).partition(";")[0].strip().lower()


_MEANING = {
    401: "it wants a credential, or does not accept the one it was given",
    403: "whoever asks may not",
    404: "nothing is there under this path: another version, or a route that is gone",
    405: "it does not take this method",
    406: "it does not speak the media type asked for",
    429: "it is asked too often",
}
