"""Alerts that watch something, objects that are watched, Receivers that listen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from holdfast.checks.flux import notification_table, notifications
from holdfast.model import Deviation, InFlight, NotAsked, Severity

from ..world import forbidden
from .recorded import NOW, Platform, Raw, findings, unknowns

WATCHES_NOTHING = "flux.alert.watches-nothing"
EXTERNAL = "Alert/flux-system/alert-slack-external"


def external(platform: Platform, *sources: Raw) -> Platform:
    platform.raw("Alert", "alert-slack-external")["spec"]["eventSources"] = list(sources)
    return platform


class TestWatching:
    def hear(self, platform: Platform) -> list[Any]:
        return platform.hear(notifications.watches_something, "Alert")

    def test_healthy(self) -> None:
        assert self.hear(Platform()) == []

    def test_a_name_in_the_wrong_namespace(self) -> None:
        """EOEPCA: alert-slack-external watches default/proc, which does not exist."""
        said = self.hear(external(Platform(), {"kind": "Kustomization", "namespace": "default", "name": "proc"}))

        assert findings(said, notifications.watches_something) == [(WATCHES_NOTHING, EXTERNAL, "spec.eventSources")]
        assert said[0].severity is None

    def test_the_namespace_defaults_to_the_alerts_own(self) -> None:
        assert self.hear(external(Platform(), {"kind": "Kustomization", "name": "user-management"})) == []
        assert len(self.hear(external(Platform(), {"kind": "HelmRelease", "name": "data-access"}))) == 1

    def test_one_stale_name_among_live_ones_is_minor(self) -> None:
        said = self.hear(
            external(
                Platform(),
                {"kind": "HelmRelease", "namespace": "rm", "name": "data-access"},
                {"kind": "HelmRelease", "namespace": "rm", "name": "gone"},
            )
        )

        path = "spec.eventSources[HelmRelease/rm/gone]"
        assert findings(said, notifications.watches_something) == [(WATCHES_NOTHING, EXTERNAL, path)]
        assert said[0].severity is Severity.MINOR

    def test_a_wildcard_may_wait_for_its_first_object(self) -> None:
        sources = ({"kind": "Bucket", "name": "*"}, {"kind": "Kustomization", "name": "*"})

        assert self.hear(external(Platform(), *sources)) == []
        assert len(self.hear(external(Platform(), sources[0]))) == 1

    @pytest.mark.parametrize("labels", [{"team": "um"}, {"team": "um", "x": "y"}])
    def test_labels_narrow_it(self, labels: dict[str, str]) -> None:
        platform = external(Platform(), {"kind": "Kustomization", "name": "*", "matchLabels": labels})
        assert len(self.hear(platform)) == 1

        platform.raw("Kustomization", "user-management")["metadata"]["labels"] = {"team": "um", "x": "y"}
        assert self.hear(platform) == []

    @pytest.mark.parametrize("sources", [[], None, [{}], [{"kind": "Pod", "name": "*"}]])
    def test_no_source_at_all_is_never_a_pass(self, sources: object) -> None:
        platform = Platform()
        platform.raw("Alert", "alert-slack-external")["spec"]["eventSources"] = sources

        assert len(self.hear(platform)) == 1

    def test_a_suspended_alert_is_not_judged(self) -> None:
        platform = external(Platform())
        platform.raw("Alert", "alert-slack-external")["spec"]["suspend"] = True

        assert self.hear(platform) == []

    def test_what_cannot_be_listed_is_unknown(self) -> None:
        platform = Platform().drop("HelmRelease")
        platform.problems["HelmRelease"] = forbidden("helmreleases")

        assert ("forbidden", "list helmreleases") in unknowns(self.hear(platform))


class TestCovered:
    @pytest.mark.parametrize("kind", ["GitRepository", "Kustomization", "HelmRelease"])
    def test_healthy(self, kind: str) -> None:
        assert Platform().hear(notifications.covered, kind) == []

    def test_a_namespace_outside_every_alert_is_one_finding(self) -> None:
        platform = Platform()
        for name in ("user-management", "resource-management"):
            platform.raw("Kustomization", name)["metadata"]["namespace"] = "um"

        said = platform.hear(notifications.covered, "Kustomization")

        assert {each.subject for each in said if isinstance(each, Deviation)} == {"Kustomization/um/*"}
        assert {each.affects for each in said if isinstance(each, Deviation)} == {
            ("Kustomization/um/user-management",),
            ("Kustomization/um/resource-management",),
        }

    def test_an_object_left_out_among_others_is_named(self) -> None:
        platform = Platform()
        sources = platform.raw("Alert", "alert-slack")["spec"]["eventSources"]
        (entry,) = (each for each in sources if each["kind"] == "Kustomization")
        entry["name"] = "flux-system"
        sources.append({**entry, "name": "user-management"})

        said = platform.hear(notifications.covered, "Kustomization")

        assert {str(each.ref) for each in said if isinstance(each, Deviation)} == {
            "Kustomization/flux-system/processing-and-chaining",
            "Kustomization/flux-system/resource-management",
        }

    def test_a_suspended_alert_is_the_one_cause_of_all_it_does_not_tell(self) -> None:
        platform = Platform()
        platform.raw("Alert", "alert-slack")["spec"]["suspend"] = True

        said = platform.hear(notifications.covered, "Kustomization")

        assert findings(said, notifications.covered) == 4 * [
            ("flux.alert.not-covered", "Alert/flux-system/alert-slack", "spec.suspend")
        ]

    def test_without_any_alert_nobody_asked(self) -> None:
        with pytest.raises(NotAsked):
            Platform().drop("Alert").hear(notifications.covered, "Kustomization")

    def test_alerts_that_cannot_be_read_are_unknown(self) -> None:
        platform = Platform().drop("Alert")
        platform.problems["Alert"] = forbidden("alerts")

        assert set(unknowns(platform.hear(notifications.covered, "Kustomization"))) == {("forbidden", "list alerts")}


class TestReady:
    def ready(self, platform: Platform) -> Raw:
        conditions = platform.raw("Receiver", "github")["status"]["conditions"]
        found: Raw = next(each for each in conditions if each["type"] == "Ready")
        return found

    def test_a_receiver_that_listens(self) -> None:
        assert Platform().hear(notifications.receiver_ready, "Receiver") == []

    def test_a_receiver_without_its_token(self) -> None:
        platform = Platform()
        self.ready(platform).update(
            status="False", reason="TokenNotFound", message="Secret 'flux-system/webhook-token' not found"
        )

        (said,) = platform.hear(notifications.receiver_ready, "Receiver")

        assert isinstance(said, Deviation)
        assert "TokenNotFound" in said.observed

    @pytest.mark.parametrize("status", [{}, None, {"conditions": []}])
    def test_a_receiver_nobody_has_looked_at(self, status: object) -> None:
        platform = Platform()
        receiver = platform.raw("Receiver", "github")
        receiver["status"] = status
        receiver["metadata"]["creationTimestamp"] = (NOW - timedelta(minutes=1)).isoformat()

        (said,) = platform.hear(notifications.receiver_ready, "Receiver")
        assert isinstance(said, InFlight)

        (late,) = platform.later(hours=2).hear(notifications.receiver_ready, "Receiver")
        assert isinstance(late, Deviation)

    def test_alerts_without_a_status_are_not_asked_for_one(self) -> None:
        with pytest.raises(NotAsked, match="v1beta3"):
            Platform().hear(notifications.notification_ready, "Alert")

    def test_a_provider_of_older_flux(self) -> None:
        """Modelled on the CRD of notification.toolkit.fluxcd.io/v1beta1 (Flux 0.24)."""
        platform = Platform()
        provider = platform.raw("Provider", "slack")
        provider["apiVersion"] = "notification.toolkit.fluxcd.io/v1beta1"
        condition = {"type": "Ready", "status": "True", "reason": "ReconciliationSucceeded", "message": "Initialized"}
        provider["status"] = {"observedGeneration": 1, "conditions": [condition]}
        assert platform.hear(notifications.notification_ready, "Provider", "slack") == []

        condition |= {"status": "False", "reason": "ReconciliationFailed", "message": "failed to initialize notifier"}
        said = platform.hear(notifications.notification_ready, "Provider", "slack")
        assert findings(said, notifications.notification_ready) == [
            ("flux.notification.not-ready", "Provider/flux-system/slack", "")
        ]


class TestTable:
    def hear(self, kind: str, name: str, cells: dict[str, str]) -> list[Any]:
        return Platform().hear(notification_table.as_declared, kind, name, cells)

    def test_as_declared(self) -> None:
        assert self.hear("Provider", "slack", {"name": "slack", "type": "slack", "secret": "slack-url"}) == []
        sources = " HelmRelease/proc/proc-ades "
        cells = {"provider": "slack-external", "severity": "error", "sources": sources}
        assert self.hear("Alert", "alert-slack-external", cells) == []

    @pytest.mark.parametrize(
        ("kind", "name", "cells", "path"),
        [
            ("Provider", "slack", {"type": "msteams"}, "spec.type"),
            ("Provider", "slack", {"channel": "elsewhere"}, "spec.channel"),
            ("Provider", "slack", {"username": "flux"}, "spec.username"),
            ("Alert", "alert-slack", {"provider": "slack-external"}, "spec.providerRef.name"),
            ("Alert", "alert-slack", {"severity": "error"}, "spec.eventSeverity"),
            ("Alert", "alert-slack-external", {"sources": "HelmRelease/proc/*"}, "spec.eventSources"),
        ],
    )
    def test_every_column(self, kind: str, name: str, cells: dict[str, str], path: str) -> None:
        said = self.hear(kind, name, cells)

        assert findings(said, notification_table.as_declared) == [
            ("flux.notification.differs", f"{kind}/flux-system/{name}", path)
        ]

    def test_severity_is_info_where_nothing_is_said(self) -> None:
        platform = Platform()
        del platform.raw("Alert", "alert-slack")["spec"]["eventSeverity"]

        assert platform.hear(notification_table.as_declared, "Alert", "alert-slack", {"severity": "info"}) == []
