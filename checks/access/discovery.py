"""What an identity provider says about itself: OpenID Connect and UMA 2.0 discovery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from holdfast.checks.web import reach
from holdfast.checks.web.documents import json_object
from holdfast.model import CRITICAL, MAJOR, Deviation, Remedy, Resource, Said, World, rule

_JSON = reach.Expected(media="application/json")


@rule(
    "access.discovery.issuer",
    CRITICAL,
    origin="OpenID Connect Discovery 1.0 §4.3: the issuer must be exactly the address asked",
    remedy="Set the provider's public address (Keycloak: hostname, or frontendUrl of the realm) to the one people use",
)
def told(endpoint: Resource, world: World, issuer: str, promised: Sequence[str]) -> Said:
    """The identity provider calls itself by the address it is known by, and names the endpoints it promises."""
    if said := reach.troubles(endpoint, world, _JSON):
        yield from said
        return
    document = json_object(endpoint)
    if isinstance(document, Deviation):
        yield document
        return
    if str(document.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
        yield misnamed(issuer, str(document.get("issuer", "")), reach.url(endpoint))
    yield from _unnamed(endpoint, issuer, document, promised)


@rule(
    "access.discovery.endpoint",
    MAJOR,
    origin="EOEPCA/system-test iam/01: the endpoints that have to be there; OpenID Connect Discovery 1.0 §3: by https",
    remedy="Look which features the provider has switched on: Keycloak names UMA endpoints only with authorization",
)
def named(endpoint: Resource, world: World, issuer: str, promised: Sequence[str]) -> Said:
    """The identity provider's discovery names every endpoint it promises, as an address that is as safe as its own."""
    document = json_object(endpoint)
    if not isinstance(document, Deviation):
        yield from _unnamed(endpoint, issuer, document, promised)


def _unnamed(
    endpoint: Resource, issuer: str, document: dict[str, object], promised: Sequence[str]
) -> Iterator[Deviation]:
    for name in promised:
        value = document.get(name)
        if not isinstance(value, str) or not urlsplit(value).hostname:
            yield lacking(issuer, name, reach.url(endpoint), str(value or "nothing"))
        elif _is_less_safe(value, issuer):
            yield in_clear(issuer, name, reach.url(endpoint), value)


def misnamed(issuer: str, found: str, url: str) -> Deviation:
    """The provider calls itself something else: no client may trust it."""
    observed = f"issuer {found}" if found else "no issuer"
    return Deviation(
        None,
        f"issuer {issuer}",
        observed,
        "clients compare the two and refuse every token of it",
        (_look(url),),
        issuer,
        summary=f"{issuer}: calls itself {found or 'nothing'}",
        rule=told.id,
    )


def lacking(issuer: str, name: str, url: str, found: str) -> Deviation:
    """An endpoint is not named."""
    return Deviation(
        None,
        f"{name}: an address",
        found,
        "a feature that is switched off, or another kind of provider",
        (_look(url),),
        issuer,
        path=name,
        summary=f"{issuer}: discovery names no {name}",
        rule=named.id,
    )


def in_clear(issuer: str, name: str, url: str, found: str) -> Deviation:
    """An endpoint is named by an address of plain HTTP: whoever asks it gives away a token, or a password."""
    return Deviation(
        None,
        f"{name}: an https address",
        found,
        "the provider does not know that TLS ends before it (Keycloak: hostname, proxy headers)",
        (_look(url),),
        issuer,
        path=name,
        summary=f"{issuer}: discovery names {name} by plain http, so clients send it credentials in clear",
        rule=named.id,
    )


def _look(url: str) -> Remedy:
    return Remedy("see what it says", f"curl -sS --max-time 10 '{url}'")


def _is_less_safe(value: str, issuer: str) -> bool:
    return urlsplit(issuer).scheme == "https" and urlsplit(value).scheme == "http"


def failed(login: Resource, world: World) -> list[Deviation]:
    """Why a login did not get beyond discovery, told as the check of discovery tells it: one cause, one finding."""
    issuer = login.get("url", default="").partition("/.well-known/")[0]
    asked = Resource({**login.raw, "metadata": {"name": f"GET {reach.url(login)}"}})
    if said := reach.troubles(asked, world, _JSON):
        return said
    if login.get("readable") is False:
        return [reach.unreadable(asked, "a JSON object", "something else")]
    found = str(login.get("issuer", default=""))
    if found.rstrip("/") != issuer:
        return [misnamed(issuer, found, reach.url(login))]
    plain = login.get("in_clear", default={})  # recordings of before have none
    return [
        *(lacking(issuer, name, reach.url(login), "nothing") for name in login.get("lacks", default=[])),
        *(in_clear(issuer, name, reach.url(login), place) for name, place in plain.items()),
    ]
