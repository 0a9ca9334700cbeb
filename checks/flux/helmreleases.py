"""HelmReleases as declared: chart, version, repository, interval."""

from __future__ import annotations

from collections.abc import Mapping

from holdfast.checks.flux.fields import (
    Field,
    as_duration,
    as_flag,
    as_reference,
    as_set,
    as_text,
    differences,
    reference,
)
from holdfast.checks.flux.kustomizations import depends_on
from holdfast.model import MAJOR, Resource, Said, World, rule


def _source(release: Resource) -> str:
    """Where its chart comes from: the template's repository, or what chartRef names."""
    return reference("spec", "chart", "spec", "sourceRef")(release) or reference("spec", "chartRef")(release)


def _release_name(release: Resource) -> str:
    target = release.get("spec", "targetNamespace")
    return f"{target}-{release.name}" if target else release.name


FIELDS = {
    "chart": Field("spec.chart.spec.chart", as_text),
    "version": Field("spec.chart.spec.version", as_text, lambda each: "*" if each.get("spec", "chart") else ""),
    "source": Field("spec.chart.spec.sourceRef", as_reference, read=_source),
    "interval": Field("spec.interval", as_duration),
    "timeout": Field("spec.timeout", as_duration, "5m"),
    "release name": Field("spec.releaseName", as_text, _release_name),
    "target namespace": Field("spec.targetNamespace", as_text, lambda each: each.namespace),
    "drift detection": Field("spec.driftDetection.mode", as_text, "disabled"),
    "service account": Field("spec.serviceAccountName", as_text),
    "depends on": Field("spec.dependsOn", as_set, read=depends_on),
    "suspend": Field("spec.suspend", as_flag, "false"),
}
COLUMNS = tuple(f"{name}?" for name in FIELDS if name != "suspend")
"""Of a table of HelmReleases, beside namespace and name."""


@rule(
    "flux.helmrelease.differs",
    MAJOR,
    origin="issue A §5: chart, version, interval, timeout, sourceRef as declared",
    remedy="Put the declared value back in Git, or correct the feature if the change was meant",
)
def as_declared(release: Resource, world: World, declared: Mapping[str, str]) -> Said:
    """Every HelmRelease asks for the declared chart and version, from where and as often as declared."""
    yield from differences(release, world, declared, FIELDS)
