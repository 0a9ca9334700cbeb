"""The realm of the platform as Keycloak imports it: three users, who own what they own, and the clients that ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from testbed.services import people

REALM = "eoepca"
USERS = ("eric", "alice", "bob")
TESTER, ENGINE, DUMMY, DIRECTORY = "system-test", "oapip-engine", "dummy-service", "user-directory"
"""Clients: the one tests log in with, the engine, the guard of the dummy service, and one that may list users."""
NAMES = (*USERS, TESTER, ENGINE, DUMMY, DIRECTORY)
"""Everybody who has a password or a secret."""
OWNED: Mapping[str, Mapping[str, tuple[str, tuple[str, ...]]]] = {
    ENGINE: {f"/{user}/*": (user, (f"/{user}", f"/{user}/*")) for user in ("eric", "bob")},
    DUMMY: {
        "/ericspace": ("eric", ("/ericspace", "/ericspace/*")),
        "/bobspace": ("bob", ("/bobspace", "/bobspace/*")),
    },
}
"""Client -> resource -> (owner, paths): only the owner is let in."""


def realm(secrets: Mapping[str, str]) -> dict[str, Any]:
    """The representation to import. `secrets`: the passwords of users and the secrets of clients, by their names."""
    return {
        "realm": REALM,
        "enabled": True,
        "users": [*(_user(name, secrets[name]) for name in USERS), _directory()],
        "clients": [
            _client(TESTER, secrets[TESTER]),
            {**_client(DIRECTORY, secrets[DIRECTORY]), "serviceAccountsEnabled": True},
            *(_guarded(name, secrets[name], resources) for name, resources in OWNED.items()),
        ],
    }


def permission(resource: str) -> str:
    """The name of the permission that lets somebody use a resource."""
    return f"use {resource}"


def _user(name: str, password: str) -> dict[str, Any]:
    return {
        "id": people.USERS[name],
        "username": name,
        "enabled": True,
        "email": f"{name}@example.org",
        "emailVerified": True,
        "firstName": name.capitalize(),
        "lastName": "Tester",
        "credentials": [{"type": "password", "value": password, "temporary": False}],
    }


def _directory() -> dict[str, Any]:
    """The service account that may list users."""
    return {
        "username": f"service-account-{DIRECTORY}",
        "enabled": True,
        "serviceAccountClientId": DIRECTORY,
        "clientRoles": {"realm-management": ["view-users"]},
    }


def _client(name: str, secret: str) -> dict[str, Any]:
    return {
        "clientId": name,
        "secret": secret,
        "enabled": True,
        "publicClient": False,
        "standardFlowEnabled": False,
        "directAccessGrantsEnabled": True,
    }


def _guarded(name: str, secret: str, resources: Mapping[str, tuple[str, tuple[str, ...]]]) -> dict[str, Any]:
    owners = sorted({owner for owner, _ in resources.values()})
    return {
        **_client(name, secret),
        "serviceAccountsEnabled": True,
        "authorizationServicesEnabled": True,
        "authorizationSettings": {
            "allowRemoteResourceManagement": True,
            "policyEnforcementMode": "ENFORCING",
            "decisionStrategy": "UNANIMOUS",
            "resources": [{"name": key, "uris": list(paths)} for key, (_, paths) in resources.items()],
            "policies": [
                *(_policy(f"only {owner}", "user", {"users": _texts(owner)}) for owner in owners),
                *(
                    _policy(
                        permission(key),
                        "resource",
                        {"resources": _texts(key), "applyPolicies": _texts(f"only {owner}")},
                    )
                    for key, (owner, _) in resources.items()
                ),
            ],
        },
    }


def _policy(name: str, kind: str, config: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "type": kind, "logic": "POSITIVE", "decisionStrategy": "UNANIMOUS", "config": config}


def _texts(*values: str) -> str:
    """A list as Keycloak keeps one in a policy's configuration."""
    return orjson.dumps(values).decode()
