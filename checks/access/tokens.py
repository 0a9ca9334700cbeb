"""Tokens: that users get them, whom they name, that they are active. Never the tokens themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from holdfast.checks.access import discovery
from holdfast.checks.web import reach
from holdfast.model import CRITICAL, MAJOR, Deviation, Remedy, Resource, Said, World, rule

_ORIGIN = "EOEPCA/system-test iam/01 test_authentication, test_userinfo; iam/02 test_introspect"
_SPOKEN = reach.Expected(frozenset({200, 400, 401, 403}))
"""Statuses with which an identity provider answers the question, one way or the other."""
_WANTED = ("id_token", "access_token", "refresh_token")
_CLIENTS = frozenset({"invalid_client", "unauthorized_client"})
_UNAUTHENTICATED = 401
"""RFC 6749 §5.2: the client did not prove who it is. Keycloak calls that ``unauthorized_client``, too, as it calls
(with status 400) a client that did and may not."""
_NO_SCOPES = "the client may not ask for the scopes openid, profile and email"


@rule(
    "access.token.refused",
    CRITICAL,
    origin=_ORIGIN,
    remedy="Try to log in by hand with the same name; then look at the user and the client in the identity provider",
)
def issued(token: Resource, world: World) -> Said:
    """A user who logs in by name and password gets an id, an access and a refresh token."""
    if token.get("discovery"):
        yield from discovery.failed(token, world)
        return
    if said := reach.troubles(token, world, _SPOKEN):
        yield from said
        return
    if token.get("status") != 200:
        error = str(token.get("error", default=""))
        observed = f"status {token.get('status')}: {error or 'no reason'}"
        refused = _of(token, "a token", observed, _cause(token), issued.id)
        if error in _CLIENTS:  # whoever logs in: the client is what is wrong
            subject = f"client of logins at {token.get('from')}"
            refused = replace(refused, subject=subject, summary=f"{subject}{_by(token, 'client_given')}: {observed}")
        else:
            refused = replace(refused, summary=f"{token.name}{_by(token, 'given')}: {observed}")
        yield refused
        return
    missing = [name for name in _WANTED if name not in token.get("tokens", default=[])]
    if missing:
        yield _of(token, ", ".join(_WANTED), f"no {' and no '.join(missing)}", "the client's scopes", issued.id)
    if "id_token" not in missing and not token.get("same_user"):
        yield _of(token, "preferred_username is who logged in", "somebody else, or nobody", "", userinfo.id)


@rule(
    "access.identity.differs",
    CRITICAL,
    origin=_ORIGIN,
    remedy="Look at the mappers of the client: preferred_username is made by one, and everybody believes it",
)
def userinfo(answer: Resource, world: World) -> Said:
    """What a token says of its bearer is who logged in."""
    if answer.get("login"):
        yield from unable(answer, world)
    elif said := reach.troubles(answer, world, _SPOKEN):
        yield from said
    elif answer.get("status") != 200:
        yield _of(answer, "status 200", f"status {answer.get('status')}", "the provider does not take its own token")
    elif not answer.get("same_user"):  # told of the token: what a login brought may have said so already
        subject = answer.name.replace("userinfo of", "token of", 1)
        observed = "somebody else, or nobody"
        another = _of(answer, "preferred_username is who logged in", observed, "")
        yield replace(another, subject=subject, summary=f"{subject}: {observed}")


@rule(
    "access.introspection.refused",
    MAJOR,
    origin=_ORIGIN,
    remedy="Compare the engine's client secret with the one its deployment has, and look whether the client is enabled",
)
def active(answer: Resource, world: World) -> Said:
    """A token that was just issued is active, and the processing engine's client may ask whether it is."""
    if answer.get("login"):
        yield from unable(answer, world)
    elif said := reach.troubles(answer, world, _SPOKEN):
        yield from said
    elif answer.get("status") != 200:
        error = str(answer.get("error", default=""))
        yield _of(answer, "status 200", f"status {answer.get('status')}: {error}", _cause(answer))
    elif answer.get("active") is not True:
        yield _of(answer, "active: true", f"active: {answer.get('active')}", "the session is gone, or clocks differ")


def unable(resource: Resource, world: World) -> Iterator[Deviation]:
    """The login that failed, told as the check of logins tells it: one cause, one finding."""
    facts = resource.get("login", default={})
    name = f"token of the {facts.get('login_as')} from {facts.get('from')}"
    for said in issued(Resource({**facts, "kind": "token", "metadata": {"name": name}}), world):
        assert isinstance(said, Deviation)
        yield said


def _cause(refused: Resource) -> str:
    """Why the provider refuses a login or a client, and which variable to look at."""
    error, status = str(refused.get("error", default="")), refused.get("status")
    if error == "invalid_client" or (error == "unauthorized_client" and status == _UNAUTHENTICATED):
        _, secret = _names(refused, "client_given", ("the client", "holdfast"))
        return f"the client does not exist, is disabled, or its secret is another than {secret} has"
    if error == "unauthorized_client":
        return "the client may not log users in by password (direct access grants are off)"
    if error == "invalid_grant":
        name, password = _names(refused, "given", ("the name", "the password given"))
        return f"{password} is wrong, or the account {name} names is disabled, locked or not fully set up"
    return _NO_SCOPES if error == "invalid_scope" else ""


def _names(refused: Resource, key: str, otherwise: tuple[str, str]) -> tuple[str, str]:
    """The two variables that were used; recordings of before do not say."""
    given = refused.get(key, default=())
    return (str(given[0]), str(given[1])) if len(given) == 2 else otherwise


def _by(refused: Resource, key: str) -> str:
    given = refused.get(key, default=())
    return f" ({', '.join(map(str, given))})" if given else ""


def _look(answer: Resource) -> Remedy:
    """The same login by hand, of which no token is shown; the token that was used, where one was."""
    who = re.search(r"of the (owner|other)", answer.name)
    token = f"${who[1].upper()}_TOKEN" if who else "$TOKEN"
    client = answer.get("client_given", default=())
    if answer.kind == "token" and len(client) == len(given := answer.get("given", default=())) == 2:
        form = {"client_id": client[0], "client_secret": client[1], "username": given[0], "password": given[1]}
        asked = " ".join(f'--data-urlencode "{name}=${value}"' for name, value in form.items())
        fixed = "-d grant_type=password --data-urlencode 'scope=openid profile email'"
        shown = "jq '{error, error_description, scope}'"
        by_hand = f"curl -sS --max-time 10 {fixed} {asked} '{reach.url(answer)}' | {shown}"
        return Remedy("log in by hand; it shows no token", by_hand)
    if answer.kind == "introspection" and len(client) == 2:
        more = f'-u "${client[0]}:${client[1]}" --data-urlencode "token={token}"'
        return Remedy("ask it by hand", reach.curl(answer, body=True, more=more))
    if answer.kind == "userinfo":
        return Remedy("ask it by hand", reach.curl(answer, body=True, more=f'--oauth2-bearer "{token}"'))
    where = f"{answer.get('from') or reach.host(answer)}/.well-known/openid-configuration"
    return Remedy("see that the provider answers", reach.curl(answer, asked=where))


def _of(answer: Resource, expected: str, observed: str, cause: str, id: str = "") -> Deviation:
    said = f"{answer.name}: {observed}"
    return Deviation(None, expected, observed, cause, (_look(answer),), answer.name, rule=id, summary=said)
