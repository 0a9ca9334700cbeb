"""Why a Flux object is not ready: (kind, condition, reason, message) against one table, first match wins.

The rows were read off the controllers' source (source-controller 1.9, kustomize-controller 1.9, helm-controller 1.6 and
the fluxcd/pkg and go-git they build on) and the reasons of Flux 0.24 to 0.41, which put them on Ready directly. What no
row matches stays visible as ``unclassified``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from holdfast.checks.flux import causes_helmreleases, causes_kustomizations, causes_sources
from holdfast.checks.flux.causes import Row
from holdfast.checks.flux.cli import flux
from holdfast.model import Condition, Ref, Remedy

ROWS: tuple[Row, ...] = (*causes_sources.ROWS, *causes_kustomizations.ROWS, *causes_helmreleases.ROWS)
"""Top to bottom, as matched."""

_COPIED = frozenset(
    (
        *("Ready", "FetchFailed", "BuildFailed", "StorageOperationFailed", "IncludeUnavailable", "SourceVerified"),
        *("Healthy", "Released", "Remediated", "TestSuccess"),
    )
)
"""Ready copies reason and message of the first of these that fails, so a row for Ready holds for them too."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What a condition means."""

    row: str
    """The row's id, "" when unclassified."""
    word: str
    """The row's group in seed 004's tables: authentication, clone, timeout, validation, apply, health, …"""
    text: str
    """In plain words, without a full stop."""
    remedy: tuple[Remedy, ...] = ()


def classify(ref: Ref, condition: Condition) -> Cause:
    """The cause a condition of the object tells of."""
    for column in _columns(condition.type):
        for row in ROWS:
            found = row.match(ref.kind, column, condition.reason, condition.message)
            if found is not None:
                remedy = tuple(_typed(each, found, ref) for each in row.remedy)
                return Cause(row.id, row.word, found.text(row.cause), remedy)
    text = f"unclassified: {condition.reason}: {one_line(condition.message)}"
    look = Remedy("read the object's conditions and events", f"kubectl describe {ref.where}")
    return Cause("", "unclassified", text, (look,))


def one_line(message: str, width: int = 300) -> str:
    """A controller's message on one line, cut to ``width`` characters."""
    text = " ".join(message.split())
    return text if len(text) <= width else text[: width - 1] + "…"


def _columns(condition: str) -> tuple[str, ...]:
    """Under which conditions to look: Stalled mostly says over again why Ready is False."""
    return ("Ready",) if condition in _COPIED else (condition, "Ready")


def _typed(remedy: Remedy, found: Mapping[str, str], ref: Ref) -> Remedy:
    """A remedy with the object's name, and what the message named, filled in."""
    own = {"where": ref.where, "namespace": ref.namespace, "name": ref.name, "again": flux("reconcile", ref)}
    words = {**found, **own}
    return replace(remedy, command=re.sub(r"<(\w+)>", lambda hole: words.get(hole[1]) or hole[0], remedy.command))
