"""What looks like a credential, whoever's it is: the second net, for secrets that were never read."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

WITHHELD = "(withheld)"
"""What stands in for everything removed."""

_SECRET_WORD = (
    r"(?:passw(?:or)?d|passphrase|pwd|(?:client|shared|app)[_-]?secret|secret[_-]?(?:access[_-]?)?key|token|"
    r"api[_-]?key|access[_-]?key(?:[_-]?id)?|private[_-]?key|(?:encryption|crypt|account)[_-]?key|key-data|"
    r"x-amz-credential)"
)
SECRET_KEY = re.compile(rf"(?:{_SECRET_WORD}|credentials?|authorization)$", re.IGNORECASE)
"""The end of a field or variable name whose value is a secret. ``secretName`` and ``tokenAudience`` are not."""

_PEM = re.compile(r"-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|\Z)", re.DOTALL)
_JWT = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?")
_USERINFO = re.compile(
    r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)(?P<user>[^\s/\"'<>]+|[^\s/:\"'<>]+:(?!\d+/)[^\s\"'<>]*)@", re.I
)
_HEADER = re.compile(
    r"(?P<name>\b(?:proxy-)?authorization\\?[\"']?\s*[:=]\s*\\?[\"']?)"
    r"(?:(?:bearer|basic|token|digest|negotiate)\s+)?(?!\(withheld\))[^\s\"',;\\]+",
    re.I,
)
_BEARER = re.compile(r"(?P<name>\b(?i:bearer|basic)\s+)(?=[^\s\"',;]*[0-9A-Z=_])[\w.~+/=-]{8,}")
_WEBHOOK = re.compile(
    r"(?P<host>https?://(?:hooks\.slack(?:-gov)?\.com|(?:\w+\.)?discord(?:app)?\.com/api/webhooks|"
    r"[\w.-]*webhook\.office\.com|outlook\.office(?:365)?\.com/webhook|[\w.-]+\.logic\.azure\.com|"
    r"[\w.-]+\.powerplatform\.com|chat\.googleapis\.com|api\.telegram\.org|webexapis\.com|"
    r"[\w.:-]+/hooks)/)(?!\(withheld\))[^\s\"'<>]+",
    re.I,
)
_KNOWN_TOKEN = re.compile(
    r"\b(?:(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|"
    r"xox[a-z]-[\w-]{10,}|[a-z2-7]{52})\b"  # the last: a personal access token of Azure DevOps
)

_PLACEHOLDER = r"<|\$|\*|\(withheld\)|(?:[A-Z]+_)*(?:NAME|TOKEN|PASSWORD|SECRET|KEY|VALUE|PAT)\b"
_QUOTED = (
    r"\"(?!\(withheld\))(?:\\.|[^\"\\])*\"|"  # "…"
    r"\\\"(?!\(withheld\))(?:[^\"\\]|\\[^\"])*\\\"|"  # the same inside a JSON string: \"…\"
    r"'(?!\(withheld\))[^']*'"
)
_VALUE = rf"(?!(?-i:{_PLACEHOLDER}))(?:{_QUOTED}|(?![\"'\\])[^\s,;&\"')\]}}\\]+)"
_PAIR = re.compile(
    rf"(?P<name>{_SECRET_WORD}(?:\\?[\"']?\s?=\s?|\\?[\"']\s*:\s*)|\b(?:secret|sig|signature)=){_VALUE}", re.I
)
_YAML_PAIR = re.compile(
    rf"(?P<name>{_SECRET_WORD}:[ \t]*)(?![a-z]+ [a-z]){_VALUE}", re.I
)  # not prose: "bad token: it is"

_OF_A_SECRET = re.compile(r"\bSecret\b|\bsecrets?/")
_INVALID_VALUE = re.compile(r'(?P<name>Invalid value: )(?!"?\(withheld\))(?:"(?:\\.|[^"\\])*"?|[^\s:]+)')
_INVALID_OBJECT = re.compile(r"(?P<name>Invalid value: )[\w.*&\[\]]*[{\[](?=.*\")(?:.*[}\]](?=: )|.*$)", re.M)
"""A whole pod template, as Go or as JSON, that may not be changed: its variables with it."""
_DECODE_ERROR = re.compile(r"\.\.\.\|(?!\(withheld\)).*?\|\.\.\.", re.DOTALL)  # apimachinery quotes the bytes around it

_TOKEN = re.compile(r"[A-Za-z0-9+_-]{20,}")
_RESTLESS = 0.35
"""Share of neighbouring characters of different classes: 0.6 in random base64, 0.15-0.3 in CamelCase names."""


def without_credentials(text: str) -> str:
    """``text`` with everything that looks like a credential replaced. Idempotent.

    Digests, revisions, UIDs and resource names stay: they have no mixture of upper case, lower case and digits.
    """
    text = _PEM.sub(WITHHELD, text)
    text = _WEBHOOK.sub(_keep("host"), text)
    text = _USERINFO.sub(_userinfo, text)
    text = _HEADER.sub(_keep("name"), text)
    text = _BEARER.sub(_keep("name"), text)
    text = _JWT.sub(WITHHELD, text)
    text = _KNOWN_TOKEN.sub(WITHHELD, text)
    text = _PAIR.sub(_keep("name"), text)
    text = _YAML_PAIR.sub(_keep("name"), text)
    text = _INVALID_OBJECT.sub(_keep("name"), text)
    text = _DECODE_ERROR.sub(f"...|{WITHHELD}|...", text)
    if _OF_A_SECRET.search(text):
        text = _INVALID_VALUE.sub(_keep("name"), text)
    return _TOKEN.sub(_token, text)


def _keep(group: str) -> Callable[[re.Match[str]], str]:
    return lambda found: found[group] + WITHHELD


def _userinfo(found: re.Match[str]) -> str:
    """``ssh://git@host`` names nobody's secret."""
    return found.group() if found["user"] in ("git", WITHHELD) else f"{found['scheme']}{WITHHELD}@"


def _token(found: re.Match[str]) -> str:
    token = found.group()
    before = found.string[max(0, found.start() - 7) : found.start()].lower()
    if before.endswith(("sha1:", "sha256:", "sha384:", "sha512:", "h1:")):
        return token
    return WITHHELD if _is_random(token) else token


def _is_random(token: str) -> bool:
    """Upper case, lower case and digits, in no order a person would choose."""
    classes = ["digit" if char.isdigit() else char.isupper() for char in token if char.isalnum()]
    changes = sum(1 for one, other in itertools.pairwise(classes) if one != other)
    return len(set(classes)) == 3 and changes >= _RESTLESS * len(classes)
