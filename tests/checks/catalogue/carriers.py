"""Carriers as the senses make them of a healthy catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast.fixtures.observed import carrier
from holdfast.model import Resource, World
from tests.checks.world import FixedWorld

HOST = "https://catalogue.example"
KNOWN = "S2B_MSIL1C_20210402T095029_N0300_R079_T33SUA_20210402T121737.SAFE"
WORLD: World = FixedWorld()
OPERATIONS = ("GetCapabilities", "DescribeRecord", "GetDomain", "GetRecords", "GetRecordById", "GetRepositoryItem")


def csw(found: Any, version: str = "2.0.2", **more: Any) -> Resource:
    """What a question by CSW brought."""
    url = f"{HOST}/csw?service=CSW&version={version}&request=GetCapabilities"
    answered = {"stage": "done", "status": 200, "headers": {"content-type": "application/xml"}, "size": 100}
    told = {"url": url, **answered, "version": version, "speaks": version, "csw": found, **more}
    return carrier("csw", f"CSW {version} {HOST}/csw", told)


def capabilities(*names: str, url: str = f"{HOST}/csw", silent: Iterable[str] = ()) -> Resource:
    """Capabilities with these operations."""
    operations = [{"name": name, "constraints": ["SupportedISOQueryables"], "urls": [url]} for name in names]
    return csw({"title": "Catalogue", "type": "CSW", "operations": operations, "silent": list(silent)})


def product(identifier: str = KNOWN, **more: Any) -> dict[str, Any]:
    """A record as a search returns it."""
    return {
        "id": identifier,
        "parent": "S2MSI1C",
        "box": ["36.9", "13.7", "37.9", "15.0"],
        "begin": "2021-04-02T09:50:29Z",
        "end": "2021-04-02T09:50:54Z",
        "clouds": "7.5",
        **more,
    }


def said(words: Iterable[Any]) -> list[tuple[str, str]]:
    """Rule (where it is another than the check's own) and subject of each deviation."""
    return [(each.rule, each.subject) for each in words]
