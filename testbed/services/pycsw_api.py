"""OGC API Records and a STAC landing page over the catalogue's own records: pygeoapi in the place of pycsw 3.

pycsw 3 serves both from its database, under the address of the catalogue; it is not on PyPI. Here pygeoapi does, from a
file that is written afresh whenever the database has changed. The OpenAPI document it should offer is left out.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson
import yaml

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
COLLECTION = "metadata:main"
"""The collection in which pycsw 3 offers its records."""
_COLUMNS = "identifier, title, type, date, wkt_geometry, time_begin, time_end, parentidentifier"


class RecordsApi:
    """Answers as pygeoapi does; importing it takes seconds, so make it before there is a question."""

    def __init__(self, folder: Path, public: str) -> None:
        self._database = folder / "records.sqlite"
        self._file = folder / "records.json"
        self._seen = 0
        self._write()
        stac = folder / "stac"
        stac.mkdir(exist_ok=True)
        (folder / "pygeoapi.yml").write_text(yaml.safe_dump(_configuration(public, self._file, stac)))
        (folder / "openapi.yml").write_text("openapi: 3.0.2\npaths: {}\n")
        known = {"PYGEOAPI_CONFIG": str(folder / "pygeoapi.yml"), "PYGEOAPI_OPENAPI": str(folder / "openapi.yml")}
        os.environ.update(known)
        from pygeoapi.flask_app import APP  # type: ignore[import-untyped]

        self._application: Wsgi = APP

    def answer(self, environ: dict[str, Any]) -> tuple[str, str, bytes]:
        """Status line, media type and body."""
        self._write()
        begun: list[tuple[str, dict[str, str]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
            begun.append((status, dict(headers)))

        body = b"".join(self._application(environ, start_response))
        status, headers = begun[-1]
        return status, headers.get("Content-Type", ""), body

    def _write(self) -> None:
        changed = self._database.stat().st_mtime_ns
        if changed == self._seen:
            return
        with contextlib.closing(sqlite3.connect(self._database)) as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM records ORDER BY identifier").fetchall()
        documents = {str(number): _feature(*row) for number, row in enumerate(rows, start=1)}
        partial = self._file.with_suffix(f".{os.getpid()}")  # another request may read or write it
        partial.write_bytes(orjson.dumps({"_default": documents}))
        partial.rename(self._file)
        self._seen = changed


def _feature(
    identifier: str, title: str, level: str, date: str, wkt: str, begin: str, end: str, parent: str | None
) -> dict[str, Any]:
    numbers = wkt.removeprefix("POLYGON((").removesuffix("))").split(", ")
    return {
        "id": identifier,
        "type": "Feature",
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[float(part) for part in corner.split()] for corner in numbers]],
        },
        "properties": {
            "externalIds": [{"value": identifier}],
            "recordUpdated": begin,
            "created": date,
            "type": level,
            "title": title,
            "description": f"{title}, as registered",
            "parent": parent or "",
            "_metadata-anytext": f"{identifier} {title}",
        },
        "time": {"interval": [begin, end]},
        "links": [],
    }


def _configuration(public: str, file: Path, stac: Path) -> dict[str, Any]:
    about = {"keywords": ["catalogue"], "links": [], "extents": {"spatial": {"bbox": [-180, -90, 180, 90]}}}
    records = {"type": "record", "name": "TinyDBCatalogue", "data": str(file), "id_field": "externalId"}
    tree = {"type": "stac", "name": "FileSystem", "data": str(stac), "file_types": [".json"]}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 1},
            "url": public,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 10, "max_items": 50},
            "map": {"url": "https://tile.example/{z}/{x}/{y}.png", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": "EOEPCA Resource Catalogue",
                "description": "Products of the platform",
                "keywords": ["catalogue"],
                "keywords_type": "theme",
                "terms_of_service": "none",
                "url": "https://eoepca.org",
            },
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            "provider": {"name": "EOEPCA", "url": "https://eoepca.org"},
            "contact": {"name": "nobody", "email": "nobody@example.org"},
        },
        "resources": {
            COLLECTION: {
                "type": "collection",
                "title": "Records",
                "description": "All records",
                "providers": [records],
                **about,
            },
            "products": {
                "type": "stac-collection",
                "title": "Products",
                "description": "Products",
                "providers": [tree],
                **about,
            },
        },
    }
