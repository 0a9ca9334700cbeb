"""What Flux delivers, as sentences: sources, Kustomizations, HelmReleases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import parsers

from holdfast.checks.flux import helmreleases, kustomizations, readiness, requests, revisions, sources, suspension
from holdfast.checks.flux.kinds import asked
from holdfast.checks.flux.state import DELIVERY
from holdfast.columns import SOURCE_URL, known
from holdfast.vocabulary import Rows, then

if TYPE_CHECKING:
    from holdfast.fixtures.cluster import Cluster
    from holdfast.judge import Judge

_KIND = rf"(?P<kind>{'|'.join(DELIVERY)})"
_SUSPENDABLE = (
    *(kind for kind in DELIVERY if kind != "ExternalArtifact"),
    *("Alert", "Provider", "Receiver", "ImageRepository", "ImagePolicy", "ImageUpdateAutomation"),
)
_ANY_SUSPENDABLE = rf"(?P<kind>{'|'.join(_SUSPENDABLE)})"


@then(parsers.re(rf"every {_KIND} is Ready"))
def every_is_ready(judge: Judge, cluster: Cluster, kind: str) -> None:
    judge(readiness.READY[kind], cluster.every(asked(kind)))


@then("these sources are Ready", columns=known("kind", "namespace", "name", *sources.COLUMNS, url=SOURCE_URL))
def sources_are_ready(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        source = cluster.one(asked(row["kind"]), row["namespace"], row["name"])
        judge(readiness.fetched, source)
        judge(sources.as_declared, source, row.given(*sources.FIELDS))


@then("these Kustomizations are Ready", columns=known("namespace", "name", *kustomizations.COLUMNS))
def kustomizations_are_ready(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        kustomization = cluster.one("Kustomization", row["namespace"], row["name"])
        judge(readiness.kustomization_ready, kustomization)
        judge(kustomizations.as_declared, kustomization, row.given(*kustomizations.FIELDS))


@then("these HelmReleases are Ready", columns=known("namespace", "name", *helmreleases.COLUMNS))
def helmreleases_are_ready(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        release = cluster.one("HelmRelease", row["namespace"], row["name"])
        judge(readiness.helmrelease_ready, release)
        judge(helmreleases.as_declared, release, row.given(*helmreleases.FIELDS))


@then(
    "these sources are as declared",
    columns=known("kind", "namespace", "name", *sources.COLUMNS, "suspend?", url=SOURCE_URL),
)
def sources_are_as_declared(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        source = cluster.one(asked(row["kind"]), row["namespace"], row["name"])
        judge(sources.as_declared, source, row.given(*sources.FIELDS))


@then("these Kustomizations are as declared", columns=known("namespace", "name", *kustomizations.COLUMNS, "suspend?"))
def kustomizations_are_as_declared(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        kustomization = cluster.one("Kustomization", row["namespace"], row["name"])
        judge(kustomizations.as_declared, kustomization, row.given(*kustomizations.FIELDS))


@then("these HelmReleases are as declared", columns=known("namespace", "name", *helmreleases.COLUMNS, "suspend?"))
def helmreleases_are_as_declared(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        release = cluster.one("HelmRelease", row["namespace"], row["name"])
        judge(helmreleases.as_declared, release, row.given(*helmreleases.FIELDS))


@then(parsers.re(r"every (?P<kind>Kustomization|HelmRelease) has applied its source's latest revision"))
def every_revision_is_applied(judge: Judge, cluster: Cluster, kind: str) -> None:
    judge(revisions.applied, cluster.every(kind))


@then(parsers.re(rf"every {_KIND} is reconciled within its interval and timeout"))
def every_is_reconciled_in_time(judge: Judge, cluster: Cluster, kind: str) -> None:
    judge(readiness.not_stuck, cluster.every(asked(kind)))


@then(parsers.re(rf"no {_KIND} is stalled"))
def none_is_stalled(judge: Judge, cluster: Cluster, kind: str) -> None:
    judge(readiness.not_stalled, cluster.every(asked(kind)))


@then("nothing Flux delivers is stalled")
def nothing_is_stalled(judge: Judge, cluster: Cluster) -> None:
    for kind in DELIVERY:
        judge(readiness.not_stalled, cluster.every(asked(kind)))


@then(parsers.re(rf"every reconcile requested of a {_KIND} has been done"))
def every_request_of_a_kind_is_handled(judge: Judge, cluster: Cluster, kind: str) -> None:
    judge(requests.handled, cluster.every(asked(kind)))


@then("every requested reconciliation has been handled")
def every_request_is_handled(judge: Judge, cluster: Cluster) -> None:
    for kind in DELIVERY:
        judge(requests.handled, cluster.every(asked(kind)))


@then(parsers.re(rf"no {_ANY_SUSPENDABLE} is suspended"))
def none_is_suspended(judge: Judge, cluster: Cluster, kind: str) -> None:
    judge(suspension.active, cluster.every(asked(kind)))


@then("nothing of Flux is suspended")
def nothing_is_suspended(judge: Judge, cluster: Cluster) -> None:
    for kind in _SUSPENDABLE:
        judge(suspension.active, cluster.every(asked(kind)))
