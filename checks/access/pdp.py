"""What the PDP decides about those who may and those who may not."""

from __future__ import annotations

from collections.abc import Sequence

from holdfast.checks.access import asking
from holdfast.checks.access.tokens import unable
from holdfast.checks.web import reach
from holdfast.checks.web.documents import json_object
from holdfast.model import (
    CRITICAL,
    Deviation,
    Json,
    Query,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

_DIFFERS = "the policy of the resource differs"
_NOBODY = "it denies it to another who may, too: the policy of the resource is gone, or names somebody else"


@rule(
    "access.policy.decision",
    CRITICAL,
    origin="Robot 03__PDP_Engine: Permit and Deny, Bad Action, Bad Resource",
    remedy="List the policies of the resource (management_tools list -r ID in the PDP), and look who changed them",
)
def validated(
    answer: Resource, world: World, decision: str, registered: bool = True, permits: Sequence[Query] = ()
) -> Said:
    """The PDP decides as declared: Permit with status 200, Deny with status 401.

    A Deny says something of policies only where the path is registered and somebody is permitted: the PDP denies what
    it does not know as well.

    Args:
        answer, world: see Rule.
        decision: Permit or Deny.
        registered: whether a PEP holds the path; False for what must be denied because nobody registered it.
        permits: what else is asked of which the PDP should permit all: denies it that, too, one thing is wrong.
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
        if (decision, found) == ("Permit", "Deny") and _denies_all(permits):
            yield _lost(answer)
            return
        cause = _NOBODY if (decision, found) == ("Permit", "Deny") and _control(answer) else _DIFFERS
        yield _differs(answer, f"{decision}, status {wanted}", observed, cause)
    elif decision == "Deny" and registered and (problem := _control(answer)):
        yield problem


def _denies_all(permits: Sequence[Query]) -> bool:
    """Whether the PDP denies everything it should permit, of more than one resource, and whom it was asked about then.

    What could not be asked, or came to nothing, says nothing: then each is told for itself.
    """
    listings = [each.read() for each in permits]
    answers = [each for listing in listings for each in listing.seen]
    denied = all(_is_denied(each) for each in answers) and not any(each.problems for each in listings)
    return denied and len({each.get("path") for each in answers}) > 1


def _is_denied(answer: Resource) -> bool:
    document = json_object(answer) if answer.get("stage") == "done" and answer.get("registered") else {}
    denied = not isinstance(document, Deviation) and decision_in(document) == "Deny"
    return denied and answer.get("status") == 401 and answer.get("control", "decision") == "Deny"


def _lost(answer: Resource) -> Deviation:
    """One defect, whichever question met it."""
    where = reach.address(answer)
    return Deviation(
        None,
        "Permit for those who may",
        "Deny for every one of them, each owner asked about too",
        "it has lost its policies, or cannot read them: its database, or what fills it",
        (asking.policies(answer), *asking.engine(answer)),
        where,
        affects=(answer.name,),
        summary=f"the PDP at {where} denies every owner what is theirs",
        outlook="nobody gets to anything behind a guard that asks it",
    )


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
    tool = asking.policies(answer).command
    cure = f"{tool}  # is its policy there? else name in the column `permitted` who may get it"
    return Unobservable(UnknownCode.NOTHING_MATCHED, _registration(answer), detail, cure)


def _registration(answer: Resource) -> str:
    return f"resource {answer.get('path')} of {answer.get('resources')}"


def _differs(answer: Resource, expected: str, observed: str, cause: str) -> Deviation:
    looks = (asking.policies(answer), *asking.engine(answer))
    said = f"{answer.name}: {observed}, expected {expected}"
    return Deviation(None, expected, observed, cause, looks, answer.name, summary=said)
