"""Whether an Ingress serves, host by host, the certificate of the Secret it names, and clients accept it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from holdfast.checks.certificates.facts import Bundle, Handshake, Leaf, Looks
from holdfast.checks.certificates.hosts import declared
from holdfast.checks.certificates.ingress_secrets import pending, resolved
from holdfast.checks.certificates.kinds import certificate_for, find_secret
from holdfast.checks.certificates.limits import PLAIN, Limits
from holdfast.checks.certificates.reached import reachable
from holdfast.checks.flux.managers import who_set
from holdfast.checks.flux.timing import spell
from holdfast.model import (
    MAJOR,
    Deviation,
    InFlight,
    Remedy,
    Resource,
    Said,
    World,
    rule,
)

RELOAD = timedelta(minutes=1)
"""An ingress controller presents a new certificate within seconds; until this has passed nothing is wrong."""


@rule(
    "ingress.tls.fake-certificate",
    MAJOR,
    origin="issue C §10: ingress-nginx's fake certificate served",
    remedy="See in the ingress controller's log why it does not take the Secret",
)
def genuine(ingress: Resource, world: World, looks: Looks, limits: Limits = PLAIN) -> Said:
    """No TLS host of an Ingress is served with the ingress controller's own stopgap certificate."""
    yield from before(ingress, world, looks, limits)
    for each in _served(ingress, world, looks):
        if each.handshake.is_fake:
            named = f"that of {each.secret.ref}" if each.secret else "a real one: the Ingress names no Secret for it"
            cause = "the ingress controller has not taken the Secret, or another Ingress of the host names none"
            yield _wrong(ingress, each, f"{each.host} is served with {named}", cause)


@rule(
    "ingress.tls.other-leaf",
    MAJOR,
    origin="issue C §10: what the ingress serves is the Secret's leaf",
    remedy="See which Ingress or server answers for the host, and whether it has loaded the Secret",
)
def same(ingress: Resource, world: World, looks: Looks, limits: Limits = PLAIN) -> Said:
    """Every TLS host of an Ingress is served with the certificate of its Secret."""
    yield from before(ingress, world, looks, limits)
    for each in _served(ingress, world, looks):
        if each.secret is None or each.handshake.is_fake or each.matches:
            continue
        changed = _changed(each.secret)
        if changed is not None and world.now - changed < RELOAD:
            yield InFlight(str(ingress.ref), f"{each.secret.ref} was renewed {spell(world.now - changed)} ago")
            continue
        expected = f"{each.host} is served with the certificate of {each.secret.ref}: {each.bundle.leaf}"
        cause = "the server has not loaded the Secret, another server answers, or another Ingress names another Secret"
        yield _wrong(ingress, each, expected, cause)


@rule(
    "ingress.tls.not-covered",
    MAJOR,
    origin="issue C §10: the SAN covers the host",
    remedy="Add the host to the Certificate's dnsNames, or name the Secret of a certificate that covers it",
)
def covered(ingress: Resource, world: World, looks: Looks, limits: Limits = PLAIN) -> Said:
    """The certificate served for a TLS host of an Ingress is made for that host."""
    yield from before(ingress, world, looks, limits)
    for each in _served(ingress, world, looks):
        if each.is_the_one and not each.leaf.covers(each.name) and not _was_asked_for(ingress, each, world):
            names = ", ".join(each.leaf.names) or "no name"
            cause = f"the certificate covers {names}"
            yield _wrong(ingress, each, f"a certificate that covers {each.host}", cause)


@rule(
    "ingress.tls.untrusted",
    MAJOR,
    origin="issue C §10: chain complete, verified against the trust store",
    remedy="Put the intermediate certificates into tls.crt behind the leaf, or have a trusted authority issue it",
)
def trusted(ingress: Resource, world: World, looks: Looks, limits: Limits = PLAIN) -> Said:
    """Clients trust the certificate of every TLS host of an Ingress: its chain is whole and ends at a known authority.

    Known are the authorities of this machine's trust store and those of ``[endpoints] ca``.
    """
    yield from before(ingress, world, looks, limits)
    for each in _served(ingress, world, looks):
        if each.is_the_one and each.handshake.distrust and each.leaf.covers(each.name) and each.good(world.now):
            yield _untrusted(ingress, each)


