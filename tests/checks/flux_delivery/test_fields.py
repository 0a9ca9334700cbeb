"""Declared against spec: one deviation per field, and none where two spellings mean the same."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.checks.flux import fields, helmreleases, kustomizations, sources
from holdfast.model import MAJOR, Resource
from tests.checks.flux_delivery.hearing import deviation, hear
from tests.checks.flux_delivery.objects import ago, made, owned
from tests.checks.flux_delivery.recorded import raw, world
from tests.checks.world import FixedWorld

CHECKS: dict[str, Any] = {
    "Kustomization": kustomizations.as_declared,
    "HelmRelease": helmreleases.as_declared,
}


def judge(obj: dict[str, Any], **declared: str) -> list[tuple[str, str]]:
    """The paths and observed values of every deviation; underscores in a column's name stand for spaces."""
    check = CHECKS.get(obj["kind"], sources.as_declared)
    cells = {name.replace("_", " "): cell for name, cell in declared.items()}
    words = hear(check, Resource(obj), FixedWorld(obj), cells)
    return [(getattr(each, "path", ""), getattr(each, "observed", repr(each))) for each in words]


CONFORMING = [
    (
        "GitRepository",
        "flux-system",
        {"branch": "develop", "interval": "60s", "timeout": "5000ms", "secret": "flux-system"},
    ),
    ("GitRepository", "flux-system", {"url": "http://git.testbed/eoepca.git", "suspend": "no", "provider": "generic"}),
    ("HelmRepository", "harbor", {"interval": "1h", "url": "http://charts.testbed/harbor", "type": "default"}),
    ("HelmChart", "rm-minio", {"chart": "minio", "version": "5.0.7", "source": "HelmRepository/minio"}),
    ("Kustomization", "user-management", {"path": "system/clusters/creodias/user-management/", "prune": "yes"}),
    ("Kustomization", "user-management", {"source": "flux-system", "wait": "false", "retry_interval": "1m"}),
    ("Kustomization", "user-management", {"source": "GitRepository/flux-system/flux-system", "timeout": "10s"}),
    ("HelmRelease", "minio", {"chart": "minio", "version": "5.0.7", "source": "common/minio", "interval": "600s"}),
    ("HelmRelease", "minio", {"timeout": "5m", "release_name": "minio", "target_namespace": "rm"}),
    ("HelmRelease", "dummy-service-guard", {"depends_on": "dummy-service", "timeout": "25m"}),
    ("HelmRelease", "minio", {"drift_detection": "disabled"}),
]


@pytest.mark.parametrize(("kind", "name", "declared"), CONFORMING)
def test_what_is_as_declared(kind: str, name: str, declared: dict[str, str]) -> None:
    assert judge(raw("eoepca", kind, name), **declared) == []


DEVIATING = [
    ("GitRepository", "flux-system", {"branch": "main"}, "spec.ref.branch", "develop"),
    ("GitRepository", "flux-system", {"tag": "v1"}, "spec.ref.tag", "not set"),
    ("GitRepository", "flux-system", {"interval": "5m"}, "spec.interval", "1m0s"),
    ("GitRepository", "flux-system", {"secret": "other"}, "spec.secretRef.name", "flux-system"),
    ("GitRepository", "flux-system", {"url": "http://git.testbed/other"}, "spec.url", "http://git.testbed/eoepca.git"),
    ("GitRepository", "flux-system", {"suspend": "true"}, "spec.suspend", "false (default)"),
    ("HelmRepository", "harbor", {"type": "oci"}, "spec.type", "default (default)"),
    ("HelmRepository", "harbor", {"branch": "main"}, "spec.ref.branch", "not set"),
    (
        "Kustomization",
        "user-management",
        {"path": "./system"},
        "spec.path",
        "./system/clusters/creodias/user-management",
    ),
    ("Kustomization", "user-management", {"prune": "false"}, "spec.prune", "true"),
    (
        "Kustomization",
        "user-management",
        {"source": "other"},
        "spec.sourceRef",
        "GitRepository/flux-system/flux-system",
    ),
    (
        "Kustomization",
        "user-management",
        {"source": "Bucket/flux-system"},
        "spec.sourceRef",
        "GitRepository/flux-system/flux-system",
    ),
    ("Kustomization", "user-management", {"depends_on": "rm"}, "spec.dependsOn", "not set"),
    ("Kustomization", "user-management", {"interval": "soon"}, "spec.interval", "1m0s"),
    ("HelmRelease", "minio", {"version": "5.0.8"}, "spec.chart.spec.version", "5.0.7"),
    ("HelmRelease", "minio", {"source": "common/eoepca"}, "spec.chart.spec.sourceRef", "HelmRepository/common/minio"),
    ("HelmRelease", "minio", {"timeout": "10m"}, "spec.timeout", "5m (default)"),
]


