"""Ready, stalled, stuck: what the rules say of recorded objects, and when they must not say "fine"."""

from __future__ import annotations

from datetime import timedelta

import pytest

from holdfast.checks.flux import readiness
from holdfast.checks.flux.state import DELIVERY, Phase, read_state
from holdfast.model import CRITICAL, MAJOR, RULES, Deviation, Resource, UnknownCode, Unobservable
from tests.checks.flux_delivery.hearing import deviation, hear, in_flight
from tests.checks.flux_delivery.objects import ago, made, owned, ready, said
from tests.checks.flux_delivery.recorded import every, flux_running, lab, moment, raw, world
from tests.checks.world import NOON, FixedWorld, forbidden


def test_a_healthy_platform_gives_no_finding() -> None:
    seen = world("eoepca")
    kinds = [kind for kind in DELIVERY if kind in readiness.READY]
    objects = [each for kind in kinds for each in seen.listing(kind).all()]
    assert len(objects) == 62
    checks = (readiness.not_stalled, readiness.not_stuck)
    assert [word for each in objects for word in hear(readiness.READY[each.kind], each, seen)] == []
    assert [word for each in objects for check in checks for word in hear(check, each, seen)] == []


def test_severities() -> None:
    assert {id: RULES[id].severity for id in sorted({each.id for each in readiness.READY.values()})} == {
        "flux.helmrelease.not-ready": CRITICAL,
        "flux.kustomization.not-ready": CRITICAL,
        "flux.source.fetch-failed": CRITICAL,
    }
    assert (readiness.not_stalled.severity, readiness.not_stuck.severity) == (CRITICAL, MAJOR)


def test_a_failed_source_tells_what_why_since_when_and_what_next() -> None:
    found = deviation(readiness.fetched, lab("GitRepository", "branch-missing"), world())
    assert found.rule == "flux.source.fetch-failed"
    assert str(found.ref) == "GitRepository/lab/branch-missing"
    assert found.expected == "Ready=True"
    assert found.observed.startswith("Ready=False, GitOperationFailed: failed to checkout")
    assert found.summary == (
        "GitRepository/lab/branch-missing cannot be fetched: branch 'nowhere' does not exist in the repository"
    )
    assert found.since is not None
    assert found.since < moment("lab")
    assert found.outlook == "Flux tries again by itself, with pauses that grow up to 15m"
    assert [each.writes for each in found.remedy] == [False, False, True]
    assert found.affects == ()


def test_a_stall_is_told_in_the_outlook_of_the_failure_it_belongs_to() -> None:
    release = lab("HelmRelease", "unhealthy")
    found = deviation(readiness.helmrelease_ready, release, world())
    assert found.outlook == (
        "nothing until its spec or chart changes, or somebody resets it: stalled, RetriesExceeded: "
        "Failed to install after 1 attempt(s)"
    )
    assert hear(readiness.not_stalled, release, world()) == []


def test_a_rollback_tells_what_had_gone_wrong_before() -> None:
    found = deviation(readiness.helmrelease_ready, lab("HelmRelease", "up-rollback"), world())
    assert "rolled back: the old one runs" in found.cause
    assert "Deployment/lab/up-rollback status: 'InProgress'" in found.cause


def test_a_stall_of_its_own_is_critical() -> None:
    stalled = Resource(
        made("Kustomization", "x", ready(), said("Stalled", "True", "AccessDenied", "can't access 'a/b'"))
    )
    seen = FixedWorld(stalled.raw)
    for check in (readiness.not_stalled, readiness.kustomization_ready):
        found = deviation(check, stalled, seen)
        assert (found.rule, found.outlook) == (
            "flux.object.stalled",
            "nothing until its spec changes: Flux has stopped trying",
        )


def test_an_oci_repository_of_charts_is_judged_by_its_url() -> None:
    assert hear(readiness.fetched, lab("HelmRepository", "oci"), world()) == []
    found = deviation(readiness.fetched, lab("HelmRepository", "oci-wrong"), world())
    assert (found.rule, found.path) == ("flux.source.fetch-failed", "spec.url")


def test_a_suspended_object_is_no_pass_and_no_failure() -> None:
    found = deviation(readiness.kustomization_ready, lab("Kustomization", "good"), world())
    assert found.rule == "flux.object.suspended"


@pytest.mark.parametrize("check", [readiness.kustomization_ready, readiness.not_stuck])
def test_in_flight_within_its_limits_is_no_finding(check: object) -> None:
    busy = said("Ready", "Unknown", "Progressing", "Reconciliation in progress", since=ago(seconds=20))
    obj = made("Kustomization", "x", busy, timeout="1m")
    word = in_flight(check, Resource(obj), FixedWorld(obj))
    assert (word.code, word.subject) == (UnknownCode.IN_FLIGHT, "Kustomization/flux-system/x")
    assert word.detail.endswith("for 20s of at most 2m")


@pytest.mark.parametrize("check", [readiness.kustomization_ready, readiness.not_stuck])
def test_in_flight_beyond_its_limits_is_stuck(check: object) -> None:
    busy = said("Ready", "Unknown", "Progressing", "Reconciliation in progress", since=ago(minutes=5))
    obj = made("Kustomization", "x", busy, timeout="1m")
    found = deviation(check, Resource(obj), FixedWorld(obj, *flux_running(NOON)))
    assert (found.rule, str(found.ref)) == ("flux.reconcile.stuck", "Kustomization/flux-system/x")
    assert found.observed.startswith("in flight for 5m")


