"""What the testbed's healthy EOEPCA platform looked like (Flux 2.9.2 on Kubernetes 1.35), read as its auditor.

Left out when it was recorded: the schemas of CRDs, HelmReleases' values, most HelmReleases, the managedFields of what
nobody is asked about; a Secret's values are the word "digest". The tests change copies of it; states a testbed cannot
bring about (an OOM kill, a crash loop) are modelled on core/v1 and say so.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from holdfast.model import Deviation, Note, Resource, Rule, Unobservable

from ..world import FixedWorld

_TEXT = Path(__file__).with_name("recorded.json").read_text()
NOW = datetime.fromisoformat(json.loads(_TEXT)["now"])
Raw = dict[str, Any]


class Platform:
    """A copy of the recorded objects, to be changed before it becomes a world."""

    def __init__(self) -> None:
        recorded = json.loads(_TEXT)
        self.objects: list[Raw] = recorded["objects"]
        self.served: dict[str, dict[str, list[str]]] = recorded["served"]
        self.problems: dict[str, Unobservable] = {}
        self.now = NOW

    def raw(self, kind: str, name: str, namespace: str = "") -> Raw:
        """The one object of this kind and name."""
        found = [
            each
            for each in self.objects
            if each["kind"] == kind
            and each["metadata"]["name"] == name
            and namespace in ("", each["metadata"].get("namespace", ""))
        ]
        assert len(found) == 1, f"{len(found)} objects {kind}/{namespace}/{name} were recorded"
        return found[0]

    def add(self, *objects: Raw) -> Platform:
        """Objects that were not there."""
        self.objects += objects
        return self

    def drop(self, kind: str, name: str = "") -> Platform:
        """Without the objects of a kind, or the one of this name."""
        left = [each for each in self.objects if each["kind"] != kind or name not in ("", each["metadata"]["name"])]
        assert len(left) < len(self.objects), f"no {kind}/{name} was recorded"
        self.objects = left
        return self

    def later(self, **span: float) -> Platform:
        """The same objects, looked at later."""
        self.now += timedelta(**span)
        return self

    def world(self) -> FixedWorld:
        """As a check sees it."""
        return FixedWorld(*self.objects, now=self.now, problems=self.problems, served=self.served)

    def hear(self, rule: Rule[Any], kind: str, name: str = "", *args: Any) -> list[Deviation | Note | Unobservable]:
        """Everything the rule says of the object, or of every object of the kind; what it raises is said last."""
        said: list[Deviation | Note | Unobservable] = []
        world = self.world()
        for each in world.listing(kind).seen:
            if name in ("", each.name):
                said += _hear(rule, each, world, args)
        return said

    def hear_home(self, rule: Rule[Any], *args: Any) -> list[Deviation | Note | Unobservable]:
        """What a rule on the Flux namespace says."""
        return self.hear(rule, "Namespace", "flux-system", *args)


def _hear(rule: Rule[Any], resource: Resource, world: FixedWorld, args: tuple[Any, ...]) -> list[Any]:
    said: list[Any] = []
    try:
        said.extend(word for word in rule(resource, world, *args))
    except Unobservable as problem:
        said.append(problem)
    return said


def findings(said: list[Deviation | Note | Unobservable], rule: Rule[Any]) -> list[tuple[str, str, str]]:
    """``(rule id, object, path)`` of every deviation."""
    return [
        (each.rule or rule.id, str(each.ref or each.subject), each.path) for each in said if isinstance(each, Deviation)
    ]


def unknowns(said: list[Deviation | Note | Unobservable]) -> list[tuple[str, str]]:
    """``(code, subject)`` of every unknown."""
    return [(str(each.code), each.subject) for each in said if isinstance(each, Unobservable)]
