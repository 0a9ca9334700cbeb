"""What the catalogue holds is not what was registered."""

from __future__ import annotations

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.services.pycsw_records import KNOWN

_ONLY = ("-m", "catalogue")
_ELSEWHERE = "POLYGON((100 60, 100 61, 101 61, 101 60, 100 60))"
_ACCEPTANCE = "within 37,13.9,37.9,15.1 from 2021-04-02T00:00:00Z to 2021-04-03T00:00:00Z at most 20 % clouds"


def _everything(bed: Bed) -> str:
    """Links as pycsw stores them, to the services themselves."""
    home = bed.gateway.host_url("data-access")
    return "^".join(f"{kind},{kind},OGC:{kind},{home}/ows?service={kind}" for kind in ("WMS", "WCS"))


FAULTS = [
    Fault(
        "catalogue-emptied",
        platform="eoepca",
        breaks="the catalogue's database is empty",
        apply=lambda bed: bed.service("pycsw").remove(),
        expect=[("catalogue.repository.empty", "${catalogue}")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-product-gone",
        platform="eoepca",
        breaks="a product that was registered is no longer in the catalogue",
        apply=lambda bed: bed.service("pycsw").remove("identifier = ?", KNOWN),
        expect=[("catalogue.record.missing", f"${{catalogue}} {KNOWN}")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-collection-emptied",
        platform="eoepca",
        breaks="a collection has lost most of its products",
        apply=lambda bed: bed.service("pycsw").remove("parentidentifier = ? AND cloudcover > 10", "S2MSI2A"),
        expect=[("catalogue.records.missing", "${catalogue} collection S2MSI2A")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-collection-gone",
        platform="eoepca",
        breaks="the record of a collection is gone; its products are there",
        apply=lambda bed: bed.service("pycsw").remove("identifier = ?", "S2MSI2A"),
        expect=[("catalogue.record.missing", "${catalogue} S2MSI2A")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-title-differs",
        platform="eoepca",
        breaks="a product was registered under another title than its identifier",
        apply=lambda bed: bed.service("pycsw").alter(KNOWN, "title", "an untitled product"),
        expect=[("catalogue.record.missing", f"${{catalogue}} {KNOWN}")],
        args=_ONLY,
    ),
    Fault(
        "catalogue-link-without-identifier",
        platform="eoepca",
        breaks="the links of a product lead to the maps and coverages of all products",
        apply=lambda bed: bed.service("pycsw").alter(KNOWN, "links", _everything(bed)),
        expect=[("catalogue.link.missing", f"${{catalogue}} {KNOWN}")] * 2,
        args=_ONLY,
    ),
    Fault(
        "catalogue-link-gone",
        platform="eoepca",
        breaks="a product was registered without links",
        apply=lambda bed: bed.service("pycsw").alter(KNOWN, "links", ""),
        expect=[("catalogue.link.missing", f"${{catalogue}} {KNOWN}")] * 2,
        args=_ONLY,
    ),
    Fault(
        "catalogue-search-misses-product",
        platform="eoepca",
        breaks="the index of the catalogue has another extent for a product than its record",
        apply=lambda bed: bed.service("pycsw").alter(KNOWN, "wkt_geometry", _ELSEWHERE),
        expect=[("catalogue.search.incomplete", f"${{catalogue}} {_ACCEPTANCE} {KNOWN}")],
        args=_ONLY,
    ),
]
