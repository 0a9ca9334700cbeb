"""Cases to judge: objects recorded from a real API server, with what was really found on them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path as File
from typing import Any

from holdfast.checks.drift.case import Case
from holdfast.checks.drift.classes import FOREIGN, OF_FIELD, Class
from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.foreign import foreign
from holdfast.checks.drift.managed import ManagedFields
from holdfast.checks.drift.managers import Managers
from holdfast.checks.drift.paths import Path
from holdfast.checks.drift.pointers import value_at
from holdfast.model import Change, Ref, Resource
from tests.checks.drift.objects_seen import stamp
from tests.checks.world import NOON

Raw = dict[str, Any]
_RECORDED = File(__file__).parent / "recorded" / "additions.json"
KUSTOMIZE = frozenset({"kustomize-controller"})


@cache
def recorded() -> Mapping[str, Raw]:
    """Per row of the reference: ``desired`` and ``live``."""
    found: Mapping[str, Raw] = json.loads(_RECORDED.read_text(encoding="utf-8"))["rows"]
    return found


def kustomization(*, ready: str = "True", ago: timedelta = timedelta(minutes=4), **spec: Any) -> Resource:
    """A Kustomization that was reconciled so long ago."""
    return _owner(
        "kustomize.toolkit.fluxcd.io/v1",
        "Kustomization",
        {"interval": "10m", "prune": True, "path": "./apps", **spec},
        {"history": [{"digest": "sha256:1", "lastReconciled": stamp(ago), "lastReconciledStatus": "x"}]},
        ready,
    )


def helm_release(*, ready: str = "True", mode: str = "", **spec: Any) -> Resource:
    """A HelmRelease; ``mode`` is that of its drift detection."""
    detection = {"driftDetection": {"mode": mode}} if mode else {}
    history = [{"name": "web-0f3a", "version": 3, "status": "deployed"}]
    status = {"storageNamespace": "stores", "history": history}
    return _owner("helm.toolkit.fluxcd.io/v2", "HelmRelease", {"interval": "10m", **detection, **spec}, status, ready)


def _owner(version: str, kind: str, spec: Raw, status: Raw, ready: str) -> Resource:
    said = "applied" if ready == "True" else "the dependency is not ready"
    condition = {"type": "Ready", "status": ready, "reason": "Because", "message": said, "observedGeneration": 1}
    return Resource(
        {
            "apiVersion": version,
            "kind": kind,
            "metadata": {"name": "apps", "namespace": "flux-system", "generation": 1},
            "spec": spec,
            "status": {**status, "observedGeneration": 1, "conditions": [condition]},
        }
    )


def addition(row: str, owner: Resource | None = None, **more: Any) -> Case:
    """The first thing somebody added to a recorded object."""
    found = recorded()[row]
    live = Resource(found["live"])
    fields = ManagedFields(live.get("metadata", "managedFields"), live.api_version)
    differences = foreign(live, fields, KUSTOMIZE, Managers(), found["desired"], ())
    return Case(
        what=more.pop("what", FOREIGN),
        ref=live.ref,
        now=NOON,
        owner=owner or kustomization(),
        live=live,
        desired=found["desired"],
        difference=differences[0],
        **more,
    )


def field(kind: Kind, row: str, path: Path, owner: Resource | None = None, by: str = "", **more: Any) -> Case:
    """A recorded object of which the field at ``path`` differs so; ``by`` names a manager (``kubectl-edit``)."""
    found = recorded()[row]
    live = Resource(found["live"])
    who = (Change(by, Managers().cls(by), "Update"),) if by else ()
    difference = Difference(kind, path, value_at(path, found["desired"]), value_at(path, live.raw), who)
    return Case(
        what=more.pop("what", OF_FIELD[kind]),
        ref=live.ref,
        now=NOON,
        owner=owner or kustomization(),
        live=live,
        desired=found["desired"],
        difference=difference,
        **more,
    )


def thing(what: Class, ref: Ref, owner: Resource | None = None, **more: Any) -> Case:
    """A case of a whole object."""
    return Case(what=what, ref=ref, now=NOON, owner=owner, **more)
