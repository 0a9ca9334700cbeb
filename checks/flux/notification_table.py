"""Whether Alerts and Providers are as a table says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from holdfast.checks.flux import managers
from holdfast.checks.flux.origin import origin
from holdfast.checks.flux.watching import watched
from holdfast.model import MAJOR, Deviation, Remedy, Resource, Said, World, rule

ALERT_COLUMNS = ("namespace", "name", "provider?", "severity?", "sources?")
PROVIDER_COLUMNS = ("namespace", "name", "type?", "channel?", "secret?", "username?")
"""An address is not among them: a webhook's address is a credential."""


def _text(*path: str, default: str = "none") -> Callable[[Resource], str]:
    return lambda resource: str(resource.get("spec", *path, default=default))


def _sources(resource: Resource) -> str:
    return ", ".join(sorted(str(each) for each in watched(resource)))


_FIELDS: dict[str, tuple[tuple[str, ...], Callable[[Resource], str]]] = {
    "provider": (("providerRef", "name"), _text("providerRef", "name")),
    "severity": (("eventSeverity",), _text("eventSeverity", default="info")),
    "sources": (("eventSources",), _sources),
    "type": (("type",), _text("type")),
    "channel": (("channel",), _text("channel")),
    "secret": (("secretRef", "name"), _text("secretRef", "name")),
    "username": (("username",), _text("username")),
}


@rule(
    "flux.notification.differs",
    MAJOR,
    origin="issue A §5, EOEPCA alert-slack and provider slack",
    remedy="Put it into Git, and let Flux apply it",
)
def as_declared(resource: Resource, world: World, cells: Mapping[str, str]) -> Said:
    """Alerts and Providers have the type, channel, provider, severity and sources that are declared for them.

    Args:
        cells: by column; those not among the two tables' fields name the object. ``sources`` holds
            ``Kind/namespace/name`` entries, separated by commas, in any order.
    """
    yield from _differences(resource, cells, world)


def _differences(resource: Resource, cells: Mapping[str, str], world: World) -> Iterator[Deviation]:
    for column, wanted in cells.items():
        if column not in _FIELDS:
            continue
        path, read = _FIELDS[column]
        running, dotted = read(resource), ".".join(("spec", *path))
        if running == _normal(column, wanted):
            continue
        changed_by = managers.who_set(resource, "spec", *path)
        source = origin(resource, changed_by, running, world)
        yield Deviation(
            resource.ref,
            expected=f"{dotted} = {wanted}",
            observed=f"{dotted} = {running}",
            cause=source.cause,
            summary=f"{resource.ref}: {column} is {running}, declared is {wanted}",
            path=dotted,
            changed_by=changed_by,
            source="the feature's table",
            owner=source.owner,
            outlook=source.outlook,
            remedy=(Remedy("see what there is", f"kubectl get {resource.ref.where} -o yaml"), *source.remedy),
        )


def _normal(column: str, wanted: str) -> str:
    if column == "sources":
        return ", ".join(sorted(each.strip() for each in wanted.split(",") if each.strip()))
    return wanted.strip()
