"""The demo's recording, and the same platform as it would be met with everything empty, forbidden, gone, or HTML.

A recording holds all that a run asks of a cluster and of endpoints. To bend its answers is to bend the whole world, so
that rules, judge and senses are all held to the laws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from holdfast import demo
from holdfast.fixtures import recording
from holdfast.fixtures.recording import Recording
from tests.checks.laws import more

Exchange = dict[str, Any]
Bend = Callable[[Exchange], Exchange]

LOGIN = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form><input name=password></form></body></html>"
HTML = {"content-type": "text/html"}
_DISCOVERY = ("/version", "/api", "/apis", "/api/v1/namespaces/kube-system")
"""What tells which cluster it is, and what it serves."""
_BUILT_IN = ("", "apps", "batch", "autoscaling", "policy")


def whole() -> Recording:
    """The demo's, and what it does not hold."""
    found = recording.read(demo.RECORDING)
    header = replace(found.header, given=(*found.header.given, *more.GIVEN))
    return Recording(header, (*found.exchanges, *more.added(found.exchanges, found.header.values)))


def write(path: Path, found: Recording, bend: Bend = dict) -> Path:
    """Writes it, every exchange bent."""
    with path.open("wb") as file:
        recording.write(file, found.header, map(bend, found.exchanges))
    return path


def reads(exchange: Exchange) -> bool:
    """Objects are read, one or many."""
    return "get" in exchange and exchange["get"] not in _DISCOVERY and not exchange["get"].startswith("/openapi")


def is_list(exchange: Exchange) -> bool:
    return isinstance(exchange.get("document"), dict) and isinstance(exchange["document"].get("items"), list)


def of_endpoint(exchange: Exchange) -> bool:
    """Something that is no API server was asked, over HTTP."""
    return isinstance(exchange.get("told"), dict) and "stage" in exchange["told"] and "url" in exchange["told"]


def empty(exchange: Exchange) -> Exchange:
    """Every LIST is complete and empty, and no object is there."""
    if not reads(exchange):
        return exchange
    if is_list(exchange):
        document = exchange["document"]
        return {**exchange, "document": {**document, "metadata": {"resourceVersion": "1"}, "items": []}}
    return _refused(exchange, 404, "NotFound")


def forbidden(exchange: Exchange) -> Exchange:
    """Discovery is free, and nothing else."""
    return _refused(exchange, 403, "Forbidden") if reads(exchange) else exchange


def login_page(exchange: Exchange) -> Exchange:
    """A login page stands where objects are read."""
    if not reads(exchange):
        return exchange
    kept = _without(exchange, "document", "failure")
    return {**kept, "status": 200, "headers": {**exchange.get("headers", {}), **HTML}, "text": LOGIN}


def late(exchange: Exchange) -> Exchange:
    """No read of objects is answered in time."""
    if not reads(exchange):
        return exchange
    said = {"code": "timeout", "detail": "no answer within 10 s"}
    return {**_without(exchange, "document", "text", "status", "headers"), "failure": said}


def unserved(exchange: Exchange) -> Exchange:
    """Every CustomResourceDefinition is gone: discovery lists built-in groups alone."""
    if exchange.get("get") == "/apis":
        document = exchange["document"]
        kept = [each for each in document["items"] if _is_built_in(each["metadata"].get("name", ""))]
        return {**exchange, "document": {**document, "items": kept}}
    parts = exchange.get("get", "").split("/")
    if parts[1:2] == ["apis"] and len(parts) > 3 and not _is_built_in(parts[2]):
        return _refused(exchange, 404, "NotFound")
    return exchange


def silent_endpoints(exchange: Exchange) -> Exchange:
    """Whatever is no API server takes the connection and says nothing."""
    if "ask" not in exchange:
        return exchange
    if of_endpoint(exchange):
        return {**exchange, "told": bare(exchange["told"], stage="http", problem="no whole answer within 10 s")}
    return _unseen(exchange, "timeout")


def endpoints_behind_login(exchange: Exchange) -> Exchange:
    """Every endpoint answers 200 with a login page; what is asked in another way is not to be had."""
    if of_endpoint(exchange):
        return {**exchange, "told": login(exchange["told"])}
    return _unseen(exchange, "unreadable") if "ask" in exchange else exchange


def refusing_endpoints(exchange: Exchange) -> Exchange:
    """Every endpoint answers 403, whoever asks; commands, Git and Secrets are not allowed either."""
    if of_endpoint(exchange):
        refused = {"status": 403, "headers": {"content-type": "text/plain"}, "text": "Forbidden", "size": 9}
        return {**exchange, "told": bare(exchange["told"], stage="done", problem="", **refused)}
    return _unseen(exchange, "forbidden") if "ask" in exchange else exchange


PROTOCOL = ("url", "as", "stage", "problem", "status", "headers", "location", "size", "seconds")
"""What every carrier of an exchange has; the rest is what was understood of it."""
ASKED = ("version", "speaks", "login_as", "from", "discovery", "anonymous", "link")
"""What a carrier says of the question."""


def bare(told: Exchange, **instead: Any) -> Exchange:
    """An exchange that did not come to its end: nothing was understood of it."""
    kept = {key: each for key, each in told.items() if key in (*PROTOCOL, *ASKED)}
    return {**kept, "status": 0, "headers": {}, "size": 0, "speaks": "", **instead}


def login(told: Exchange) -> Exchange:
    """The same exchange, with a login page in the place of the answer."""
    answered = {"stage": "done", "problem": "", "status": 200, "headers": HTML, "size": len(LOGIN), "text": LOGIN}
    return bare(told, **answered)


def hollow_content(told: Exchange) -> Exchange:
    """Whatever was understood of an exchange is null."""
    return {key: each if key in (*PROTOCOL, *ASKED) else None for key, each in told.items()}


def _unseen(exchange: Exchange, code: str) -> Exchange:
    subject = next(iter(exchange["ask"]))
    said = {"code": code, "subject": subject, "detail": "as the test says", "remedy": "", "in_flight": False}
    return {**_without(exchange, "told"), "failure": said}


def _is_built_in(group: str) -> bool:
    return group in _BUILT_IN or group.endswith(".k8s.io")


def _refused(exchange: Exchange, status: int, reason: str) -> Exchange:
    said = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": status}
    kept = _without(exchange, "text", "failure")
    return {**kept, "status": status, "headers": exchange.get("headers", {}), "document": said}


def _without(exchange: Exchange, *keys: str) -> Exchange:
    return {key: each for key, each in exchange.items() if key not in keys}
