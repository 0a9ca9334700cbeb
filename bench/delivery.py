"""Getting the objects into the cluster the way any object gets there: committed to Git, applied by Flux."""

from __future__ import annotations

import time
from collections.abc import Callable

import yaml

from bench.mix import Folder, folders
from testbed import health
from testbed.bed import Bed
from testbed.errors import TestbedError
from testbed.kube import Object
from testbed.processes import Command

Report = Callable[[str], None]

ROOT = "bench"
_SYNC = "system/clusters/creodias/system/flux-system-extended/bench-sync.yaml"
_CONTROLLER = "kustomize-controller"
FASTER = ("--kube-api-qps=1000", "--kube-api-burst=2000")
"""Only to get the objects there sooner: at the controller's own 50 requests a second 20,000 take half an hour."""
_WRITES = {"create", "update", "patch", "delete", "deletecollection"}


def deliver(bed: Bed, count: int, say: Report) -> list[Folder]:
    """Returns when Flux has applied `count` objects and the cluster has come to rest.

    What is there already from an earlier run of the same size stays.
    """
    wanted = list(folders(count))
    if _commit(bed, wanted):
        _hurry(bed)
        bed.sync("flux-system", wait=120)
    _await_ready(bed, wanted, say)
    _await_quiet(bed, say)
    return wanted


def _commit(bed: Bed, wanted: list[Folder]) -> bool:
    """Whether anything was new."""
    files: dict[str, str | None] = dict.fromkeys(bed.git.files(ROOT))
    for folder in wanted:
        files |= {f"{ROOT}/{folder.name}/{name}": text for name, text in folder.files.items()}
    files[_SYNC] = yaml.safe_dump_all([_kustomization(folder) for folder in wanted], sort_keys=False)
    before = bed.git.files(".")
    same = all(path in before and bed.git.read(path) == text for path, text in files.items())
    if not same:
        bed.git.commit(files, f"{sum(folder.objects for folder in wanted)} objects to measure")
    return not same


def _kustomization(folder: Folder) -> Object:
    """Looked at again after an hour: what is measured then is not Flux's own work."""
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": folder.name, "namespace": "flux-system"},
        "spec": {
            "interval": "1h0m0s",
            "timeout": "10m0s",
            "path": f"./{ROOT}/{folder.name}",
            "prune": True,
            "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
        },
    }


def _hurry(bed: Bed) -> None:
    command = Command.from_dict(bed.record.commands[_CONTROLLER])
    if FASTER[0] in command.argv:
        return
    bed.stop(_CONTROLLER)
    command.argv.extend(FASTER)
    bed.record.commands[_CONTROLLER] = command.as_dict()
    bed.record.save(bed.instance)
    bed.start(_CONTROLLER)


def _await_ready(bed: Bed, wanted: list[Folder], say: Report) -> None:
    names = {folder.name for folder in wanted}
    patience = 120 + 0.2 * sum(folder.objects for folder in wanted)
    begun = time.monotonic()
    while True:
        found = [each for each in bed.kube.list("Kustomization", "flux-system") if each["metadata"]["name"] in names]
        ready = [each for each in found if _applied(each, bed.git.revision)]
        if len(ready) == len(names):
            break
        if time.monotonic() > begun + patience:
            raise TestbedError(f"only {len(ready)} of {len(names)} Kustomizations are Ready after {patience:.0f} s")
        say(f"delivered {len(ready)} of {len(names)} Kustomizations")
        time.sleep(3)
    say(f"delivered {sum(folder.objects for folder in wanted)} objects in {time.monotonic() - begun:.0f} s")


def _applied(kustomization: Object, revision: str) -> bool:
    applied = kustomization.get("status", {}).get("lastAppliedRevision")
    return applied == revision and health.ready(kustomization)


def _await_quiet(bed: Bed, say: Report) -> None:
    """Until the controllers have made their ReplicaSets and EndpointSlices: less than 20 writes a second."""
    begun = time.monotonic()
    while time.monotonic() < begun + 600:
        position = bed.audit_log_position()
        time.sleep(3)
        writes = sum(verb in _WRITES for verb, _, _ in bed.audit_log(position))
        if writes < 60:
            return
        say(f"waiting for the cluster to come to rest: {writes / 3:.0f} writes a second")
    raise TestbedError("the cluster does not come to rest within ten minutes")
