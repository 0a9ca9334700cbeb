"""What stands in front of the catalogue: one finding each, of its host or of its address, and in time."""

from __future__ import annotations

from testbed.fault import Fault

_ONLY = ("-m", "catalogue")
_HOST = "${catalogue}"

FAULTS = [
    Fault(
        "catalogue-down",
        platform="eoepca",
        breaks="nothing listens where the catalogue should be",
        apply=lambda bed: bed.gateway.misbehave("catalogue", "refuse"),
        expect=[("web.endpoint.unreachable", _HOST)],
        args=_ONLY,
    ),
    Fault(
        "catalogue-backend-gone",
        platform="eoepca",
        breaks="the catalogue's process has ended; its ingress answers 502",
        apply=lambda bed: bed.stop("pycsw"),
        expect=[("web.endpoint.status", _HOST)],
        args=_ONLY,
    ),
    Fault(
        "catalogue-opensearch-fails",
        platform="eoepca",
        breaks="one address of the catalogue answers 500; the others answer",
        apply=lambda bed: bed.service("pycsw").behave(fails="/opensearch"),
        expect=[("web.endpoint.status", f"{_HOST}/opensearch")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-behind-login",
        platform="eoepca",
        breaks="a login page answers for the catalogue, with status 200",
        apply=lambda bed: bed.gateway.misbehave("catalogue", "html"),
        expect=[("web.endpoint.content-type", _HOST)],
        args=_ONLY,
    ),
    Fault(
        "catalogue-redirects-to-login",
        platform="eoepca",
        breaks="the catalogue redirects to a login page",
        apply=lambda bed: bed.gateway.misbehave("catalogue", "redirect"),
        expect=[("web.endpoint.status", _HOST)],
        args=_ONLY,
    ),
    Fault(
        "catalogue-slow",
        platform="eoepca",
        breaks="the catalogue sends a byte a second",
        apply=lambda bed: bed.gateway.misbehave("catalogue", "slow"),
        expect=[("web.endpoint.silent", _HOST)],
        args=_ONLY,
    ),
    Fault(
        "catalogue-garbage",
        platform="eoepca",
        breaks="the catalogue's answers are no whole XML",
        apply=lambda bed: bed.gateway.misbehave("catalogue", "garbage"),
        expect=[
            ("web.endpoint.content", "GET ${catalogue}/csw"),
            ("web.endpoint.content", "GET ${catalogue}/opensearch"),
        ],
        args=("-m", "catalogue and acceptance"),
    ),
    Fault(
        "data-access-down",
        platform="eoepca",
        breaks="nothing listens where the maps of a product should be",
        apply=lambda bed: bed.gateway.misbehave("data-access", "refuse"),
        expect=[("web.endpoint.unreachable", "${data-access}")],
        args=_ONLY,
    ),
]
