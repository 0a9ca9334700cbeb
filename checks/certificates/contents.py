"""Whether the Secrets of Certificates hold what was asked for."""

from __future__ import annotations

from holdfast.checks.certificates.facts import Bundle, Leaf, Looks
from holdfast.checks.certificates.issued import ready
from holdfast.checks.certificates.kinds import GROUP, find_secret, issuer_of
from holdfast.checks.certificates.limits import PLAIN, Limits
from holdfast.checks.certificates.remedies import compare, renew, show
from holdfast.model import (
    CRITICAL,
    MAJOR,
    Deviation,
    Ref,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

UNUSABLE = "certificate.secret.unusable"
_MISMATCH = "is not the one the certificate was made for"
_REPLACED = "one of the two was replaced without the other: by hand, or by a second tool that writes this Secret"
_BY_HAND = "it was filled by hand or by another tool: whoever issues certificates writes both"


@rule(
    "certificate.secret.missing",
    CRITICAL,
    origin="issue C §10: the Secret a Certificate names exists",
    remedy="See whether cert-manager runs: while it does, it issues again whatever was deleted",
)
def present(certificate: Resource, world: World, limits: Limits = PLAIN) -> Said:
    """The Secret of every Certificate exists; of one that is not issued, that is told.

    The rules below leave what is told here to this one: they are judged beside it.
    """
    if not _is_ready(certificate):
        yield from ready.under_its_name(certificate, world, limits)
        return
    if _secret(certificate, world) is not None:
        return
    ref = _ref(certificate)
    yield Deviation(
        certificate.ref,
        expected=f"{ref} exists",
        observed="it does not, and the Certificate is still called Ready",
        cause="it was deleted, and cert-manager, which would issue it again within seconds, does not run",
        summary=f"{certificate.ref} is called Ready, but its {ref} does not exist",
        path="spec.secretName",
        affects=(str(ref),),
        outlook="it is issued again as soon as cert-manager runs",
        remedy=(
            Remedy("see whether cert-manager runs", "kubectl get pods -A -l app.kubernetes.io/name=cert-manager"),
            Remedy("see for yourself", f"kubectl get {ref.where}"),
        ),
    )


@rule(
    UNUSABLE,
    CRITICAL,
    origin="issue C §10: the Secret has a certificate and its key, and they belong together",
    remedy="Have it issued again, or put a certificate and the key it was made for into the Secret",
)
def usable(certificate: Resource, world: World, looks: Looks) -> Said:
    """The Secret of every issued Certificate holds a certificate and the private key that belongs to it."""
    secret = _secret(certificate, world) if _is_ready(certificate) else None
    if secret is None:
        return
    bundle = looks.certificate(secret)
    if bundle.problem:
        yield unusable(secret, bundle.problem, str(certificate.ref), certificate.name)
    else:
        leaf_of(bundle, secret)


@rule(
    "certificate.leaf.other-names",
    MAJOR,
    origin="issue C §10: the certificate covers the names it was asked for",
    remedy="Have it issued again: cmctl renew NAME",
)
def named(certificate: Resource, world: World, looks: Looks) -> Said:
    """What was issued covers every name its Certificate asks for."""
    leaf = _leaf(certificate, world, looks)
    wanted = certificate.texts("spec", "dnsNames")
    missing = [each for each in wanted if leaf is not None and not _has(leaf, each)]
    if leaf is not None and missing:
        yield _differs(
            certificate,
            "spec.dnsNames",
            f"the certificate in the Secret covers {', '.join(wanted)}",
            f"it covers {', '.join(leaf.names) or 'no name at all'}, not {', '.join(missing)}",
        )


@rule(
    "certificate.leaf.other-issuer",
    MAJOR,
    origin="issue C §10: issued by the issuer that is declared",
    remedy="Have it issued again by the declared issuer: cmctl renew NAME",
)
def by_issuer(certificate: Resource, world: World) -> Said:
    """What was issued comes from the issuer its Certificate names."""
    secret = _secret(certificate, world) if _is_ready(certificate) else None
    if secret is None:
        return
    wanted, said = issuer_of(certificate), secret.annotations
    name = said.get(f"{GROUP}/issuer-name")
    if name is None:
        return  # cert-manager before 1.0 wrote none, and nobody else can tell
    kind = said.get(f"{GROUP}/issuer-kind") or "Issuer"
    if (kind, name) != (wanted.kind, wanted.name):
        expected = f"the certificate in the Secret comes from {wanted}"
        yield _differs(certificate, "spec.issuerRef", expected, f"the Secret says it comes from {kind} {name}")


def unusable(secret: Resource, problem: str, affects: str, certificate: str = "") -> Deviation:
    """The finding for a Secret no server can use.

    Args:
        secret: it.
        problem: why, as :mod:`holdfast.fixtures.leaf` tells it.
        affects: who needs it.
        certificate: the name of the Certificate that fills it; the Secret's own word where it is not given.
    """
    filler = certificate or secret.annotations.get(f"{GROUP}/certificate-name", "")
    return Deviation(
        secret.ref,
        expected="tls.crt holds a certificate, tls.key the private key that belongs to it",
        observed=problem,
        summary=f"{secret.ref} cannot be used by any server: {problem}",
        cause=_REPLACED if problem.endswith(_MISMATCH) else _BY_HAND,
        rule=UNUSABLE,
        path="data",
        affects=(affects,),
        outlook="an ingress controller falls back to the certificate it makes itself",
        remedy=(
            compare(secret.ref) if problem.endswith(_MISMATCH) else show(secret.ref),
            Remedy("see its keys", f"kubectl describe {secret.ref.where}"),
            *([renew(filler, secret.namespace)] if filler else []),
        ),
    )


def leaf_of(bundle: Bundle, secret: Resource) -> Leaf:
    """The certificate of a Secret that is fit to be served.

    Raises:
        Unobservable: nothing is known of it.
    """
    if bundle.leaf is None:
        raise Unobservable(UnknownCode.UNREADABLE, str(secret.ref), "its certificate could not be read")
    return bundle.leaf


def _is_ready(certificate: Resource) -> bool:
    """Issued, as far as cert-manager knows; what is not is told by the rule that follows the way."""
    state = certificate.find_condition("Ready")
    seen = state.observed_generation if state else None
    return state is not None and state.status == "True" and (seen is None or seen >= (certificate.generation or 0))


def _secret(certificate: Resource, world: World) -> Resource | None:
    name = str(certificate.get("spec", "secretName", default=""))
    return find_secret(certificate.namespace, name, world) if name else None


def _leaf(certificate: Resource, world: World, looks: Looks) -> Leaf | None:
    secret = _secret(certificate, world) if _is_ready(certificate) else None
    if secret is None:
        return None
    bundle = looks.certificate(secret)
    return None if bundle.problem else leaf_of(bundle, secret)


def _has(leaf: Leaf, name: str) -> bool:
    return name.lower() in {each.lower() for each in leaf.names} or leaf.covers(name)


def _differs(certificate: Resource, path: str, expected: str, observed: str) -> Deviation:
    return Deviation(
        certificate.ref,
        expected=expected,
        observed=observed,
        cause="somebody changed the Secret, and cert-manager, which would notice, does not run",
        summary=f"{certificate.ref}: {observed}",
        path=path,
        affects=(str(_ref(certificate)),),
        outlook="it is issued again as soon as cert-manager runs",
        remedy=(show(_ref(certificate)), renew(certificate.name, certificate.namespace)),
    )


def _ref(certificate: Resource) -> Ref:
    return Ref("v1", "Secret", certificate.namespace, str(certificate.get("spec", "secretName", default="")))