@dataclass(frozen=True, slots=True)
class _Served:
    """One host that answers, and whose Secret is fit to be served."""

    host: str
    name: str
    """The name that was asked for."""
    secret: Resource | None
    bundle: Bundle
    handshake: Handshake
    leaf: Leaf
    """What is presented."""

    @property
    def matches(self) -> bool:
        return self.bundle.leaf is not None and self.bundle.leaf.sha256 == self.leaf.sha256

    @property
    def is_the_one(self) -> bool:
        """It is what the Ingress means to serve, so that its own flaws may be told."""
        return not self.handshake.is_fake and (self.secret is None or self.matches)

    def good(self, now: datetime) -> bool:
        """It has begun and not ended; what has ended is told as that."""
        return self.leaf.not_before <= now < self.leaf.not_after


def before(ingress: Resource, world: World, looks: Looks, limits: Limits) -> Said:
    """What keeps a host from being judged: no Secret fit to be served, no answer. Told as the rules of that tell it."""
    yield from resolved.under_its_name(ingress, world, looks, limits)
    yield from reachable.under_its_name(ingress, world, looks)


def _served(ingress: Resource, world: World, looks: Looks) -> Iterator[_Served]:
    """The hosts whose way is sound up to the handshake."""
    for each in declared(ingress):
        secret = find_secret(ingress.namespace, each.secret, world) if each.secret else None
        if each.secret and (secret is None or pending(ingress, each, world)):
            continue
        bundle = looks.certificate(secret) if secret else Bundle(None)
        if bundle.problem:
            continue
        for host, name in each.asked:
            seen = looks.served(name)
            if seen.stage == "done" and seen.leaf is not None:
                yield _Served(host, name, secret, bundle, seen, seen.leaf)


def _untrusted(ingress: Resource, each: _Served) -> Deviation:
    """One finding for all that an authority has signed, one each for what nobody has."""
    said = _wrong(ingress, each, f"{each.host} presents a chain that clients can verify", each.handshake.distrust)
    if each.leaf.is_self_signed:
        return said
    issuer = each.leaf.issuer
    return replace(
        said,
        ref=None,
        subject=f"authority {issuer}",
        path="",
        summary=f"clients do not trust what {issuer} has signed: {each.handshake.distrust}",
        affects=(str(ingress.ref), *said.affects),
        remedy=(*said.remedy, Remedy("if clients have this authority, say so: name its file in [endpoints] ca")),
    )


def _was_asked_for(ingress: Resource, each: _Served, world: World) -> bool:
    """A Certificate fills the Secret and asks for that name: that it has another one is told of the Certificate."""
    filled = certificate_for(ingress.namespace, each.secret.name, world) if each.secret is not None else None
    return filled is not None and each.host in filled.texts("spec", "dnsNames")


def _wrong(ingress: Resource, each: _Served, expected: str, cause: str) -> Deviation:
    return Deviation(
        ingress.ref,
        expected=expected,
        observed=f"{each.host} is served with {each.leaf}",
        cause=cause,
        summary=f"{each.host} is served with a certificate of {each.leaf.subject or 'another name'}: {cause}",
        path=f"spec.tls[{each.host}]",
        affects=(f"https://{each.host}",),
        outlook="clients refuse it until somebody mends it",
        remedy=(
            Remedy(
                "see what is presented",
                f"{each.handshake.client(each.name)} | openssl x509 -noout -text",
            ),
            Remedy("see the Ingress", f"kubectl describe {ingress.ref.where}"),
        ),
    )


def _changed(secret: Resource) -> datetime | None:
    """When its certificate was last written."""
    times = [each.time for each in who_set(secret, "data", "tls.crt") if each.time]
    return max(times, default=secret.created)
