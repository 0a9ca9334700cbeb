"""The floor: nobody who reads the objects can be faster than reading them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import orjson
import urllib3

from holdfast.fixtures.kubeconfig import authenticate
from testbed.errors import TestbedError

PAGE = 500
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip"}
_TIMEOUT = urllib3.Timeout(connect=3, read=30)


@dataclass(frozen=True)
class Floor:
    """What reading took: first byte asked for to last object parsed, one request after the other."""

    seconds: float
    objects: int
    megabytes: float


def measure(kubeconfig: Path, context: str, paths: Iterable[str]) -> Floor:
    """LISTs every path page by page with the client holdfast uses, and parses what comes."""
    connection = authenticate(kubeconfig, context)
    objects, size = 0, 0
    begun = time.monotonic()
    for path in paths:
        token = ""
        while True:
            more = f"&continue={quote(token)}" if token else ""
            url = f"{connection.settings.host}{path}?limit={PAGE}{more}"
            answer = connection.rest.open("GET", url, _HEADERS, None, _TIMEOUT)
            body = answer.read(decode_content=True)
            answer.release_conn()
            if answer.status != 200:
                raise TestbedError(f"the floor could not be measured: LIST {path} was answered {answer.status}")
            document = orjson.loads(body)
            objects += len(document["items"] or ())
            size += len(body)
            token = document["metadata"].get("continue", "")
            if not token:
                break
    return Floor(time.monotonic() - begun, objects, size / 1e6)


def lists(uris: Iterable[str]) -> list[str]:
    """The distinct paths of LIST requests, as an audit log has them."""
    return sorted({urlsplit(uri).path for uri in uris})
