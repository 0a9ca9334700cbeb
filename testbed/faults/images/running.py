"""Another image runs than was released, or one that is another tomorrow."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.hands import PROC, RM, edited, just_applied, kubectl
from testbed.platforms.eoepca.kubelet import pod, replaced

ARGS = ("-m", "images")
CLEANER = "Deployment/proc/workflow-cleaner"
INIT = [{"op": "replace", "path": "/spec/template/spec/initContainers/0/image", "value": "docker.io/eoepca/wait-for"}]
ELSEWHERE = "registry.example.org/tools/debug:1.2"


def untagged_init(bed: Bed) -> None:
    just_applied(bed, RM)
    bed.kube.patch("Deployment", "rm", "registrar", INIT)
    bed.wait("Deployment", "rm", "registrar", lambda obj: obj["status"].get("updatedReplicas") == 1)


def debugged(bed: Bed) -> None:
    """As ``kubectl debug`` does it."""
    name = pod(bed, "rm", "app=harvester")["metadata"]["name"]
    added = {"spec": {"ephemeralContainers": [{"name": "debugger", "image": ELSEWHERE}]}}
    bed.kube.patch("Pod", "rm", name, added, manager="kubectl-debug", subresource="ephemeralcontainers")


def second_version(bed: Bed) -> None:
    kubectl(bed, "-n", "proc", "create", "deployment", "harvester", "--image=docker.io/eoepca/rm-harvester:1.0.0")
    bed.wait("Deployment", "proc", "harvester", lambda obj: obj.get("status", {}).get("availableReplicas") == 1)


def older_than_released(bed: Bed) -> None:
    kubectl(bed, "-n", "proc", "set", "image", "deployment/proc-ades", "ades=docker.io/eoepca/ades:2.0.20")
    bed.wait("Deployment", "proc", "proc-ades", lambda obj: obj["status"].get("updatedReplicas") == 1)


def tag_moved(bed: Bed) -> None:
    """Two pods of one Deployment pulled the same tag on different days."""
    for number, each in enumerate(bed.kube.list("Pod", "rm", labels="app=harvester"), start=1):
        first, *others = each["status"]["containerStatuses"]
        digest = f"docker.io/eoepca/rm-harvester@sha256:{number:064x}"
        status = {"status": {"containerStatuses": [{**first, "imageID": digest}, *others]}}
        bed.kube.patch("Pod", "rm", each["metadata"]["name"], status, manager="kubelet", subresource="status")


FAULTS = [
    Fault(
        "images-latest",
        platform="eoepca",
        breaks="a Deployment is set to the tag latest",
        apply=edited(PROC, "-n proc set image deployment/workflow-cleaner *=docker.io/eoepca/cleaner:latest"),
        args=ARGS,
        expect=[("image.reference.floating", CLEANER)],
    ),
    Fault(
        "images-untagged-init",
        platform="eoepca",
        breaks="the image of an init container has no tag",
        apply=untagged_init,
        args=ARGS,
        expect=[("image.reference.floating", "Deployment/rm/registrar")],
    ),
    Fault(
        "images-unexpected-registry",
        platform="eoepca",
        breaks="an image comes from a registry nobody knows",
        apply=edited(PROC, f"-n proc set image deployment/workflow-cleaner *={ELSEWHERE}"),
        args=ARGS,
        expect=[("image.registry.unexpected", CLEANER)],
    ),
    Fault(
        "images-debugged",
        platform="eoepca",
        breaks="kubectl debug leaves an ephemeral container of an unknown registry in a pod",
        apply=debugged,
        revert=replaced("rm", "app=harvester"),
        args=ARGS,
        expect=[("image.registry.unexpected", "Deployment/rm/harvester")],
    ),
    Fault(
        "images-two-versions",
        platform="eoepca",
        breaks="one of the project's images runs in two versions",
        apply=second_version,
        args=ARGS,
        expect=[("image.version.mixed", "image docker.io/eoepca/rm-harvester")],
    ),
    Fault(
        "images-not-as-released",
        platform="eoepca",
        breaks="the ADES runs an older version than the release declares",
        apply=older_than_released,
        args=ARGS,
        expect=[("image.release.differs", "Deployment/proc/proc-ades")],
    ),
    Fault(
        "images-tag-moved",
        platform="eoepca",
        breaks="two pods run different builds under the same tag",
        apply=tag_moved,
        revert=replaced("rm", "app=harvester"),
        args=ARGS,
        expect=[("image.tag.moved", "image docker.io/eoepca/rm-harvester:1.1.0")],
    ),
]
