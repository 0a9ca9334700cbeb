"""Whether a server answers: the questions `ready` asks."""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.error
import urllib.request


def accepts(port: int, seconds: float = 1.0) -> bool:
    """A TCP connection to the loopback port is taken."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=seconds):
            return True
    except OSError:
        return False


def status(url: str, seconds: float = 2.0, headers: dict[str, str] | None = None) -> int | None:
    """The HTTP status of a GET, None when no answer came. Certificates are not looked at, proxies not used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # without the system's authorities: they take 30 ms to load
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context), _Stay
    )
    try:
        with opener.open(urllib.request.Request(url, headers=headers or {}), timeout=seconds) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except (OSError, http.client.HTTPException):
        return None


def text(url: str, seconds: float = 2.0) -> str:
    """The body of a GET over plain HTTP, "" when no answer came."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=seconds) as answer:
            return str(answer.read().decode())
    except (OSError, http.client.HTTPException):
        return ""


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer, not a way."""

    def redirect_request(self, *_: object) -> None:
        return None
