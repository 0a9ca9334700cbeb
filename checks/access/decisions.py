"""What the identity provider and the PDP decide, and how a guard asks for a permission."""

from __future__ import annotations

from holdfast.checks.access import discovery
from holdfast.checks.access.tokens import unable
from holdfast.checks.web import reach
from holdfast.checks.web.documents import json_object
from holdfast.model import (
    CRITICAL,
    MAJOR,
    Deviation,
    Json,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
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
        yield _of(answer, outcome, observed, _CAUSES.get(found, _CHANGED))


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
    if answer.get("status") == 200:
        yield _of(answer, "status 401", "status 200", "the guard lets through whoever comes")
    elif not answer.get("ticket"):
        yield _of(answer, "WWW-Authenticate with a ticket", "none", "the guard cannot register a permission request")
    elif str(answer.get("as_uri", default="")).rstrip("/") != issuer.rstrip("/"):
        yield _of(answer, f"as_uri {issuer}", f"as_uri {answer.get('as_uri')}", "the guard trusts another provider")


@rule(
    "access.policy.decision",
    CRITICAL,
    origin="Robot 03__PDP_Engine: Permit and Deny, Bad Action, Bad Resource",
    remedy="List the policies of the resource (management_tools list -r ID in the PDP), and look who changed them",
)
def validated(answer: Resource, world: World, decision: str, registered: bool = True) -> Said:
    """The PDP decides as declared: Permit with status 200, Deny with status 401.

    A Deny says something of policies only where the path is registered and somebody is permitted: the PDP denies what
    it does not know as well.

    Args:
        answer, world: see Rule.
        decision: Permit or Deny.
        registered: whether a PEP holds the path; False for what must be denied because nobody registered it.
    """
    if answer.get("login"):
        yield from unable(answer, world)
        return
    if said := reach.troubles(answer, world, reach.Expected(frozenset({200, 401}))):
        yield from said
        return
    document = json_object(answer, "a XACML response in JSON")
    if isinstance(document, Deviation):
        yield document
        return
    found = decision_in(document)
    wanted = {"Permit": 200, "Deny": 401}[decision]
    let_in = (decision, found) == ("Deny", "Permit")  # that is wrong whatever is registered
    if not let_in and (problem := _premise(answer, registered)):
        yield problem
    elif found != decision or answer.get("status") != wanted:
        observed = f"{found or 'no decision'}, status {answer.get('status')}"
        yield _of(answer, f"{decision}, status {wanted}", observed, "the policy of the resource differs")
    elif decision == "Deny" and registered and (problem := _control(answer)):
        yield problem


def decision_in(document: Json) -> str:
    """The decision of a XACML response in JSON; "" where it holds none."""
    responses = document.get("Response") if isinstance(document, dict) else None
    first = responses[0] if isinstance(responses, list) and responses else {}
    return str(first.get("Decision", "")) if isinstance(first, dict) else ""


def _premise(answer: Resource, registered: bool) -> Unobservable | None:
    """Why the answer says nothing of what was meant: the path is not registered, or it is."""
    there = answer.get("registered")
    if there is None or there == registered:  # recordings of before do not say
        return None
    if registered:
        detail = "the PEP does not list it to its owner: what the PDP says of it says nothing of its policies"
        cure = "see what the PEP holds: holdfast audit eoepca -m policies --allow exec"
    else:
        detail = "it is registered: what the PDP says of it says nothing of what nobody registered"
        cure = "name a path in the feature that nobody registers"
    return Unobservable(UnknownCode.NOTHING_MATCHED, _registration(answer), detail, cure)


def _control(answer: Resource) -> Unobservable | None:
    """Why a Deny may be no policy's: whoever asks is denied."""
    control = answer.get("control")
    if control is None or (control["status"], control["decision"]) == (200, "Permit"):
        return None
    told = control["problem"] or f"{control['decision'] or 'no decision'}, status {control['status']}"
    detail = f"the PDP does not permit its owner to get it either ({told}): that others are denied says nothing"
    cure = "name in the column `permitted` who may get it; else list the PDP's policies: management_tools list --all"
    return Unobservable(UnknownCode.NOTHING_MATCHED, _registration(answer), detail, cure)


def _registration(answer: Resource) -> str:
    return f"resource {answer.get('path')} of {answer.get('resources')}"


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


def _of(answer: Resource, expected: str, observed: str, cause: str) -> Deviation:
    where = reach.host(answer)
    look = Remedy("see that it answers", f"curl -sS -o /dev/null -D - --max-time 10 '{where}'")
    said = f"{answer.name}: {observed}, expected {expected}"
    return Deviation(None, expected, observed, cause, (look,), answer.name, summary=said)
