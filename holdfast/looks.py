"""Looks as whoever reads the report can type them: with the platform's CA, and with where a token comes from."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from holdfast.model import Remedy

_CURL, _AWS = re.compile(r"\bcurl -sS (?!--cacert)"), re.compile(r"\baws (?=--endpoint-url)")
_TOKEN = re.compile(r"\$(OWNER|OTHER)_TOKEN")
_BEARER = re.compile(r'--oauth2-bearer "(\$(?:OWNER|OTHER)_TOKEN)"')
_LOGIN = ("client_id", "client_secret")


@dataclass(frozen=True, slots=True)
class Looks:
    """Completes commands that ask an endpoint.

    Args:
        ca: the file with the certificates to trust, as the user named it; "" where the system's do, and where a
            recording is made or replayed: no path of this machine is in one.
        issuer: the identity provider, as it calls itself.
        variables: the environment variable by key, the ``[credentials]`` of platform.toml.
        header: in which a token is sent.
    """

    ca: str = ""
    issuer: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    header: str = "Authorization"

    def completed(self, remedies: Sequence[Remedy]) -> tuple[Remedy, ...]:
        """Every remedy, and after the first that needs a token the one that gets it."""
        found: list[Remedy] = []
        for each in remedies:
            found.append(replace(each, command=self.command(each.command)))
            if (token := self._token(each.command)) is not None and token not in found:
                found.append(token)
        return tuple(found)

    def command(self, text: str) -> str:
        """A command, or a line that holds one, as it has to be typed here."""
        if self.header.lower() != "authorization":
            text = _BEARER.sub(lambda found: f'-H "{self.header}: {found[1]}"', text)
        if self.ca:
            trusted = shlex.quote(self.ca)
            text = _CURL.sub(lambda _: f"curl -sS --cacert {trusted} ", text)
            text = _AWS.sub(lambda _: f"aws --ca-bundle {trusted} ", text)
        return text

    def _token(self, command: str) -> Remedy | None:
        """How to get the token a command takes, by the variables that hold what it takes; None where it takes none."""
        needed = _TOKEN.search(command)
        if needed is None or not self.issuer:
            return None
        who = needed[1].lower()
        keys = dict(zip(("client_id", "client_secret", "username", "password"), (*_LOGIN, *_of(who)), strict=True))
        if not all(key in self.variables for key in keys.values()):
            return None
        form = " ".join(f'--data-urlencode "{name}=${self.variables[key]}"' for name, key in keys.items())
        discovery = shlex.quote(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        endpoint = f'"$(curl -sS {discovery} | jq -r .token_endpoint)"'
        kind = "access_token" if self.header.lower() == "authorization" else "id_token"
        asked = f"curl -sS -d grant_type=password -d scope=openid {form} {endpoint} | jq -r .{kind}"
        text = f"before that: ${needed[1]}_TOKEN is what a login as the {who} brings"
        return Remedy(text, self.command(f"{needed[1]}_TOKEN=$({asked})"))


def _of(who: str) -> tuple[str, str]:
    return f"{who}_name", f"{who}_password"
