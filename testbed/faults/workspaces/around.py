"""What a workspace has outside of the cluster is gone, or is left over; its APIs do not answer."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.faults.workspaces import ALICE, ERIC, ONLY

BOB = "develop-user-bob"


def deleted(bed: Bed) -> None:
    """As DELETE /workspaces/… does: the namespace, and nothing else."""
    bed.kube.delete("Namespace", None, ALICE, wait=60)


FAULTS = [
    Fault(
        "workspaces-bucket-missing",
        platform="eoepca",
        breaks="the bucket of a workspace is deleted",
        apply=lambda bed: bed.service("s3").delete(ALICE),
        expect=[("workspace.bucket.missing", f"Namespace/{ALICE}")],
        args=ONLY,
    ),
    Fault(
        "workspaces-bucket-left-behind",
        platform="eoepca",
        breaks="the bucket of a workspace that was deleted long ago is still there",
        apply=lambda bed: bed.service("s3").create(BOB),
        expect=[("workspace.bucket.orphan", f"bucket {BOB}")],
        args=ONLY,
    ),
    Fault(
        "workspaces-buckets-hidden",
        platform="eoepca",
        breaks="the auditor's credential no longer sees every bucket, as MinIO's policies have it: one that exists is"
        " not in its list",
        apply=lambda bed: bed.gateway.edit("minio", f"<Name>{ERIC}</Name>", "<Name>another</Name>"),
        unknowns=[("forbidden", "S3 ${minio}")],
        args=ONLY,
    ),
    Fault(
        "workspaces-registry-user-missing",
        platform="eoepca",
        breaks="Harbor was set up anew and does not know a workspace's user",
        apply=lambda bed: bed.service("workspace-api").users(ERIC),
        expect=[("workspace.registry.missing", f"Namespace/{ALICE}")],
        args=ONLY,
    ),
    Fault(
        "workspaces-registry-user-left-behind",
        platform="eoepca",
        breaks="the user of a workspace that was deleted can still push images",
        apply=lambda bed: bed.service("workspace-api").users(ERIC, ALICE, BOB),
        expect=[("workspace.registry.orphan", f"registry user {BOB}")],
        args=ONLY,
    ),
    Fault(
        "workspaces-deleted",
        platform="eoepca",
        breaks="a workspace is deleted as its API deletes it: bucket and registry user stay",
        apply=deleted,
        expect=[
            ("workspace.bucket.orphan", f"bucket {ALICE}"),
            ("workspace.registry.orphan", f"registry user {ALICE}"),
        ],
        args=ONLY,
        alone="its policies are left behind, too, which the rules about policies tell",
    ),
    Fault(
        "workspaces-api-blind",
        platform="eoepca",
        breaks="the workspace API may not read Secrets any more and calls every workspace provisioning",
        apply=lambda bed: bed.service("workspace-api").blind(),
        expect=[
            ("workspace.api.provisioning", f"Namespace/{ALICE}"),
            ("workspace.api.provisioning", f"Namespace/{ERIC}"),
        ],
        args=ONLY,
    ),
    Fault(
        "workspaces-api-down",
        platform="eoepca",
        breaks="the workspace API's ingress answers 503",
        apply=lambda bed: bed.gateway.misbehave("workspace_api", "status", 503),
        expect=[("web.endpoint.status", "${workspace_api}")],
        args=ONLY,
    ),
    Fault(
        "workspaces-service-behind-login",
        platform="eoepca",
        breaks="a login page answers, with status 200, in the place of a workspace's service",
        apply=lambda bed: bed.gateway.misbehave("workspace-resources", "html"),
        expect=[("web.endpoint.content-type", "${workspace-resources}/")],
        args=ONLY,
    ),
    Fault(
        "workspaces-storage-garbled",
        platform="eoepca",
        breaks="what answers for the object storage is XML, and no S3",
        apply=lambda bed: bed.gateway.misbehave("minio", "garbage"),
        expect=[("web.endpoint.content", "S3 ${minio}")],
        args=ONLY,
    ),
]
