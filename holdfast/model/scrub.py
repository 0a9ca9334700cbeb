"""No secret leaves: what every word passes on its way out, after comparing and before any writer.

Two nets, one behind the other. Values of Secrets that were read are *learned* and removed in every spelling; what only
looks like a secret (credentials in URLs, tokens, keys) is removed by :mod:`holdfast.model.patterns`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar, cast

from holdfast.model import encodings
from holdfast.model.evidence import masked
from holdfast.model.finding import RunResult
from holdfast.model.patterns import WITHHELD, without_credentials
from holdfast.model.resource import Json, Ref

_KEY = 6
"""Needles are found by their first characters. Few are shorter: six bytes of UTF-8 can be two characters."""

_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")
_CUT = 8
"""Characters of a learned value that betray it where a text was cut short."""

_STRUCTURE = frozenset({"fingerprint", "rule", "code", "id", "state"})
"""Fields that hold our own words, never the platform's."""

_Any = TypeVar("_Any")


class Scrubber:
    """Knows the secrets of one run and takes them out of everything that is said about it."""

    def __init__(self) -> None:
        self._pending: set[bytes] = set()
        self._learned: set[bytes] = set()
        self._public: set[str] = set()
        self._instead: list[tuple[frozenset[str], frozenset[str]]] = []
        self._settled = True
        self._plain: dict[str, list[str]] = {}
        self._base64: dict[str, list[str]] = {}
        self._short: set[str] = set()
        self._keys: set[str] = set()

    def learn(self, secret: bytes) -> None:
        """Remember a secret value (decoded), and what it holds if it is a file. Shorter than 6 bytes is left alone."""
        for each in (secret, *encodings.parts(secret)):
            if len(each.strip()) >= encodings.SHORTEST and each not in self._learned:
                self._pending.add(each)

    def learn_secret(self, raw: Mapping[str, Json]) -> None:
        """Remember every value of a Secret as the API server sent it. Helm's release records are not values."""
        if raw.get("type") == "helm.sh/release.v1":
            return
        data = raw.get("data")
        for value in data.values() if isinstance(data, Mapping) else ():
            try:
                self.learn(base64.b64decode(str(value), validate=True))
            except (binascii.Error, ValueError):
                self.learn(str(value).encode())
        plain = raw.get("stringData")
        for value in plain.values() if isinstance(plain, Mapping) else ():
            self.learn(str(value).encode())

    def learn_instead(self, said: Json, there: Json, hidden: Iterable[str] = ()) -> None:
        """Remember what somebody has put in the place of a secret: in the place of a text that holds one is another.

        Whether it holds one may only be known once more has been read.

        Args:
            said, there: what should be, and what is there instead.
            hidden: those texts of both that are withheld for what they are called.
        """
        for each in hidden:
            self.learn(each.encode())
        ours = frozenset(encodings.texts(said))
        theirs = frozenset(encodings.texts(there)) - ours
        if ours and theirs:
            self._instead.append((ours, theirs))
            self._settled = False

    def allow(self, names: Iterable[str]) -> None:
        """Names the report says anyway (objects, namespaces): a Secret that holds one of them does not hide it."""
        self._public.update(names)

    def text(self, text: str) -> str:
        """``text`` with every known or apparent secret replaced by "(withheld)". Idempotent."""
        self._settle()
        return self._masked(text)

    def _masked(self, text: str) -> str:
        for needle in self._short - self._public:
            text = text.replace(needle, WITHHELD)
        if self._keys:
            text = self._without_learned(text)
        return without_credentials(text)

    def _settle(self) -> None:
        """Make what has been learned count, and learn what was put in its place."""
        while self._pending or not self._settled:
            self._compile()
            self._settled = True
            for pair in [each for each in self._instead if any(self._masked(text) != text for text in each[0])]:
                self._instead.remove(pair)
                for text in pair[1]:
                    self.learn(text.encode())

    def resource(self, raw: Mapping[str, Json]) -> dict[str, Json]:
        """A copy of an object that may be shown as evidence: structure and names kept, values withheld."""
        return masked(raw, self.text)

    def _compile(self) -> None:
        if not self._pending:
            return
        while self._pending:
            secret = self._pending.pop()
            self._learned.add(secret)
            for needle in set(encodings.spellings(secret)):
                if needle in WITHHELD or len(needle.encode(errors="replace")) < encodings.SHORTEST:
                    continue
                if len(needle) < _KEY:
                    self._short.add(needle)
                else:
                    _file(self._plain, needle)
            for core in set(encodings.base64_cores(secret)):
                _file(self._base64, core)
        self._keys = self._plain.keys() | self._base64.keys()

    def _without_learned(self, text: str) -> str:
        out: list[str] = []
        done = 0
        for at in [at for at in range(len(text) - _KEY + 1) if text[at : at + _KEY] in self._keys]:
            start, end = self._match(text, at, done) if at >= done else (at, at)
            if end > start:
                out += [text[done:start], WITHHELD]
                done = end
        return "".join([*out, text[done:]])

    def _match(self, text: str, at: int, floor: int) -> tuple[int, int]:
        """Where the learned value that shows at ``at`` begins and ends; an empty span when none does."""
        key = text[at : at + _KEY]
        for needle in self._plain.get(key, ()):
            if not text.startswith(needle[:_CUT], at) or needle in self._public:
                continue
            if text.startswith(needle, at):
                return at, at + len(needle)
            cut = text[at : _cut_end(text, at)]
            if needle.startswith(cut) and cut not in self._public:
                return at, at + len(cut)
        for core in self._base64.get(key, ()):
            if text.startswith(core, at):
                return _whole_run(text, at, at + len(core), floor)
        return at, at