def test_never_reconciled_since_its_creation_is_stuck() -> None:
    obj = made("HelmRelease", "x")
    found = deviation(readiness.helmrelease_ready, Resource(obj), FixedWorld(obj, *flux_running(NOON)))
    assert found.rule == "flux.reconcile.stuck"
    assert "no Ready condition has been written yet" in found.observed


def test_just_created_is_in_flight() -> None:
    obj = made("HelmRelease", "x")
    obj["metadata"]["creationTimestamp"] = ago(seconds=1)
    in_flight(readiness.helmrelease_ready, Resource(obj), FixedWorld(obj, *flux_running(NOON)))


def test_a_spec_nobody_looks_at_is_stuck() -> None:
    obj = made("GitRepository", "x", ready())
    obj["metadata"].update(generation=2, managedFields=[owned("kubectl-edit", ago(minutes=9), "spec", "url")])
    found = deviation(readiness.fetched, Resource(obj), FixedWorld(obj, *flux_running(NOON)))
    assert found.rule == "flux.reconcile.stuck"
    assert "generation 2 has not been looked at yet" in found.observed


def test_ready_is_no_news_when_the_last_reconcile_lies_far_back() -> None:
    flux = Resource(raw("eoepca", "Kustomization", "flux-system"))
    limit = timedelta(minutes=3, seconds=30)  # 3 intervals of 1m, timeout 30s
    reconciled = timedelta(minutes=2)  # at most, before the recording
    assert hear(readiness.kustomization_ready, flux, world("eoepca", later=limit - reconciled)) == []
    late = moment("eoepca") + limit + timedelta(minutes=1)
    seen = FixedWorld(flux.raw, *flux_running(late), now=late)
    for check in (readiness.kustomization_ready, readiness.not_stuck):
        found = deviation(check, flux, seen)
        assert (found.rule, found.expected) == (
            "flux.reconcile.stuck",
            "reconciled within 3m30s (interval and timeout)",
        )
        assert found.observed.startswith("Ready=True, but last reconciled ")


def test_a_dead_controller_is_one_finding_not_one_per_object() -> None:
    """Leases, Deployments and Kustomizations as recorded, an hour later: nobody has renewed or reconciled anything."""
    seen = world("eoepca", later=timedelta(hours=1))
    found = [
        word
        for each in seen.listing("Kustomization").all()
        for word in hear(readiness.not_stuck, each, seen)
        if isinstance(word, Deviation)
    ]
    assert len(found) == 4
    assert {(each.rule, str(each.ref)) for each in found} == {
        ("flux.controller.silent", "Deployment/flux-system/kustomize-controller")
    }


def test_what_cannot_be_said_of_the_controller_does_not_hide_the_object() -> None:
    objects = [each for each in every("eoepca") if each["kind"] != "Deployment"]
    seen = FixedWorld(
        *objects, now=moment("eoepca") + timedelta(hours=1), problems={"Deployment": forbidden("deployments")}
    )
    stale = seen.find("Kustomization", "flux-system", "flux-system")
    assert stale is not None
    assert deviation(readiness.not_stuck, stale, seen).rule == "flux.reconcile.stuck"


def test_an_object_whose_controller_is_not_deployed_is_that_controllers_finding() -> None:
    obj = made("HelmRelease", "x")
    found = deviation(readiness.helmrelease_ready, Resource(obj), FixedWorld(obj))
    assert (found.rule, str(found.ref)) == ("flux.controller.unavailable", "Deployment/flux-system/helm-controller")
    assert found.affects == ("HelmRelease/flux-system/x",)


def test_a_git_repository_that_moves_no_timestamp_is_not_called_stale() -> None:
    git = Resource(raw("eoepca", "GitRepository", "flux-system"))
    assert hear(readiness.not_stuck, git, FixedWorld(git.raw, now=moment("eoepca") + timedelta(days=9))) == []


def test_every_defect_of_the_lab_is_told_and_none_breaks_a_check() -> None:
    seen = world()
    for kind, check in readiness.READY.items():
        for each in seen.listing(kind).all():
            words = hear(check, each, seen)
            conforms = read_state(each).phase in (Phase.READY, Phase.STATIC)
            assert bool(words) is not conforms or each.name == "oci-wrong", each
            assert not [word for word in words if type(word) is Unobservable], each


def test_the_owner_is_told_with_its_path_in_git() -> None:
    broken = raw("eoepca", "HelmRelease", "minio")
    next(each for each in broken["status"]["conditions"] if each["type"] == "Ready").update(
        status="False", reason="UpgradeFailed", message="Helm upgrade failed for release rm/minio: x"
    )
    found = deviation(readiness.helmrelease_ready, Resource(broken), world("eoepca"))
    assert found.owner is not None
    assert (found.owner.ref, found.owner.path) == (
        "Kustomization/flux-system/resource-management",
        "./system/clusters/creodias/resource-management",
    )


def test_the_values_of_a_release_are_never_told() -> None:
    release = raw("lab", "HelmRelease", "unhealthy")
    release["spec"]["values"] = {"password": "canary-value"}
    found = deviation(readiness.helmrelease_ready, Resource(release), world())
    assert "canary-value" not in repr(found)
