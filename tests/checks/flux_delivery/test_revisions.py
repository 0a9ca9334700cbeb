"""What was fetched against what is applied."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from holdfast.checks.flux.revisions import Revision, applied, not_yet_applied
from holdfast.model import Resource, UnknownCode, Unobservable
from tests.checks.flux_delivery.hearing import deviation, hear, in_flight
from tests.checks.flux_delivery.objects import at
from tests.checks.flux_delivery.recorded import condition, every, lab, moment, raw, without, world
from tests.checks.world import FixedWorld, forbidden

HEAD = "develop@sha1:" + "f" * 40
NOW = moment("eoepca")


def ahead(since: timedelta, *, now: timedelta = timedelta(), **changed: Any) -> FixedWorld:
    """The healthy platform, its source having fetched another revision ``since`` ago; ``changed``: see below."""
    git = raw("eoepca", "GitRepository", "flux-system")
    git["status"]["artifact"].update(revision=HEAD, lastUpdateTime=at(NOW + now - since))
    mine = changed.get("kustomization") or raw("eoepca", "Kustomization", "user-management")
    rest = without("eoepca", "GitRepository/flux-system", "Kustomization/user-management")
    return FixedWorld(git, mine, *rest, now=NOW + now)


def mine(seen: FixedWorld, name: str = "user-management") -> Resource:
    found = seen.find("Kustomization", "flux-system", name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("main@sha1:" + "a" * 40, "main@sha1:" + "a" * 40, True),
        ("main@sha1:" + "a" * 40, "main/" + "a" * 40, True),  # Flux before 0.36
        ("feature/x@sha1:" + "a" * 40, "feature/x/" + "a" * 40, True),
        ("main@sha1:" + "a" * 40, "sha1:" + "a" * 40, True),
        ("main@sha1:" + "a" * 40, "a" * 40, True),
        ("main@sha1:" + "a" * 40, "main@sha1:" + "b" * 40, False),
        ("main@sha1:" + "a" * 40, "develop@sha1:" + "a" * 40, False),
        ("sha256:" + "a" * 64, "sha256:" + "a" * 64, True),
        ("1.2.3@sha256:" + "a" * 64, "1.2.4@sha256:" + "a" * 64, False),
        ("1.2.3", "1.2.3", True),
        ("1.2.3", "1.2.4", False),
    ],
)
def test_revisions_of_every_age_compare(one: str, other: str, same: bool) -> None:
    assert Revision.of(one).same(Revision.of(other)) is same
    assert Revision.of(other).same(Revision.of(one)) is same


@pytest.mark.parametrize(
    ("wanted", "covered"),
    [
        ("0f4933", True),
        ("develop@sha1:0f4933", True),
        ("develop/" + "0f4933667539af4a48a399153f4ec6572f34f6bf", True),
        ("main@sha1:0f4933", False),
        ("0f493", False),  # too short to mean one commit
        ("0f4934", False),
        ("", False),
    ],
)
def test_a_person_may_give_the_first_digits(wanted: str, covered: bool) -> None:
    has = Revision.of("develop@sha1:0f4933667539af4a48a399153f4ec6572f34f6bf")
    assert has.covers(Revision.of(wanted)) is covered


@pytest.mark.parametrize("kind", ["Kustomization", "HelmRelease"])
def test_a_healthy_platform_has_applied_everything(kind: str) -> None:
    seen = world("eoepca")
    objects = seen.listing(kind).all()
    assert len(objects) >= 4
    assert [word for each in objects for word in hear(applied, each, seen)] == []


def test_git_ahead_within_the_limits_is_in_flight() -> None:
    seen = ahead(timedelta(seconds=20))
    assert HEAD in in_flight(applied, mine(seen), seen).detail


def test_git_ahead_beyond_the_limits_is_a_finding() -> None:
    seen = ahead(timedelta(minutes=2))
    found = deviation(applied, mine(seen), seen)
    assert (found.rule, str(found.ref)) == ("flux.revision.not-applied", "Kustomization/flux-system/user-management")
    assert found.expected == f"{HEAD} is applied"
    assert found.observed.startswith("develop@sha1:")
    assert found.cause == "the source moved on, and nobody has tried it since"
    assert any(each.command.endswith("user-management -n flux-system --with-source") for each in found.remedy)


def test_tried_and_left_half_done_is_told_apart() -> None:
    half = raw("eoepca", "Kustomization", "user-management")
    half["status"]["lastAttemptedRevision"] = HEAD
    seen = ahead(timedelta(minutes=2), kustomization=half)
    assert deviation(applied, mine(seen), seen).cause == "it was tried, and left half done"


def test_what_blocks_it_is_the_finding() -> None:
    failing = raw("eoepca", "Kustomization", "user-management")
    condition(failing, "Ready").update(status="False", reason="BuildFailed", message="kustomize build failed: x")
    seen = ahead(timedelta(minutes=9), kustomization=failing)
    assert deviation(applied, mine(seen), seen).rule == "flux.kustomization.not-ready"


def test_a_suspended_kustomization_that_lags_is_the_suspension() -> None:
    suspended = raw("eoepca", "Kustomization", "user-management")
    suspended["spec"]["suspend"] = True
    seen = ahead(timedelta(minutes=9), kustomization=suspended)
    assert deviation(applied, mine(seen), seen).rule == "flux.object.suspended"


def test_a_suspended_kustomization_that_does_not_lag_has_applied_it() -> None:
    suspended = raw("eoepca", "Kustomization", "user-management")
    suspended["spec"]["suspend"] = True
    seen = FixedWorld(suspended, *without("eoepca", "Kustomization/user-management"), now=NOW)
    assert hear(applied, mine(seen), seen) == []


def test_a_reconcile_under_way_is_given_its_time() -> None:
    busy = raw("eoepca", "Kustomization", "user-management")
    condition(busy, "Ready").update(status="Unknown", reason="Progressing", lastTransitionTime=at(NOW))
    seen = ahead(timedelta(minutes=9), kustomization=busy)
    in_flight(applied, mine(seen), seen)


def test_with_a_dead_controller_that_is_the_finding() -> None:
    seen = ahead(timedelta(hours=2), now=timedelta(hours=1))
    assert deviation(applied, mine(seen), seen).rule == "flux.controller.silent"


def test_nothing_fetched_is_the_trouble_of_the_source() -> None:
    found = deviation(applied, lab("Kustomization", "source-failed"), world())
    assert (found.rule, str(found.ref)) == ("flux.source.fetch-failed", "GitRepository/lab/branch-missing")
    assert found.affects == ("Kustomization/lab/source-failed",)
    suspended = deviation(applied, lab("Kustomization", "source-suspended"), world())
    assert (suspended.rule, str(suspended.ref)) == ("flux.object.suspended", "GitRepository/lab/suspended")


def test_nothing_applied_yet_is_no_pass() -> None:
    never = raw("eoepca", "Kustomization", "user-management")
    del never["status"]["lastAppliedRevision"]
    seen = ahead(timedelta(minutes=9), kustomization=never)
    assert deviation(applied, mine(seen), seen).observed == "nothing is applied"


def test_a_source_that_was_deleted_behind_its_back_is_what_is_missing() -> None:
    seen = FixedWorld(*without("eoepca", "GitRepository/flux-system"), now=NOW)
    found = deviation(applied, mine(seen), seen)
    assert (found.rule, str(found.ref)) == ("platform.object.missing", "GitRepository/flux-system/flux-system")
    assert found.affects == ("Kustomization/flux-system/user-management",)


def test_a_source_that_cannot_be_read_is_unknown() -> None:
    seen = FixedWorld(*without("eoepca", "GitRepository/flux-system"), problems={"GitRepository": forbidden("x")})
    (word,) = hear(applied, mine(seen), seen)
    assert isinstance(word, Unobservable)
    assert word.code is UnknownCode.FORBIDDEN


def test_a_release_that_runs_an_older_chart_is_behind() -> None:
    chart = raw("eoepca", "HelmChart", "rm-minio")
    chart["status"]["artifact"].update(revision="5.0.8", lastUpdateTime=at(NOW - timedelta(hours=1)))
    seen = FixedWorld(chart, *without("eoepca", "HelmChart/rm-minio"), now=NOW)
    found = deviation(applied, Resource(raw("eoepca", "HelmRelease", "minio")), seen)
    assert (found.rule, found.observed) == ("flux.revision.not-applied", "5.0.7 is applied")


@pytest.mark.parametrize(("digest", "behind"), [("sha256:" + "a" * 64, False), ("sha256:" + "b" * 64, True)])
def test_a_chart_out_of_a_registry_is_compared_by_digest(digest: str, behind: bool) -> None:
    oci = raw("lab", "OCIRepository", "refused")
    oci["status"] = {
        "conditions": raw("lab", "GitRepository", "lab")["status"]["conditions"],
        "artifact": {"revision": "5.0.7@sha256:" + "a" * 64, "lastUpdateTime": at(NOW - timedelta(hours=1))},
    }
    release = raw("eoepca", "HelmRelease", "minio")
    release["spec"] = {"interval": "1m", "chartRef": {"kind": "OCIRepository", "name": "refused", "namespace": "lab"}}
    release["status"]["history"][0].update(chartVersion="5.0.7+aaaaaaaaaaaa", ociDigest=digest)
    flux = (each for each in every("eoepca") if each["kind"] in ("Deployment", "Lease"))
    seen = FixedWorld(oci, release, *flux, now=NOW)
    assert bool(hear(applied, Resource(release), seen)) is behind
    release["status"]["lastAttemptedRevisionDigest"] = "sha256:" + "a" * 64  # tried, and nothing was to be done:
    assert hear(applied, Resource(release), seen) == []  # the feature gate DisableChartDigestTracking


# -- --wait-for


def test_a_revision_everybody_has() -> None:
    seen = world("eoepca")
    revision = str(mine(seen).get("status", "lastAppliedRevision"))
    assert not_yet_applied(revision, seen) == ()
    assert not_yet_applied(revision.rpartition(":")[2][:8], seen) == ()
    assert not_yet_applied(revision, seen, "GitRepository/flux-system/flux-system") == ()


def test_a_revision_nobody_has_fetched_names_the_source() -> None:
    (found,) = not_yet_applied("0123456789", world("eoepca"))
    assert (found.rule, str(found.ref)) == ("flux.revision.not-applied", "GitRepository/flux-system/flux-system")
    assert found.cause == "it was not pushed, or not fetched yet"


def test_a_revision_that_waits_for_a_failing_fetch_names_why() -> None:
    git = raw("eoepca", "GitRepository", "flux-system")
    condition(git, "Ready").update(status="False", reason="GitOperationFailed", message="authentication required: ")
    seen = FixedWorld(git, *without("eoepca", "GitRepository/flux-system"), now=NOW)
    (found,) = not_yet_applied("0123456789", seen)
    assert "refused the credential" in found.cause


def test_a_revision_some_have_not_applied_names_them_and_what_blocks() -> None:
    blocked = raw("eoepca", "Kustomization", "user-management")
    condition(blocked, "Ready").update(status="False", reason="BuildFailed", message="kustomize build failed: x")
    found = not_yet_applied(HEAD, ahead(timedelta(seconds=5), kustomization=blocked))
    causes = {str(each.ref).rpartition("/")[2]: each.cause for each in found}
    assert set(causes) == {"flux-system", "user-management", "resource-management", "processing-and-chaining"}
    assert causes["flux-system"] == "it is still under way"
    assert causes["user-management"].startswith("Kustomization/flux-system/user-management is not ready: ")


def test_what_waits_for_the_blocked_one_is_told_with_it() -> None:
    blocked = raw("eoepca", "Kustomization", "user-management")
    condition(blocked, "Ready").update(status="False", reason="BuildFailed", message="kustomize build failed: x")
    waiting = raw("eoepca", "Kustomization", "resource-management")
    message = "dependency 'flux-system/user-management' is not ready"
    condition(waiting, "Ready").update(status="False", reason="DependencyNotReady", message=message)
    rest = without(
        "eoepca", "GitRepository/flux-system", "Kustomization/user-management", "Kustomization/resource-management"
    )
    git = raw("eoepca", "GitRepository", "flux-system")
    git["status"]["artifact"].update(revision=HEAD, lastUpdateTime=at(NOW))
    found = not_yet_applied(HEAD, FixedWorld(git, blocked, waiting, *rest, now=NOW))
    (of_root,) = [each for each in found if each.ref and each.ref.name == "user-management"]
    assert "Kustomization/flux-system/resource-management" in of_root.affects
    assert of_root.summary.startswith(f"{of_root.ref} has not applied develop@sha1:ffffffffffff: ")
    assert any("flux build kustomization user-management" in each.command for each in of_root.remedy)
    assert not [each for each in found if each.ref and each.ref.name == "resource-management"]


def test_waiting_for_a_revision_nothing_uses_is_unknown() -> None:
    with pytest.raises(Unobservable) as caught:
        not_yet_applied("0123456789", world("eoepca"), "GitRepository/flux-system/other")
    assert caught.value.code is UnknownCode.NOTHING_MATCHED


def test_waiting_without_the_right_to_look_is_unknown() -> None:
    with pytest.raises(Unobservable) as caught:
        not_yet_applied("0123456789", FixedWorld(problems={"Kustomization": forbidden("kustomizations")}))
    assert caught.value.code is UnknownCode.FORBIDDEN
