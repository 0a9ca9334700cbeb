"""Drift that cannot be seen in full: what hides is unknown, and everything else is judged all the same."""

import os
import subprocess

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import PROCESSING, add_training
from testbed.platforms.eoepca.hands import LENS, PROC, just_applied, just_released, kubectl

# What Git holds encrypted, with the key that opens it: made with sops and age for this file, and used nowhere else.
KEY = "AGE-SECRET-KEY-1ZWVAQWJVLF5RQ0GVXZ79GUU35ENMWHPRD4FYGE6L7N5SAHTQFDTQ372C06"
ENCRYPTED = """\
apiVersion: v1
kind: Secret
metadata:
    name: training
    namespace: demo
stringData:
    token: ENC[AES256_GCM,data:gEyNE1cNHeEBZMXwy8qOYVyS1SoHmFIGWTcAKx23,iv:Pd+qjJhAFVT8TlQDHkMAcnCRJQEKYiwtLffAZ939oV4=,tag:FbR5PsAzxlda73XAMu3aNA==,type:str]
sops:
    age:
        - enc: |
            -----BEGIN AGE ENCRYPTED FILE-----
            YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBRK0tWYkQwQVF2VWZzTTdN
            d0pHWU1jSG1NbHdIZFlQcWdaL080TWlTVXpJCjE5bTVwQlJXYjNqQzM3elFLUmdX
            SE1sUVgxTnNPTytQMVVTL1JQSkM5NUkKLS0tIHYweHlHQ0NHOXlQb1hTc3BGU21m
            Q1d6RkZyRWdlL3lieU40cnpJQUJlTmcKY0s2BrIm0cNFYH/bqw2c7JlUcgGc+gdX
            BGCBo0ARyqvJRhH/jw0Zzk/0PgCs4TUyUPkLLcj9G0n5ciNgjGWlCA==
            -----END AGE ENCRYPTED FILE-----
          recipient: age1efha6fqk4k7alpyfwykqeh24466s5dpxl2l5g345nvtgka5gmg8szjrdw9
    encrypted_regex: ^(data|stringData)$
    lastmodified: "2026-11-21T13:13:05Z"
    mac: ENC[AES256_GCM,data:+mb+gwPgfCfNzQzlsvatVfMmKtai2V3ocHCFHaw73zj9U4a3yPgAPB7QDG7BF8JyvLGwgjMVf4QwXVISp+Nd2HCtg7KlPl6cK70bARs8S+cKzHOZJ27pnP2o5VI54n/ZqLtiApU6zeonT7rjKEbzMmVrtDyHr3H2nJbxTKL8sro=,iv:Rpo3eYVZQeGO2SU7iC0MnH1Q5dS495FqUlRDWRWo4Tw=,tag:K2uDduuG7Hdbx3nrH3Evdg==,type:str]
    version: 3.13.2
"""  # noqa: E501

KUSTOMIZATIONS = [
    f"Kustomization/flux-system/{name}"
    for name in ("flux-system", "processing-and-chaining", "resource-management", "user-management")
]
CHEESE = "Deployment/test/cheese"
DEBUGGER = {"name": "debug", "image": "docker.io/library/busybox:1.36", "command": ["sleep", "infinity"]}
_READ = ["get", "list", "watch"]
_CORE = ["namespaces", "nodes", "pods", "secrets", "services", "serviceaccounts", "persistentvolumeclaims"]
_CORE += ["persistentvolumes", "endpoints", "events", "limitranges", "resourcequotas", "podtemplates"]
_CORE += ["replicationcontrollers", "componentstatuses", "bindings"]
_GROUPS = ["apps", "batch", "autoscaling", "policy", "rbac.authorization.k8s.io", "networking.k8s.io", "storage.k8s.io"]
_GROUPS += ["apiextensions.k8s.io", "apiregistration.k8s.io", "admissionregistration.k8s.io", "coordination.k8s.io"]
_GROUPS += ["certificates.k8s.io", "discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io", "node.k8s.io"]
_GROUPS += ["scheduling.k8s.io", "resource.k8s.io", "internal.apiserver.k8s.io", "metrics.k8s.io"]
_GROUPS += ["bitnami.com", "cert-manager.io", "acme.cert-manager.io"]
_GROUPS += [f"{each}.toolkit.fluxcd.io" for each in ("source", "kustomize", "helm", "notification", "image")]
ALL_BUT_CONFIGMAPS = [
    {"apiGroups": [""], "resources": _CORE, "verbs": _READ},
    {"apiGroups": _GROUPS, "resources": ["*"], "verbs": _READ},
]


def change_what_helm_made(bed: Bed) -> None:
    """One object gone, one with a stranger in it: both can be told without the release's manifest."""
    just_released(bed, "test", "dummy-service")
    kubectl(bed, "-n", "test", "delete", "service/dummy-service")
    change = [{"op": "add", "path": "/spec/template/spec/containers/-", "value": DEBUGGER}]
    bed.kube.patch("Deployment", "test", "cheese", change, manager=LENS)


