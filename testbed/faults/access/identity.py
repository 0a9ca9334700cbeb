"""The identity provider is not what it should be: accounts, clients, what it says of itself."""

from __future__ import annotations

from testbed.fault import Fault
from testbed.services.keycloak_realm import ENGINE, TESTER

_ONLY = ("-m", "access")
_ISSUER = "${identity}/realms/eoepca"

FAULTS = [
    Fault(
        "access-account-disabled",
        platform="eoepca",
        breaks="the owner's account is disabled",
        apply=lambda bed: bed.service("keycloak").change_user("eric", {"enabled": False}),
        expect=[("access.token.refused", f"token of the owner from {_ISSUER}")],
        args=_ONLY,
    ),
    Fault(
        "access-logins-switched-off",
        platform="eoepca",
        breaks="the client users log in with may not log in by password any more",
        apply=lambda bed: bed.service("keycloak").change_client(TESTER, {"directAccessGrantsEnabled": False}),
        expect=[("access.token.refused", f"client of logins at {_ISSUER}")],
        args=_ONLY,
    ),
    Fault(
        "access-client-secret-changed",
        platform="eoepca",
        breaks="the secret of the client users log in with was renewed, and nobody was told",
        apply=lambda bed: bed.service("keycloak").change_client(TESTER, {"secret": "renewed-and-not-told"}),
        expect=[("access.token.refused", f"client of logins at {_ISSUER}")],
        args=_ONLY,
    ),
    Fault(
        "access-engine-secret-changed",
        platform="eoepca",
        breaks="the secret of the processing engine's client was renewed, and its deployment was not",
        apply=lambda bed: bed.service("keycloak").change_client(ENGINE, {"secret": "renewed-and-not-told"}),
        expect=[("access.introspection.refused", f"introspection of the owner's token at {_ISSUER}")],
        args=_ONLY,
    ),
    Fault(
        "access-issuer-elsewhere",
        platform="eoepca",
        breaks="the realm's public address was set to another one",
        apply=lambda bed: bed.service("keycloak").change_realm(
            {"attributes": {"frontendUrl": "https://a.example.org"}}
        ),
        expect=[("access.discovery.issuer", _ISSUER)],
        args=_ONLY,
    ),
    Fault(
        "access-endpoint-not-named",
        platform="eoepca",
        breaks="the identity provider names no policy endpoint any more",
        apply=lambda bed: bed.gateway.edit("identity", "policy_endpoint", "former_endpoint"),
        expect=[("access.discovery.endpoint", _ISSUER)],
        args=_ONLY,
    ),
    Fault(
        "access-endpoint-in-clear",
        platform="eoepca",
        breaks="the identity provider does not know that TLS ends before it, and names an endpoint by plain http",
        apply=lambda bed: bed.gateway.edit(
            "identity",
            '"introspection_endpoint":"https://localhost',
            '"introspection_endpoint":"http://identity.develop.eoepca.org',
        ),
        expect=[("access.discovery.endpoint", _ISSUER)],
        args=_ONLY,
    ),
    Fault(
        "access-user-renamed",
        platform="eoepca",
        breaks="a mapper was changed, and tokens call their bearer by an address",
        apply=lambda bed: bed.service("keycloak").change_mapper("profile", "username", {"user.attribute": "email"}),
        expect=[("access.identity.differs", f"token of the {who} from {_ISSUER}") for who in ("owner", "other")],
        args=_ONLY,
    ),
    Fault(
        "access-identity-login-page",
        platform="eoepca",
        breaks="a login page stands in front of the identity provider",
        apply=lambda bed: bed.gateway.misbehave("identity", "html"),
        expect=[("web.endpoint.content-type", "${identity}")],
        args=_ONLY,
    ),
    Fault(
        "access-profile-empty",
        platform="eoepca",
        breaks="the start page of the user profile is empty",
        apply=lambda bed: bed.service("guarded").behave(profile="empty"),
        expect=[("web.endpoint.content", "GET ${auth}/web_ui")],
        args=_ONLY,
    ),
]
