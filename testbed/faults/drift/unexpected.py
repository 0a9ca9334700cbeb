"""Somebody makes objects beside Git in namespaces that Git manages."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.hands import kubectl


def make_a_deployment(bed: Bed) -> None:
    kubectl(bed, "-n", "proc", "create", "deployment", "quick-fix", "--image=docker.io/library/nginx:1.27")
    bed.wait("Deployment", "proc", "quick-fix", lambda it: it["status"].get("availableReplicas") == 1)


def run_a_pod(bed: Bed) -> None:
    kubectl(bed, "-n", "rm", "run", "netshoot", "--image=docker.io/nicolaka/netshoot:v0.13", "--", "sleep", "infinity")
    bed.wait("Pod", "rm", "netshoot", lambda it: it["status"].get("phase") == "Running")


def clear_up(bed: Bed) -> None:
    """Pods come and go in a testbed: a reset leaves them alone."""
    bed.kube.delete("Pod", "rm", "netshoot", wait=20)
    bed.reset()


def make_a_secret(bed: Bed) -> None:
    kubectl(bed, "-n", "um", "create", "secret", "generic", "backdoor", "--from-literal=token=not-in-git-at-all")


FAULTS = [
    Fault(
        "drift-unexpected-deployment",
        platform="eoepca",
        breaks="somebody creates a Deployment with kubectl; its ReplicaSet and pods are no findings of their own",
        apply=make_a_deployment,
        expect=[("drift.object.unexpected", "Deployment/proc/quick-fix")],
    ),
    Fault(
        "drift-unexpected-pod",
        platform="eoepca",
        breaks="somebody leaves a pod behind that looked around in the network",
        apply=run_a_pod,
        revert=clear_up,
        expect=[("drift.object.unexpected", "Pod/rm/netshoot")],
    ),
    Fault(
        "drift-unexpected-secret",
        platform="eoepca",
        breaks="somebody creates a Secret with kubectl",
        apply=make_a_secret,
        expect=[("drift.object.unexpected", "Secret/um/backdoor")],
    ),
]
