"""Why a certificate is not issued: from its CertificateRequest through Order and Challenge to whoever refused."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.checks.certificates.kinds import CHALLENGE, ORDER, find_issuer, issuer_of, owned
from holdfast.model import Condition, Ref, Remedy, Resource, Unobservable, World

_ENDED = ("invalid", "errored", "expired")
"""States of an Order or a Challenge that it does not leave again (acme.cert-manager.io/v1, ``State``)."""


@dataclass(frozen=True, slots=True)
class Issuance:
    """How far it came."""

    text: str
    """One sentence, from the Certificate down to what is to blame; "" when nothing tells."""
    ref: Ref
    """The last object on the way."""
    failed: bool = False
    """This attempt is over; cert-manager tries again after a pause."""
    issuer: Ref | None = None
    """Set when the issuer is to blame: it is missing or not Ready."""

    @property
    def remedy(self) -> Remedy:
        """How to look at the last object."""
        return Remedy("see what stands in the way", f"kubectl describe {self.ref.where}")


def follow(certificate: Resource, world: World) -> Issuance:
    """What became of the Certificate's latest attempt.

    Raises:
        Unobservable: the issuer or its CertificateRequests could not be read.
    """
    named = issuer_of(certificate)
    if blame := issuer_problem(named, world):
        return Issuance(f"{named} {blame}", named, failed=True, issuer=named)
    requests = owned("CertificateRequest", certificate, world)
    if not requests:
        return Issuance(_own_words(certificate), certificate.ref, _gave_up(certificate))
    return _request(requests[-1], certificate, world)


def issuer_problem(issuer: Ref, world: World) -> str:
    """What is wrong with an issuer: a clause; "" when nothing is, or it has not been looked at yet.

    Raises:
        Unobservable: it could not be read.
    """
    found = find_issuer(issuer, world)
    if found is None:
        return "does not exist"
    ready = found.find_condition("Ready")
    seen = ready.observed_generation if ready else None
    if ready is None or ready.status != "False" or (seen is not None and seen < (found.generation or 0)):
        return ""
    return f"is not Ready: {_said(ready)}"


def _request(request: Resource, certificate: Resource, world: World) -> Issuance:
    ready, denied = request.find_condition("Ready"), request.find_condition("Denied")
    if denied and denied.status == "True":
        return Issuance(f"{request.ref} was denied: {denied.message}", request.ref, failed=True)
    over = ready is not None and ready.status == "False" and ready.reason in ("Failed", "Denied")
    if ready is not None and ready.status == "True":
        return Issuance(_own_words(certificate), certificate.ref, _gave_up(certificate))
    deeper = _order(request, world)
    if deeper is not None:
        return Issuance(deeper.text, deeper.ref, deeper.failed or over)
    approved = request.find_condition("Approved")
    if approved is None or approved.status != "True":
        return Issuance(f"{request.ref} waits for an approval nobody has given", request.ref, over)
    text = f"{request.ref}: {_said(ready)}" if ready else f"{request.ref} has not been looked at by any issuer"
    return Issuance(text, request.ref, over)


def _order(request: Resource, world: World) -> Issuance | None:
    """The ACME way; None when the issuer is of another sort, or its objects may not be read."""
    try:
        orders = owned(ORDER, request, world)
        if not orders:
            return None
        order = orders[-1]
        challenges = [each for each in owned(CHALLENGE, order, world) if _state(each) != "valid"]
    except Unobservable:
        return None
    over, reason = _state(order) in _ENDED, str(order.get("status", "reason", default=""))
    for each in sorted(challenges, key=lambda each: _state(each) not in _ENDED):
        return _challenge(each, over)
    if over or reason:
        return Issuance(f"{order.ref} is {_state(order)}: {reason or 'no reason given'}", order.ref, over)
    return Issuance(f"{order.ref} is {_state(order)}", order.ref)


def _challenge(challenge: Resource, over: bool) -> Issuance:
    kind, host = challenge.get("spec", "type", default="?"), challenge.get("spec", "dnsName", default="?")
    reason = challenge.get("status", "reason", default="no reason given")
    text = f"{challenge.ref} ({kind} for {host}) is {_state(challenge)}: {reason}"
    return Issuance(text, challenge.ref, over or _state(challenge) in _ENDED)


def _state(acme: Resource) -> str:
    return str(acme.get("status", "state", default="pending"))


def _own_words(certificate: Resource) -> str:
    """What the Certificate itself says, the attempt before the state."""
    found = [certificate.find_condition(kind) for kind in ("Issuing", "Ready")]
    return "; ".join(_said(each) for each in found if each is not None and each.message)


def _gave_up(certificate: Resource) -> bool:
    issuing = certificate.find_condition("Issuing")
    return issuing is not None and issuing.status == "False" and issuing.reason == "Failed"


def _said(condition: Condition) -> str:
    return f"{condition.reason}: {condition.message}" if condition.reason else condition.message
