"""Whether those to whom resources belong are users at all."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.checks.policies import telling
from holdfast.checks.policies.grants import OPERATOR
from holdfast.checks.policies.held import Held, Registered, read
from holdfast.checks.web import reach
from holdfast.model import MINOR, Deviation, Note, Query, Remedy, Resource, Said, UnknownCode, Unobservable, World, rule

_ANSWER = reach.Expected(media="application/json")


@rule(
    "policies.resource.owner-unknown",
    MINOR,
    origin="reference/eoepca.md P12: owners exist as users in the identity provider",
    remedy="Find out who the user was; give the resources to somebody, or remove them with their policies",
)
def owners_exist(users: Resource, world: World, policies: Query) -> Said:
    """Every owner of a resource is a user of the identity provider.

    Args:
        users: the carrier of :mod:`holdfast.fixtures.users`.
        world: see Rule.
        policies: what PEPs and PDP hold.
    """
    if troubles := reach.troubles(users, world, _ANSWER):
        yield from troubles
        return
    known = users.get("users")
    if known is None:
        yield reach.unreadable(users, "a list of users", "something else")
        return
    if not known:
        detail = "the identity provider lists no user at all: this client may not see them"
        raise Unobservable(UnknownCode.NOTHING_MATCHED, users.name, detail, "give it the role view-users")
    listing = policies.read()
    yield from listing.problems
    for carrier in listing.seen:
        yield from _strangers(read(carrier), frozenset(known), users.name)


def _strangers(held: Held, known: frozenset[str], where: str) -> Iterator[Deviation | Note | Unobservable]:
    yield from held.unread("PEP")
    owned: dict[str, list[Registered]] = {}
    for each in held.resources:
        if each.owner not in ("", OPERATOR, *known):
            owned.setdefault(each.owner, []).append(each)
    for owner, resources in owned.items():
        yield _stranger(owner, resources, where)


def _stranger(owner: str, resources: list[Registered], where: str) -> Deviation:
    return Deviation(
        None,
        subject=f"user {owner}",
        expected="the identity provider knows the user",
        observed=f"it does not, and {len(resources)} resources belong to that id",
        cause="the user was deleted, or came from another identity provider; nobody took the resources away",
        summary=f"{len(resources)} resources belong to user {owner}, whom the identity provider does not know",
        affects=tuple(map(str, resources)),
        source="; ".join(dict.fromkeys(each.pep.source for each in resources if each.pep.source)),
        outlook="they stay; nobody but the operator can use them",
        remedy=(
            Remedy("ask for the user, as an administrator", f"curl -sS '{where.removeprefix('GET ')}/{owner}'"),
            *(telling.look(each) for each in resources[:3]),
        ),
    )
