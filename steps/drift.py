"""Whether the cluster is what Flux applied, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import parsers

from holdfast.checks.drift import field_rules, object_rules, preview_rules, release_rules
from holdfast.columns import known
from holdfast.vocabulary import Rows, then

if TYPE_CHECKING:
    from holdfast.fixtures.cluster import Cluster
    from holdfast.fixtures.preview import Preview
    from holdfast.fixtures.survey import Survey
    from holdfast.judge import Judge
    from holdfast.model import Query
    from holdfast.platform import Platform

_OWNERS = ("Kustomization", "HelmRelease")
_KIND = r"(?P<kind>Kustomization|HelmRelease)"
_ONE = rf"{_KIND} (?P<namespace>[^/\s]+)/(?P<name>\S+)"


def _matches(judge: Judge, owner: Query, drift: Survey, within: str = "") -> None:
    for rule in (field_rules.unchanged, field_rules.unremoved, field_rules.in_order):
        judge(rule, owner, drift, within)


@then(parsers.re(rf"every {_KIND}'s objects are there"))
def objects_are_there(judge: Judge, cluster: Cluster, drift: Survey, kind: str) -> None:
    judge(object_rules.present, cluster.every(kind), drift)


@then(parsers.re(rf"every {_KIND}'s objects match what Flux applied"))
def objects_match(judge: Judge, cluster: Cluster, drift: Survey, kind: str) -> None:
    _matches(judge, cluster.every(kind), drift)


@then(parsers.re(rf"the objects of {_ONE} are there"))
def objects_of_one_are_there(
    judge: Judge, cluster: Cluster, drift: Survey, kind: str, namespace: str, name: str
) -> None:
    judge(object_rules.present, cluster.one(kind, namespace, name), drift)


@then(parsers.re(rf"the objects of {_ONE} match what Flux applied"))
def objects_of_one_match(judge: Judge, cluster: Cluster, drift: Survey, kind: str, namespace: str, name: str) -> None:
    _matches(judge, cluster.one(kind, namespace, name), drift)


@then(parsers.re(r"every managed object in namespace (?P<namespace>\S+) matches what Flux applied"))
def objects_of_a_namespace_match(judge: Judge, cluster: Cluster, drift: Survey, namespace: str) -> None:
    for kind in _OWNERS:
        judge(object_rules.present, cluster.every(kind), drift, namespace)
        _matches(judge, cluster.every(kind), drift, namespace)
        judge(field_rules.own, cluster.every(kind), drift, namespace)


@then("no foreign field sits on a managed object")
def no_foreign_field(judge: Judge, cluster: Cluster, drift: Survey) -> None:
    for kind in _OWNERS:
        judge(field_rules.own, cluster.every(kind), drift)


@then(parsers.re(rf"no foreign field sits on an object of {_ONE}"))
def no_foreign_field_of_one(
    judge: Judge, cluster: Cluster, drift: Survey, kind: str, namespace: str, name: str
) -> None:
    judge(field_rules.own, cluster.one(kind, namespace, name), drift)


@then("no unexpected object lives in a managed namespace")
def nothing_unexpected(judge: Judge, cluster: Cluster, drift: Survey) -> None:
    for rule in (object_rules.expected, object_rules.attached):
        judge(rule, cluster.every("Namespace"), drift)


@then("no unexpected object lives in these namespaces", columns=known("namespace"))
def nothing_unexpected_here(judge: Judge, cluster: Cluster, drift: Survey, rows: Rows) -> None:
    for row in rows:
        for rule in (object_rules.expected, object_rules.attached):
            judge(rule, cluster.one("Namespace", "", row["namespace"]), drift, managed=True)


@then("nothing Flux made is left behind")
def nothing_left_behind(judge: Judge, cluster: Cluster, drift: Survey, platform: Platform) -> None:
    judge(
        object_rules.kept_track_of,
        cluster.one("Namespace", "", platform.names.get("flux_namespace", "flux-system")),
        drift,
    )


@then("no object has two owners")
def no_object_has_two_owners(judge: Judge, cluster: Cluster, drift: Survey) -> None:
    for kind in _OWNERS:
        judge(object_rules.owned_once, cluster.every(kind), drift)


@then("no managed object is hidden from Flux")
def nothing_is_frozen(judge: Judge, cluster: Cluster, drift: Survey) -> None:
    for kind in _OWNERS:
        judge(object_rules.not_frozen, cluster.every(kind), drift)


@then("no managed object is stuck terminating")
def nothing_is_stuck_terminating(judge: Judge, cluster: Cluster, drift: Survey) -> None:
    for kind in _OWNERS:
        judge(object_rules.not_terminating, cluster.every(kind), drift)


@then("nothing Flux tried to apply was refused")
def nothing_is_blocked(judge: Judge, cluster: Cluster, drift: Survey) -> None:
    judge(field_rules.applicable, cluster.every("Kustomization"), drift)


@then("no release was changed beside Flux")
def no_release_out_of_band(judge: Judge, cluster: Cluster, drift: Survey) -> None:
    judge(release_rules.in_band, cluster.every("HelmRelease"), drift)


@then("no Helm release lives in a managed namespace beside Flux")
def no_release_unexpected(judge: Judge, cluster: Cluster, drift: Survey) -> None:
    judge(release_rules.expected, cluster.every("Namespace"), drift)


@then("merging the branch would change nothing that runs")
def preview_changes(judge: Judge, cluster: Cluster, preview: Preview) -> None:
    judge(preview_rules.builds, cluster.every("Kustomization"), preview)
    judge(preview_rules.changes, cluster.every("Kustomization"), preview)
