"""The eoepca platform as files: what is promised about it, read without a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from testbed import gotk, platforms
from testbed.build import FLUX, Built

PLATFORM = platforms.load("eoepca")
CURRENT = {
    "GitRepository": "source.toolkit.fluxcd.io/v1",
    "HelmRepository": "source.toolkit.fluxcd.io/v1",
    "Kustomization": "kustomize.toolkit.fluxcd.io/v1",
    "HelmRelease": "helm.toolkit.fluxcd.io/v2",
    "Receiver": "notification.toolkit.fluxcd.io/v1",
    "Alert": "notification.toolkit.fluxcd.io/v1beta3",
    "Provider": "notification.toolkit.fluxcd.io/v1beta3",
}


def _objects() -> list[dict[str, Any]]:
    found = []
    for file in PLATFORM.tree.rglob("*.yaml"):
        if file.name.startswith("template-") or file.name in ("kustomization.yaml", "flux-system-patch.yaml"):
            continue
        found += [obj for obj in yaml.safe_load_all(file.read_text().replace("@", "")) if obj]
    return found


def _of(kind: str) -> list[dict[str, Any]]:
    return [obj for obj in _objects() if obj["kind"] == kind]


def test_current_api_versions_only() -> None:
    flux = [obj for obj in _objects() if "toolkit.fluxcd.io" in obj["apiVersion"]]
    assert {obj["kind"] for obj in flux} == set(CURRENT)
    for obj in flux:
        assert obj["apiVersion"] == CURRENT[obj["kind"]], obj["metadata"]["name"]


def test_the_kustomizations_of_creodias() -> None:
    found = {obj["metadata"]["name"]: obj["spec"] for obj in _of("Kustomization")}
    assert set(found) == {"flux-system", "user-management", "resource-management", "processing-and-chaining"}
    for spec in found.values():
        assert spec["prune"] is True
        assert spec["timeout"]
        assert (PLATFORM.tree / spec["path"]).is_dir()
    assert not (PLATFORM.tree / found["processing-and-chaining"]["path"] / "kustomization.yaml").exists()


def test_every_release_finds_its_chart() -> None:
    offered = {(chart.repository, chart.name, chart.version) for chart in PLATFORM.charts}
    releases = _of("HelmRelease")
    assert len(releases) == 23
    for release in releases:
        spec = release["spec"]["chart"]["spec"]
        if not spec["version"].startswith("<"):
            assert (spec["sourceRef"]["name"], spec["chart"], spec["version"]) in offered


def test_every_secret_named_in_git_is_made_by_hand() -> None:
    made = {(obj["metadata"]["namespace"], obj["metadata"]["name"]) for obj in PLATFORM.by_hand({"hooks": "http://h"})}
    for obj in _objects():
        reference = obj.get("spec", {}).get("secretRef")
        if reference:
            assert (obj["metadata"]["namespace"], reference["name"]) in made
    assert not [obj for obj in _objects() if obj["kind"] == "Secret"]


def test_everything_flux_delivers_is_covered_by_an_alert() -> None:
    sources = [each for alert in _of("Alert") for each in alert["spec"]["eventSources"]]
    for obj in [*_of("GitRepository"), *_of("HelmRepository"), *_of("Kustomization"), *_of("HelmRelease")]:
        meta = obj["metadata"]
        assert [
            each
            for each in sources
            if each["kind"] == obj["kind"]
            and each["namespace"] == meta["namespace"]
            and each["name"] in ("*", meta["name"])
        ], f"{obj['kind']}/{meta['namespace']}/{meta['name']}"


def _built(tmp_path: Path) -> Built:
    homes = {}
    for name in FLUX:
        home = tmp_path / name
        (home / "crds").mkdir(parents=True)
        crd = {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{name}s"},
        }
        (home / "crds" / "a.yaml").write_text(yaml.safe_dump(crd))
        (home / "version").write_text("v1.2.3\n")
        homes[name] = home
    return Built(homes)


def test_components_say_their_version_as_flux_does(tmp_path: Path) -> None:
    built = _built(tmp_path)
    text = gotk.components(built, gotk.installed(built))
    assert "\n# Flux Version: v2.9.2\n" in text
    objects = [obj for obj in yaml.safe_load_all(text) if obj]
    for obj in objects:
        assert obj["metadata"]["labels"]["app.kubernetes.io/version"] == "v2.9.2"
    images = {
        obj["metadata"]["name"]: obj["spec"]["template"]["spec"]["containers"][0]["image"]
        for obj in objects
        if obj["kind"] == "Deployment"
    }
    assert images == {name: f"ghcr.io/fluxcd/{name}:v1.2.3" for name in FLUX}


def test_the_upgrade_moves_only_versions(tmp_path: Path) -> None:
    built = _built(tmp_path)
    before = gotk.components(built, gotk.installed(built))
    after = gotk.components(built, gotk.following())
    changed = [new for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new]
    assert changed
    assert all("v2.9.5" in line or "ghcr.io/fluxcd/" in line for line in changed)
