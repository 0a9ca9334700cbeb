"""Whether Git or a hand set a field that differs, and what follows from that."""

from __future__ import annotations

from typing import Any

from holdfast.checks.flux import declared, managers
from holdfast.checks.flux.origin import Origin, origin
from holdfast.model import Deviation, Resource

from .recorded import Platform

MEMORY = ("spec", "template", "spec", "containers", "[name=manager]", "resources", "limits", "memory")


def owned(manager: str, *path: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for step in reversed(path):
        fields = {('k:{"name":"manager"}' if step == "[name=manager]" else f"f:{step}"): fields}
    return {"manager": manager, "operation": "Apply", "time": "2026-01-01T00:00:00Z", "fieldsV1": fields}


def held(*holders: str, delivered: bool = True) -> tuple[Platform, Resource]:
    """source-controller's Deployment, its memory limit held by these managers."""
    platform = Platform()
    raw = platform.raw("Deployment", "source-controller")
    raw["metadata"]["managedFields"] = [owned(each, *MEMORY) for each in holders]
    if not delivered:
        raw["metadata"]["labels"] = {}
    return platform, Resource(raw)


def told(*holders: str, delivered: bool = True) -> Origin:
    platform, deployment = held(*holders, delivered=delivered)
    return origin(deployment, managers.who_set(deployment, *MEMORY), "512Mi", platform.world())


def test_what_git_says_is_sought_in_git() -> None:
    found = told("kustomize-controller")

    assert found.cause.startswith("Git itself says so")
    assert found.outlook == "nothing: Kustomization/flux-system/flux-system applies what Git says"
    assert [each.command for each in found.remedy] == ["git log -p -S '512Mi' -- ./system/clusters/creodias/system"]


def test_what_a_hand_set_is_put_back_by_flux() -> None:
    found = told("kubectl-edit", "kustomize-controller")

    assert found.cause == "set by kubectl-edit, not by Git"
    assert found.outlook.startswith("Kustomization/flux-system/flux-system puts back what Git says")
    assert [each.writes for each in found.remedy] == [True]


def test_what_nobody_holds_may_be_either() -> None:
    found = told()

    assert "managedFields do not tell" in found.cause
    assert [each.writes for each in found.remedy] == [False, True]


def test_what_git_does_not_deliver_stays() -> None:
    found = told("kubectl-edit", delivered=False)

    assert (found.owner, found.outlook) == (None, "nothing: nobody delivers it from Git")


def test_a_controllers_memory_limit_names_who_set_it() -> None:
    platform, deployment = held("kubectl-edit")
    row = declared.Declared("source-controller", resources={("limits", "memory"): "4Gi"})

    (said,) = platform.hear_home(declared.as_declared, row)

    assert isinstance(said, Deviation)
    assert said.ref == deployment.ref
    assert [(each.manager, each.paths) for each in said.changed_by] == [
        ("kubectl-edit", ("spec.template.spec.containers[name=manager].resources.limits.memory",))
    ]
