"""An OGC API Processes server: its landing page, the classes it conforms to, its processes as declared."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from holdfast.checks.processing.pages import Page, entries, of, only, read, unread
from holdfast.checks.web import reach
from holdfast.model import MAJOR, MINOR, Resource, Said, World, rule

_STANDARD = "OGC API Processes Part 1 (18-062r2)"
_ROBOT = "Robot 01__ADES: Initial Process List, Get Application Details"
_RELATIONS = {"conformance": "/conformance", "processes": "/processes"}


@rule(
    "processing.service.incomplete",
    MAJOR,
    origin=f"{_STANDARD} §7.2, §7.4",
    remedy="Ask the landing page and /conformance by hand; look at the version and the configuration of the server",
)
def described(page: Resource, world: World, within: float = 0.0) -> Said:
    """The landing page of the processing service leads to its conformance and to its processes."""
    document = yield from read(page, world, within)
    if document is None:
        return
    links = [each for each in document.get("links", []) if isinstance(each, Mapping)] if _has_links(document) else []
    for name, end in _RELATIONS.items():
        if not any(_leads(each, name, end) for each in links):
            yield of(page, f"a link to its {name}", "no such link", "another service answers here, or an old version")


@rule(
    "processing.conformance.missing",
    MAJOR,
    origin=f"{_STANDARD} §7.4; the classes ADES 2.0 declares",
    remedy="Compare the server's version and its configured classes with what clients count on",
)
def conforming(page: Resource, world: World, classes: Collection[str]) -> Said:
    """The processing service conforms to the classes of the standard that are declared of it."""
    document = yield from read(page, world)
    if document is None:
        return
    told = document.get("conformsTo")
    if not isinstance(told, list):
        yield reach.unreadable(page, "conformsTo: the classes it conforms to", "there is no such list")
        return
    known = {str(each).rstrip("/").rpartition("/conf/")[2] for each in told}
    for name in sorted(set(classes) - known):
        yield of(page, f"conformance class {name}", "not declared", "an older version, or not configured", name)


@rule(
    "processing.process.missing",
    MAJOR,
    origin=_ROBOT,
    remedy="Deploy the process again from its application package, or take it out of the feature",
)
def offered(page: Resource, world: World, processes: Collection[str]) -> Said:
    """Every declared process is in the list of the processing service."""
    listed = yield from entries(page, world, "processes", "id")
    if listed is None:
        return
    found = {str(each["id"]) for each in listed.found}
    missed = sorted(set(processes) - found)
    if listed.cut and (missed or not found):
        named = ", ".join(missed) or "any process"
        yield unread(page, f"{named} is not on the pages that were read; {listed.cut}")
    if not listed.whole:
        return
    if not found:  # one cause, whichever of them is missed
        yield of(page, "processes in the list", "an empty list", "the service lost everything that was deployed")
        return
    for name in missed:
        cause = "it was undeployed, or the service lost what was deployed"
        yield of(page, f"process {name} in the list", only(len(found)), cause, name)


@rule(
    "processing.process.differs",
    MINOR,
    origin=_ROBOT,
    remedy="Compare the application package that was deployed with the one that is declared",
)
def as_declared(page: Resource, world: World, process: str, declared: Mapping[str, str]) -> Said:
    """A process describes itself with the id, the version, the inputs and the outputs that are declared of it."""
    document = yield from read(page, world, status=(200, 404))
    if document is None:
        return
    if page.get("status") == 404:  # that it is not there is said of the list, where one cause has one finding
        of_list = page.name.replace(f"/processes/{process}", "/processes", 1)
        yield of(page, f"process {process}", "status 404", "it was undeployed", process, offered.id, of_list)
        return
    if document.get("id") != process:
        yield of(page, f"id {process}", f"id {document.get('id')}", "", "id")
    version = declared.get("version", "")
    if version and str(document.get("version", "")) != version:
        yield of(page, f"version {version}", f"version {document.get('version')}", "another release", "version")
    for side in ("inputs", "outputs"):
        names = _names(document.get(side))
        wanted = {name.strip() for name in declared.get(side, "").split(",") if name.strip()}
        for name in sorted(wanted - names):
            yield of(page, f"{side[:-1]} {name}", "none of that name", "another release", f"{side}.{name}")


def _names(there: Any) -> set[str]:
    """Of inputs or outputs: a mapping by name, or (older servers) a list with ids."""
    if isinstance(there, Mapping):
        return set(there)
    listed = there if isinstance(there, list) else ()
    return {str(each.get("id")) for each in listed if isinstance(each, Mapping)}


def _has_links(document: Page) -> bool:
    return isinstance(document.get("links"), list)


def _leads(link: Mapping[str, Any], name: str, end: str) -> bool:
    relation, target = str(link.get("rel", "")), str(link.get("href", "")).partition("?")[0].rstrip("/")
    return relation.rpartition("/")[2] == name or target.endswith(end)
