"""How the stand-in guard decides: it asks Keycloak, as EOEPCA's PEP asks its authorization server."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from testbed.services.standin import Asked, Reply

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_UMA = "urn:ietf:params:oauth:grant-type:uma-ticket"
Mode = Callable[[], Mapping[str, Any]]


class Guard:
    """The guard of one client's resources.

    Args:
        keycloak: the realm's address on loopback; issuer is its public one.
        client: whose resources and policies count.
        secrets: the file with the client's secret.
        mode: how it misbehaves now.
    """

    def __init__(self, keycloak: str, issuer: str, client: str, secrets: Path, mode: Mode) -> None:
        self._keycloak, self._issuer, self._client = keycloak, issuer, client
        self._secrets, self._mode = secrets, mode

    def refusal(self, asked: Asked, path: str) -> Reply | None:
        """Why this request may not pass; None when it may."""
        if path in self._mode().get("open", ()):
            return None
        token = bearer(asked)
        if not token:
            return self._challenge(path)
        form = {
            "grant_type": _UMA,
            "audience": self._client,
            "permission": path,
            "permission_resource_format": "uri",
            "permission_resource_matching_uri": "true",
            "response_mode": "decision",
        }
        status, said = self.ask("/protocol/openid-connect/token", form, token)
        if status == 200 and said.get("result"):
            return None
        if status == 401:
            return self._challenge(path)
        return Reply(403 if status in (400, 403) else 502, {"error": said.get("error", "refused")})

    def resources(self, asked: Asked) -> Reply:
        """The registered resources, to whoever has a token."""
        if not bearer(asked) or self.ask("/protocol/openid-connect/userinfo", None, bearer(asked))[0] != 200:
            return Reply(401, {"error": "unauthorized"})
        found = self.held()
        wanted = asked.query.get("path", "")
        listed = [{"_id": each["_id"], "_name": each["name"], "_reverse_match_url": each["name"]} for each in found]
        return Reply(200, [each for each in listed if wanted in ("", each["_reverse_match_url"])])

    def registered(self, path: str = "") -> list[dict[str, Any]]:
        """The resources Keycloak knows of this client, those of a path where one is given."""
        query = f"&uri={urllib.parse.quote(path)}&matchingUri=true" if path else ""
        found: list[dict[str, Any]] = self.ask(
            f"/authz/protection/resource_set?deep=true&max=100{query}", None, self._own_token()
        )[1]
        return found if isinstance(found, list) else []

    def held(self) -> list[dict[str, Any]]:
        """Those that the PEP itself holds: what it has lost Keycloak still knows."""
        lost = self._mode().get("lost", ())
        return [each for each in self.registered() if each["name"] not in lost]

    def user(self, asked: Asked) -> str:
        """Who asks; "" for nobody."""
        token = bearer(asked)
        status, said = self.ask("/protocol/openid-connect/userinfo", None, token) if token else (401, {})
        return str(said.get("preferred_username", "")) if status == 200 else ""

    def ask(self, path: str, body: Mapping[str, str] | list[Any] | None, token: str = "") -> tuple[int, Any]:
        """Status and document of Keycloak's answer: a form is posted, a list is posted as JSON, None is a GET."""
        data = None
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if isinstance(body, list):
            data, headers["Content-Type"] = orjson.dumps(body), "application/json"
        elif body is not None:
            data = urllib.parse.urlencode(body).encode()
        try:
            with _DIRECT.open(urllib.request.Request(self._keycloak + path, data, headers), timeout=20) as answer:
                return answer.status, orjson.loads(answer.read())
        except urllib.error.HTTPError as error:
            read = error.read()
            return error.code, orjson.loads(read) if read[:1] == b"{" else {}
        except OSError:
            return 502, {}

    def _challenge(self, path: str) -> Reply:
        headers = {}
        if self._mode().get("ticket", True):
            ticket = self._ticket(path)
            headers["WWW-Authenticate"] = f'UMA realm="eoepca",as_uri="{self._issuer}",ticket="{ticket}"'
        return Reply(401, {"error": "unauthorized"}, headers)

    def _ticket(self, path: str) -> str:
        asked = [{"resource_id": each["_id"]} for each in self.registered(path)]
        status, said = self.ask("/authz/protection/permission", asked, self._own_token()) if asked else (404, {})
        return str(said.get("ticket", "")) if status == 201 else ""

    def _own_token(self) -> str:
        secret = orjson.loads(self._secrets.read_bytes())[self._client]
        form = {"grant_type": "client_credentials", "client_id": self._client, "client_secret": secret}
        return str(self.ask("/protocol/openid-connect/token", form)[1].get("access_token", ""))


class Policies:
    """The PDP: one policy per resource, which permits its owner the six verbs."""

    def __init__(self, guard: Guard, owned: Mapping[str, tuple[str, tuple[str, ...]]], mode: Mode) -> None:
        self._guard, self._owned, self._mode = guard, owned, mode

    def answer(self, asked: Asked) -> Reply:
        """`/pdp/policy/validate`, and the start page of the user profile."""
        if asked.path == "/web_ui":
            return Reply(200, text=_PROFILE[self._mode().get("profile", "")], content_type=_HTML)
        if asked.path != "/pdp/policy/validate":
            return Reply(404, {"error": "not found"})
        values = dict(_attributes(asked.document))
        permitted = self._is_permitted(values)
        decision = {"Decision": "Permit" if permitted else "Deny"}
        return Reply(200 if permitted else 401, {"Response": [decision]})

    def _is_permitted(self, values: Mapping[str, str]) -> bool:
        if self._mode().get("policies") == "none":
            return False
        name = next((each["name"] for each in self._guard.held() if each["_id"] == values.get("resource-id")), "")
        owner, _ = self._owned.get(name, ("", ()))
        let_in = {owner, *self._mode().get("permit", ())}
        return bool(owner) and values.get("user_name") in let_in and values.get("action-id") in _VERBS


def bearer(asked: Asked) -> str:
    """The token of a request, "" without one."""
    kind, _, token = asked.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _attributes(document: Any) -> list[tuple[str, str]]:
    """Every attribute of a XACML request in JSON."""
    request = document.get("Request", {}) if isinstance(document, dict) else {}
    holders = [entry for category in request.values() for entry in category]
    return [(str(each["AttributeId"]), str(each["Value"])) for entry in holders for each in entry["Attribute"]]


_HTML = "text/html"
_PROFILE = {
    "": "<html><head><title>EOEPCA User Profile</title></head></html>",
    "empty": "",
}
"""The start page of the user profile, and what can come in its place."""
_VERBS = ("get", "post", "put", "delete", "head", "patch")
