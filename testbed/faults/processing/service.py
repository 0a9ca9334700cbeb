"""The processing service does not offer what it should, or somebody's job hangs."""

from __future__ import annotations

from testbed.bed import Bed
from testbed.fault import Fault

_ONLY = ("-m", "processing")
_LIST = "GET ${ades}/eric/wps3/processes as the owner"
_WPS = "GET ${ades}/eric/zoo/?service=WPS"
_JOBS = "GET ${ades}/eric/wps3/jobs as the owner"
_JOB = "0b6c4f0e-7d0a-4c8e-9f5e-3a8f0d6b7c21"
_AGES_AGO = "2024-01-01T00:00:00Z"


def stuck_on_a_later_page(bed: Bed) -> None:
    """What the owner counts on is on the second page of processes by now, and is no finding."""
    bed.service("ades").behave(page=1)
    for number in range(3):
        bed.service("ades").add_job(f"{number}", process="snuggs-0_3_0", status="successful", created=_AGES_AGO)
    bed.service("ades").add_job(_JOB, process="snuggs-0_3_0", status="running", created=_AGES_AGO)


def pages_lead_away(bed: Bed) -> None:
    bed.service("ades").behave(page=1, next="elsewhere")
    for number in range(2):
        bed.service("ades").add_job(f"{number}", process="snuggs-0_3_0", status="successful", created=_AGES_AGO)


FAULTS = [
    Fault(
        "processing-process-undeployed",
        platform="eoepca",
        breaks="a process users count on was undeployed",
        apply=lambda bed: bed.service("ades").forget("snuggs-0_3_0"),
        expect=[("processing.process.missing", _LIST)],
        args=_ONLY,
    ),
    Fault(
        "processing-list-emptied",
        platform="eoepca",
        breaks="the ADES has lost everything that was deployed",
        apply=lambda bed: bed.service("ades").behave(list="empty"),
        expect=[("processing.process.missing", _LIST)],
        args=_ONLY,
    ),
    Fault(
        "processing-landing-page-bare",
        platform="eoepca",
        breaks="the landing page leads nowhere any more",
        apply=lambda bed: bed.service("ades").behave(links="none"),
        expect=[("processing.service.incomplete", "GET ${ades}/eric/wps3/ as the owner")],
        args=_ONLY,
    ),
    Fault(
        "processing-class-gone",
        platform="eoepca",
        breaks="after an update jobs cannot be dismissed any more",
        apply=lambda bed: bed.service("ades").behave(without="dismiss"),
        expect=[("processing.conformance.missing", "GET ${ades}/eric/wps3/conformance as the owner")],
        args=_ONLY,
    ),
    Fault(
        "processing-process-of-another-version",
        platform="eoepca",
        breaks="somebody has deployed an older package under the same name",
        apply=lambda bed: bed.service("ades").change("snuggs-0_3_0", version="0.2.9"),
        expect=[("processing.process.differs", f"{_LIST.replace(' as', '/snuggs-0_3_0 as')}")],
        args=_ONLY,
    ),
    Fault(
        "processing-wps-exception",
        platform="eoepca",
        breaks="the WPS answers with an exception, and status 200",
        apply=lambda bed: bed.service("ades").behave(wps="exception"),
        expect=[
            ("web.endpoint.content", f"{_WPS}&version=1.0.0&request=GetCapabilities as the owner"),
            ("web.endpoint.content", f"{_WPS}&AcceptVersions=2.0.0&request=GetCapabilities as the owner"),
        ],
        args=_ONLY,
    ),
    Fault(
        "processing-job-stuck",
        platform="eoepca",
        breaks="a job has been running for years",
        apply=lambda bed: bed.service("ades").add_job(
            _JOB, process="snuggs-0_3_0", status="running", created=_AGES_AGO
        ),
        expect=[("processing.job.stuck", f"job {_JOB}")],
        args=_ONLY,
    ),
    Fault(
        "processing-job-stuck-on-a-later-page",
        platform="eoepca",
        breaks="the same, on the fourth page of jobs; processes come in pages, too, and none is missing",
        apply=stuck_on_a_later_page,
        expect=[("processing.job.stuck", f"job {_JOB}")],
        args=_ONLY,
    ),
    Fault(
        "processing-pages-lead-away",
        platform="eoepca",
        breaks="the links to the next page lead to another server: what is there is unknown, not fine and not missing",
        apply=pages_lead_away,
        unknowns=[("unreadable", f"pages of {_LIST}"), ("unreadable", f"pages of {_JOBS}")],
        args=_ONLY,
    ),
    Fault(
        "processing-job-timeless",
        platform="eoepca",
        breaks="a job is running and the list says not since when: whether it hangs is unknown",
        apply=lambda bed: bed.service("ades").add_job(_JOB, process="snuggs-0_3_0", status="running"),
        unknowns=[("unreadable", f"job {_JOB}")],
        args=_ONLY,
    ),
    Fault(
        "processing-login-page",
        platform="eoepca",
        breaks="the processing service sends everybody to a login page",
        apply=lambda bed: bed.gateway.misbehave("processing", "redirect"),
        expect=[("web.endpoint.status", "${processing}")],
        args=_ONLY,
    ),
]
