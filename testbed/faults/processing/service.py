"""The processing service does not offer what it should, or somebody's job hangs."""

from __future__ import annotations

from testbed.fault import Fault

_ONLY = ("-m", "processing")
_LIST = "GET ${ades}/eric/wps3/processes as the owner"
_WPS = "GET ${ades}/eric/zoo/?service=WPS"
_JOB = "0b6c4f0e-7d0a-4c8e-9f5e-3a8f0d6b7c21"

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
            _JOB, process="snuggs-0_3_0", status="running", created="2024-01-01T00:00:00Z"
        ),
        expect=[("processing.job.stuck", f"job {_JOB}")],
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
