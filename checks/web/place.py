"""What a finding about an exchange is told of: its host, its address, or the exchange itself."""

from __future__ import annotations

from urllib.parse import urlsplit

from holdfast.model import Deviation, Remedy, Resource


def url(endpoint: Resource) -> str:
    """The address asked."""
    return str(endpoint.get("url", default=""))


def host(endpoint: Resource) -> str:
    """Scheme, host and port of the address asked."""
    return host_of(url(endpoint))


def address(endpoint: Resource) -> str:
    """The address asked without its query: what is told of it, whoever asked it and for what."""
    return address_of(url(endpoint))


def host_of(asked: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(asked)
    return f"{parts.scheme}://{parts.netloc}"


def address_of(asked: str) -> str:
    """An address without its query; the root of a host always ends in a slash."""
    return f"{host_of(asked)}{urlsplit(asked).path or '/'}"


RESOLVE = "getent hosts "
"""Begins the first remedy of what is told of a host without an address."""


def resolve(name: str) -> Remedy:
    """How to see whether a host has an address."""
    return Remedy("see whether its name has an address", f"{RESOLVE}{name}")


def of_host(endpoint: Resource, expected: str, observed: str, cause: str) -> Deviation:
    """For what keeps every address of a host from being asked: its name, its connection, its certificate."""
    return _of(endpoint, host(endpoint), expected, observed, cause)


def of_address(endpoint: Resource, expected: str, observed: str, cause: str) -> Deviation:
    """For what comes of an address, whoever asks it and for what: another one of the host may fare better."""
    return _of(endpoint, address(endpoint), expected, observed, cause)


def of_exchange(endpoint: Resource, expected: str, observed: str, cause: str, rule_id: str = "") -> Deviation:
    """For what depends on the question, and on who asks."""
    said = f"{endpoint.name}: {observed}, expected {expected}"
    subject = endpoint.name
    return Deviation(None, expected, observed, cause, _look(endpoint), subject, rule=rule_id, summary=said)


def _of(endpoint: Resource, subject: str, expected: str, observed: str, cause: str) -> Deviation:
    said = f"{subject}: {observed}"
    affects = (endpoint.name,)
    return Deviation(None, expected, observed, cause, _look(endpoint), subject, affects=affects, summary=said)


def _look(endpoint: Resource) -> tuple[Remedy, ...]:
    asked = url(endpoint).replace("'", "%27")
    return (Remedy("ask it by hand", f"curl -sS -o /dev/null -D - --max-time 10 '{asked}'"),)
