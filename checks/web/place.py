"""What a finding about an exchange is told of: its host, its address, or the exchange itself."""

from __future__ import annotations

import re
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


def curl(endpoint: Resource, body: bool = False, asked: str = "", more: str = "") -> str:
    """The command that asks again as the endpoint was asked: as whom it was, by variables and never by a value.

    Args:
        endpoint: the exchange.
        body: show what came, too: where that is the finding, or may say why.
        asked: another address than the exchange's.
        more: further options, quoted for a shell.
    """
    shown = "-i" if body else "-o /dev/null -D -"
    place = (asked or url(endpoint)).replace("'", "%27")
    words = [
        "curl -sS",
        shown,
        "--max-time 10",
        *signed(endpoint),
        more,
        f"'{place}'",
        "| head -c 2000" if body else "",
    ]
    return " ".join(filter(None, words))


def signed(endpoint: Resource) -> list[str]:
    """Options that say who asks: a user (:mod:`holdfast.looks` adds where the token comes from), or a credential."""
    if who := _AS.search(endpoint.name):
        return [f'--oauth2-bearer "${who[1].upper()}_TOKEN"']
    variables = [str(each) for each in endpoint.get("signed_with", default=())]
    if len(variables) == 1:
        return [f'--oauth2-bearer "${variables[0]}"']
    return [f'-u "{":".join(f"${each}" for each in variables)}"'] if variables else []


def _look(endpoint: Resource) -> tuple[Remedy, ...]:
    return (Remedy("ask it by hand", curl(endpoint, body=endpoint.get("stage") == "done")),)


_AS = re.compile(r" as the (owner|other)\Z")
"""How an exchange that was made as a user is named."""
