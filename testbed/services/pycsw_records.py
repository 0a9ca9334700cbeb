"""What the resource catalogue of the testbed holds: synthetic records as the registrar of EOEPCA writes them.

Three collections and their products as ISO 19139 (gmd) documents with bounding box, time, cloud cover and WMS and WCS
links; one product is the one the platform's own acceptance tests look for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote
from xml.sax.saxutils import escape

KNOWN = "S2B_MSIL1C_20210402T095029_N0300_R079_T33SUA_20210402T121737.SAFE"
"""The product of the acceptance tests: over Sicily, on the second of April 2021, with few clouds."""
COLLECTIONS = {
    "S2MSI1C": "Sentinel-2 MSI level 1C",
    "S2MSI2A": "Sentinel-2 MSI level 2A",
    "L8MSI1TP": "Landsat 8 level 1TP",
}
_BEGUN = datetime.fromisoformat("2021-03-03T09:50:29")


@dataclass(frozen=True)
class Record:
    """One record; `box` is west, south, east, north in degrees, `clouds` is per cent."""

    identifier: str
    title: str
    level: str
    parent: str = ""
    box: tuple[float, float, float, float] = (-180.0, -90.0, 180.0, 90.0)
    begin: str = "2013-01-01T00:00:00Z"
    end: str = "2030-01-01T00:00:00Z"
    clouds: float | None = None
    links: tuple[tuple[str, str, str], ...] = ()
    """(protocol, name, address)"""

    def gmd(self) -> str:
        """The record as an ISO 19139 document."""
        west, south, east, north = self.box
        return (
            '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco"'
            ' xmlns:gml="http://www.opengis.net/gml" xmlns:xlink="http://www.w3.org/1999/xlink">'
            f"<gmd:fileIdentifier>{_text(self.identifier)}</gmd:fileIdentifier>"
            f"<gmd:language>{_text('en')}</gmd:language>"
            + (f"<gmd:parentIdentifier>{_text(self.parent)}</gmd:parentIdentifier>" if self.parent else "")
            + f"<gmd:hierarchyLevel>{_code('gmd:MD_ScopeCode', self.level)}</gmd:hierarchyLevel>"
            "<gmd:contact><gmd:CI_ResponsibleParty>"
            f"<gmd:organisationName>{_text('ESA')}</gmd:organisationName>"
            f"<gmd:role>{_code('gmd:CI_RoleCode', 'pointOfContact')}</gmd:role>"
            "</gmd:CI_ResponsibleParty></gmd:contact>"
            f"<gmd:dateStamp><gco:DateTime>{self.begin}</gco:DateTime></gmd:dateStamp>"
            "<gmd:identificationInfo><gmd:MD_DataIdentification>"
            f"<gmd:citation><gmd:CI_Citation><gmd:title>{_text(self.title)}</gmd:title>"
            "<gmd:date><gmd:CI_Date>"
            f"<gmd:date><gco:Date>{self.begin[:10]}</gco:Date></gmd:date>"
            f"<gmd:dateType>{_code('gmd:CI_DateTypeCode', 'creation')}</gmd:dateType>"
            "</gmd:CI_Date></gmd:date></gmd:CI_Citation></gmd:citation>"
            f"<gmd:abstract>{_text(f'{self.title}, as registered')}</gmd:abstract>"
            f"<gmd:language>{_text('en')}</gmd:language>"
            "<gmd:extent><gmd:EX_Extent>"
            "<gmd:geographicElement><gmd:EX_GeographicBoundingBox>"
            f"<gmd:westBoundLongitude><gco:Decimal>{west}</gco:Decimal></gmd:westBoundLongitude>"
            f"<gmd:eastBoundLongitude><gco:Decimal>{east}</gco:Decimal></gmd:eastBoundLongitude>"
            f"<gmd:southBoundLatitude><gco:Decimal>{south}</gco:Decimal></gmd:southBoundLatitude>"
            f"<gmd:northBoundLatitude><gco:Decimal>{north}</gco:Decimal></gmd:northBoundLatitude>"
            "</gmd:EX_GeographicBoundingBox></gmd:geographicElement>"
            "<gmd:temporalElement><gmd:EX_TemporalExtent><gmd:extent>"
            f'<gml:TimePeriod gml:id="T1"><gml:beginPosition>{self.begin}</gml:beginPosition>'
            f"<gml:endPosition>{self.end}</gml:endPosition></gml:TimePeriod>"
            "</gmd:extent></gmd:EX_TemporalExtent></gmd:temporalElement>"
            "</gmd:EX_Extent></gmd:extent>"
            "</gmd:MD_DataIdentification></gmd:identificationInfo>"
            f"{self._content()}{self._distribution()}"
            "</gmd:MD_Metadata>"
        )

    def _content(self) -> str:
        if self.clouds is None:
            return ""
        return (
            "<gmd:contentInfo><gmd:MD_ImageDescription>"
            f"<gmd:contentType>{_code('gmd:MD_CoverageContentTypeCode', 'image')}</gmd:contentType>"
            f"<gmd:cloudCoverPercentage><gco:Real>{self.clouds}</gco:Real></gmd:cloudCoverPercentage>"
            "</gmd:MD_ImageDescription></gmd:contentInfo>"
        )

    def _distribution(self) -> str:
        resources = "".join(
            "<gmd:onLine><gmd:CI_OnlineResource>"
            f"<gmd:linkage><gmd:URL>{escape(address)}</gmd:URL></gmd:linkage>"
            f"<gmd:protocol>{_text(protocol)}</gmd:protocol><gmd:name>{_text(name)}</gmd:name>"
            "</gmd:CI_OnlineResource></gmd:onLine>"
            for protocol, name, address in self.links
        )
        if not resources:
            return ""
        return (
            "<gmd:distributionInfo><gmd:MD_Distribution><gmd:transferOptions><gmd:MD_DigitalTransferOptions>"
            f"{resources}</gmd:MD_DigitalTransferOptions></gmd:transferOptions></gmd:MD_Distribution>"
            "</gmd:distributionInfo>"
        )


def records(data_access: str) -> Iterator[Record]:
    """Everything the healthy catalogue holds.

    Args:
        data_access: where the maps and coverages of the products are served.
    """
    for identifier, title in COLLECTIONS.items():
        yield Record(identifier, title, "series")
    yield _product(KNOWN, "S2MSI1C", data_access, _BEGUN + timedelta(days=30), (13.7, 36.9, 15.0, 37.9), 7.5)
    for number in range(2):  # the same place, on other days
        when = _BEGUN + timedelta(days=10 + 10 * number)
        box = (13.8, 37.0, 15.1, 38.0)
        yield _product(_name("S2B_MSIL1C", when, "T33SVB"), "S2MSI1C", data_access, when, box, 3.0 + number)
    for number in range(21):
        when = _BEGUN + timedelta(days=2 * number)
        box = (10.0 + number % 6, 40.0 + number % 4, 11.2 + number % 6, 41.0 + number % 4)
        tile = f"T{31 + number % 3}TC{'JKLMNPQR'[number % 8]}"
        yield _product(_name("S2B_MSIL1C", when, tile), "S2MSI1C", data_access, when, box, float(number * 3))
    for number in range(12):
        when = _BEGUN + timedelta(days=3 * number)
        box = (6.0 + number % 5, 44.0 + number % 3, 7.2 + number % 5, 45.0 + number % 3)
        tile = f"T32TL{'JKLMNPQR'[number % 8]}"
        yield _product(_name("S2A_MSIL2A", when, tile), "S2MSI2A", data_access, when, box, float(number * 5))


def _product(
    identifier: str,
    parent: str,
    data_access: str,
    when: datetime,
    box: tuple[float, float, float, float],
    clouds: float,
) -> Record:
    begin, end = f"{when.isoformat()}Z", f"{(when + timedelta(seconds=25)).isoformat()}Z"
    links = tuple(
        (f"OGC:{kind}", f"{kind} of {identifier}", f"{data_access}/ows?service={kind}&cql={_only(identifier)}")
        for kind in ("WMS", "WCS")
    )
    return Record(identifier, identifier, "dataset", parent, box, begin, end, clouds, links)


def _only(identifier: str) -> str:
    return quote(f'identifier="{identifier}"')


def _name(prefix: str, when: datetime, tile: str) -> str:
    stamp = when.strftime("%Y%m%dT%H%M%S")
    done = (when + timedelta(hours=2)).strftime("%Y%m%dT%H%M%S")
    return f"{prefix}_{stamp}_N0300_R079_{tile}_{done}.SAFE"


def _text(text: str) -> str:
    return f"<gco:CharacterString>{escape(text)}</gco:CharacterString>"


def _code(element: str, value: str) -> str:
    lists = "http://www.isotc211.org/2005/resources/Codelist/gmxCodelists.xml"
    name = element.partition(":")[2]
    return f'<{element} codeList="{lists}#{name}" codeListValue="{value}">{value}</{element}>'
