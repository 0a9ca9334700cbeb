"""An object in Git is being deleted, and the operator that should let it go is no more."""

import base64
import datetime
from typing import Any

import orjson
import requests

from testbed.bed import Bed
from testbed.errors import TestbedError
from testbed.fault import Fault
from testbed.platforms.eoepca.hands import kubectl
from testbed.platforms.eoepca.queue import GROUP, add_queue


def apply(bed: Bed) -> None:
    """The finalizer is not kubectl's, so that Flux leaves it alone."""
    add_queue(bed)
    finalizers = {"metadata": {"finalizers": [f"{GROUP}/drain"]}}
    bed.kube.patch("Queue", "demo", "training", finalizers, manager="queue-operator")
    kubectl(bed, "-n", "demo", "delete", "queue/training", "--wait=false")
    ten_minutes_ago(bed, f"/registry/{GROUP}/queues/demo/training")


def let_go(bed: Bed) -> None:
    """What the operator would have done: without it neither the object nor its CRD could ever go."""
    bed.kube.patch("Queue", "demo", "training", {"metadata": {"finalizers": None}})
    bed.reset()


def ten_minutes_ago(bed: Bed, key: str) -> None:
    """Nobody can wait until an object is stuck, and no request can say when it was deleted: etcd is told so."""
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=10)
    (stored,) = _etcd(bed, "range", {"key": _base64(key.encode())})["kvs"]
    obj = orjson.loads(base64.b64decode(stored["value"]))
    obj["metadata"]["deletionTimestamp"] = then.strftime("%Y-%m-%dT%H:%M:%SZ")
    _etcd(bed, "put", {"key": _base64(key.encode()), "value": _base64(orjson.dumps(obj))})
    wanted = obj["metadata"]["deletionTimestamp"]
    bed.wait("Queue", "demo", "training", lambda it: it["metadata"].get("deletionTimestamp") == wanted)


def _etcd(bed: Bed, call: str, body: dict[str, str]) -> Any:
    answer = requests.post(f"http://127.0.0.1:{bed.record.ports['etcd']}/v3/kv/{call}", json=body, timeout=10)
    if answer.status_code != 200:
        raise TestbedError(f"etcd does not {call}: {answer.status_code} {answer.text[:100]}")
    return answer.json()


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


FAULT = Fault(
    "drift-stuck-terminating",
    platform="eoepca",
    breaks="an object in Git is being deleted, and its finalizer holds it",
    apply=apply,
    revert=let_go,
    expect=[("drift.object.terminating", "Queue/demo/training")],
)
