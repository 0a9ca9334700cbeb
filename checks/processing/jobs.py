"""Jobs of a processing service: none may run for ever."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from holdfast.checks.flux.timing import spell
from holdfast.checks.processing.pages import ask, entries, title, unread
from holdfast.checks.web import reach
from holdfast.model import MAJOR, Deviation, Remedy, Resource, Said, UnknownCode, Unobservable, World, rule
from holdfast.model.resource import parse_time

_AT_WORK = frozenset({"accepted", "running"})
_ENDED = frozenset({"successful", "failed", "dismissed"})
_BEGAN = ("started", "created", "updated")


@rule(
    "processing.job.stuck",
    MAJOR,
    origin="issue C §5: jobs; OGC API Processes Part 1 §7.12 (job list)",
    remedy="Look at the pods of the job's namespace; dismiss the job (DELETE /jobs/ID) when nobody waits for it",
)
def ended(page: Resource, world: World, limit: timedelta) -> Said:
    """No job of the processing service is accepted or running for longer than a job may take, on any page of its list.

    A job that says neither that it has ended nor since when it is at work is unknown, and so is what is on pages that
    could not be read.
    """
    listed = yield from entries(page, world, "jobs")
    if listed is None:
        return
    if listed.cut:
        yield unread(page, listed.cut)
    for job in listed.found:
        if said := _judged(job, page, world, limit):
            yield said


def _judged(job: Mapping[str, Any], page: Resource, world: World, limit: timedelta) -> Deviation | Unobservable | None:
    status = str(job.get("status") or "").lower()
    if status in _ENDED or (status not in _AT_WORK and parse_time(job.get("finished"))):
        return None
    named = f"job {job.get('jobID') or job.get('id') or '?'}"
    if status not in _AT_WORK:
        return _untold(page, named, f"its status is {status or 'not told'}: whether it is at work cannot be known")
    began = next((at for key in _BEGAN if (at := parse_time(job.get(key)))), None)
    if began is None:
        return _untold(page, named, f"it is {status}, and tells no time of it (none of {', '.join(_BEGAN)})")
    if world.now - began <= limit:
        return None
    lasting = f"{status} since {began:%Y-%m-%d %H:%M} UTC"
    due, why = f"an end within {spell(limit)}", "its workflow hangs, or its pods are gone"
    return Deviation(None, due, lasting, why, (_ask(job, page),), named, summary=title(named, lasting, due))


def _ask(job: Mapping[str, Any], page: Resource) -> Remedy:
    """About the job itself where it has an id, else about all of them."""
    name = job.get("jobID") or job.get("id")
    return ask(page, f"{reach.address(page)}/{quote(str(name), safe='')}" if name else "")


def _untold(page: Resource, named: str, detail: str) -> Unobservable:
    """Nothing says how long it has been at work."""
    look = f"look at the job and its pods: {ask(page).command}"
    return Unobservable(UnknownCode.UNREADABLE, named, detail, look)
