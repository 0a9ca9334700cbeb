"""Jobs of a processing service: none may run for ever."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from holdfast.checks.processing.service import of, read
from holdfast.checks.web import reach
from holdfast.model import MAJOR, Resource, Said, World, rule
from holdfast.model.resource import parse_time

_AT_WORK = frozenset({"accepted", "running"})


@rule(
    "processing.job.stuck",
    MAJOR,
    origin="issue C §5: jobs; OGC API Processes Part 1 §7.12 (job list)",
    remedy="Look at the pods of the job's namespace; dismiss the job (DELETE /jobs/ID) when nobody waits for it",
)
def ended(page: Resource, world: World, limit: timedelta) -> Said:
    """No job of the processing service is accepted or running for longer than a job may take."""
    document = yield from read(page, world)
    if document is None:
        return
    jobs = document.get("jobs")
    if not isinstance(jobs, list):
        yield reach.unreadable(page, "jobs: a list", "there is no such list")
        return
    for job in (each for each in jobs if isinstance(each, Mapping)):
        began = next((at for key in ("started", "created", "updated") if (at := parse_time(job.get(key)))), None)
        if job.get("status") in _AT_WORK and began is not None and world.now - began > limit:
            name = str(job.get("jobID") or job.get("id") or "?")
            lasting = f"{job.get('status')} since {began:%Y-%m-%d %H:%M} UTC"
            expected = f"ended within {limit}"
            yield of(page, expected, lasting, "its workflow hangs, or its pods are gone", subject=f"job {name}")