@pytest.mark.parametrize(("kind", "name", "declared", "path", "observed"), DEVIATING)
def test_what_is_not(kind: str, name: str, declared: dict[str, str], path: str, observed: str) -> None:
    assert judge(raw("eoepca", kind, name), **declared) == [(path, observed)]


def test_one_deviation_per_field() -> None:
    git = raw("eoepca", "GitRepository", "flux-system")
    assert [path for path, _ in judge(git, branch="main", interval="2m", secret="flux-system", url="http://x")] == [
        "spec.ref.branch",
        "spec.interval",
        "spec.url",
    ]


def test_a_deviation_tells_who_what_and_what_flux_does() -> None:
    obj = raw("eoepca", "Kustomization", "user-management")
    obj["spec"]["prune"] = False
    obj["metadata"]["managedFields"] = [owned("kubectl-patch", ago(hours=1), "spec", "prune")]
    found = deviation(kustomizations.as_declared, Resource(obj), world("eoepca"), {"prune": "true"})
    assert kustomizations.as_declared.severity == MAJOR
    assert found.summary == "Kustomization/flux-system/user-management: prune is false, not true"
    assert [(each.manager, each.cls) for each in found.changed_by] == [("kubectl-patch", "human")]
    assert found.outlook.startswith("Kustomization/flux-system/flux-system puts back what Git says")
    assert [each.command for each in found.remedy if each.writes] == [
        "flux reconcile kustomization flux-system -n flux-system --with-source"
    ]
    assert found.remedy[0].command.endswith("-o jsonpath='{.spec.prune}{\"\\n\"}'")


def test_what_nobody_delivers_stays_as_it_is() -> None:
    obj = made("GitRepository", "x", url="http://x")
    found = deviation(sources.as_declared, Resource(obj), FixedWorld(obj), {"interval": "5m"})
    assert found.outlook == "nothing: nobody delivers it from Git"
    assert not any(each.writes for each in found.remedy)


@pytest.mark.parametrize("ref", [{"branch": "develop", "tag": "v1"}, {"branch": "develop", "commit": "0123456"}])
def test_a_branch_that_something_stronger_overrides_is_not_followed(ref: dict[str, str]) -> None:
    git = made("GitRepository", "x", url="http://x", ref=ref)
    stronger, value = next((name, value) for name, value in ref.items() if name != "branch")
    assert judge(git, branch="develop") == [(f"spec.ref.{stronger}", f"overridden by {stronger} {value}")]


def test_a_branch_that_is_declared_with_its_commit_is_fine() -> None:
    git = made("GitRepository", "x", url="http://x", ref={"branch": "develop", "commit": "0123456"})
    assert judge(git, branch="develop", commit="0123456") == []


@pytest.mark.parametrize(
    ("kind", "spec", "declared"),
    [
        ("GitRepository", {}, {"branch": "master", "timeout": "60s"}),
        ("OCIRepository", {}, {"tag": "latest"}),
        ("HelmChart", {}, {"version": "*"}),
        ("Kustomization", {}, {"path": ".", "timeout": "30s", "prune": "false", "force": "no"}),
        ("Kustomization", {"interval": "10m"}, {"timeout": "9m30s", "retry_interval": "10m"}),
        ("HelmRelease", {"targetNamespace": "um"}, {"release_name": "um-x", "target_namespace": "um"}),
        ("HelmRelease", {"chart": {"spec": {"chart": "c"}}}, {"version": "*", "timeout": "5m"}),
    ],
)
def test_defaults_are_known(kind: str, spec: dict[str, Any], declared: dict[str, str]) -> None:
    assert judge(made(kind, "x", **spec), **declared) == []


@pytest.mark.parametrize("spec", [{"ref": None}, {"ref": {}}, {"ref": "?"}])
def test_a_null_is_not_what_was_declared(spec: dict[str, Any]) -> None:
    assert [path for path, _ in judge(made("GitRepository", "x", **spec), tag="v1")] == ["spec.ref.tag"]


def test_a_chart_by_reference_shows_where_it_comes_from() -> None:
    release = made("HelmRelease", "x", chartRef={"kind": "OCIRepository", "name": "podinfo"})
    assert judge(release, source="OCIRepository/podinfo") == []
    assert judge(release, version="*") == [("spec.chart.spec.version", "not set")]


@pytest.mark.parametrize(("one", "other"), [("./x", "x"), ("x/", "/x"), ("", "./"), (".", ""), ("./a/../x", "x")])
def test_paths_that_are_one(one: str, other: str) -> None:
    assert fields.as_path(one, other)


def test_every_column_is_known_and_none_is_silently_skipped() -> None:
    with pytest.raises(KeyError):
        judge(made("GitRepository", "x"), colour="blue")
