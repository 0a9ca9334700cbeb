"""Objects nobody foresaw: no shape may make a rule raise, and taking a status away may never silence one.

The objects are those recorded from real clusters; each is bent in one place. The same places are bent the same way in
every run.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from holdfast.checks.flux import (
    apis,
    availability,
    declared,
    facts,
    helmreleases,
    hygiene,
    kustomizations,
    leases,
    notification_table,
    notifications,
    protection,
    readiness,
    references,
    requests,
    revisions,
    sources,
    suspension,
    upgrades,
)
from holdfast.checks.flux.kinds import KINDS
from holdfast.checks.flux.state import is_static
from holdfast.model import Deviation, Judged, NotAsked, Note, Resource, Rule, Unobservable, World
from tests.checks.world import FixedWorld

HERE = Path(__file__).parent
FILES = {
    "lab": HERE / "objects" / "lab.json",
    "eoepca": HERE / "objects" / "eoepca.json",
    "control": HERE / "flux_control" / "recorded.json",
}
BENT = 30
"""Objects bent per file: together with the rules they take about a second."""
ODD: tuple[Any, ...] = (
    *(None, {}, [], "", "x", 0, -1, True, 1.5, 10**30, "9" * 400, "🦊\u202e", "2026-13-45T99:99:99Z"),
    *({"a": None}, {"": ""}, [None], ["a"], [[]], [{"type": "Ready"}]),
)
GONE = object()
Raw = dict[str, Any]
Place = tuple[str | int, ...]
Word = Deviation | Note | Unobservable | NotAsked | Judged


@dataclass(frozen=True)
class Recorded:
    """One file of recorded objects."""

    objects: tuple[Raw, ...]
    now: datetime
    served: dict[str, dict[str, list[str]]] | None

    def world(self, at: int, instead: Raw) -> FixedWorld:
        """All objects, one of them replaced."""
        objects = [instead if number == at else each for number, each in enumerate(self.objects)]
        return FixedWorld(*objects, now=self.now, served=self.served)


@cache
def recorded(name: str) -> Recorded:
    read = json.loads(FILES[name].read_text())
    return Recorded(tuple(read["objects"]), datetime.fromisoformat(read["now"]), read.get("served"))


def judgements(resource: Resource) -> Iterator[tuple[Rule[Any], tuple[Any, ...]]]:
    """Every rule a step may put to this object, with what its table might hold."""
    kind = resource.kind
    if kind in readiness.READY:
        fields = {"Kustomization": kustomizations, "HelmRelease": helmreleases}.get(kind, sources)
        yield readiness.READY[kind], ()
        yield from ((each, ()) for each in (readiness.not_stuck, readiness.not_stalled, requests.handled))
        yield from ((each, ()) for each in (suspension.active, hygiene.pinned, hygiene.used))
        yield fields.as_declared, (dict.fromkeys(fields.FIELDS, "x"),)
    if kind in ("Kustomization", "HelmRelease"):
        yield from ((each, ()) for each in (revisions.applied, apis.still_served, notifications.covered))
    if kind in KINDS:
        yield from ((each, ()) for each in (references.resolves, apis.not_deprecated))
    if kind == "CustomResourceDefinition":
        yield from ((each, ()) for each in (apis.not_deprecated, apis.still_served))
    if kind == "Alert":
        yield notifications.watches_something, ()
    if kind == "Receiver":
        yield notifications.receiver_ready, ()
    if kind in ("Alert", "Provider"):
        columns = (*notification_table.ALERT_COLUMNS, *notification_table.PROVIDER_COLUMNS)
        yield notifications.notification_ready, ()
        yield notification_table.as_declared, ({each.rstrip("?"): "x" for each in columns},)
    if kind == "Namespace":
        yield from of_the_namespace()
    yield hygiene.labelled, ("team=a",)


def of_the_namespace() -> Iterator[tuple[Rule[Any], tuple[Any, ...]]]:
    cells = {"controller": "source-controller", "replicas": "1", "image": "ghcr.io/fluxcd/source-controller:v1.0.0"}
    row = declared.Declared.of({**cells, "cpu request": "50m", "memory limit": "1Gi"})
    before = {"flux": "v2.0.0", "controllers": {"source-controller": "ghcr.io/fluxcd/source-controller:v1.0.0"}}
    for each in (availability.available, availability.not_oom_killed, availability.not_crash_looping, leases.speaking):
        yield each, ()
    yield declared.as_declared, (row,)
    yield declared.right_version, (row,)
    yield protection.protected, ()
    yield upgrades.not_downgraded, (before,)


def hear(rule: Rule[Any], resource: Resource, world: World, *args: Any) -> list[Word]:
    """Every word of a rule, what it raises included; anything else it raises is a defect."""
    words: list[Word] = []
    try:
        words.extend(rule(resource, world, *args))
    except (Unobservable, NotAsked) as word:
        words.append(word)
    return words


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Every path in an object, but those that make it another one."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in steps:
        here = (*path, step)
        if here not in (("apiVersion",), ("kind",), ("metadata",), ("metadata", "name")):
            yield here
            yield from places(each, here)


def bent(raw: Raw, path: Place, value: Any) -> Raw:
    """A copy with another value in one place, or none."""
    copied: Raw = copy.deepcopy(raw)
    here: Any = copied
    for step in path[:-1]:
        here = here[step]
    if value is GONE:
        del here[path[-1]]
    else:
        here[path[-1]] = value
    return copied


def by_shape(found: Recorded) -> list[list[tuple[int, Place]]]:
    """The places of a file, those of one kind and field together, so that no field is bent a hundred times."""
    shapes: dict[tuple[str, ...], list[tuple[int, Place]]] = {}
    for at, raw in enumerate(found.objects):
        for path in places(raw):
            if len(path) <= (5 if "managedFields" in path or raw["kind"] == "CustomResourceDefinition" else 9):
                shape = (raw["kind"], *("#" if isinstance(step, int) else step for step in path))
                shapes.setdefault(shape, []).append((at, path))
    return [shapes[shape] for shape in sorted(shapes)]


@pytest.mark.parametrize("name", FILES)
def test_no_shape_of_an_object_makes_a_rule_raise(name: str) -> None:
    chance, found = random.Random(20261121), recorded(name)
    shapes = by_shape(found)
    for shape in chance.sample(shapes, min(BENT, len(shapes))):
        at, path = chance.choice(shape)
        value = chance.choice((GONE, *ODD))
        raw = bent(found.objects[at], path, value)
        world = found.world(at, raw)
        facts.facts(world, "flux-system")
        beside = chance.sample([each for each in found.objects if each["kind"] in ("Kustomization", "Namespace")], 1)
        for each in (raw, *beside):
            resource = Resource(each)
            for rule, args in judgements(resource):
                try:
                    words = hear(rule, resource, world, *args)
                except Exception as error:
                    error.add_note(
                        f"{rule.id} of {resource.ref}, {found.objects[at]['kind']} bent at {path}: {value!r}"
                    )
                    raise
                assert all(isinstance(word, Word) for word in words)


def without(*path: str) -> Callable[[Raw], None]:
    """Takes a field away."""

    def change(raw: Raw) -> None:
        here = raw
        for step in path[:-1]:
            here = here.get(step) or {}
        here.pop(path[-1], None)

    return change


def conditions(value: Any) -> Callable[[Raw], None]:
    """Puts something in the place of the conditions."""

    def change(raw: Raw) -> None:
        raw["status"] = {**(raw.get("status") or {}), "conditions": value}

    return change


def of_another_generation(raw: Raw) -> None:
    raw["metadata"]["generation"] = 99


def without_statuses(raw: Raw) -> None:
    for each in (raw.get("status") or {}).get("conditions", ()):
        each["status"] = None


@pytest.mark.parametrize(
    "change",
    [
        without("status"),
        conditions(None),
        conditions({"type": "Ready", "status": "True"}),
        without_statuses,
        of_another_generation,
    ],
    ids=["no status", "null", "a mapping", "null statuses", "not looked at"],
)
@pytest.mark.parametrize("name", ["lab", "eoepca"])
def test_an_object_that_says_nothing_of_itself_is_never_ready(name: str, change: Callable[[Raw], None]) -> None:
    found = recorded(name)
    objects = copy.deepcopy(found.objects)
    for each in objects:
        change(each)
    world = FixedWorld(*objects, now=found.now + timedelta(days=3), served=found.served)
    for resource in map(Resource, objects):
        rule: Rule[Any] | None = {**readiness.READY, "Receiver": notifications.receiver_ready}.get(resource.kind)
        silent = is_static(resource) or (resource.kind == "Receiver" and resource.get("spec", "suspend") is True)
        if rule is not None and not silent:
            assert hear(rule, resource, world), resource.ref


@pytest.mark.parametrize("change", [without("status"), without("status", "inventory")], ids=["status", "inventory"])
@pytest.mark.parametrize("kind", ["Kustomization", "HelmRelease"])
def test_an_inventory_that_is_not_there_is_no_empty_one(kind: str, change: Callable[[Raw], None]) -> None:
    found = recorded("control")
    for at, each in enumerate(found.objects):
        if each["kind"] == kind:
            change(raw := copy.deepcopy(each))
            assert hear(apis.still_served, Resource(raw), found.world(at, raw)), each["metadata"]["name"]


@pytest.mark.parametrize("name", ["source-controller", "kustomize-controller", "helm-controller"])
def test_a_controller_that_says_nothing_of_itself_is_never_available(name: str) -> None:
    found = recorded("control")
    [at] = [
        number
        for number, each in enumerate(found.objects)
        if (each["kind"], each["metadata"]["name"]) == ("Deployment", name)
    ]
    home = Resource({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "flux-system"}})
    for change in (without("status"), without("status", "conditions"), conditions(None)):
        change(raw := copy.deepcopy(found.objects[at]))
        assert hear(availability.available, home, found.world(at, raw))
