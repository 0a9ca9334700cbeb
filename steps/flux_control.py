"""What keeps Flux going, as sentences: controllers, references, APIs, notifications, the namespace, hygiene."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_bdd import parsers

from holdfast.checks.flux import (
    apis,
    availability,
    declared,
    hygiene,
    leases,
    notification_table,
    notifications,
    protection,
    references,
    upgrades,
)
from holdfast.checks.flux.kinds import KINDS, asked
from holdfast.columns import known
from holdfast.vocabulary import Rows, then

if TYPE_CHECKING:
    from holdfast.fixtures.cluster import Cluster
    from holdfast.judge import Judge
    from holdfast.model import Query
    from holdfast.platform import Platform

_ALERTED = ("GitRepository", "Kustomization", "HelmRelease")
"""The kinds of which somebody ought to hear when they fail."""
_SOURCES = ("GitRepository", "OCIRepository", "Bucket", "HelmRepository")
"""The kinds somebody writes down and may forget; a HelmChart is made for its HelmRelease."""


def _home(cluster: Cluster, platform: Platform) -> Query:
    """The namespace Flux runs in."""
    return cluster.one("Namespace", "", platform.names.get("flux_namespace", "flux-system"))


@then("the Flux controllers are available")
def controllers_are_available(judge: Judge, cluster: Cluster, platform: Platform) -> None:
    judge(availability.available, _home(cluster, platform))


@then("no Flux controller was OOM-killed")
def no_controller_was_oom_killed(judge: Judge, cluster: Cluster, platform: Platform) -> None:
    judge(availability.not_oom_killed, _home(cluster, platform))


@then("no Flux controller keeps crashing")
def no_controller_keeps_crashing(judge: Judge, cluster: Cluster, platform: Platform) -> None:
    judge(availability.not_crash_looping, _home(cluster, platform))


@then("every Flux controller keeps its Lease")
def controllers_keep_their_leases(judge: Judge, cluster: Cluster, platform: Platform) -> None:
    judge(leases.speaking, _home(cluster, platform))


@then("the Flux controllers run as declared", columns=known(*declared.COLUMNS))
def controllers_run_as_declared(judge: Judge, cluster: Cluster, platform: Platform, rows: Rows) -> None:
    wanted = [declared.Declared.of(row.given()) for row in rows]
    judge(declared.as_declared, _home(cluster, platform), *wanted)


@then("the Flux controllers run these versions", columns=known(*declared.VERSION_COLUMNS))
def controllers_run_these_versions(judge: Judge, cluster: Cluster, platform: Platform, rows: Rows) -> None:
    wanted = [declared.Declared.of(row.given()) for row in rows]
    judge(declared.right_version, _home(cluster, platform), *wanted)


@then("the Flux controllers' pods run the version that was deployed")
def pods_run_what_was_deployed(judge: Judge, cluster: Cluster, platform: Platform) -> None:
    judge(declared.right_version, _home(cluster, platform))


@then("no Flux controller runs a lower version than before")
def no_controller_was_downgraded(
    judge: Judge, cluster: Cluster, platform: Platform, baseline: Mapping[str, Any] | None
) -> None:
    judge(upgrades.not_downgraded, _home(cluster, platform), upgrades.facts_of(baseline))


@then("every reference of a Flux object resolves")
def every_reference_resolves(judge: Judge, cluster: Cluster) -> None:
    for kind in KINDS:
        judge(references.resolves, cluster.every(asked(kind)))


@then(parsers.re(rf"every reference of an? (?P<kind>{'|'.join(KINDS)}) resolves"))
def every_reference_of_a_kind_resolves(judge: Judge, cluster: Cluster, kind: str) -> None:
    judge(references.resolves, cluster.every(asked(kind)))


@then("no Flux object is kept at a deprecated version of its API")
def no_deprecated_version_is_used(judge: Judge, cluster: Cluster) -> None:
    for kind in KINDS:
        judge(apis.not_deprecated, cluster.every(asked(kind)))


@then("no Flux object is stored at a version that blocks the next upgrade")
def no_stored_version_blocks_an_upgrade(judge: Judge, cluster: Cluster) -> None:
    definitions = cluster.every("CustomResourceDefinition")
    judge(apis.not_deprecated, definitions)
    judge(apis.still_served, definitions)


@then("everything Flux delivered is still served by the API server")
def everything_delivered_is_served(judge: Judge, cluster: Cluster) -> None:
    for kind in ("Kustomization", "HelmRelease"):
        judge(apis.still_served, cluster.every(kind))


@then("every Alert watches something")
def every_alert_watches_something(judge: Judge, cluster: Cluster) -> None:
    judge(notifications.watches_something, cluster.every("Alert"))


@then("every Flux object is covered by an Alert")
def every_object_is_covered(judge: Judge, cluster: Cluster) -> None:
    for kind in _ALERTED:
        judge(notifications.covered, cluster.every(kind))


@then("every Receiver listens")
def every_receiver_listens(judge: Judge, cluster: Cluster) -> None:
    judge(notifications.receiver_ready, cluster.every("Receiver"))


@then("every Alert and Provider that has a status is Ready")
def alerts_and_providers_are_ready(judge: Judge, cluster: Cluster) -> None:
    for kind in ("Alert", "Provider"):
        judge(notifications.notification_ready, cluster.every(kind))


@then("these Alerts are as declared", columns=known(*notification_table.ALERT_COLUMNS))
def alerts_are_as_declared(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        judge(notification_table.as_declared, cluster.one("Alert", row["namespace"], row["name"]), row.given())


@then("these Providers are as declared", columns=known(*notification_table.PROVIDER_COLUMNS))
def providers_are_as_declared(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        judge(notification_table.as_declared, cluster.one("Provider", row["namespace"], row["name"]), row.given())


@then("only Flux may write to the Flux namespace")
def only_flux_may_write(judge: Judge, cluster: Cluster, platform: Platform) -> None:
    judge(protection.protected, _home(cluster, platform))


@then("only Flux and these may write to the Flux namespace", columns=known(*protection.ALLOW_COLUMNS))
def only_flux_and_these_may_write(judge: Judge, cluster: Cluster, platform: Platform, rows: Rows) -> None:
    allowed = [protection.Allowed.of(row.given()) for row in rows]
    judge(protection.protected, _home(cluster, platform), *allowed)


@then("every source is used by something")
def every_source_is_used(judge: Judge, cluster: Cluster) -> None:
    for kind in _SOURCES:
        judge(hygiene.used, cluster.every(kind))


@then("every chart is asked for at one version")
def every_chart_is_pinned(judge: Judge, cluster: Cluster) -> None:
    for kind in ("HelmRelease", "OCIRepository"):
        judge(hygiene.pinned, cluster.every(kind))


@then(parsers.re(r'every (?P<kind>[A-Z]\w*) that Flux delivers is labelled "(?P<label>[^"]+)"'))
def every_object_is_labelled(judge: Judge, cluster: Cluster, kind: str, label: str) -> None:
    judge(hygiene.labelled, cluster.every(kind), label)
