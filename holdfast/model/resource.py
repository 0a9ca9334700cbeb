"""A Kubernetes object as it was read: raw JSON with names for the parts every check needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from holdfast.model.observe import UnknownCode, Unobservable

Json = Any
"""Parsed JSON of unknown shape: what an API server sent is not ours to type."""


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """Which object: ``apiVersion``, ``kind``, ``namespace`` ("" when cluster-scoped), ``name``."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """``Kind/namespace/name``, or ``Kind/name`` when cluster-scoped."""
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)

    @property
    def group(self) -> str:
        """The API group, "" for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def where(self) -> str:
        """kubectl's way to name it: ``gitrepository/flux-system -n flux-system``, with the group when not built in."""
        group = self.group
        kind = self.kind.lower() + (f".{group}" if "." in group else "")
        return f"{kind}/{self.name}" + (f" -n {self.namespace}" if self.namespace else "")


@dataclass(frozen=True, slots=True)
class Condition:
    """One entry of ``status.conditions``."""

    type: str
    status: str
    reason: str
    message: str
    observed_generation: int | None
    since: datetime | None
    """lastTransitionTime, UTC."""


def parse_time(text: Json) -> datetime | None:
    """An RFC 3339 time as UTC; None when absent or not a time."""
    if not isinstance(text, str) or not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Resource:
    """One object. Never mutated; ``raw`` is what the API server sent, with apiVersion and kind filled in."""

    __slots__ = ("raw",)

    def __init__(self, raw: Mapping[str, Json]) -> None:
        self.raw = raw

    def __repr__(self) -> str:
        return f"Resource({self.ref})"

    def get(self, *path: str | int, default: Json = None) -> Json:
        """The value at ``path``; ``default`` when any step is absent, null or of another shape."""
        here: Json = self.raw
        for step in path:
            if isinstance(step, int):
                here = here[step] if isinstance(here, Sequence) and -len(here) <= step < len(here) else None
            else:
                # nearly always a dict, and to be told so ten times sooner than that it is a Mapping
                here = here.get(step) if type(here) is dict or isinstance(here, Mapping) else None
            if here is None:
                return default
        return here

    def maps(self, *path: str | int) -> tuple[Mapping[str, Json], ...]:
        """Every mapping in the list at ``path``; none when it is absent, null or no list."""
        found = self.get(*path)
        return tuple(each for each in found if isinstance(each, Mapping)) if isinstance(found, list | tuple) else ()

    def texts(self, *path: str | int) -> tuple[str, ...]:
        """Every text in the list at ``path``; none when it is absent, null or no list."""
        found = self.get(*path)
        return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list | tuple) else ()

    def number(self, *path: str | int, default: int) -> int:
        """The whole number at ``path``; ``default`` when it is absent, null or no number."""
        found = self.get(*path)
        return found if isinstance(found, int) else default

    @property
    def api_version(self) -> str:
        return str(self.get("apiVersion", default=""))

    @property
    def kind(self) -> str:
        return str(self.get("kind", default=""))

    @property
    def namespace(self) -> str:
        return str(self.get("metadata", "namespace", default=""))

    @property
    def name(self) -> str:
        return str(self.get("metadata", "name", default=""))

    @property
    def ref(self) -> Ref:
        return Ref(self.api_version, self.kind, self.namespace, self.name)

    @property
    def generation(self) -> int | None:
        value = self.get("metadata", "generation")
        return value if isinstance(value, int) else None

    @property
    def labels(self) -> Mapping[str, str]:
        return self._texts("labels")

    @property
    def annotations(self) -> Mapping[str, str]:
        return self._texts("annotations")

    def _texts(self, field: str) -> Mapping[str, str]:
        found = self.get("metadata", field)
        return {key: each for key, each in found.items() if isinstance(each, str)} if isinstance(found, Mapping) else {}

    @property
    def created(self) -> datetime | None:
        return parse_time(self.get("metadata", "creationTimestamp"))

    @property
    def resource_version(self) -> str:
        return str(self.get("metadata", "resourceVersion", default=""))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every well-formed entry of ``status.conditions``."""
        return tuple(
            Condition(
                type=str(each.get("type", "")),
                status=str(each.get("status", "")),
                reason=str(each.get("reason") or ""),
                message=str(each.get("message") or ""),
                observed_generation=seen if isinstance(seen := each.get("observedGeneration"), int) else None,
                since=parse_time(each.get("lastTransitionTime")),
            )
            for each in self.maps("status", "conditions")
        )

    def find_condition(self, kind: str) -> Condition | None:
        """The condition of this type, however old; None when absent. Prefer :meth:`condition`."""
        return next((each for each in self.conditions if each.type == kind), None)

    def condition(self, kind: str) -> Condition:
        """The condition of this type, known to speak of the object's present generation.

        Raises:
            Unobservable: ``in-flight`` when it is absent, its status is not True or False, or it speaks of an older
                generation: then nobody has said anything about the object as it is now.
        """
        found = self.find_condition(kind)
        if found is None:
            raise Unobservable(UnknownCode.IN_FLIGHT, str(self.ref), f"no condition {kind} has been written yet")
        seen = found.observed_generation
        if seen is None:  # Flux before 1.0 stamps no condition
            whole = self.get("status", "observedGeneration")
            seen = whole if isinstance(whole, int) and whole >= 0 else None
        if seen is not None and self.generation is not None and seen < self.generation:
            raise Unobservable(
                UnknownCode.IN_FLIGHT,
                str(self.ref),
                f"condition {kind} speaks of generation {seen}, the object is at {self.generation}",
            )
        if found.status not in ("True", "False"):
            raise Unobservable(
                UnknownCode.IN_FLIGHT, str(self.ref), f"{kind}={found.status or '?'} ({found.reason}): {found.message}"
            )
        return found
