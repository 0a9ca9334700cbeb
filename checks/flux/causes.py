"""One row of the classifier's table, and the words its rows share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from holdfast.model import Remedy


class Found(dict[str, str]):
    """What a row's message pattern named."""

    def text(self, template: str) -> str:
        """The template with ``<name>`` holes filled; a part in brackets goes when its hole stays empty."""
        kept = re.sub(r"\[([^]<]*<(\w+)>[^]]*)\]", lambda part: part[1] if self.get(part[2]) else "", template)
        return re.sub(r"<(\w+)>", lambda hole: self.get(hole[1]) or "?", kept)


@dataclass(frozen=True, slots=True)
class Row:
    """Which conditions have which cause."""

    id: str
    """S for sources, K for Kustomizations, H for HelmReleases."""
    word: str
    kinds: tuple[str, ...]
    reason: str
    """A regular expression the whole reason has to match, in any case."""
    message: str
    """A regular expression to be found in the message, in any case; named groups fill the cause and the remedy."""
    cause: str
    remedy: tuple[Remedy, ...] = ()
    condition: str = "Ready"

    def match(self, kind: str, condition: str, reason: str, message: str) -> Found | None:
        """What the message named, or None when the row does not apply."""
        if kind not in self.kinds or condition != self.condition or not re.fullmatch(self.reason, reason, re.I):
            return None
        found = re.search(self.message, message, re.I | re.S)
        return None if found is None else Found(_named(found))


def _named(found: re.Match[str]) -> Mapping[str, str]:
    return {name: text for name, text in found.groupdict().items() if text}


def look(text: str, command: str) -> Remedy:
    """A read-only command."""
    return Remedy(text, command)


def write(text: str, command: str, risk: str) -> Remedy:
    """A command that changes the cluster or Git, and what that may cost."""
    return Remedy(text, command, writes=True, risk=risk)


DESCRIBE = look("read the object's conditions and events", "kubectl describe <where>")
TRACE = "only asks Flux to try again now"
