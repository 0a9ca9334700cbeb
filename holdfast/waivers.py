"""Waivers and accepted blind spots: files in Git, each with a reason, an owner and an end."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from holdfast.model import Finding, Note, Unobservable
from holdfast.platform import Accept


class WaiverError(ValueError):
    """The waiver file is wrong; one line for the user."""


class Waiver(BaseModel):
    """One ``[[waiver]]``: a fingerprint, or a rule with a resource glob, or an unknown code with a subject glob."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fingerprint: str = ""
    rule: str = ""
    resource: str = ""
    """``Kind/namespace/name``, ``*`` allowed."""
    unknown: str = ""
    subject: str = ""
    reason: str = Field(min_length=3)
    owner: str = Field(min_length=1)
    expires: date

    @model_validator(mode="after")
    def _one_target(self) -> Waiver:
        if sum(map(bool, (self.fingerprint, self.rule, self.unknown))) != 1:
            raise ValueError("names exactly one of fingerprint, rule (with resource) or unknown (with subject)")
        if self.rule and not self.resource:
            raise ValueError("a rule needs a resource, e.g. Kustomization/flux-system/apps")
        return self

    @property
    def target(self) -> str:
        """What it waives, for messages."""
        return self.fingerprint or f"{self.rule or self.unknown} {self.resource or self.subject}".strip()

    @property
    def too_broad(self) -> bool:
        """It would hide more than the person who wrote it can have looked at."""
        if self.fingerprint:
            return False
        glob = self.resource or self.subject or "*"
        return "*" in self.rule or glob.replace("*", "").strip("/") == "" or glob.split("/", 1)[-1].strip("*/") == ""


@dataclass(slots=True)
class Waivers:
    """The waivers of a run, and which of them were needed."""

    entries: Sequence[Waiver] = ()
    accepted: Sequence[Accept] = ()
    _used: set[int] = field(default_factory=set)

    def of_finding(self, finding: Finding, today: date) -> str:
        """The reason this finding is waived; "" when it is not."""
        for number, each in enumerate(self.entries):
            if each.expires >= today and (
                each.fingerprint == finding.fingerprint
                or (each.rule and fnmatchcase(finding.rule, each.rule) and fnmatchcase(finding.subject, each.resource))
            ):
                self._used.add(number)
                return f"{each.reason} ({each.owner}, until {each.expires})"
        return ""

    def of_unknown(self, problem: Unobservable, today: date) -> str:
        """The reason this blind spot is accepted; "" when it is not."""
        for accept in self.accepted:
            if accept.expires >= today and accept.code == problem.code and fnmatchcase(problem.subject, accept.subject):
                return f"{accept.reason} (until {accept.expires})"
        for number, each in enumerate(self.entries):
            if (
                each.expires >= today
                and each.unknown == problem.code
                and fnmatchcase(problem.subject, each.subject or "*")
            ):
                self._used.add(number)
                return f"{each.reason} ({each.owner}, until {each.expires})"
        return ""

    def audit(self, today: date) -> list[Note]:
        """Which waivers are expired, unused or too broad."""
        notes = []
        for number, each in enumerate(self.entries):
            if each.expires < today:
                notes.append(Note("waiver-expired", None, f"{each.target}: expired {each.expires} ({each.owner})"))
            elif number not in self._used:
                notes.append(Note("waiver-unused", None, f"{each.target}: matched nothing in this run ({each.owner})"))
            if each.too_broad:
                notes.append(Note("waiver-too-broad", None, f"{each.target}: name the object ({each.owner})"))
        for accept in self.accepted:
            if not accept.subject.strip("*?/ "):
                text = f"[accept] {accept.code} {accept.subject}: name what may stay unseen"
                notes.append(Note("waiver-too-broad", None, text))
            if accept.expires < today:
                text = f"[accept] {accept.code} {accept.subject}: expired {accept.expires}"
                notes.append(Note("waiver-expired", None, text))
        return notes


def load(file: Path) -> list[Waiver]:
    """The waivers of a file.

    Raises:
        WaiverError: naming the file and the entry.
    """
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise WaiverError(f"{file}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WaiverError(f"{file}: {error}") from None
    unknown = set(read) - {"waiver"}
    entries = read.get("waiver", [])
    if unknown or not isinstance(entries, list):
        raise WaiverError(f"{file}: unknown key {', '.join(sorted(unknown)) or 'waiver'} (known: [[waiver]])")
    found = []
    for number, entry in enumerate(entries, 1):
        try:
            found.append(Waiver.model_validate(entry))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise WaiverError(f"{file}: waiver {number}: {where + ': ' if where else ''}{first['msg']}") from None
    return found
