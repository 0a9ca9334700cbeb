"""Keycloak, the identity provider: the real server, with a realm of three users and the clients that ask for them."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import orjson

from testbed.errors import TestbedError
from testbed.processes import Command
from testbed.services import Context, Handle, Host, Service, keycloak_build
from testbed.services.keycloak_realm import DIRECTORY, ENGINE, REALM, TESTER, permission
from testbed.services.probe import status

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Keycloak(Service):
    name = "keycloak"
    ports = ("keycloak",)
    hosts: ClassVar[Mapping[str, Host]] = {"identity": Host("identity.develop.eoepca.org", to="keycloak")}

    def prepare(self, ctx: Context) -> None:
        prepared = keycloak_build.ensure()
        keycloak_build.link(prepared, ctx.folder(self.name))
        file = secrets_file(ctx)
        file.touch(0o600)
        file.write_bytes(orjson.dumps(keycloak_build.secrets_of(prepared)))

    def command(self, ctx: Context) -> Command:
        home = ctx.folder(self.name)
        serving = keycloak_build.serving(home, ctx.port("keycloak"), ctx.url("identity"))
        return Command(self.name, keycloak_build.java(home, *serving), ctx.environment())

    def ready(self, ctx: Context) -> bool:
        return status(f"http://127.0.0.1:{ctx.port('keycloak')}/realms/{REALM}") == 200

    def restore(self, ctx: Context) -> list[str]:
        undone = KeycloakHandle(self, ctx).undo()
        return [f"keycloak: undid {undone} changes"] if undone else []

    def endpoints(self, ctx: Context) -> dict[str, str]:
        return {"issuer": f"{ctx.url('identity')}/realms/{REALM}"}

    def environment(self, ctx: Context) -> dict[str, str]:
        known = known_secrets(ctx)
        return {
            "TEST_USER": "eric",
            "TEST_PASSWORD": known["eric"],
            "TEST_OTHER_USER": "alice",
            "TEST_OTHER_PASSWORD": known["alice"],
            "ADMIN_CLIENT_ID": TESTER,
            "ADMIN_CLIENT_SECRET": known[TESTER],
            "OAPIP_CLIENT_ID": ENGINE,
            "OAPIP_CLIENT_SECRET": known[ENGINE],
            "HOLDFAST_USERS_CLIENT_ID": DIRECTORY,
            "HOLDFAST_USERS_CLIENT_SECRET": known[DIRECTORY],
        }

    def handle(self, ctx: Context) -> KeycloakHandle:
        return KeycloakHandle(self, ctx)


class KeycloakHandle(Handle):
    """`bed.service("keycloak")`: what an administrator can do; undone, last first, at `bed.reset()`."""

    def change_realm(self, change: dict[str, Any]) -> None:
        """Sets these fields of the realm, such as `{"attributes": {"frontendUrl": "https://elsewhere"}}`."""
        self._replace("", change)

    def change_user(self, name: str, change: dict[str, Any]) -> None:
        """Sets these fields of a user, such as `{"enabled": False}`."""
        self._replace(f"/users/{self._one(f'/users?exact=true&username={name}')['id']}", change)

    def change_client(self, name: str, change: dict[str, Any]) -> None:
        """Sets these fields of a client, such as `{"secret": "another"}`."""
        self._replace(self._client(name), change)

    def change_mapper(self, scope: str, mapper: str, config: dict[str, str]) -> None:
        """Sets these fields of what puts a claim into tokens, such as `{"user.attribute": "email"}`."""
        found = next(each for each in self._get("/client-scopes") if each["name"] == scope)
        path = f"/client-scopes/{found['id']}/protocol-mappers/models"
        one = next(each for each in self._get(path) if each["name"] == mapper)
        self._replace(f"{path}/{one['id']}", {"config": config})

    def delete_permission(self, client: str, resource: str) -> None:
        """Nobody may use a resource of the client any more."""
        found = self._policy(client, permission(resource))
        path = f"{self._policies(client)}/resource"
        applied = [each["name"] for each in self._get(f"{self._policies(client)}/{found['id']}/associatedPolicies")]
        again = {"name": found["name"], "type": "resource", "resources": [resource], "policies": applied}
        self._remember("POST", path, {**again, "logic": "POSITIVE", "decisionStrategy": "UNANIMOUS"})
        self._ask("DELETE", f"/admin/realms/{REALM}{path}/{found['id']}")

    def move_resource(self, client: str, resource: str, to: str) -> None:
        """The resource is called otherwise from now on, and is at another path."""
        path = f"{self._client(client)}/authz/resource-server/resource"
        found = self._one(f"{path}?name={urllib.parse.quote(resource)}&exactName=true")
        self._replace(f"{path}/{found['_id']}", {"name": to, "uris": [to]})

    def let_in(self, client: str, policy: str, *users: str) -> None:
        """The policy of that name lets these users in, in the place of those it did."""
        known = [self._one(f"/users?exact=true&username={user}")["id"] for user in users]
        found = self._policy(client, policy)
        self._replace(f"{self._policies(client)}/user/{found['id']}", {"users": known})

    def undo(self) -> int:
        """Takes back whatever was changed; how many changes that were."""
        done = _undoing(self.ctx)
        for method, path, body in reversed(done):
            self._ask(method, f"/admin/realms/{REALM}{path}", body)
        _undo_file(self.ctx).unlink(missing_ok=True)
        return len(done)

    def _client(self, name: str) -> str:
        return f"/clients/{self._one(f'/clients?clientId={name}')['id']}"

    def _policies(self, client: str) -> str:
        return f"{self._client(client)}/authz/resource-server/policy"

    def _policy(self, client: str, name: str) -> dict[str, Any]:
        found = self._get(f"{self._policies(client)}/search?name={urllib.parse.quote(name)}")
        if not isinstance(found, dict):
            raise TestbedError(f"client {client} has no policy called {name!r}")
        return found

    def _one(self, path: str) -> dict[str, Any]:
        found = self._get(path)
        if not found:
            raise TestbedError(f"keycloak knows nothing under {path}")
        first: dict[str, Any] = found[0]
        return first

    def _get(self, path: str) -> Any:
        return self._ask("GET", f"/admin/realms/{REALM}{path}")

    def _replace(self, path: str, change: dict[str, Any]) -> None:
        before = self._get(path)
        self._remember("PUT", path, before)
        kept = {name: {**before.get(name, {}), **new} for name, new in change.items() if isinstance(new, dict)}
        self._ask("PUT", f"/admin/realms/{REALM}{path}", {**before, **change, **kept})

    def _remember(self, method: str, path: str, body: dict[str, Any]) -> None:
        """How to take back what is done next; in a file, as another process may have to."""
        _undo_file(self.ctx).write_bytes(orjson.dumps([*_undoing(self.ctx), [method, path, body]]))

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = orjson.dumps(body) if body is not None else None
        headers = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"}
        return _send(urllib.request.Request(self.url + path, data, headers, method=method))

    def _token(self) -> str:
        form = {
            "grant_type": "password",
            "client_id": "admin-cli",
            "username": keycloak_build.ADMIN,
            "password": known_secrets(self.ctx)[keycloak_build.ADMIN],
        }
        address = f"{self.url}/realms/master/protocol/openid-connect/token"
        return str(_send(urllib.request.Request(address, urllib.parse.urlencode(form).encode()))["access_token"])


def known_secrets(ctx: Context) -> dict[str, str]:
    """Passwords of users and secrets of clients, by their names."""
    read: dict[str, str] = orjson.loads(secrets_file(ctx).read_bytes())
    return read


def _send(asked: urllib.request.Request) -> Any:
    try:
        with _DIRECT.open(asked, timeout=150) as answer:
            body = answer.read()
    except urllib.error.HTTPError as error:
        said = error.read()[:200].decode(errors="replace")
        raise TestbedError(f"keycloak: {asked.get_method()} {asked.selector}: {error.code} {said}") from None
    except OSError as error:
        raise TestbedError(f"keycloak: {asked.get_method()} {asked.selector}: {error}") from None
    return orjson.loads(body) if body else None


def secrets_file(ctx: Context) -> Path:
    """Where :func:`known_secrets` are."""
    return ctx.folder("keycloak") / "secrets.json"


def _undo_file(ctx: Context) -> Path:
    return ctx.folder("keycloak") / "undo.json"


def _undoing(ctx: Context) -> list[Any]:
    try:
        read: list[Any] = orjson.loads(_undo_file(ctx).read_bytes())
    except FileNotFoundError:
        return []
    return read


SERVICE = Keycloak()
