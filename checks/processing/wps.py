"""WPS 1.0 and 2.0: the capabilities an ADES has beside OGC API Processes."""

from __future__ import annotations

from collections.abc import Collection

from holdfast.checks.access.tokens import unable
from holdfast.checks.processing.pages import of, only
from holdfast.checks.web import reach
from holdfast.model import MAJOR, Resource, Said, World, rule

_XML = "text/xml|application/xml"


@rule(
    "processing.wps.offering",
    MAJOR,
    origin="Robot 02__WPS: Initial Process List",
    remedy="Ask GetCapabilities by hand; look at the logs of the ADES when it answers with an exception",
)
def offered(page: Resource, world: World, version: str, processes: Collection[str], within: float = 0.0) -> Said:
    """The WPS offers every declared process, in the version of the standard it was asked for."""
    if page.get("login"):
        yield from unable(page, world)
        return
    if said := reach.troubles(page, world, reach.Expected(media=_XML, within=within)):
        yield from said
        return
    told = page.get("wps")
    if not isinstance(told, dict) or not told.get("processes"):
        complaint = str(page.get("complaint", default="")) or "capabilities without a single process"
        yield reach.unreadable(page, f"WPS {version} capabilities with processes", complaint)
        return
    if str(told.get("version", ""))[:1] != version[:1]:
        yield of(page, f"version {version}", f"version {told.get('version')}", "the other version is switched off")
    for name in sorted(set(processes) - set(told["processes"])):
        yield of(page, f"process {name}", only(len(told["processes"])), "it was undeployed", name)
