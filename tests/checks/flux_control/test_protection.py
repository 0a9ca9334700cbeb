"""Who may write in the Flux namespace, by RBAC."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.flux.protection import Allowed, protected
from holdfast.model import Deviation

from ..world import forbidden
from .recorded import Platform, Raw, findings, unknowns

RBAC = "rbac.authorization.k8s.io/v1"
WRITABLE = "flux.namespace.writable"
DEVS: Raw = {"kind": "Group", "name": "devs"}


def binding(role: str, *subjects: Raw, namespace: str = "", role_kind: str = "ClusterRole", **labels: str) -> Raw:
    metadata: Raw = {"name": "added", "labels": {key.replace("__", "/"): text for key, text in labels.items()}}
    if namespace:
        metadata["namespace"] = namespace
    return {
        "apiVersion": RBAC,
        "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
        "metadata": metadata,
        "roleRef": {"kind": role_kind, "name": role, "apiGroup": "rbac.authorization.k8s.io"},
        "subjects": list(subjects),
    }


def cluster_role(name: str, *rules: Raw, labels: dict[str, str] | None = None, **more: Any) -> Raw:
    metadata = {"name": name, "labels": labels or {}}
    return {"apiVersion": RBAC, "kind": "ClusterRole", "metadata": metadata, "rules": list(rules), **more}


def rule(groups: list[str], resources: list[str], verbs: list[str], **more: Any) -> Raw:
    return {"apiGroups": groups, "resources": resources, "verbs": verbs, **more}


def hear(*added: Raw, allowed: tuple[Allowed, ...] = ()) -> list[Any]:
    return Platform().add(*added).hear_home(protected, *allowed)


def test_a_fresh_cluster_with_flux_gives_nothing() -> None:
    assert hear() == []


@pytest.mark.parametrize("role", ["cluster-admin", "admin", "edit"])
def test_people_who_may_write(role: str) -> None:
    platform = Platform()
    platform.raw("ClusterRole", role)
    said = platform.add(binding(role, DEVS, namespace="flux-system")).hear_home(protected)

    assert findings(said, protected) == [(WRITABLE, "RoleBinding/flux-system/added", "subjects[Group:devs]")]


def test_view_is_no_writing() -> None:
    assert hear(binding("view", DEVS, namespace="flux-system")) == []


def test_another_namespace_does_not_count() -> None:
    assert hear(binding("cluster-admin", DEVS, namespace="um")) == []


def test_the_whole_cluster_counts_once_per_subject() -> None:
    said = hear(binding("cluster-admin", DEVS, {"kind": "User", "name": "eve"}, DEVS))

    assert [path for _, _, path in findings(said, protected)] == ["subjects[Group:devs]", "subjects[User:eve]"]
    assert all("ClusterRole/cluster-admin" in each.cause for each in said)


@pytest.mark.parametrize(
    "subject",
    [
        {"kind": "Group", "name": "system:masters"},
        {"kind": "Group", "name": "kubeadm:cluster-admins"},
        {"kind": "User", "name": "system:kube-scheduler"},
        {"kind": "ServiceAccount", "namespace": "kube-system", "name": "cloud-controller"},
        {"kind": "ServiceAccount", "namespace": "flux-system", "name": "kustomize-controller"},
        {"kind": "User", "name": "system:serviceaccount:flux-system:helm-controller"},
    ],
)
def test_the_system_and_flux_itself(subject: Raw) -> None:
    assert hear(binding("cluster-admin", subject)) == []


@pytest.mark.parametrize(
    "subject",
    [
        {"kind": "Group", "name": "system:authenticated"},
        {"kind": "Group", "name": "system:unauthenticated"},
        {"kind": "User", "name": "system:anonymous"},
        {"kind": "Group", "name": "system:serviceaccounts"},
        {"kind": "Group", "name": "system:serviceaccounts:um"},
        {"kind": "User", "name": "system:serviceaccount:um:builder"},
        {"kind": "ServiceAccount", "namespace": "um", "name": "kustomize-controller"},
        {"kind": "ServiceAccount", "namespace": "flux-system", "name": "default"},
    ],
)
def test_everybody_and_strangers_are_not_the_system(subject: Raw) -> None:
    assert len(findings(hear(binding("cluster-admin", subject)), protected)) == 1


def test_an_account_flux_impersonates_is_flux() -> None:
    platform = Platform().add(
        binding("cluster-admin", {"kind": "ServiceAccount", "namespace": "flux-system", "name": "um-deployer"})
    )
    assert len(platform.hear_home(protected)) == 1

    platform.raw("Kustomization", "user-management")["spec"]["serviceAccountName"] = "um-deployer"
    assert platform.hear_home(protected) == []


def test_an_operator_that_git_gave_its_rights_is_allowed_people_are_not() -> None:
    operator = {"kind": "ServiceAccount", "namespace": "cert-manager", "name": "cert-manager"}
    owner = {
        "kustomize.toolkit.fluxcd.io__name": "flux-system",
        "kustomize.toolkit.fluxcd.io__namespace": "flux-system",
    }

    assert len(hear(binding("cluster-admin", operator))) == 1
    said = hear(binding("cluster-admin", operator, DEVS, **owner))
    assert [path for _, _, path in findings(said, protected)] == ["subjects[Group:devs]"]


def test_the_allow_list() -> None:
    platform_team = Allowed.of({"kind": "Group", "name": "dev*", "reason": "they run it"})
    other_kind = Allowed.of({"kind": "User", "name": "devs"})
    account = Allowed.of({"kind": "ServiceAccount", "name": "*", "namespace": "infra"})
    infra = {"kind": "ServiceAccount", "namespace": "infra", "name": "sealed-secrets"}

    assert hear(binding("cluster-admin", DEVS, infra), allowed=(platform_team, account)) == []
    assert len(hear(binding("cluster-admin", DEVS), allowed=(other_kind, account))) == 1


@pytest.mark.parametrize(
    "granted",
    [
        rule([""], ["secrets"], ["patch"]),
        rule(["*"], ["*"], ["*"]),
        rule([""], ["*"], ["delete"]),
        rule(["apps"], ["deployments"], ["update"]),
        rule(["kustomize.toolkit.fluxcd.io"], ["kustomizations"], ["create"]),
        rule(["source.toolkit.fluxcd.io"], ["*"], ["deletecollection"]),
    ],
)
def test_rules_that_reach(granted: Raw) -> None:
    said = hear(cluster_role("some", granted), binding("some", DEVS))

    assert len(findings(said, protected)) == 1


@pytest.mark.parametrize(
    "granted",
    [
        rule([""], ["secrets"], ["get", "list", "watch"]),
        rule([""], ["configmaps", "pods"], ["*"]),
        rule(["extensions"], ["deployments"], ["*"]),
        rule(["apps"], ["statefulsets", "deployments/scale"], ["*"]),
        rule(["kustomize.toolkit.fluxcd.io"], ["kustomizations/status"], ["patch"]),
        rule([], [], ["*"], nonResourceURLs=["*"]),
        {"verbs": None, "apiGroups": None, "resources": None},
    ],
)
def test_rules_that_do_not_reach(granted: Raw) -> None:
    assert hear(cluster_role("some", granted), binding("some", DEVS)) == []


def test_rights_for_single_names_count_where_the_name_exists() -> None:
    for name, found in (("flux-system", 1), ("my-webhook-cert", 0)):
        granted = rule([""], ["secrets"], ["update"], resourceNames=[name])

        assert len(hear(cluster_role("some", granted), binding("some", DEVS))) == found


def test_an_aggregated_role_counts_before_it_is_filled_in() -> None:
    selectors = [{"matchLabels": {"team": "x"}}]
    gathers = cluster_role("gathers", aggregationRule={"clusterRoleSelectors": selectors})
    part = cluster_role("part", rule([""], ["secrets"], ["create"]), labels={"team": "x"})

    assert len(hear(gathers, part, binding("gathers", DEVS))) == 1
    assert hear(gathers, binding("gathers", DEVS)) == []


def test_a_role_that_does_not_exist_gives_nothing() -> None:
    assert hear(binding("nowhere", DEVS), binding("nowhere", DEVS, namespace="flux-system", role_kind="Role")) == []


@pytest.mark.parametrize("subjects", [None, []])
def test_a_binding_without_subjects(subjects: object) -> None:
    assert hear({**binding("cluster-admin"), "subjects": subjects}) == []


@pytest.mark.parametrize("kind", ["RoleBinding", "ClusterRoleBinding", "Deployment", "Kustomization"])
def test_what_cannot_be_read_is_unknown(kind: str) -> None:
    platform = Platform()
    platform.problems[kind] = forbidden(kind)

    assert unknowns(platform.hear_home(protected)) == [("forbidden", f"list {kind}")]


def test_roles_that_cannot_be_read_are_unknown() -> None:
    platform = Platform().add(binding("edit", DEVS, namespace="flux-system")).drop("ClusterRole")
    platform.problems["ClusterRole"] = forbidden("clusterroles")

    assert unknowns(platform.hear_home(protected)) == [("forbidden", "list clusterroles")]


def test_the_finding_says_what_may_be_written() -> None:
    (said,) = hear(cluster_role("some", rule([""], ["secrets"], ["update", "get"])), binding("some", DEVS))

    assert isinstance(said, Deviation)
    assert said.observed == "Group:devs may: update secrets"
    assert said.remedy[0].command.endswith("--as=someone --as-group=devs")
