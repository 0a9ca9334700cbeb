"""Records what a real API server makes of edits: ``python -m tests.checks.drift.record_additions``.

Needs a testbed that is up (the one HOLDFAST_TESTBED names). Objects are applied as Flux does it (server-side, forced,
as kustomize-controller), then edited with the real kubectl or signed as another tool. Writes recorded/additions.json.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import os
import subprocess
import time
from pathlib import Path

from testbed.bed import Bed

from .addition_rows import ENGINE, LENS, NAMESPACE, ROWS, Edit, Object, Row
from .bare_objects import BARE

RECORDED = Path(__file__).parent / "recorded" / "additions.json"


def record(bed: Bed, row: Row) -> Object:
    """One row, from nothing."""
    name = f"row-{row.name}"
    desired = row.desired(name)
    bed.kube.apply(copy.deepcopy(desired), manager=ENGINE)
    _settled(bed, desired)
    for edit in row.edits:
        _done(bed, desired, edit)
    live = _settled(bed, desired)
    if desired["kind"] == "Secret":
        desired["stringData"] = {key: _sealed(value.encode()) for key, value in desired["stringData"].items()}
        live["data"] = {key: _sealed(base64.b64decode(value)) for key, value in live["data"].items()}
    around = [each for kind in row.around for each in bed.kube.list(kind, NAMESPACE) if _is_about(each, live)]
    return {"desired": desired, "live": live, **({"around": around} if around else {})}


def _is_about(each: Object, live: Object) -> bool:
    abouts = (*each["metadata"].get("ownerReferences", ()), each.get("involvedObject", {}), each.get("regarding", {}))
    return live["metadata"]["uid"] in [about.get("uid") for about in abouts]


def _sealed(value: bytes) -> str:
    """As fixtures.seal has it."""
    return f"hmac-sha256:{hashlib.sha256(value).hexdigest()}"


def _done(bed: Bed, made: Object, edit: Edit) -> None:
    if callable(edit):
        edit(bed, made)
        return
    changed = {**made, "data": {**made.get("data", {}), "c": "3"}}
    file = bed.instance.home / "row.json"
    file.write_text(json.dumps(changed))
    words = [each.format(name=made["metadata"]["name"], file=file) for each in edit.split()]
    kubectl = str(bed.built.binary("kubectl"))
    environment = {**os.environ, "KUBECONFIG": str(bed.kubeconfig)}
    subprocess.run([kubectl, "-n", NAMESPACE, *words], env=environment, check=True, capture_output=True)


def _settled(bed: Bed, made: Object) -> Object:
    """The object once its controller, where it has one, has seen it."""
    meta = made["metadata"]
    for _ in range(50):
        live = bed.kube.get(f"{made['apiVersion']}/{made['kind']}", meta.get("namespace"), meta["name"])
        if (
            made["kind"] not in ("Deployment", "StatefulSet")
            or live.get("status", {}).get("observedGeneration") == live["metadata"]["generation"]
        ):
            break
        time.sleep(0.1)
    time.sleep(0.3)
    return bed.kube.get(f"{made['apiVersion']}/{made['kind']}", meta.get("namespace"), meta["name"])


def adopted(bed: Bed) -> list[Object]:
    """Bare objects made by another tool, which owns all that was defaulted in them, and then applied by the engine."""
    found = []
    for made in BARE:
        bed.kube.create(made, manager=LENS)
        _settled(bed, made)
        bed.kube.apply(made, manager=ENGINE)
        found.append({"desired": made, "live": _settled(bed, made)})
    return found


def _clean(bed: Bed) -> None:
    for kind in ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"):
        for each in bed.kube.list(kind):
            if each["metadata"]["name"].startswith("row-"):
                bed.kube.delete(kind, None, each["metadata"]["name"])
    for each in bed.kube.list("ConfigMap", NAMESPACE):
        if "finalizers" in each["metadata"]:
            bed.kube.patch("ConfigMap", NAMESPACE, each["metadata"]["name"], {"metadata": {"finalizers": None}})
    for each in BARE:
        meta = each["metadata"]
        bed.kube.delete(f"{each['apiVersion']}/{each['kind']}", meta.get("namespace"), meta["name"])
    bed.kube.delete("Namespace", None, NAMESPACE, wait=60)


def main() -> None:
    bed = Bed(os.environ["HOLDFAST_TESTBED"])
    bed.kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    try:
        found = {"rows": {row.name: record(bed, row) for row in ROWS}, "adopted": adopted(bed)}
    finally:
        _clean(bed)
    RECORDED.write_text(json.dumps(found, separators=(",", ":"), sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
