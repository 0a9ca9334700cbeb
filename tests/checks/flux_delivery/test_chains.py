"""Root causes: whoever is asked, the same object is named, in the same words."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from holdfast.checks.flux.readiness import READY, fetched, helmrelease_ready, kustomization_ready
from holdfast.model import Deviation, Resource, fingerprint
from tests.checks.flux_delivery.hearing import deviation, hear, in_flight
from tests.checks.flux_delivery.objects import ago, made, ready, said, waits_for
from tests.checks.flux_delivery.recorded import condition, every, flux_running, lab, moment, raw, without, world
from tests.checks.world import NOON, FixedWorld, forbidden

CHAINS = [
    ("Kustomization", "source-failed", "GitRepository", "branch-missing", "flux.source.fetch-failed"),
    ("Kustomization", "source-suspended", "GitRepository", "suspended", "flux.object.suspended"),
    ("Kustomization", "dep-failed", "Kustomization", "path-missing", "flux.kustomization.not-ready"),
    ("Kustomization", "dep-of-dep", "Kustomization", "path-missing", "flux.kustomization.not-ready"),
    ("Kustomization", "nesting", "Kustomization", "nested-bad", "flux.kustomization.not-ready"),
    ("Kustomization", "nesting-hr", "HelmRelease", "nested-hr", "flux.helmrelease.not-ready"),
    ("GitRepository", "include-empty", "GitRepository", "branch-missing", "flux.source.fetch-failed"),
    ("HelmChart", "lab-repo-down", "HelmRepository", "down", "flux.source.fetch-failed"),
    ("HelmRelease", "repo-down", "HelmRepository", "down", "flux.source.fetch-failed"),
    ("HelmRelease", "version-missing", "HelmChart", "lab-version-missing", "flux.source.fetch-failed"),
    ("HelmRelease", "chart-missing", "HelmChart", "lab-chart-missing", "flux.source.fetch-failed"),
    ("HelmRelease", "path-missing", "HelmChart", "lab-path-missing", "flux.source.fetch-failed"),
    ("HelmRelease", "chartref", "OCIRepository", "down", "flux.source.fetch-failed"),
    ("HelmRelease", "dep-failed", "HelmRelease", "template", "flux.helmrelease.not-ready"),
]


@pytest.mark.parametrize(("kind", "name", "root_kind", "root", "rule"), CHAINS)
def test_a_recorded_chain_ends_at_its_root(kind: str, name: str, root_kind: str, root: str, rule: str) -> None:
    found = deviation(READY[kind], lab(kind, name), world())
    assert (found.rule, str(found.ref)) == (rule, f"{root_kind}/lab/{root}")
    assert f"{kind}/lab/{name}" in found.affects


@pytest.mark.parametrize(("kind", "name", "root_kind", "root", "rule"), CHAINS)
def test_the_root_says_the_same_of_itself(kind: str, name: str, root_kind: str, root: str, rule: str) -> None:
    told = deviation(READY[kind], lab(kind, name), world())
    itself = deviation(READY[root_kind], lab(root_kind, root), world())
    same = ("rule", "ref", "expected", "observed", "cause", "path", "remedy", "summary", "since", "outlook", "severity")
    assert {part: getattr(told, part) for part in same} == {part: getattr(itself, part) for part in same}
    assert _print(told) == _print(itself)


@pytest.mark.parametrize(
    ("kind", "name", "missing"),
    [
        ("Kustomization", "source-missing", "GitRepository/lab/absent"),
        ("Kustomization", "dep-missing", "Kustomization/lab/absent"),
        ("GitRepository", "include-missing", "GitRepository/lab/absent"),
        ("HelmChart", "lab-repo-missing", "HelmRepository/lab/absent"),
        ("HelmRelease", "dep-missing", "HelmRelease/lab/absent"),
        ("HelmRelease", "chartref-missing", "OCIRepository/lab/absent"),
    ],
)
def test_what_does_not_exist_is_the_fault_of_who_names_it(kind: str, name: str, missing: str) -> None:
    found = deviation(READY[kind], lab(kind, name), world())
    assert str(found.ref) == f"{kind}/lab/{name}"
    assert found.cause == f"it needs {missing}, which does not exist"
    assert found.affects == ()


def test_a_deleted_root_is_the_fault_of_who_still_names_it() -> None:
    seen = FixedWorld(*without("lab", "GitRepository/branch-missing"), now=moment("lab"))
    found = deviation(kustomization_ready, lab("Kustomization", "source-failed"), seen)
    assert found.cause == "it needs GitRepository/lab/branch-missing, which does not exist"


@pytest.mark.parametrize(
    ("kind", "name", "blind"),
    [
        ("Kustomization", "source-failed", "GitRepository"),
        ("Kustomization", "dep-failed", "Kustomization"),
        ("HelmRelease", "repo-down", "HelmChart"),
    ],
)
def test_what_cannot_be_followed_leaves_the_object_itself_not_ready(kind: str, name: str, blind: str) -> None:
    alone = FixedWorld(raw("lab", kind, name), now=moment("lab"), problems={blind: forbidden(blind)})
    found = deviation(READY[kind], lab(kind, name), alone)
    assert str(found.ref) == f"{kind}/lab/{name}"
    assert "could not be read (forbidden), so that nobody could follow further" in found.cause


def test_a_likely_reason_that_cannot_be_read_is_not_even_mentioned() -> None:
    name = "lab-version-missing"
    alone = FixedWorld(raw("lab", "HelmChart", name), problems={"HelmRepository": forbidden("helmrepositories")})
    assert "could not be read" not in deviation(fetched, lab("HelmChart", name), alone).cause


def test_a_broken_repository_explains_its_charts() -> None:
    broken = raw("lab", "HelmRepository", "ok")
    condition(broken, "Ready").update(status="False", reason="Failed", message="failed to fetch x: connection refused")
    seen = FixedWorld(*without("lab", "HelmRepository/ok"), broken, now=moment("lab"))
    found = deviation(helmrelease_ready, lab("HelmRelease", "version-missing"), seen)
    assert str(found.ref) == "HelmRepository/lab/ok"


# -- cycles


def test_a_cycle_is_one_finding_whoever_is_asked() -> None:
    found = [deviation(kustomization_ready, lab("Kustomization", name), world()) for name in ("cycle-a", "cycle-b")]
    assert found[0] == found[1]
    assert found[0].cause == (
        "a dependency cycle: Kustomization/lab/cycle-a → Kustomization/lab/cycle-b → Kustomization/lab/cycle-a"
    )
    assert (str(found[0].ref), found[0].affects) == ("Kustomization/lab/cycle-a", ("Kustomization/lab/cycle-b",))


def test_who_waits_for_a_cycle_is_told_of_it() -> None:
    outside = made("Kustomization", "d", waits_for("b"))
    ring = [made("Kustomization", one, waits_for(other)) for one, other in (("a", "b"), ("b", "c"), ("c", "a"))]
    seen = FixedWorld(outside, *ring)
    found = deviation(kustomization_ready, Resource(outside), seen)
    assert str(found.ref) == "Kustomization/flux-system/a"
    assert found.cause.endswith(
        "a → Kustomization/flux-system/b → Kustomization/flux-system/c → Kustomization/flux-system/a"
    )
    assert found.affects[-1] == "Kustomization/flux-system/d"
    assert {_print(deviation(kustomization_ready, Resource(each), seen)) for each in ring} == {_print(found)}


def test_an_object_that_waits_for_itself() -> None:
    own = made("Kustomization", "a", waits_for("a"))
    found = deviation(kustomization_ready, Resource(own), FixedWorld(own))
    assert found.cause == "a dependency cycle: Kustomization/flux-system/a → Kustomization/flux-system/a"
    assert found.affects == ()


def test_a_chain_of_any_length_ends() -> None:
    names = [f"k{number:03}" for number in range(200)]
    objects = [made("Kustomization", one, waits_for(other)) for one, other in pairwise(names)]
    objects.append(made("Kustomization", names[-1], said("Ready", "False", "BuildFailed", "yaml: line 1: x")))
    found = deviation(kustomization_ready, Resource(objects[0]), FixedWorld(*objects))
    assert found.rule == "flux.kustomization.not-ready"


# -- what is on its way, suspended, stuck or well again


def _waiting(
    dependency: dict[str, Any], since: str | None = None, *others: dict[str, Any]
) -> tuple[Resource, FixedWorld]:
    waiting = made("Kustomization", "waiting", waits_for("dep", since), timeout="1m")
    return Resource(waiting), FixedWorld(waiting, dependency, *others)


def test_waiting_for_what_is_on_its_way_is_in_flight() -> None:
    busy = made(
        "Kustomization", "dep", said("Ready", "Unknown", "Progressing", "x", since=ago(seconds=9)), timeout="1m"
    )
    word = in_flight(kustomization_ready, *_waiting(busy))
    assert word.subject == "Kustomization/flux-system/dep"


def test_waiting_for_what_is_stuck_is_that_ones_finding() -> None:
    busy = made("Kustomization", "dep", said("Ready", "Unknown", "Progressing", "x", since=ago(hours=2)), timeout="1m")
    found = deviation(kustomization_ready, *_waiting(busy, None, *flux_running(NOON)))
    assert (found.rule, str(found.ref)) == ("flux.reconcile.stuck", "Kustomization/flux-system/dep")
    assert found.affects == ("Kustomization/flux-system/waiting",)


def test_waiting_for_what_is_suspended_is_the_suspension() -> None:
    suspended = made("Kustomization", "dep", ready(), suspend=True)
    found = deviation(kustomization_ready, *_waiting(suspended))
    assert (found.rule, str(found.ref)) == ("flux.object.suspended", "Kustomization/flux-system/dep")


def test_waiting_for_what_is_stalled_is_the_stall() -> None:
    stalled = made("Kustomization", "dep", ready(), said("Stalled", "True", "AccessDenied", "can't access 'x'"))
    assert deviation(kustomization_ready, *_waiting(stalled)).rule == "flux.object.stalled"


def test_waiting_for_what_has_just_become_ready_is_in_flight() -> None:
    word = in_flight(kustomization_ready, *_waiting(made("Kustomization", "dep", ready()), ago(seconds=30)))
    assert "has just become ready" in word.detail


def test_waiting_long_for_what_is_ready_is_its_own_finding() -> None:
    found = deviation(kustomization_ready, *_waiting(made("Kustomization", "dep", ready()), ago(hours=1)))
    assert str(found.ref) == "Kustomization/flux-system/waiting"
    assert found.cause.endswith("Kustomization/flux-system/dep is ready now")


def test_an_expression_that_is_never_true_is_the_fault_of_who_wrote_it() -> None:
    found = deviation(kustomization_ready, lab("Kustomization", "expr-false"), world())
    assert str(found.ref) == "Kustomization/lab/expr-false"
    assert "not ready according to readyExpr" in found.cause


# -- health checks


def _unhealthy(*listed: str) -> dict[str, Any]:
    states = ", ".join(f"{each} status: 'InProgress'" for each in listed)
    return said(
        "Ready", "False", "HealthCheckFailed", f"health check failed after 30s: timeout waiting for: [{states}]"
    )


def test_a_health_check_over_flux_and_other_objects_tells_both() -> None:
    parent = made("Kustomization", "parent", _unhealthy("Deployment/um/x", "HelmRelease/lab/template"))
    seen = FixedWorld(parent, *every("lab"), now=moment("lab"))
    words = [each for each in hear(kustomization_ready, Resource(parent), seen) if isinstance(each, Deviation)]
    assert [str(each.ref) for each in words] == ["Kustomization/flux-system/parent", "HelmRelease/lab/template"]


def test_a_health_check_over_two_releases_tells_both_roots_and_not_itself() -> None:
    parent = made("Kustomization", "parent", _unhealthy("HelmRelease/lab/template", "HelmRelease/lab/repo-down"))
    seen = FixedWorld(parent, *every("lab"), now=moment("lab"))
    words = [each for each in hear(kustomization_ready, Resource(parent), seen) if isinstance(each, Deviation)]
    assert [str(each.ref) for each in words] == ["HelmRelease/lab/template", "HelmRepository/lab/down"]
    assert all("Kustomization/flux-system/parent" in each.affects for each in words)


def test_a_health_check_over_other_objects_is_its_own_finding() -> None:
    found = deviation(kustomization_ready, lab("Kustomization", "health"), world())
    assert str(found.ref) == "Kustomization/lab/health"


def test_while_it_is_tried_again_the_inventory_tells_what_was_unhealthy() -> None:
    """The message is gone then; the finding must not jump from the nested object to its parent."""
    nesting = raw("lab", "Kustomization", "nesting-hr")
    condition(nesting, "Ready").update(status="Unknown", reason="Progressing", message="Reconciliation in progress")
    condition(nesting, "Healthy").update(status="Unknown", reason="Progressing", message="Running health checks")
    found = deviation(kustomization_ready, Resource(nesting), world())
    assert str(found.ref) == "HelmRelease/lab/nested-hr"


def _print(found: Deviation) -> str:
    return fingerprint(found.rule, found.ref, found.subject, found.path)


LOST = "failed to download archive: GET http://source-controller/x.tar.gz: dial tcp: connect: connection refused"


def _loading(since: str, *flux: dict[str, Any]) -> tuple[Resource, FixedWorld]:
    """A Kustomization that could not load what its source once fetched."""
    source = made("GitRepository", "flux-system", ready())
    failed = said("Ready", "False", "ArtifactFailed", LOST, since=since)
    waiting = made("Kustomization", "apps", failed, sourceRef={"kind": "GitRepository", "name": "flux-system"})
    return Resource(waiting), FixedWorld(source, waiting, *flux)


def test_an_artifact_nobody_serves_is_the_silent_controllers_fault() -> None:
    flux = flux_running(NOON)
    for each in flux:
        if each["metadata"]["name"] == "source-controller-leader-election":
            each["spec"]["renewTime"] = ago(minutes=20)
            each["metadata"].pop("managedFields", None)

    found = deviation(kustomization_ready, *_loading(ago(minutes=5), *flux))

    assert (found.rule, str(found.ref)) == ("flux.controller.silent", "Deployment/flux-system/source-controller")
    assert "Kustomization/flux-system/apps" in found.affects


def test_an_artifact_that_is_served_and_cannot_be_loaded_is_told_as_that() -> None:
    found = deviation(kustomization_ready, *_loading(ago(minutes=5), *flux_running(NOON)))

    assert (found.rule, str(found.ref)) == ("flux.kustomization.not-ready", "Kustomization/flux-system/apps")
    assert "source-controller" in found.cause
