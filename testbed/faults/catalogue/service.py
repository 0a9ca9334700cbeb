"""The catalogue answers, but not as it is used."""

from __future__ import annotations

from testbed.fault import Fault
from testbed.services.pycsw_records import KNOWN

_ONLY = ("-m", "catalogue")

FAULTS = [
    Fault(
        "catalogue-operation-off",
        platform="eoepca",
        breaks="an operation of the catalogue is switched off",
        apply=lambda bed: bed.service("pycsw").behave(without=["DescribeRecord"]),
        expect=[("catalogue.operation.missing", "${catalogue}/csw CSW 2.0.2 DescribeRecord")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-transactions-on",
        platform="eoepca",
        breaks="the catalogue lets others write",
        apply=lambda bed: bed.service("pycsw").behave(transactions=True),
        expect=[("catalogue.operation.writable", "${catalogue}/csw")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-without-csw3",
        platform="eoepca",
        breaks="the catalogue is an older server that knows CSW 2.0.2 only",
        apply=lambda bed: bed.service("pycsw").behave(version="2.0.2"),
        expect=[("catalogue.version.missing", "${catalogue}/csw CSW 3.0.0")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-says-another-address",
        platform="eoepca",
        breaks="the catalogue tells its clients an address inside the cluster: nor can they open what a search found",
        apply=lambda bed: bed.service("pycsw").behave(address="http://127.0.0.1:1/csw"),
        expect=[("catalogue.operation.elsewhere", "${catalogue}/csw")],
        unknowns=[
            ("unreadable", "GET ${catalogue}/opensearch count=10 eo:cloudCover=]20"),
            ("unreadable", "GET ${catalogue}/opensearch count=10 eo:parentIdentifier=S2MSI2A"),
        ],
        args=_ONLY,
    ),
    Fault(
        "catalogue-database-gone",
        platform="eoepca",
        breaks="the catalogue does not find its table: an ExceptionReport with status 200 for whatever is asked",
        apply=lambda bed: bed.service("pycsw").behave(table="gone", exceptions="200"),
        expect=[("catalogue.answer.refused", "${catalogue}")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-opensearch-without-searches",
        platform="eoepca",
        breaks="the OpenSearch description describes no search",
        apply=lambda bed: bed.service("pycsw").behave(opensearch="without"),
        expect=[("catalogue.opensearch.template", "${catalogue}/opensearch")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-maps-of-another-product",
        platform="eoepca",
        breaks="the map service shows another product than the one in the link",
        apply=lambda bed: bed.service("pycsw").behave(layers="S2B_ANOTHER_PRODUCT"),
        expect=[("catalogue.layer.foreign", f"${{data-access}}/ows {KNOWN}")],
        args=_ONLY,
    ),
]
