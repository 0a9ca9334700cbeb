"""What a search of the catalogue asks for, and whether a record is what was asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from holdfast.model import parse_time

COLUMNS = ("collection?", "bbox?", "from?", "to?", "max cloud?")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Search:
    """A search; what is left empty is not asked for."""

    collection: str = ""
    """Identifier of the collection: the parent of its products."""
    box: tuple[float, ...] = ()
    """South, west, north, east in degrees: the order of EPSG:4326."""
    begin: str = ""
    """The product begins at this time or later; RFC 3339."""
    end: str = ""
    clouds: float | None = None
    """Per cent of cloud cover, at most."""

    @classmethod
    def of(cls, cells: Mapping[str, str]) -> Search:
        """From the cells of a row.

        Raises:
            ValueError: a box, a time or a number is none.
        """
        box = tuple(float(each) for each in _NUMBER.findall(cells.get("bbox", "")))
        if cells.get("bbox") and (len(box) != 4 or box[0] > box[2]):
            raise ValueError(f"bbox: {cells['bbox']!r} is not 'south west north east' in degrees")
        for column in ("from", "to"):
            if cells.get(column) and parse_time(cells[column]) is None:
                raise ValueError(f"{column}: {cells[column]!r} is no time (like 2021-04-02T00:00:00Z)")
        clouds = float(cells["max cloud"]) if cells.get("max cloud") else None
        return cls(cells.get("collection", ""), box, cells.get("from", ""), cells.get("to", ""), clouds)

    def __str__(self) -> str:
        """As a report names it."""
        south, west, north, east = (f"{each:g}" for each in self.box) if self.box else ("",) * 4
        said = (
            self.collection and f"collection {self.collection}",
            self.box and f"within {south},{west},{north},{east}",
            self.begin and f"from {self.begin}",
            self.end and f"to {self.end}",
            self.clouds is not None and f"at most {self.clouds:g} % clouds",
        )
        return " ".join(each for each in said if each) or "all records"

    @property
    def cql(self) -> str:
        """As a person asks it in an address."""
        said = (
            self.collection and f"apiso:ParentIdentifier = '{self.collection}'",
            self.box and f"BBOX(ows:BoundingBox, {', '.join(f'{each:g}' for each in self.box)})",
            self.begin and f"apiso:TempExtent_begin >= '{self.begin}'",
            self.end and f"apiso:TempExtent_end <= '{self.end}'",
            self.clouds is not None and f"apiso:CloudCover <= {self.clouds:g}",
        )
        return " and ".join(each for each in said if each)

    def misses(self, record: Mapping[str, Any], *, whole: bool = True) -> list[str]:
        """Why a record does not match, a clause each; [] when it does.

        Args:
            whole: it is all there is of the record, and its time has to lie within the one asked for, as a filter of
                CSW says it; else it is an entry of a feed, and it is enough that they overlap, as OpenSearch has it.

        Raises:
            ValueError: the record does not say what the search asks for.
        """
        said = []
        if self.collection and not whole and record.get("parent") is None:  # an entry of a feed may keep it to itself
            raise ValueError("a collection")
        if self.collection and record.get("parent") != self.collection:
            said.append(f"it is of collection {record.get('parent') or '?'}")
        if self.box and not _overlap(self.box, _numbers(record, "box", 4)):
            said.append("it lies elsewhere")
        first, last = ("begin", "end") if whole else ("end", "begin")
        if self.begin and _moment(record, first) < _time(self.begin):
            said.append(f"it {first}s at {record[first]}")
        if self.end and _moment(record, last) > _time(self.end):
            said.append(f"it {last}s at {record[last]}")
        if self.clouds is not None and _numbers(record, "clouds", 1)[0] > self.clouds:
            said.append(f"it has {record['clouds']} % clouds")
        return said


def _overlap(wanted: tuple[float, ...], found: list[float]) -> bool:
    south, west, north, east = wanted
    return found[0] <= north and found[2] >= south and found[1] <= east and found[3] >= west


def _numbers(record: Mapping[str, Any], key: str, count: int) -> list[float]:
    found = record.get(key)
    try:
        numbers = [float(str(each)) for each in (found if isinstance(found, list) else [found])]
    except (TypeError, ValueError):
        numbers = []
    if len(numbers) != count or any(each != each for each in numbers):
        raise ValueError({"box": "a bounding box", "clouds": "a cloud cover"}[key])
    return numbers


def _moment(record: Mapping[str, Any], key: str) -> float:
    return _time(str(record.get(key) or ""))


def _time(text: str) -> float:
    found = parse_time(text)
    if found is None:
        raise ValueError("a time")
    return found.timestamp()
