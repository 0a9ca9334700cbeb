"""The catalogue answers in the right form what is not right."""

from __future__ import annotations

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.services.pycsw_records import KNOWN

_ONLY = ("-m", "catalogue")
_ACCEPTANCE = "within 37,13.9,37.9,15.1 from 2021-04-02T00:00:00Z to 2021-04-03T00:00:00Z at most 20 % clouds"
_OPENSEARCH = "GET ${catalogue}/opensearch count=10"
_ITEMS = "${catalogue}/collections/metadata:main/items"


def _sends(bed: Bed, old: str, new: str) -> None:
    bed.service("pycsw").behave(instead={old: new})


def _rewrite(bed: Bed, old: str, new: str) -> None:
    bed.service("pycsw").run("UPDATE records SET xml = replace(xml, ?, ?) WHERE identifier = ?", old, new, KNOWN)


FAULTS = [
    Fault(
        "catalogue-without-title",
        platform="eoepca",
        breaks="the catalogue does not say what it is",
        apply=lambda bed: _sends(bed, "<ows:Title>EOEPCA Resource Catalogue</ows:Title>", ""),
        expect=[("catalogue.service.unidentified", "${catalogue}/csw")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-constraint-gone",
        platform="eoepca",
        breaks="the ISO queryables are not offered any more",
        apply=lambda bed: _sends(bed, 'name="SupportedISOQueryables"', 'name="SupportedQueryables"'),
        expect=[
            ("catalogue.operation.missing", f"${{catalogue}}/csw CSW {each} GetRecords") for each in ("2.0.2", "3.0.0")
        ],
        args=_ONLY,
    ),
    Fault(
        "catalogue-pages-skip-a-record",
        platform="eoepca",
        breaks="a record falls between two pages",
        apply=lambda bed: _sends(bed, 'nextRecord="11"', 'nextRecord="12"'),
        expect=[("catalogue.paging.incoherent", f"${{catalogue}} CSW {each}") for each in ("2.0.2", "3.0.0")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-search-finds-clouds",
        platform="eoepca",
        breaks="a search for few clouds returns a product that is full of them",
        apply=lambda bed: _rewrite(bed, "<gco:Real>7.5<", "<gco:Real>75<"),
        expect=[
            ("catalogue.search.unfiltered", f"${{catalogue}} {_ACCEPTANCE}"),
            ("catalogue.search.unfiltered", f"{_OPENSEARCH} eo:cloudCover=]20"),
        ],
        args=("-m", "catalogue and acceptance"),
    ),
    Fault(
        "catalogue-record-not-iso",
        platform="eoepca",
        breaks="a record is no ISO document: it does not even say how cloudy it is",
        apply=lambda bed: _rewrite(bed, "gmd:MD_Metadata", "gmd:Metadata"),
        expect=[("catalogue.record.unreadable", f"${{catalogue}} {each}") for each in ("all records", _ACCEPTANCE)],
        unknowns=[("unreadable", f"{_OPENSEARCH} eo:cloudCover=]20")],
        args=("-m", "catalogue and acceptance"),
    ),
    Fault(
        "catalogue-opensearch-finds-nothing",
        platform="eoepca",
        breaks="OpenSearch finds nothing by the parameters for Earth observation",
        apply=lambda bed: bed.service("pycsw").behave(opensearch="nothing"),
        expect=[
            ("catalogue.opensearch.results", f"{_OPENSEARCH} eo:cloudCover=]20"),
            ("catalogue.opensearch.results", f"{_OPENSEARCH} eo:parentIdentifier=S2MSI2A"),
        ],
        args=_ONLY,
    ),
    Fault(
        "catalogue-opensearch-ignores-filters",
        platform="eoepca",
        breaks="OpenSearch no longer knows the parameters for Earth observation and leaves them out: some of what it"
        " finds does not even say how cloudy it is",
        apply=lambda bed: bed.service("pycsw").behave(opensearch="everything"),
        expect=[("catalogue.search.unfiltered", f"{_OPENSEARCH} eo:parentIdentifier=S2MSI2A")],
        unknowns=[("unreadable", f"{_OPENSEARCH} eo:cloudCover=]20")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-api-link-gone",
        platform="eoepca",
        breaks="the landing page of the records API does not lead to its collections",
        apply=lambda bed: _sends(bed, '"rel":"data"', '"rel":"other"'),
        expect=[("catalogue.api.link", "${catalogue}/ data")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-api-no-records-api",
        platform="eoepca",
        breaks="the API no longer conforms to OGC API Records",
        apply=lambda bed: _sends(bed, "ogcapi-records-1/1.0/conf/core", "ogcapi-features-1/1.0/conf/core"),
        expect=[("catalogue.api.conformance", "${catalogue}/conformance")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-api-counts-nothing",
        platform="eoepca",
        breaks="the records API does not say how many records there are",
        apply=lambda bed: _sends(bed, '"numberMatched"', '"matched"'),
        expect=[("catalogue.api.records", _ITEMS)],
        args=_ONLY,
    ),
    Fault(
        "catalogue-api-another-record",
        platform="eoepca",
        breaks="the records API gives another record than the one asked for",
        apply=lambda bed: _sends(bed, f'"id":"{KNOWN}"', '"id":"another"'),
        expect=[("catalogue.api.record", f"{_ITEMS}/{KNOWN}")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-api-no-stac",
        platform="eoepca",
        breaks="what answers as the STAC landing page is no STAC catalogue",
        apply=lambda bed: _sends(bed, '"stac_version"', '"version"'),
        expect=[("catalogue.api.stac", "${catalogue}/stac")],
        args=_ONLY,
    ),
]
