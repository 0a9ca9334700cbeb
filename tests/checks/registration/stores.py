"""A store of queues as the sense tells it, and a data-access release as Git declares it."""

from __future__ import annotations

from typing import Any

from holdfast.fixtures.observed import carrier
from holdfast.model import Resource

PLACE = "rm/data-access"


def store(keys: dict[str, tuple[str, int]] | None = None, **told: Any) -> Resource:
    """Keys as name -> (type, length); whatever waits has been watched for 20 s and has moved."""
    found = {name: {"type": kind, "length": length} for name, (kind, length) in (keys or {}).items()}
    watched = {
        name: {"seconds": 20.0, "length": length, "moved": True}
        for name, (kind, length) in (keys or {}).items()
        if length and (kind == "list" or name == "registering_set")
    }
    given = {
        "stage": "done",
        "problem": "",
        "way": "redis",
        "namespace": "rm",
        "workload": "StatefulSet/data-access-redis-master",
        "keys": found,
        "watched": watched,
    }
    return carrier("queues", "rm/data-access-redis-master", {**given, **told})


def still(name: str, length: int, now: int | None = None, **before: float) -> dict[str, Any]:
    """A thing that has not moved; ``untouched`` and ``quiet`` are what is known of the time before."""
    return {name: {"seconds": 20.0, "length": length if now is None else now, "moved": False, **before}}


def release(**vs: Any) -> dict[str, Any]:
    """HelmRelease rm/data-access; by default two routes and a harvester that writes to one of them."""
    parts = {
        "registrar": {"config": {"routes": {"ades": {"queue": "register_ades_queue"}}}},
        "harvester": {"config": {"harvesters": {"Creodias-Opensearch": {"queue": "register_queue"}}}},
        "seeder": {"replicaCount": 0},
        **vs,
    }
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "data-access", "namespace": "rm"},
        "spec": {"values": {"vs": parts}},
    }
