"""In which state an object is, and how far its conditions can be believed."""

from __future__ import annotations

import pytest

from holdfast.checks.flux.state import Phase, last_failure, read_state
from holdfast.model import Resource
from tests.checks.flux_delivery.objects import ago, made, owned, ready, said
from tests.checks.flux_delivery.recorded import condition, every, lab, raw


def phase(obj: dict[str, object]) -> Phase:
    return read_state(Resource(obj)).phase


def test_a_healthy_platform_is_ready_throughout() -> None:
    flux = [Resource(each) for each in every("eoepca") if "toolkit.fluxcd.io" in each["apiVersion"]]
    assert len(flux) == 62
    assert {str(each.ref): read_state(each).phase for each in flux if read_state(each).phase is not Phase.READY} == {}


def test_a_suspended_object_is_suspended_whatever_it_says() -> None:
    good = lab("Kustomization", "good")
    old = good.find_condition("Ready")
    assert old is not None
    assert (read_state(good).phase, old.status) == (Phase.SUSPENDED, "True")


def test_an_oci_repository_of_charts_has_no_status_and_never_will() -> None:
    assert read_state(lab("HelmRepository", "oci")).phase is Phase.STATIC


def test_no_condition_is_in_flight_since_the_creation() -> None:
    state = read_state(Resource(made("Kustomization", "x")))
    assert (state.phase, state.condition) == (Phase.IN_FLIGHT, None)
    assert state.since == Resource(made("Kustomization", "x")).created


@pytest.mark.parametrize("status", [None, {}, {"conditions": None}, {"conditions": []}, {"conditions": "?"}])
def test_no_status_at_all_is_no_pass(status: object) -> None:
    assert phase({**made("GitRepository", "x"), "status": status}) is Phase.IN_FLIGHT


def test_a_condition_of_an_older_generation_does_not_count() -> None:
    obj = made("GitRepository", "x", ready())
    obj["metadata"]["generation"] = 2
    obj["metadata"]["managedFields"] = [
        owned("kubectl-edit", ago(minutes=5), "spec", "url"),
        {**owned("source-controller", ago(minutes=1), "status", "conditions"), "subresource": "status"},
    ]
    state = read_state(Resource(obj))
    assert state.phase is Phase.IN_FLIGHT
    assert state.detail == "generation 2 has not been looked at yet"
    assert state.since is not None
    assert state.since.isoformat() == ago(minutes=5).replace("Z", "+00:00")


def test_the_conditions_own_generation_counts_not_that_of_the_status() -> None:
    """kustomize-controller raises status.observedGeneration on success only."""
    failing = raw("lab", "Kustomization", "path-missing")
    assert failing["status"]["observedGeneration"] == -1
    assert phase(failing) is Phase.FAILED


def test_ready_unknown_is_in_flight() -> None:
    obj = made("Kustomization", "x", said("Ready", "Unknown", "Progressing", "Reconciliation in progress"))
    assert phase(obj) is Phase.IN_FLIGHT


def test_a_retry_after_a_failure_is_still_a_failure() -> None:
    """Flux sets Ready to Unknown while it tries again: a look at that moment must not be a pass."""
    obj = raw("lab", "Kustomization", "health")
    condition(obj, "Ready").update(status="Unknown", reason="Progressing", message="Reconciliation in progress")
    condition(obj, "Healthy").update(status="Unknown", reason="Progressing", message="Running health checks")
    state = read_state(Resource(obj))
    assert state.phase is Phase.FAILED
    assert state.condition is not None
    assert state.condition.reason == "HealthCheckFailed"
    assert state.detail == "tried again right now, after a failure"


def test_trying_another_revision_is_no_failure_yet() -> None:
    obj = raw("lab", "Kustomization", "health")
    condition(obj, "Ready").update(status="Unknown", reason="Progressing", message="Reconciliation in progress")
    obj["status"]["lastAttemptedRevision"] = "lab@sha1:ffffffffffffffffffffffffffffffffffffffff"
    assert phase(obj) is Phase.IN_FLIGHT


def test_a_release_that_is_tried_again_keeps_what_it_failed_with() -> None:
    obj = raw("lab", "HelmRelease", "unhealthy")
    obj["status"]["conditions"] = [each for each in obj["status"]["conditions"] if each["type"] != "Stalled"]
    condition(obj, "Ready").update(status="Unknown", reason="Progressing", message="Running 'install' action")
    state = read_state(Resource(obj))
    assert state.phase is Phase.FAILED
    assert state.condition is not None
    assert state.condition.message.startswith("Helm install failed")


def test_a_release_whose_spec_changed_since_it_failed_gets_its_chance() -> None:
    obj = raw("lab", "HelmRelease", "unhealthy")
    obj["metadata"]["generation"] = 2
    condition(obj, "Ready").update(status="Unknown", reason="Progressing", message="x", observedGeneration=2)
    condition(obj, "Stalled").update(status="False")
    assert phase(obj) is Phase.IN_FLIGHT


def test_a_source_that_is_fetched_again_keeps_what_it_failed_with() -> None:
    obj = raw("lab", "GitRepository", "branch-missing")
    condition(obj, "Ready").update(status="Unknown", reason="Progressing", message="building artifact")
    assert last_failure(Resource(obj)) is not None
    assert phase(obj) is Phase.FAILED


def test_since_is_when_it_first_failed_not_when_it_was_last_tried() -> None:
    health = lab("Kustomization", "health")
    state, ready_since = read_state(health), health.condition("Ready").since
    assert state.since is not None
    assert ready_since is not None
    assert state.since < ready_since


def test_stalled_counts_by_itself_only_where_ready_does_not_say_it() -> None:
    stalled = said("Stalled", "True", "InvalidCELExpression", "x")
    assert phase(made("Kustomization", "x", ready(), stalled)) is Phase.STALLED
    assert phase(made("Kustomization", "x", said("Ready", "False", "X"), stalled)) is Phase.FAILED
    assert phase(made("Kustomization", "x", stalled)) is Phase.STALLED
    old = said("Stalled", "True", "InvalidCELExpression", "x", generation=0)
    assert phase(made("Kustomization", "x", ready(), old)) is Phase.READY
