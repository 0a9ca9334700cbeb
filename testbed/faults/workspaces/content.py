"""Secrets and objects of a workspace are gone, edited, or behind their templates."""

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.faults.workspaces import ALICE, ERIC, ONLY
from testbed.platforms.eoepca.edits import RESOURCES

CHARTS = f"{RESOURCES}/rm-workspace-charts"
GUARD = f"{CHARTS}/template-hr-resource-guard.yaml"
DOCKER = f"{CHARTS}/template-cm-docker-config.yaml"
TEMPLATES = "ConfigMap/rm/workspace-charts"


def edited(bed: Bed, name: str, values: dict[str, object]) -> None:
    bed.kube.patch("HelmRelease", ERIC, name, {"spec": {"values": values}}, manager="kubectl-edit")
    bed.wait_ready("HelmRelease", ERIC, name)


def template(bed: Bed, file: str, old: str, new: str) -> None:
    bed.git.replace(file, old, new)
    bed.sync("resource-management")


FAULTS = [
    Fault(
        "workspaces-registry-secret-missing",
        platform="eoepca",
        breaks="a workspace's password for the container registry is deleted",
        apply=lambda bed: bed.kube.delete("Secret", ALICE, "container-registry"),
        expect=[("workspace.secret.incomplete", f"Secret/{ALICE}/container-registry")],
        args=ONLY,
    ),
    Fault(
        "workspaces-bucket-secret-missing",
        platform="eoepca",
        breaks="a workspace's keys to its bucket are deleted: the workspace API calls it `provisioning` again",
        apply=lambda bed: bed.kube.delete("Secret", ALICE, "bucket"),
        expect=[("workspace.secret.incomplete", f"Secret/{ALICE}/bucket")],
        args=ONLY,
    ),
    Fault(
        "workspaces-bucket-key-missing",
        platform="eoepca",
        breaks="the Secret of a bucket no longer has the key itself",
        apply=lambda bed: bed.kube.patch(
            "Secret", ERIC, "bucket", [{"op": "remove", "path": "/data/secret"}], manager="kubectl-edit"
        ),
        expect=[("workspace.secret.incomplete", f"Secret/{ERIC}/bucket")],
        args=ONLY,
    ),
    Fault(
        "workspaces-catalogue-missing",
        platform="eoepca",
        breaks="a workspace's catalogue is deleted; Git does not know of it, so nobody brings it back",
        apply=lambda bed: bed.kube.delete("HelmRelease", ALICE, "rm-resource-catalogue", wait=20),
        expect=[("workspace.object.missing", f"HelmRelease/{ALICE}/rm-resource-catalogue")],
        args=ONLY,
    ),
    Fault(
        "workspaces-release-edited",
        platform="eoepca",
        breaks="the values of a workspace's release are edited by hand; Flux keeps them as they are",
        apply=lambda bed: edited(bed, "vs", {"vs": {"registrar": {"replicaCount": 3}}}),
        expect=[("workspace.object.outdated", f"HelmRelease/{ERIC}/vs")],
        args=ONLY,
    ),
    Fault(
        "workspaces-release-extended",
        platform="eoepca",
        breaks="a value no template gives is added to a workspace's release",
        apply=lambda bed: edited(bed, "rm-resource-catalogue", {"ingress": {"name": "open"}}),
        expect=[("workspace.object.outdated", f"HelmRelease/{ERIC}/rm-resource-catalogue")],
        args=ONLY,
    ),
    Fault(
        "workspaces-behind-their-template",
        platform="eoepca",
        breaks="the template of the guards is changed in Git, and no workspace is deployed again",
        apply=lambda bed: template(bed, GUARD, "credentialsSecretName: rm-uma-user-agent", "openAccess: true"),
        expect=[
            ("workspace.object.outdated", f"HelmRelease/{ALICE}/resource-guard"),
            ("workspace.object.outdated", f"HelmRelease/{ERIC}/resource-guard"),
        ],
        args=ONLY,
    ),
    Fault(
        "workspaces-credentials-stale",
        platform="eoepca",
        breaks="the keys of a bucket were changed, and the ConfigMap jobs read still has others",
        apply=lambda bed: bed.kube.patch(
            "ConfigMap", ERIC, "aws-credentials", {"data": {"aws-credentials": "[default]\n"}}, manager="kubectl-edit"
        ),
        expect=[("workspace.object.outdated", f"ConfigMap/{ERIC}/aws-credentials")],
        args=ONLY,
    ),
    Fault(
        "workspaces-template-unbalanced",
        platform="eoepca",
        breaks="a brace is missing in the JSON a template gives, as it is on creodias",
        apply=lambda bed: template(bed, DOCKER, "        }\n      }\n", "        }\n"),
        expect=[("workspace.template.broken", TEMPLATES)],
        args=ONLY,
    ),
    Fault(
        "workspaces-template-no-object",
        platform="eoepca",
        breaks="a template is no Jinja2 any more: no workspace can be made or deployed again",
        apply=lambda bed: template(bed, GUARD, "{{ default_owner }}", "{{ default_owner }"),
        expect=[("workspace.template.broken", TEMPLATES)],
        args=ONLY,
    ),
    Fault(
        "workspaces-secrets-unreadable",
        platform="eoepca",
        breaks="the auditor may not read Secrets: whether a workspace has them, and fits its templates, is unknown",
        apply=lambda bed: None,
        unknowns=[("forbidden", f"Secret/{ALICE}/bucket"), ("forbidden", f"Secret/{ERIC}/bucket")],
        context="no-secrets",
        args=ONLY,
    ),
]
