"""How far an exchange with an endpoint got, and what it means: one cause, one finding, whoever asks.

What concerns a whole host (its name, its connection, its certificate, a gateway's 502, a login page in front of it)
is a finding of the host, so that a dozen scenarios that ask it say it once; a wrong status or content is one of the
address asked. Every check of an endpoint's content begins with :func:`troubles`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from holdfast.checks.flux.timing import parse_duration
from holdfast.model import MAJOR, Deviation, Note, Remedy, Resource, World, rule

ORIGIN = "DESIGN law 1: an outage is a finding, never 'could not look'"
OK = frozenset({200})
_LOGIN = re.compile(r"(?i)log.?in|sign.?in|password|oauth|oidc|saml|authenticat|consent")
_GATEWAY = frozenset({500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Expected:
    """What an address should answer."""

    status: Collection[int] = OK
    media: str = ""
    """Beginning of the media type, e.g. ``application/json``; "" is any. Several are separated by ``|``."""
    within: float = 0.0
    """Seconds it may take; 0 leaves it to the time the request was given."""


ANYTHING = Expected()


def troubles(endpoint: Resource, world: World, expected: Expected = ANYTHING) -> list[Deviation]:
    """Why the endpoint's content cannot be judged, or must not be; [] when it answered as expected.

    Args:
        endpoint: a carrier made by :class:`holdfast.fixtures.endpoints.Endpoints`, or with the same keys.
        world: its time is the control probe: while the API server answers, what does not answer is down.
        expected: status, media type, time.

    Raises:
        Unobservable: the API server never answered either.
    """
    world.now  # noqa: B018  # the control probe
    for found in (reached, trusted, answered, passed, typed):
        said = [each for each in found(endpoint, world, expected) if isinstance(each, Deviation)]
        if said:
            return [replace(each, rule=each.rule or found.id) for each in said]
    return []


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
        cause = "DNS" if stage == "dns" else "no listener, or a firewall"
        yield _of_host(endpoint, "a connection", str(endpoint.get("problem")), cause)


@rule(
    "web.endpoint.untrusted",
    MAJOR,
    origin=ORIGIN,
    remedy="look at the certificate the host serves, and at the Certificate that should be behind it",
)
def trusted(endpoint: Resource, world: World, expected: Expected = ANYTHING) -> Iterator[Deviation | Note]:
    """The host of the endpoint proves who it is with a certificate that can be verified."""
    if endpoint.get("stage") == "tls":
        yield _of_host(endpoint, "a TLS connection that can be verified", str(endpoint.get("problem")), "certificate")


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
        yield _of_host(endpoint, "a whole answer in time", str(endpoint.get("problem")), "the service behind it hangs")
    elif stage != "done":
        return
    elif expected.within and seconds > expected.within:
        yield _of_address(endpoint, f"an answer within {expected.within:g} s", f"it took {seconds:.1f} s", "slow")


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
    if status in _GATEWAY:
        yield _of_host(endpoint, promised, f"status {status}", "the service behind it fails, or there is none")
    elif 300 <= status < 400:
        place = str(endpoint.get("location") or "elsewhere")
        cause = "a login page stands in front of it" if _LOGIN.search(place) else "it has moved"
        yield _of_host(endpoint, promised, f"status {status}, redirected to {place}", cause)
    else:
        yield _of_address(endpoint, promised, f"status {status}", _MEANING.get(status, ""))


@rule(
    "web.endpoint.content-type",
    MAJOR,
    origin=ORIGIN,
    remedy="look at what answers: a login page, a proxy's error page or another service has its place",
)
def typed(endpoint: Resource, world: World, expected: Expected = ANYTHING) -> Iterator[Deviation | Note]:
    """The endpoint answers in the media type it promises, not with a web page."""
    if endpoint.get("stage") != "done" or not expected.media:
        return
    media = str(endpoint.get("headers", "content-type", default="")).partition(";")[0].strip().lower()
    if any(media.startswith(each) for each in expected.media.split("|")):
        return
    if int(endpoint.get("size", default=0)) == 0:
        yield _of_address(endpoint, expected.media, "an empty answer", "", "web.endpoint.content")
        return
    text = str(endpoint.get("text", default=""))[:20_000]
    if media == "text/html" or (text.lstrip()[:1] == "<" and "<html" in text.lower()):
        cause = "a login page came instead" if _LOGIN.search(text) else "a web page came instead"
        yield _of_host(endpoint, expected.media, media or "no media type", cause)
    else:
        yield _of_address(endpoint, expected.media, media or "no media type", "")


@rule(
    "web.endpoint.content",
    MAJOR,
    origin=ORIGIN,
    remedy="ask it by hand and read what it says; then look at the logs of the service",
)
def filled(endpoint: Resource, world: World, expected: Expected = ANYTHING) -> Iterator[Deviation | Note]:
    """The endpoint's answer holds what its media type promises: it is not empty, and it can be read."""
    if endpoint.get("stage") == "done" and int(endpoint.get("size", default=0)) == 0:
        yield _of_address(endpoint, "content", "an empty answer", "")


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


@rule(
    "web.endpoint.failing",
    MAJOR,
    origin=ORIGIN,
    remedy="ask it by hand; then follow the way: DNS, load balancer, ingress, guard, Service, pods",
)
def answers(endpoint: Resource, world: World, expected: Expected = ANYTHING) -> Iterator[Deviation | Note]:
    """The endpoint answers in time, with the status and the media type it promises."""
    yield from troubles(endpoint, world, expected)


def unreadable(endpoint: Resource, expected: str, observed: str) -> Deviation:
    """The content is not what it has to be."""
    cause = "the service behind it is broken, or another one answers in its place"
    return replace(_of_address(endpoint, expected, observed, cause), rule=filled.id)


def url(endpoint: Resource) -> str:
    """The address asked."""
    return str(endpoint.get("url", default=""))


def host(endpoint: Resource) -> str:
    """Scheme, host and port of the address asked."""
    parts = urlsplit(url(endpoint))
    return f"{parts.scheme}://{parts.netloc}"


def _of_host(endpoint: Resource, expected: str, observed: str, cause: str) -> Deviation:
    asked = endpoint.name
    return Deviation(
        None,
        expected,
        observed,
        cause,
        _look(endpoint),
        host(endpoint),
        affects=(asked,),
        summary=f"{host(endpoint)}: {observed}",
    )


def _of_address(endpoint: Resource, expected: str, observed: str, cause: str, rule_id: str = "") -> Deviation:
    return Deviation(
        None,
        expected,
        observed,
        cause,
        _look(endpoint),
        endpoint.name,
        rule=rule_id,
        summary=f"{endpoint.name}: {observed}, expected {expected}",
    )


def _look(endpoint: Resource) -> tuple[Remedy, ...]:
    asked = url(endpoint).replace("'", "%27")
    return (Remedy("ask it by hand", f"curl -sS -o /dev/null -D - --max-time 10 '{asked}'"),)


_MEANING = {
    401: "it wants a credential, or does not accept the one it was given",
    403: "whoever asks may not",
    404: "nothing is there under this path: another version, or a route that is gone",
    405: "it does not take this method",
    406: "it does not speak the media type asked for",
    429: "it is asked too often",
}
