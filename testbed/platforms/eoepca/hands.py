"""What people do to the cluster instead of to Git: with kubectl, with Helm, and with what signs as something else.

Flux takes most of it back when it next looks, which is every minute here. So every hand waits until Flux has just
looked: what it then does lies there for most of a minute, as it does in real life for up to an hour.
"""

from __future__ import annotations

import os
import subprocess
from typing import Any

from testbed.bed import Bed
from testbed.errors import TestbedError
from testbed.fault import ByHand

LENS = "node-fetch"
PROC = "processing-and-chaining"
RM = "resource-management"


def kubectl(bed: Bed, *arguments: str) -> str:
    """Runs the real kubectl as the cluster's administrator; what it printed."""
    return _run(bed, "kubectl", *arguments)


def helm(bed: Bed, *arguments: str) -> str:
    """Runs the real Helm CLI as the cluster's administrator; what it printed."""
    return _run(bed, "helm", *arguments)


def edited(kustomization: str, *commands: str) -> ByHand:
    """A fault's `apply`: Flux has just applied that Kustomization, then somebody types these kubectl commands."""

    def type_them(bed: Bed) -> None:
        for command in commands:
            kubectl(bed, *command.split())

    return ByHand(kustomization, type_them)


def patched(
    kustomization: str, kind: str, name: str, change: Any, *, namespace: str = "proc", manager: str = "kubectl-patch"
) -> ByHand:
    """The same with a merge patch (a mapping) or JSON patch (a list) signed by any manager."""
    return ByHand(kustomization, lambda bed: bed.kube.patch(kind, namespace, name, change, manager=manager))


def just_applied(bed: Bed, kustomization: str) -> None:
    """Returns when Flux has applied the Kustomization and will not look at it again for its interval."""
    bed.reconcile("Kustomization", "flux-system", kustomization)


def just_released(bed: Bed, namespace: str, name: str) -> None:
    """The same for a HelmRelease."""
    bed.reconcile("HelmRelease", namespace, name)


def _run(bed: Bed, program: str, *arguments: str) -> str:
    environment = {**os.environ, "KUBECONFIG": str(bed.kubeconfig), "HELM_CACHE_HOME": str(bed.instance.home / "helm")}
    done = subprocess.run(
        [str(bed.built.binary(program)), *arguments],
        env=environment,
        cwd=bed.instance.home,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
        raise TestbedError(f"{program} {' '.join(arguments)} failed: {said[0]}")
    return done.stdout