def make_whole(bed: Bed) -> None:
    bed.reconcile("HelmRelease", "test", "dummy-service", wait=60, force=True)
    bed.reset()


def change_two_kinds(bed: Bed) -> None:
    """The ConfigMap nobody may read, the Deployment everybody may."""
    just_applied(bed, PROC)
    kubectl(bed, "-n", "proc", "set", "env", "deployment/workflow-cleaner", "LOG_LEVEL=debug")
    kubectl(bed, "-n", "proc", "patch", "configmap/workflow-cleaner", "-p", '{"data":{"QUEUE":"any_queue"}}')


def lose_git(bed: Bed) -> None:
    """Flux has just fetched and applied a commit that nobody else has seen yet, and nobody will."""
    bed.git.replace(f"{PROCESSING}/workflow-cleaner.yaml", 'HARVEST_INTERVAL: "600"', 'HARVEST_INTERVAL: "900"')
    bed.sync()
    bed.wait_healthy()
    kubectl(bed, "-n", "proc", "set", "env", "deployment/workflow-cleaner", "DEBUG=1")
    bed.git.refuse()


def another_checkout(bed: Bed) -> list[str]:
    """A checkout that has never heard of the commit Flux applied."""
    folder = bed.instance.home / "another-checkout"
    folder.mkdir(exist_ok=True)
    identity = {
        f"GIT_{who}_{what}": "nobody@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    for arguments in (["init", "--quiet"], ["commit", "--quiet", "--allow-empty", "--message", "Another history"]):
        subprocess.run(["git", *arguments], cwd=folder, env={**os.environ, **identity}, check=True)
    return ["--git-dir", str(folder)]


def change_what_is_encrypted(bed: Bed) -> None:
    """The cluster can read it, and nobody else: whether a value is as in Git cannot be told, an added key can."""
    key = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "sops-age", "namespace": "flux-system"}}
    bed.kube.create({**key, "stringData": {"keys.agekey": KEY}})
    add_training(bed, ENCRYPTED, decryption={"provider": "sops", "secretRef": {"name": "sops-age"}})
    bed.wait_ready("Kustomization", "flux-system", "training")
    bed.kube.patch("Secret", "demo", "training", {"stringData": {"spare": "added-by-hand"}}, manager="kubectl-edit")


RELEASES = {
    "default": "nfs-provisioner",
    "demo": "django-portal eoepca-portal",
    "ingress-nginx": "ingress-nginx",
    "proc": "application-hub proc-ades proc-ades-guard",
    "rm": "combined-rm-guard data-access harbor minio registration-api resource-catalogue rm-minio-bucket-api "
    "workspace-api workspace-api-guard",
    "test": "cheese dummy-service dummy-service-guard",
    "um": "um-identity-service um-login-service um-pdp-engine um-user-profile",
    **dict.fromkeys(("develop-user-alice", "develop-user-eric"), "resource-guard rm-resource-catalogue vs"),
}
"""Every HelmRelease of the platform, by namespace."""
MADE_BY_HELM = [
    ("no-desired-state", f"HelmRelease/{place}/{each}") for place, names in RELEASES.items() for each in names.split()
]


FAULTS = [
    Fault(
        "drift-without-secrets",
        platform="eoepca",
        breaks="what Helm made is changed, and the audit may not read the Secrets that hold what Helm made",
        apply=change_what_helm_made,
        revert=make_whole,
        context="no-secrets",
        exit=1,
        expect=[("drift.object.missing", "Service/test/dummy-service"), ("drift.field.foreign", CHEESE)],
        unknowns=[("forbidden", "get secrets"), ("forbidden", "list secrets"), *MADE_BY_HELM],
    ),
    Fault(
        "drift-one-kind-forbidden",
        platform="eoepca",
        breaks="a Deployment and a ConfigMap are changed, and the audit may not read ConfigMaps",
        apply=change_two_kinds,
        rights=ALL_BUT_CONFIGMAPS,
        exit=1,
        expect=[("drift.field.changed", "Deployment/proc/workflow-cleaner")],
        unknowns=[("forbidden", "list configmaps")],
    ),
    Fault(
        "drift-git-unreachable",
        platform="eoepca",
        breaks="a variable is added while Git does not answer: what Git says is unknown, what a person added is not",
        apply=lose_git,
        exit=1,
        expect=[("drift.field.foreign", "Deployment/proc/workflow-cleaner")],
        unknowns=[("no-git", each) for each in KUSTOMIZATIONS],
    ),
    Fault(
        "drift-git-dir-without-revision",
        platform="eoepca",
        breaks="the checkout of the audit does not have the commit that Flux applied",
        apply=lambda bed: None,
        args=another_checkout,
        unknowns=[("no-git", each) for each in KUSTOMIZATIONS],
    ),
    Fault(
        "drift-secret-encrypted",
        platform="eoepca",
        breaks="a key is added to a Secret that Git holds encrypted: that can be told, its values cannot",
        apply=change_what_is_encrypted,
        exit=1,
        expect=[("drift.field.foreign", "Secret/demo/training")],
        unknowns=[("encrypted", "Secret/demo/training")],
    ),
]
