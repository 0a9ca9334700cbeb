"""Ways around a guard: Ingresses that lead to a guarded Service and ask nobody."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from holdfast.model import MAJOR, Deviation, Remedy, Resource, Said, World, rule

_ASKING = re.compile(
    r"(?:^|/)(?:auth-url|auth-signin|auth-tls-secret|enable-access-control|auth-type"
    r"|traefik\.ingress\.kubernetes\.io/router\.middlewares)$"
)
"""Annotations with which an ingress controller asks somebody before it lets a request through."""
_NOBODY = frozenset({"", "false", "no", "off", "0"})
"""Values of them that ask nobody."""
_SNIPPET = re.compile(r"/(?:server|configuration|auth)-snippet$")
_ASKS = re.compile(r"\bauth_request\s+[^;\s]+\s*;")
_GUARD = re.compile(r"-(?:pep|guard|gatekeeper|oauth2-proxy)$")
"""Services that are guards themselves, by the names EOEPCA's charts give them."""
Service = tuple[str, str]


@rule(
    "access.ingress.unguarded",
    MAJOR,
    origin="reference of EOEPCA 1.x: the *-open Ingresses of the ADES, registration API, workspace API, dummy service",
    remedy="Take the Ingress out of Git, guard it as the other one, or declare in the feature that it is meant",
)
def guarded(ingress: Resource, world: World, meant: Collection[tuple[str, str]]) -> Said:
    """No Ingress leads to a Service that another Ingress guards, without a guard of its own."""
    if (ingress.namespace, ingress.name) in meant or _asks(ingress):
        return
    others = [each for each in world.listing("Ingress").all() if each.ref != ingress.ref]
    mine = backends(ingress)
    for service in sorted(mine):
        guards = [each for each in others if _guards(each, service, world)]
        if guards:
            yield _bypass(ingress, service, guards[0], mine[service])


def backends(ingress: Resource) -> dict[Service, list[str]]:
    """The Services an Ingress leads to, each with the addresses that do."""
    found: dict[Service, list[str]] = {}
    default = ingress.get("spec", "defaultBackend", "service", "name")
    if default:
        found.setdefault((ingress.namespace, str(default)), []).append("*")
    for host in map(Resource, ingress.maps("spec", "rules")):
        for path in map(Resource, host.maps("http", "paths")):
            name = path.get("backend", "service", "name")
            if name:
                address = f"{host.get('host') or '*'}{path.get('path') or '/'}"
                found.setdefault((ingress.namespace, str(name)), []).append(address)
    return found


def _guards(ingress: Resource, service: Service, world: World) -> bool:
    """The Ingress leads to the Service past a guard: one it asks, or one of the Service's name that it leads to."""
    led = backends(ingress)
    if service in led and _asks(ingress):
        return True
    return any(namespace == service[0] and _fronts(name, service[1]) for namespace, name in led)


def _fronts(name: str, service: str) -> bool:
    """A guard called after the Service it stands in front of: ``dummy-service-pep``."""
    return bool(_GUARD.search(name)) and _GUARD.sub("", name) in (service, service.removeprefix("proc-"))


def _asks(ingress: Resource) -> bool:
    return any(
        (_ASKING.search(name) and value.strip().lower() not in _NOBODY)
        or (_SNIPPET.search(name) and _ASKS.search(value))
        for name, value in ingress.annotations.items()
    )


def _bypass(ingress: Resource, service: Service, guard: Resource, addresses: list[str]) -> Deviation:
    named = f"Service {service[0]}/{service[1]}"
    look = f"kubectl -n {ingress.namespace} get ingress {ingress.name} {guard.name} -o yaml"
    if guard.namespace != ingress.namespace:
        look = f"kubectl -n {ingress.namespace} get ingress {ingress.name} -o yaml"
    return Deviation(
        ingress.ref,
        f"{named} is reached only past the guard of {guard.ref}",
        f"{', '.join(addresses)} leads to it and asks nobody",
        "whoever finds the other name gets in without a token",
        (
            Remedy("compare the two", look),
            *_removal(ingress),
        ),
        path=f"spec.rules[service={service[1]}]",
        affects=(f"Service/{service[0]}/{service[1]}",),
        summary=f"{ingress.ref}: a way around the guard of {named}",
    )


def _removal(ingress: Resource) -> Iterator[Remedy]:
    yield Remedy(
        "close it at once, until Git does",
        f"kubectl -n {ingress.namespace} delete ingress {ingress.name}",
        writes=True,
        risk="whoever uses this address is cut off; Flux makes it again while it is in Git",
    )
