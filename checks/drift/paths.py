"""Where in an object: map keys, entries of keyed lists, positions, members of sets."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from holdfast.model import Json

_PLAIN = re.compile(r"[A-Za-z0-9_-]+\Z")


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of a list whose entries have keys (``x-kubernetes-list-type: map``): ``[name=web]``."""

    pairs: tuple[tuple[str, Json], ...]
    """Sorted by name, as fieldsV1 writes them."""

    @classmethod
    def of(cls, **keys: Json) -> Key:
        """``Key.of(containerPort=80, protocol="TCP")``."""
        return cls(tuple(sorted(keys.items())))


@dataclass(frozen=True, slots=True)
class Member:
    """An entry of a set (``x-kubernetes-list-type: set``), which is its own key."""

    value: Json


Step = str | int | Key | Member
"""A map's key, a position in a list without keys, an entry by key, a member of a set."""
Path = tuple[Step, ...]


def text(path: Path) -> str:
    """As a report writes it: ``spec.template.spec.containers[name=web].image``, ``data["tls.crt"]``."""
    out = ""
    for step in path:
        match step:
            case str():
                out += (f".{step}" if out else step) if _PLAIN.match(step) else f"[{json.dumps(step)}]"
            case int():
                out += f"[{step}]"
            case Key():
                out += "[" + ",".join(f"{name}={value}" for name, value in step.pairs) + "]"
            case Member():
                out += f"[={step.value}]"
    return out
