"""Whether the Secrets an Ingress names are there, fit to be served, of the issuer it asks for, and good for long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from difflib import get_close_matches

from holdfast.checks.certificates.contents import leaf_of, present, unusable
from holdfast.checks.certificates.facts import Looks
from holdfast.checks.certificates.hosts import Declared, declared
from holdfast.checks.certificates.kinds import CERTIFICATE, GROUP, certificate_for, find_secret
from holdfast.checks.certificates.limits import PLAIN, Limits
from holdfast.checks.certificates.remedies import show
from holdfast.model import MAJOR, Deviation, InFlight, Ref, Remedy, Resource, Said, World, rule

_AT_ONCE = timedelta(minutes=1)
"""cert-manager makes an Ingress's Certificate within seconds."""
_ISSUERS = (f"{GROUP}/cluster-issuer", f"{GROUP}/issuer")
_ASKING = (*_ISSUERS, "kubernetes.io/tls-acme")


@rule(
    "ingress.tls.dangling",
    MAJOR,
    origin="issue C §10: the Secret an Ingress names exists",
    remedy="Create what is named (a Certificate of that secretName, or a SealedSecret), or correct the name",
)
def resolved(ingress: Resource, world: World, looks: Looks, limits: Limits = PLAIN) -> Said:
    """Every TLS Secret an Ingress names exists, and holds a certificate and its key."""
    for each in declared(ingress):
        if not each.secret:
            continue
        certificate = certificate_for(ingress.namespace, each.secret, world)
        secret = find_secret(ingress.namespace, each.secret, world)
        if certificate is not None and (secret is None or pending(ingress, each, world)):
            yield from present.under_its_name(certificate, world, limits)
        elif secret is None:
            yield _dangling(ingress, each, world)
        else:
            yield from _unfit(secret, ingress, looks)


@rule(
    "ingress.tls.other-issuer",
    MAJOR,
    origin="issue C §10: issuer as declared",
    remedy="Correct the annotation, or have the Certificate issued again by the issuer it names",
)
def by_issuer(ingress: Resource, world: World) -> Said:
    """The certificate of an Ingress comes from the issuer its annotation names."""
    wanted = {ingress.annotations[key] for key in _ISSUERS if ingress.annotations.get(key)}
    for each in declared(ingress):
        secret = find_secret(ingress.namespace, each.secret, world) if each.secret and wanted else None
        if secret is None or pending(ingress, each, world):
            continue
        name = secret.annotations.get(f"{GROUP}/issuer-name")
        if name is not None and name not in wanted:
            yield Deviation(
                ingress.ref,
                expected=f"{secret.ref} is issued by {', '.join(sorted(wanted))}",
                observed=f"it was issued by {name}",
                cause="another Ingress or a Certificate of somebody's own fills the same Secret",
                summary=f"{ingress.ref} asks for a certificate by {', '.join(sorted(wanted))} and has one by {name}",
                path=f"metadata.annotations[{each.secret}]",
                remedy=(
                    Remedy(
                        "see which Certificates fill it", f"kubectl get certificates -n {ingress.namespace} -o wide"
                    ),
                ),
            )


@rule(
    "certificate.leaf.expiring",
    MAJOR,
    origin="issue C §10: expiry, 14 days major, 3 critical",
    remedy="Renew it and put it into the Secret, or let cert-manager keep it: a Certificate of that secretName",
)
def lasting(ingress: Resource, world: World, looks: Looks, limits: Limits) -> Said:
    """No certificate an Ingress serves, and nobody renews by itself, comes to its end."""
    for each in _by_hand(ingress, world):
        secret = find_secret(ingress.namespace, each.secret, world)
        if secret is None:
            yield _dangling(ingress, each, world)
            continue
        if unfit := list(_unfit(secret, ingress, looks)):
            yield from unfit
            continue
        leaf = leaf_of(looks.certificate(secret), secret)
        severity = limits.severity(leaf.not_after, world.now)
        if severity is None:
            continue
        yield Deviation(
            secret.ref,
            expected=f"its certificate is good for {limits.major.days} days more",
            observed=f"{leaf}: it {leaf.left(world.now)}",
            cause="no Certificate of cert-manager fills this Secret, and nobody has renewed it by hand",
            summary=f"{secret.ref}, served for {', '.join(each.hosts)}, {leaf.left(world.now)}",
            path="data[tls.crt]",
            severity=severity,
            affects=(str(ingress.ref),),
            outlook="at its end every client refuses what uses it",
            remedy=(show(secret.ref), Remedy("see whether a Certificate was meant", "kubectl get certificates -A")),
        )


def pending(ingress: Resource, each: Declared, world: World) -> bool:
    """A Certificate that is not Ready fills the Secret: told there, with its cause."""
    certificate = certificate_for(ingress.namespace, each.secret, world)
    state = certificate.find_condition("Ready") if certificate is not None else None
    return certificate is not None and (state is None or state.status != "True")


def _dangling(ingress: Resource, each: Declared, world: World) -> Deviation | InFlight:
    secret = Ref("v1", "Secret", ingress.namespace, each.secret)
    asks = [key for key in _ASKING if ingress.annotations.get(key)]
    if asks and ingress.created is not None and world.now - ingress.created < _AT_ONCE:
        return InFlight(str(ingress.ref), "cert-manager has not made its Certificate yet")
    wish = f"it asks cert-manager by {asks[0]}, and no Certificate was made" if asks else "nothing fills it"
    near = _nearest(secret, world)
    return Deviation(
        ingress.ref,
        expected=f"{secret} exists",
        observed="it does not",
        cause=f"{wish}: it was deleted, never made, or its name is misspelt{f' (nearest: {near})' if near else ''}",
        rule=resolved.id,
        summary=f"{ingress.ref} names {secret} for {', '.join(each.hosts) or 'every host'}, which does not exist",
        path=f"spec.tls[{each.secret}].secretName",
        affects=tuple(f"https://{host}" for host in each.hosts),
        outlook="the ingress controller serves a certificate of its own, which no client accepts",
        remedy=(
            Remedy("see what should fill it", f"kubectl get certificates,sealedsecrets -n {ingress.namespace}"),
            Remedy("see what there is", f"kubectl get secrets -n {ingress.namespace}"),
        ),
    )


def _nearest(secret: Ref, world: World) -> str:
    """The Secret of a Certificate in its namespace whose name is most like it; "" when none is."""
    filled = [
        str(each.get("spec", "secretName", default=""))
        for each in world.listing(CERTIFICATE).seen
        if each.namespace == secret.namespace
    ]
    return next(iter(get_close_matches(secret.name, filled, n=1, cutoff=0.8)), "")


def _unfit(secret: Resource, ingress: Resource, looks: Looks) -> Iterator[Deviation]:
    """Why no server can use what is in a Secret.

    Raises:
        Unobservable: nothing is known of its certificate.
    """
    bundle = looks.certificate(secret)
    if bundle.problem:
        yield unusable(secret, bundle.problem, str(ingress.ref))
    else:
        leaf_of(bundle, secret)


def _by_hand(ingress: Resource, world: World) -> Iterator[Declared]:
    """The Secrets an Ingress names that no Certificate fills."""
    for each in declared(ingress):
        if each.secret and certificate_for(ingress.namespace, each.secret, world) is None:
            yield each
