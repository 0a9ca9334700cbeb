"""Whether a web page is one to log in on: a form that asks for a password, or the way to an identity provider."""

from __future__ import annotations

import re

_MOST = 200_000
"""Characters of a page that are looked at."""
_TAG = re.compile(r"<(input|form|meta|ak-flow-executor)\b([^>]{0,2000})>", re.IGNORECASE)
_PASSWORD = re.compile(r"""(?i)\btype\s*=\s*["']?password\b|\bname\s*=\s*["']?(?:j_)?passw(?:or)?d["'\s/]?""")
_SAML = re.compile(r"""(?i)\bname\s*=\s*["']?SAMLRequest\b""")
_REFRESH = re.compile(r"""(?i)\bhttp-equiv\s*=\s*["']?refresh\b""")
_PROVIDER = re.compile(
    r"(?i)/protocol/openid-connect/auth|/login-actions/|/oxauth/|/oauth2?/(?:start|sign_in|auth)|/oauth/v?2|/authorize\b"
    r"|response_type=|client_id=|/saml2?/|/adfs/ls|/idp/profile|/if/flow/|/u(?:sers)?/sign_in"
)
"""Paths and parameters of Keycloak, Gluu, Authentik, oauth2-proxy, Shibboleth, ADFS and what speaks OpenID Connect."""


def is_page(media: str, text: str) -> bool:
    """Whether it is HTML, by its Content-Type or by its beginning."""
    begin = text[:20_000]
    return media.partition(";")[0].strip().lower() == "text/html" or (
        begin.lstrip()[:1] == "<" and "<html" in begin.lower()
    )


def is_login_page(media: str, text: str) -> bool:
    """Whether this is HTML that asks who one is. A page with a link to a login, or with the word, is none."""
    return is_page(media, text) and any(_asks(tag.lower(), rest) for tag, rest in _TAG.findall(text[:_MOST]))


def _asks(tag: str, rest: str) -> bool:
    if tag == "input":
        return bool(_PASSWORD.search(rest) or _SAML.search(rest))
    if tag == "form":
        return bool(_PROVIDER.search(rest))
    return tag == "ak-flow-executor" or bool(_REFRESH.search(rest) and _PROVIDER.search(rest))
