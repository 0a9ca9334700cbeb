"""pycsw's repository in SQLite, filled as the registrar of EOEPCA fills it, and pycsw itself, imported and taught."""

from __future__ import annotations

import re
import sqlite3
import sys
import types
from importlib.metadata import version
from pathlib import Path
from typing import Any

from testbed.services.pycsw_records import Record, records


def import_pycsw() -> tuple[Any, Any]:
    """pycsw's server and admin, its ISO profile taught the queryable of pycsw 3."""
    if "pkg_resources" not in sys.modules:  # pycsw asks it for its own version; newer setuptools have it no more
        stub = types.ModuleType("pkg_resources")
        stub.__dict__["require"] = lambda name: [types.SimpleNamespace(version=version(name))]
        sys.modules["pkg_resources"] = stub
    from pycsw import server
    from pycsw.core import admin
    from pycsw.plugins.profiles.profile import Profile

    plain = Profile.__init__

    def taught(self: Any, *args: Any, repository: Any, **kwargs: Any) -> None:
        path = "gmd:contentInfo/gmd:MD_ImageDescription/gmd:cloudCoverPercentage/gco:Real"
        repository["queryables"]["SupportedISOQueryables"]["apiso:CloudCover"] = {"xpath": path, "dbcol": "cloudcover"}
        plain(self, *args, repository=repository, **kwargs)

    Profile.__init__ = taught
    return server, admin


def build(folder: Path, data_access: str) -> None:
    """The healthy repository, `healthy.sqlite`: pycsw's table, filled as the registrar of EOEPCA fills it."""
    import sqlalchemy

    _, admin = import_pycsw()
    target = folder / "healthy.sqlite"
    target.unlink(missing_ok=True)
    clouds = sqlalchemy.Column("cloudcover", sqlalchemy.Float, index=True)
    admin.setup_db(f"sqlite:///{target}", "records", "", create_sfsql_tables=False, extra_columns=[clouds])
    with sqlite3.connect(target) as connection:
        for row in (_row(each) for each in records(data_access)):
            names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO records ({names}) VALUES ({marks})", list(row.values()))
    connection.close()


def _row(record: Record) -> dict[str, str | float | None]:
    west, south, east, north = record.box
    xml = record.gmd()
    return {
        "identifier": record.identifier,
        "typename": "gmd:MD_Metadata",
        "schema": "http://www.isotc211.org/2005/gmd",
        "mdsource": "local",
        "insert_date": record.begin,
        "xml": xml,
        "anytext": re.sub(r"\s*<[^>]*>\s*", " ", xml).strip(),
        "language": "en",
        "type": record.level,
        "title": record.title,
        "abstract": f"{record.title}, as registered",
        "parentidentifier": record.parent or None,
        "time_begin": record.begin,
        "time_end": record.end,
        "date": record.begin[:10],
        "wkt_geometry": f"POLYGON(({west} {south}, {west} {north}, {east} {north}, {east} {south}, {west} {south}))",
        "links": "^".join(f"{name},{name},{protocol},{address}" for protocol, name, address in record.links),
        "cloudcover": record.clouds,
    }


def copy(source: Path, target: Path) -> None:
    """The whole content of one repository into another, which may be in use."""
    with sqlite3.connect(source) as there, sqlite3.connect(target) as here:
        there.backup(here)
    there.close()
    here.close()
