"""Objects recorded from real Flux controllers (see ``recorded`` in each file), and what tests do to them."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from holdfast.model import Json, Resource, parse_time
from tests.checks.world import FixedWorld

_HERE = Path(__file__).parent.parent / "objects"


@cache
def _file(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((_HERE / f"{name}.json").read_text())
    return loaded


def moment(name: str) -> datetime:
    """When the objects of a file were recorded."""
    now = parse_time(_file(name)["now"])
    assert now is not None
    return now


def every(name: str) -> tuple[dict[str, Any], ...]:
    """All objects of a file, to do with as one likes."""
    return tuple(copy.deepcopy(_file(name)["objects"]))


def raw(name: str, kind: str, object_name: str) -> dict[str, Any]:
    """One object of a file, to do with as one likes."""
    found = next(
        each for each in _file(name)["objects"] if (each["kind"], each["metadata"]["name"]) == (kind, object_name)
    )
    copied: dict[str, Any] = copy.deepcopy(found)
    return copied


def lab(kind: str, name: str) -> Resource:
    """An object of the lab: one defect each."""
    return Resource(raw("lab", kind, name))


def world(name: str = "lab", later: timedelta = timedelta(), **options: Any) -> FixedWorld:
    """Everything that was recorded together, at that time or later."""
    return FixedWorld(*every(name), now=moment(name) + later, **options)


def without(name: str, *gone: str) -> tuple[dict[str, Any], ...]:
    """All objects of a file but these (``Kind/name``)."""
    return tuple(each for each in every(name) if f"{each['kind']}/{each['metadata']['name']}" not in gone)


def condition(obj: Mapping[str, Json], kind: str) -> dict[str, Any]:
    """A condition of a raw object, to be changed in place."""
    found: dict[str, Any] = next(each for each in obj["status"]["conditions"] if each["type"] == kind)
    return found


def flux_running(now: datetime) -> tuple[dict[str, Any], ...]:
    """Flux's recorded Deployments and Leases, the Leases renewed just now."""
    running = tuple(each for each in every("eoepca") if each["kind"] in ("Deployment", "Lease"))
    for each in running:
        if each["kind"] == "Lease":
            each["spec"]["renewTime"] = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    return running
