"""Which images run, as sentences; and the list of them all beside the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import parsers

from holdfast.checks.images import builds, inventory, origins, pinned, versions
from holdfast.columns import known
from holdfast.vocabulary import Rows, then

if TYPE_CHECKING:
    from holdfast.fixtures.cluster import Cluster
    from holdfast.judge import Judge

_PLACES = ("namespace", "purpose?")


@then("every image in these namespaces is pinned", columns=known(*_PLACES))
def every_image_is_pinned(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        judge(pinned.pinned, cluster.every("Pod", row["namespace"]))


@then("no image in these namespaces runs as two builds under one name", columns=known(*_PLACES))
def no_tag_has_moved(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        judge(builds.one_build, cluster.one("Namespace", "", row["namespace"]))


@then(parsers.re(r'every image in these namespaces comes from "(?P<registries>[^"]+)"'), columns=known(*_PLACES))
def every_image_is_expected(judge: Judge, cluster: Cluster, registries: str, rows: Rows) -> None:
    prefixes = tuple(filter(None, (each.strip() for each in registries.split(","))))
    for row in rows:
        judge(origins.expected_registry, cluster.every("Pod", row["namespace"]), prefixes)


@then(parsers.re(r'no image of "(?P<prefix>[^"]+)" in these namespaces runs in two versions'), columns=known(*_PLACES))
def no_image_of_a_prefix_is_mixed(judge: Judge, cluster: Cluster, prefix: str, rows: Rows) -> None:
    for row in rows:
        judge(versions.one_version, cluster.one("Namespace", "", row["namespace"]), prefix)


@then("no image in these namespaces runs in two versions", columns=known(*_PLACES))
def no_image_is_mixed(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        judge(versions.one_version, cluster.one("Namespace", "", row["namespace"]))


@then("these components run as released", columns=known(*versions.COLUMNS))
def components_run_as_released(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    for row in rows:
        workload = cluster.one(row["kind"] or "Deployment", row["namespace"], row["workload"])
        judge(versions.as_released, workload, versions.Released.of(row.given()))


@then("the list of all running images lies beside the report")
def images_are_listed(cluster: Cluster, facts: dict[str, object]) -> None:
    """Judges nothing by itself: for a scenario that also says what the images are to be."""
    facts["images"] = inventory.inventory(cluster)