def _file(index: dict[str, list[str]], needle: str) -> None:
    """Under its first characters, longest first."""
    bucket = index.setdefault(needle[:_KEY], [])
    if needle not in bucket:
        bucket.append(needle)
        bucket.sort(key=len, reverse=True)


def _cut_end(text: str, at: int) -> int:
    """Where the text, or the part of it that an ellipsis cuts short, ends."""
    return min((end for end in (text.find("…", at), text.find("...", at)) if end >= 0), default=len(text))


def _whole_run(text: str, start: int, end: int, floor: int) -> tuple[int, int]:
    """The base64 run around a match: its neighbours are parts of the same hidden thing."""
    while start > floor and text[start - 1] in _BASE64:
        start -= 1
    while end < len(text) and text[end] in _BASE64:
        end += 1
    while end < len(text) and text[end] == "=":
        end += 1
    return start, end


def scrub_result(result: RunResult, scrubber: Scrubber) -> RunResult:
    """The result as it may be told: every text in it passed through ``scrubber``. Applied once, before any writer.

    It walks whatever the model holds, so that a field added later is not forgotten.
    """
    scrubber.allow(_names(result))
    return _told(result, scrubber)


def _names(result: RunResult) -> set[str]:
    refs = [each.deviation.ref for each in result.findings] + [each.ref for each in result.notes]
    words = [word for ref in refs if ref for word in (ref.kind, ref.kind.lower(), ref.namespace, ref.name)]
    affected = [part for each in result.findings for name in each.deviation.affects for part in name.split("/")]
    owners = [part for each in result.findings if each.deviation.owner for part in each.deviation.owner.ref.split("/")]
    return {*words, *affected, *owners, *result.run.cluster.values(), result.run.platform} - {""}


def _told(value: _Any, scrubber: Scrubber) -> _Any:
    """``value`` with every text in it scrubbed; our own words and objects' names stay."""
    return cast(_Any, _tell(value, scrubber))


def _tell(value: Any, scrubber: Scrubber) -> Any:
    match value:
        case Enum() | Ref():
            return value
        case str():
            return scrubber.text(value)
        case Mapping():
            return {key: _tell(each, scrubber) for key, each in value.items()}
        case tuple():
            return tuple(_tell(each, scrubber) for each in value)
        case list():
            return [_tell(each, scrubber) for each in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            told = {each.name: getattr(value, each.name) for each in fields(value)}
            return replace(
                value, **{name: each if name in _STRUCTURE else _tell(each, scrubber) for name, each in told.items()}
            )
        case _:
            return value
