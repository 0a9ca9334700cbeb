"""What is needed and not there: gone where somebody worked with it, never written where nobody did."""

from __future__ import annotations

from typing import Any

from holdfast.checks.flux.readiness import fetched, helmrelease_ready, kustomization_ready
from holdfast.checks.flux.revisions import applied
from holdfast.model import Resource
from tests.checks.flux_delivery.hearing import deviation, in_flight
from tests.checks.flux_delivery.objects import ago, made, ready, said
from tests.checks.world import FixedWorld

MISSING = "platform.object.missing"


def chart(**status: Any) -> dict[str, Any]:
    failing = said("Ready", "False", "SourceUnavailable", "failed to get source: HelmRepository 'charts' not found")
    found = made("HelmChart", "flux-system-app", failing, sourceRef={"kind": "HelmRepository", "name": "charts"})
    found["status"] |= status
    return found


def release(*conditions: dict[str, Any]) -> dict[str, Any]:
    found = made("HelmRelease", "app", *conditions, chart={"spec": {"sourceRef": {"name": "charts"}}})
    found["status"] |= {"history": [{"chartVersion": "1.0.0"}], "helmChart": "flux-system/flux-system-app"}
    return found


def test_a_repository_that_is_gone_is_one_root_for_chart_and_release() -> None:
    fetched_before = chart(artifact={"revision": "1.0.0"})
    waiting = release(
        said("Ready", "False", "SourceNotReady", "HelmChart 'flux-system/flux-system-app' is not ready: x")
    )
    world = FixedWorld(fetched_before, waiting)

    of_chart = deviation(fetched, Resource(fetched_before), world)
    of_release = deviation(helmrelease_ready, Resource(waiting), world)

    assert (of_chart.rule, str(of_chart.ref)) == (MISSING, "HelmRepository/flux-system/charts")
    assert (of_release.rule, of_release.ref) == (of_chart.rule, of_chart.ref)
    assert "HelmRelease/flux-system/app" in of_release.affects
    assert of_chart.remedy[0].command == "kubectl get helmrepository/charts -n flux-system"


def test_a_chart_that_never_had_a_repository_is_its_own_defect() -> None:
    never_fetched = chart()

    found = deviation(fetched, Resource(never_fetched), FixedWorld(never_fetched))

    assert (found.rule, str(found.ref)) == ("flux.source.fetch-failed", "HelmChart/flux-system/flux-system-app")
    assert found.cause == "it needs HelmRepository/flux-system/charts, which does not exist"


def test_a_dependency_that_is_gone() -> None:
    message = "dependency 'flux-system/base' not found"
    waiting = made("Kustomization", "apps", said("Ready", "False", "DependencyNotReady", message))
    waiting["status"]["lastAppliedRevision"] = "main@sha1:0123"

    found = deviation(kustomization_ready, Resource(waiting), FixedWorld(waiting))

    assert (found.rule, str(found.ref)) == (MISSING, "Kustomization/flux-system/base")
    assert found.affects == ("Kustomization/flux-system/apps",)


def test_a_source_that_is_gone_and_nobody_has_noticed() -> None:
    content = release(ready())

    found = deviation(applied, Resource(content), FixedWorld(content))

    assert (found.rule, str(found.ref)) == (MISSING, "HelmChart/flux-system/flux-system-app")


def test_a_release_whose_chart_is_still_to_be_made_is_under_way() -> None:
    new = made("HelmRelease", "app", chart={"spec": {"sourceRef": {"name": "charts"}}})
    new["metadata"]["creationTimestamp"] = ago(seconds=5)

    assert "no Ready condition" in in_flight(applied, Resource(new), FixedWorld(new)).detail
