"""What `flux bootstrap` does, done here.

The components, the Secrets beside Git, then the two objects that make Flux look at Git.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from testbed.build import Built
from testbed.errors import TestbedError
from testbed.gotk import NAMESPACE
from testbed.kube import ApiError, Kube

Object = dict[str, Any]
_SYNC = ("GitRepository", "Kustomization")


def manifests(built: Built, folder: Path) -> list[Object]:
    """The flux-system folder of the platform's Git, built by kustomize as kustomize-controller will."""
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder)}
    command = [str(built.binary("kustomize")), "build", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        complaint = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise TestbedError(f"the platform's own manifests do not build: {complaint[0]} (kustomize build {folder})")
    return [obj for obj in yaml.load_all(done.stdout, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) if obj]


def install(kube: Kube, objects: list[Object], manager: str = "flux") -> None:
    """Applies everything but the sync objects.

    Returns when the CRDs are served, as the controllers do not start before that.
    """
    crds = [obj for obj in objects if obj["kind"] == "CustomResourceDefinition"]
    rest = [obj for obj in objects if obj["kind"] not in (*_SYNC, "CustomResourceDefinition")]
    for obj in (*crds, *sorted(rest, key=lambda obj: str(obj["kind"]) != "Namespace")):
        kube.apply(obj, manager=manager)
    for crd in crds:
        name = crd["metadata"]["name"]
        until(partial(_established, kube, name), 20, f"the CRD {name} is not established")
    kube.types(refresh=True)


def follow_git(kube: Kube, objects: list[Object], secrets: list[Object]) -> None:
    """Creates the Secrets and the sync objects; Secrets of other namespaces wait until Flux has made those."""
    own = [obj for obj in secrets if obj["metadata"]["namespace"] == NAMESPACE]
    for obj in own:
        kube.create(obj, manager="flux")
    for obj in objects:
        if obj["kind"] in _SYNC:
            kube.apply(obj, manager="flux")
    for obj in secrets:
        if obj not in own:
            namespace = obj["metadata"]["namespace"]
            until(partial(_exists, kube, namespace), 60, f"Flux has not created the namespace {namespace}")
            kube.create(obj, manager="kubectl-create")


def until(condition: Callable[[], bool], seconds: float, complaint: str) -> None:
    """Polls a condition; a refusal by an API server that is still coming up counts as not yet."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except ApiError:
            pass
        if time.monotonic() > deadline:
            raise TestbedError(f"{complaint} (waited {seconds:g} s)")
        time.sleep(0.05)


def _exists(kube: Kube, namespace: str) -> bool:
    return kube.find("Namespace", None, namespace) is not None


def _established(kube: Kube, name: str) -> bool:
    found = kube.find("CustomResourceDefinition", None, name) or {}
    conditions = found.get("status", {}).get("conditions", [])
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)
