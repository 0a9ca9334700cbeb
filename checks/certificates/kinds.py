"""cert-manager's kinds, and how its objects name one another."""

from __future__ import annotations

from holdfast.model import Ref, Resource, UnknownCode, Unobservable, World

GROUP = "cert-manager.io"
API = f"{GROUP}/v1"
CERTIFICATE = "Certificate"
ORDER, CHALLENGE = "Order.acme.cert-manager.io", "Challenge.acme.cert-manager.io"


def issuer_of(named: Resource) -> Ref:
    """The issuer a Certificate or CertificateRequest names; kind and group have defaults."""
    kind = str(named.get("spec", "issuerRef", "kind", default="Issuer"))
    group = str(named.get("spec", "issuerRef", "group", default=GROUP))
    name = str(named.get("spec", "issuerRef", "name", default=""))
    version = API if group == GROUP else f"{group}/v1"
    return Ref(version, kind, "" if kind.startswith("Cluster") else named.namespace, name)


def find_issuer(issuer: Ref, world: World) -> Resource | None:
    """The issuer; None when it certainly does not exist."""
    return world.find(f"{issuer.kind}.{issuer.group}", issuer.namespace, issuer.name)


def find_secret(namespace: str, name: str, world: World) -> Resource | None:
    """A Secret; None when it certainly does not exist.

    Raises:
        Unobservable: that cannot be said. A right we lack is named as such: one unknown, however many Secrets need it.
    """
    try:
        return world.find("Secret", namespace, name)
    except Unobservable as problem:
        raise without_right(problem) from None


def without_right(problem: Unobservable) -> Unobservable:
    """What kept a Secret from us, under the name of the missing right."""
    if problem.code is not UnknownCode.FORBIDDEN:
        return problem
    detail = "the credential may not get secrets, so what is in them, and whether they are there, is not known"
    return Unobservable(problem.code, "get secrets", detail, problem.remedy)


def owned(kind: str, owner: Resource, world: World) -> tuple[Resource, ...]:
    """The objects of a kind that belong to ``owner``, the latest last.

    Raises:
        Unobservable: they could not all be read.
    """
    uid = owner.get("metadata", "uid")
    mine = [
        each
        for each in world.listing(kind).all()
        if each.namespace == owner.namespace
        and any(
            by.get("uid") == uid if uid else (by.get("kind"), by.get("name")) == (owner.kind, owner.name)
            for by in each.maps("metadata", "ownerReferences")
        )
    ]
    return tuple(sorted(mine, key=_age))


def certificate_for(namespace: str, secret: str, world: World) -> Resource | None:
    """The Certificate that fills this Secret; None when there is none, or no cert-manager.

    Raises:
        Unobservable: none was seen, and not all could be.
    """
    if not secret:
        return None
    listing = world.listing(CERTIFICATE)
    for each in listing.seen:
        if each.namespace == namespace and each.get("spec", "secretName") == secret:
            return each
    if not listing.complete:
        problem = listing.problems[0]
        detail = f"whether a Certificate fills it is not known: {problem.detail}"
        raise Unobservable(UnknownCode(problem.code), f"Secret/{namespace}/{secret}", detail, problem.remedy)
    return None


def _age(resource: Resource) -> tuple[int, str, str]:
    revision = resource.annotations.get(f"{GROUP}/certificate-revision", "0")
    created = str(resource.get("metadata", "creationTimestamp", default=""))
    return int(revision) if revision.isdigit() else 0, created, resource.name
