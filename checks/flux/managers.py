"""Who set a field, as far as managedFields can tell.

Honest limits: an entry's time is that of the manager's last change to any field it owns, so a field was set at that
time or before; a removed field leaves no trace; two people with the same tool share one name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime

from holdfast.checks.drift.managers import class_of
from holdfast.model import Change, Resource, parse_time


def who_set(resource: Resource, *path: str) -> tuple[Change, ...]:
    """The managers that own the field at ``path``, the latest first.

    ``"spec", "suspend"``; a list's element by its key: ``"containers", "[name=manager]", "image"``.
    """
    return tuple(
        Change(
            manager=str(entry.get("manager") or "?"),
            cls=class_of(str(entry.get("manager") or "")),
            operation=str(entry.get("operation") or ""),
            subresource=str(entry.get("subresource") or ""),
            time=parse_time(entry.get("time")),
            paths=(".".join(path).replace(".[", "["),),
        )
        for entry in sorted(_entries(resource), key=lambda each: str(each.get("time") or ""), reverse=True)
        if _owns(entry.get("fieldsV1"), path)
    )


def last_write(resource: Resource) -> datetime | None:
    """When somebody last wrote spec (or before: see above); the creation when managedFields do not tell."""
    times = [change.time for change in who_set(resource, "spec") if change.time]
    return max(times) if times else resource.created


def _entries(resource: Resource) -> list[Mapping[str, object]]:
    found = resource.get("metadata", "managedFields", default=())
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list | tuple) else []


def _owns(fields: object, path: tuple[str, ...]) -> bool:
    """Whether a fieldsV1 tree holds ``path``; a parent owned as a whole counts."""
    for step in path:
        if not isinstance(fields, Mapping):
            return False
        if (key := _key(step)) not in fields:
            return False
        fields = fields[key]
        if fields == {}:
            return True
    return True


def _key(step: str) -> str:
    """As fieldsV1 writes it: ``f:spec``, ``k:{"name":"manager"}``."""
    found = re.fullmatch(r"\[(\w+)=(.*)]", step)
    return f"k:{json.dumps({found[1]: found[2]}, separators=(',', ':'))}" if found else f"f:{step}"
