"""Kustomizations as declared: path, source, interval, prune."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from holdfast.checks.flux import timing
from holdfast.checks.flux.fields import (
    Field,
    as_duration,
    as_flag,
    as_path,
    as_reference,
    as_set,
    as_text,
    differences,
    reference,
)
from holdfast.model import MAJOR, Resource, Said, World, rule


def depends_on(resource: Resource) -> str:
    """spec.dependsOn as a cell holds it: names, with a namespace where it is another one."""
    found = resource.get("spec", "dependsOn", default=())
    if not isinstance(found, Sequence) or isinstance(found, str):
        return ""
    away = ((each.get("namespace"), each.get("name")) for each in found if isinstance(each, Mapping))
    return ", ".join(
        f"{space}/{name}" if space not in (None, "", resource.namespace) else str(name) for space, name in away
    )


FIELDS = {
    "path": Field("spec.path", as_path, "./"),
    "source": Field("spec.sourceRef", as_reference, read=reference("spec", "sourceRef")),
    "interval": Field("spec.interval", as_duration),
    "timeout": Field("spec.timeout", as_duration, lambda each: timing.spell(timing.timeout(each))),
    "retry interval": Field("spec.retryInterval", as_duration, lambda each: timing.spell(timing.interval(each))),
    "prune": Field("spec.prune", as_flag, "false"),
    "wait": Field("spec.wait", as_flag, "false"),
    "force": Field("spec.force", as_flag, "false"),
    "target namespace": Field("spec.targetNamespace", as_text),
    "service account": Field("spec.serviceAccountName", as_text),
    "depends on": Field("spec.dependsOn", as_set, read=depends_on),
    "suspend": Field("spec.suspend", as_flag, "false"),
}
COLUMNS = tuple(f"{name}?" for name in FIELDS if name != "suspend")
"""Of a table of Kustomizations, beside namespace and name."""


@rule(
    "flux.kustomization.differs",
    MAJOR,
    origin="issue A §5: path, interval, timeout, prune, sourceRef as declared; seed 004 'Enable pruning'",
    remedy="Put the declared value back in Git, or correct the feature if the change was meant",
)
def as_declared(kustomization: Resource, world: World, declared: Mapping[str, str]) -> Said:
    """Every Kustomization applies the declared path of the declared source, as often and as thoroughly as declared."""
    yield from differences(kustomization, world, declared, FIELDS)
