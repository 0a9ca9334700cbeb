"""What the identity provider decides, and how a guard asks for a permission."""

from __future__ import annotations

from holdfast.checks.access import asking, discovery
from holdfast.checks.access.tokens import unable
from holdfast.checks.web import reach
from holdfast.model import (
    CRITICAL,
    MAJOR,
    Deviation,
    Remedy,
    Resource,
    Said,
    World,
    rule,
)

_ORIGIN = "EOEPCA/system-test iam/02: decisions, permissions, path matching, unauthorised"
_SPOKEN = reach.Expected(frozenset({200, 400, 401, 403}))
GRANTED, DENIED, UNAUTHORISED = "granted", "denied", "unauthorised"
_NO_RESOURCE, _NO_REASON = "no such resource", "refused without a reason"
_CHANGED = "a policy or a resource of the client was changed, or is gone"
_CAUSES = {
    _NO_RESOURCE: "the client has no resource of that path, or of that name: no policy decided anything",
    _NO_REASON: "something before the provider answers: the provider itself says why (RFC 6749 §5.2)",
}
OUTCOMES = (GRANTED, DENIED, UNAUTHORISED)
_DENIALS = frozenset({"access_denied", "request_denied"})
"""With which a provider says no to who asks; any other error is the question's, or its own."""


@rule(
    "access.decision.differs",
    CRITICAL,
    origin=_ORIGIN,
    remedy="Evaluate the permission in the identity provider (client, Authorization, Evaluate); look who changed it",
)
def decided(answer: Resource, world: World, outcome: str) -> Said:
    """The identity provider decides about a path as declared: granted, denied, or nothing at all without a token."""
    if answer.get("login"):
        yield from unable(answer, world)
    elif answer.get("discovery"):
        yield from discovery.failed(answer, world)
    elif said := reach.troubles(answer, world, _SPOKEN):
        yield from said
    elif (found := _outcome(answer)) != outcome:
        observed = f"{found} (status {answer.get('status')}{_why(answer)})"
        yield _of(answer, outcome, observed, _CAUSES.get(found, _CHANGED), asking.provider(answer))


@rule(
    "access.ticket.missing",
    MAJOR,
    origin="Robot 01__UMA_Flow: UMA Ticket Test; UMA 2.0 Grant §3.2.1",
    remedy="Look at the guard's log: without a permission ticket of the authorization server nobody can get in",
)
def offered(answer: Resource, world: World, issuer: str) -> Said:
    """Whoever comes to a guard without a valid token is told where a ticket for the path leads."""
    if said := reach.troubles(answer, world, reach.Expected(frozenset({200, 401}))):
        yield from said
        return
    look = asking.guard(answer)
    if answer.get("status") == 200:
        yield _of(answer, "status 401", "status 200", "the guard lets through whoever comes", look)
    elif not answer.get("ticket"):
        cause = "the guard cannot register a permission request"
        yield _of(answer, "WWW-Authenticate with a ticket", "none", cause, look)
    elif str(answer.get("as_uri", default="")).rstrip("/") != issuer.rstrip("/"):
        cause = "the guard trusts another provider"
        yield _of(answer, f"as_uri {issuer}", f"as_uri {answer.get('as_uri')}", cause, look)


def _outcome(answer: Resource) -> str:
    status, error = answer.get("status"), str(answer.get("error", default=""))
    if status == 200:
        return GRANTED if answer.get("result") is True or answer.get("rpt") else "neither granted nor denied"
    if error in _DENIALS:
        return DENIED
    if error == "invalid_resource":
        return _NO_RESOURCE
    if not error:
        return _NO_REASON
    return UNAUTHORISED if status == 401 or error == "invalid_client" else "refused"


def _why(answer: Resource) -> str:
    error = str(answer.get("error", default=""))
    return f": {error}" if error else ""


def _of(answer: Resource, expected: str, observed: str, cause: str, *looks: Remedy) -> Deviation:
    said = f"{answer.name}: {observed}, expected {expected}"
    return Deviation(None, expected, observed, cause, looks, answer.name, summary=said)
