"""Causes on the way to a server: rows S8, the same for Git and for every repository."""

from __future__ import annotations

from holdfast.checks.flux.causes import Row
from holdfast.model import Remedy

_TROUBLE = (
    (
        r"lookup (?P<host>[^\s:]+).{0,40}: (?:no such host|server misbehaving)|no such host|server misbehaving",
        "DNS does not know the host of {}[ (<host>)]: its URL is misspelt, or the cluster's DNS is out of order",
    ),
    (
        r"dial tcp (?P<address>\S+): connect: connection refused|connection refused",
        "nothing listens where {} should be[ (<address>)]: it is down, or the URL names another port",
    ),
    (
        r"tls:|x509:|certificate",
        "the TLS certificate of {} is not trusted: signed by an unknown authority, run out, or made for another host",
    ),
    (
        r"status code: (?P<status>[45]\d\d)|: (?P<code>5\d\d) |status code (?P<said>5\d\d)",
        "{} answers with an error[ (<status>)][ (<code>)][ (<said>)]: it is out of order, or refuses this request",
    ),
    (
        r"connection reset|no route to host|network is unreachable|handshake timeout|i/o timeout|proxyconnect|\bEOF\b",
        "{} could not be reached: a firewall, a network policy or a proxy on the way, or a server that hangs up",
    ),
)
"""What the message shows, and what that means for the server named."""


def on_the_way(kinds: tuple[str, ...], server: str, *remedy: Remedy) -> tuple[Row, ...]:
    """The rows for sources of these kinds; ``server`` is what to call the other end."""
    return tuple(Row("S8", "clone", kinds, r".*", message, cause.format(server), remedy) for message, cause in _TROUBLE)
