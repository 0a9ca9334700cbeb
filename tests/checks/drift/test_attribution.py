"""Who and when, with the limits of what an API server remembers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from holdfast.checks.drift.attribution import Window, attributed, shown, when
from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.history import event_hint, previous
from holdfast.checks.drift.managers import Managers
from holdfast.checks.drift.paths import Key, Path
from holdfast.model import Change, Resource, parse_time

from .additions import ENGINE, WEB, Seen, seen

NOW = datetime(2027, 1, 1, tzinfo=UTC)
IMAGE, ENV = (*WEB, "image"), (*WEB, "env", Key.of(name="A"))
CA_BUNDLE = ("webhooks", Key.of(name="hook.rows.test"), "clientConfig", "caBundle")
REPLICAS = ("spec", "replicas")
KUSTOMIZATION = Resource({"kind": "Kustomization", "metadata": {"name": "x"}})


def by(here: Seen, path: Path, kind: Kind = Kind.CHANGED, *, trusted: tuple[str, ...] = ()) -> tuple[Change, ...]:
    window = Window(None, None, ENGINE)
    managers = Managers(frozenset(trusted))
    return attributed(Difference(kind, path, 1, 2), here.fields, managers, window).changed_by


@pytest.mark.parametrize(
    ("row", "path", "manager", "cls", "operation"),
    [
        ("46-image", IMAGE, "kubectl-set", "human", "Update"),
        ("47-env-changed", (*ENV, "value"), "kubectl-set", "human", "Update"),
        ("60-scale", REPLICAS, "kubectl", "human", "Update"),
        ("72-args", (*WEB, "args"), "kubectl-edit", "human", "Update"),
        ("79-server-side-apply", ("data", "c"), "kubectl", "human", "Apply"),
        ("80-other-applier", (*WEB, "resources", "limits", "memory"), "vpa-updater", "operator", "Apply"),
        ("82-secret-changed", ("data", "password"), "kubectl-edit", "human", "Update"),
        ("32-ca-bundle", CA_BUNDLE, "cainjector", "operator", "Update"),
        ("98-hotfix", ("data", "hot"), "flux-client-side-apply", "accepted", "Apply"),
    ],
)
def test_a_change_is_signed(row: str, path: Path, manager: str, cls: str, operation: str) -> None:
    (change,) = by(seen(row), path)

    assert (change.manager, change.cls, change.operation) == (manager, cls, operation)


@pytest.mark.parametrize(
    ("row", "path", "kind"),
    [
        ("50-env-removed", ENV, Kind.REMOVED),
        ("51-limits-removed", (*WEB, "resources", "limits"), Kind.REMOVED),
        ("71-order", WEB[:-1], Kind.ORDER),
        ("62-scale-to-zero", REPLICAS, Kind.CHANGED),
        ("92-stripped", ("metadata", "labels", "x"), Kind.CHANGED),
    ],
)
def test_some_things_are_signed_by_nobody(row: str, path: Path, kind: Kind) -> None:
    assert by(seen(row), path, kind) == ()


def test_the_engine_is_not_who_changed_it() -> None:
    assert by(seen("healthy"), IMAGE) == ()


def test_whom_the_platform_trusts_is_an_operator() -> None:
    assert [each.cls for each in by(seen("46-image"), IMAGE, trusted=("kubectl-set",))] == ["operator"]


def test_an_edit_in_another_version_is_attributed_to_who_was_there() -> None:
    (change,) = by(seen("37-same-name"), ("spec", "maxReplicas"))

    assert (change.manager, change.paths) == ("kubectl-edit", ())
    assert when(change, NOW).startswith("not later than ")


def test_who_is_known_already_stays() -> None:
    (found,) = seen("52-sidecar").additions()

    assert attributed(found, seen("46-image").fields, Managers(), Window(None, None, ENGINE)) is found


def test_a_time_is_exact_where_the_manager_did_nothing_else() -> None:
    (change,) = by(seen("46-image"), IMAGE)

    assert change.time is not None
    assert when(change, NOW) == f"at {shown(change.time)}"


def test_a_time_is_a_limit_where_the_manager_did_more() -> None:
    (change,) = by(seen("79-server-side-apply"), ("data", "c"))

    assert len(change.paths) == 3
    assert when(change, NOW).startswith("not later than 20")


def test_no_time_is_no_time() -> None:
    (change,) = by(seen("60-scale"), REPLICAS)

    assert when(change, NOW) == "before 2027-01-01 00:00:00 UTC"


def test_what_nobody_signed_happened_since_the_engine_last_wrote() -> None:
    here = seen("50-env-removed")
    applied = next(each.time for each in here.fields.entries if each.manager == "kustomize-controller")
    assert applied is not None

    window = Window.of(here.fields, ENGINE, KUSTOMIZATION)

    assert window.after == applied
    assert window.text(NOW) == f"between {shown(applied)} (Flux last applied) and 2027-01-01 00:00:00 UTC"


def kustomization(status: str, last: datetime, kind: str = "Kustomization", mode: str = "") -> Resource:
    history = [{"lastReconciled": last.isoformat(), "lastReconciledStatus": status}]
    return Resource({"kind": kind, "spec": {"driftDetection": {"mode": mode}}, "status": {"history": history}})


LATE = NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("owner", "narrower"),
    [
        (kustomization("ReconciliationSucceeded", LATE), True),
        (kustomization("HealthCheckFailed", LATE), False),
        (kustomization("ReconciliationSucceeded", LATE, "HelmRelease", "enabled"), True),
        (kustomization("ReconciliationSucceeded", LATE, "HelmRelease", "warn"), False),
        (kustomization("ReconciliationSucceeded", LATE, "HelmRelease"), False),
    ],
)
def test_a_look_that_found_all_in_order_narrows_the_window(owner: Resource, narrower: bool) -> None:
    window = Window.of(seen("50-env-removed").fields, ENGINE, owner)

    assert (window.after == LATE) is narrower


def test_a_window_without_a_beginning_says_so() -> None:
    assert Window.of(seen("92-stripped").fields, ENGINE, KUSTOMIZATION).text(NOW) == "before 2027-01-01 00:00:00 UTC"


def revisions(here: Seen) -> list[Resource]:
    return [each for each in here.around if each.kind != "Event"]


def events(here: Seen) -> list[Resource]:
    return [each for each in here.around if each.kind == "Event"]


@pytest.mark.parametrize(
    ("row", "path", "kind", "before"),
    [
        ("46-image", IMAGE, Kind.CHANGED, "nginx:1"),
        ("46-image-stateful", IMAGE, Kind.CHANGED, "nginx:1"),
        ("50-env-removed", (*ENV, "value"), Kind.REMOVED, "1"),
        ("52-sidecar", (*WEB[:-1], Key.of(name="debug")), Kind.FOREIGN, None),
    ],
)
def test_revisions_tell_what_was_there_and_when_it_was_edited(row: str, path: Path, kind: Kind, before: str) -> None:
    here = seen(row)
    found = previous(here.live, revisions(here), Difference(kind, path))

    assert found is not None
    assert found.value == before
    made = [parse_time(each.get("metadata", "creationTimestamp")) for each in revisions(here)]
    assert found.edited == max(each for each in made if each)
    assert (f"it was {before}" if before else "it was not there") in found.text


def test_a_secret_in_a_revision_is_not_told() -> None:
    here = seen("46-image")
    container = {"name": "web", "env": [{"name": "DB_PASSWORD", "value": "hush"}]}
    spec = {"template": {"spec": {"containers": [container]}}}
    older = min(revisions(here), key=lambda each: each.annotations["deployment.kubernetes.io/revision"])
    kept = [Resource({**each.raw, "spec": spec}) if each is older else each for each in revisions(here)]

    path = (*WEB, "env", Key.of(name="DB_PASSWORD"), "value")
    found = previous(here.live, kept, Difference(Kind.REMOVED, path))

    assert found is not None
    assert found.value == "hush"
    assert "hush" not in found.text


def test_revisions_of_others_tell_nothing() -> None:
    difference = Difference(Kind.CHANGED, IMAGE)

    assert previous(seen("46-image").live, revisions(seen("52-sidecar")), difference) is None
    assert previous(seen("46-image").live, [], difference) is None


def test_a_field_no_revision_has_otherwise_has_no_past() -> None:
    here = seen("46-image")

    assert previous(here.live, revisions(here), Difference(Kind.CHANGED, (*WEB, "args"))) is None
    assert previous(here.live, revisions(here), Difference(Kind.CHANGED, REPLICAS)) is None


def test_a_template_that_was_put_back_makes_no_revision() -> None:
    here = seen("46-image-rolled-back")
    found = previous(here.live, revisions(here), Difference(Kind.CHANGED, IMAGE))

    assert found is not None
    assert (found.value, found.edited) == ("nginx:2", None)


def test_revisions_of_a_template_that_is_no_more_tell_nothing() -> None:
    """The controller has not looked yet: the newest revision is not of what is there now."""
    here = seen("46-image")
    raw = {**here.live.raw, "metadata": {**here.live.raw["metadata"], "generation": 99}}

    assert previous(Resource(raw), revisions(here), Difference(Kind.CHANGED, IMAGE)) is None


def test_events_tell_when_it_was_scaled() -> None:
    here = seen("62-scale-to-zero")
    hint = event_hint(Difference(Kind.CHANGED, REPLICAS, 2, 0), events(here))

    assert hint.startswith("Scaled down replica set row-62-scale-to-zero-")
    assert "from 2 to 0 (at 20" in hint


def test_events_say_nothing_of_what_they_are_not_about() -> None:
    here = seen("62-scale-to-zero")

    assert event_hint(Difference(Kind.FOREIGN, ("metadata", "labels", "x")), events(here)) == ""
    assert event_hint(Difference(Kind.CHANGED, REPLICAS), []) == ""


def test_replaced_differences_keep_who() -> None:
    (found,) = seen("52-sidecar").additions()

    assert replace(found, ignored_by="x").changed_by == found.changed_by
