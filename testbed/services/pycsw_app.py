"""pycsw 2.6 as the resource catalogue, with what pycsw 3 has added for Earth observation and the registry lacks.

Real pycsw answers CSW 2.0.2, CSW 3.0.0 and OpenSearch. Three things are put around it: the queryable
`apiso:CloudCover`, the OpenSearch parameters `eo:cloudCover` and `eo:parentIdentifier` (both are in pycsw 3, which is
not on PyPI), and the path /opensearch. The WMS under /ows is a stand-in: it names the layers of one product and draws
nothing. `behaviour.json` is read at every request, so that a fault changes the configuration without a restart.

Run as `python -m testbed.services.pycsw_app --folder F --port N --public URL --data-access URL`.
"""

from __future__ import annotations

import argparse
import logging
import re
import sqlite3
import sys
import types
from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server
from xml.sax.saxutils import escape, quoteattr

import orjson

from testbed.services.pycsw_api import RecordsApi
from testbed.services.pycsw_records import Record, records

Answer = tuple[str, str, bytes]
"""Status line, media type, body."""
Behaviour = dict[str, Any]
_EO = "&eo:cloudCover={eo:cloudCover?}&eo:parentIdentifier={eo:parentIdentifier?}"
_EO_NAMESPACE = 'xmlns:eo="http://a9.com/-/opensearch/extensions/eo/1.0/"'
_CONSTRAINTS = {
    "eo:parentidentifier": ("PropertyIsEqualTo", "apiso:ParentIdentifier"),
    "eo:cloudcover": ("PropertyIsLessThanOrEqualTo", "apiso:CloudCover"),
}


def _import_pycsw() -> tuple[Any, Any]:
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

    _, admin = _import_pycsw()
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


class Catalogue:
    """Answers for the two public hosts of the catalogue."""

    def __init__(self, folder: Path, public: str, data_access: str) -> None:
        self._folder = folder
        self._public = public
        self._data_access = data_access
        self._server, _ = _import_pycsw()
        self._api = RecordsApi(folder, public)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", "")).rstrip("/")
        if path not in ("/csw", "/opensearch", "/ows"):
            return self._api(environ, start_response)
        status, media, body = self._answer(path, environ)
        start_response(status, [("Content-Type", media), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, path: str, environ: dict[str, Any]) -> Answer:
        behaviour = _behaviour(self._folder)
        if path == "/csw":
            return self._csw(environ, behaviour)
        if path == "/opensearch":
            return self._opensearch(environ, behaviour)
        return _map_service(dict(parse_qsl(str(environ.get("QUERY_STRING", "")))), self._data_access, behaviour)

    def _csw(self, environ: dict[str, Any], behaviour: Behaviour) -> Answer:
        if only := behaviour.get("version"):  # an older server: it answers a GetCapabilities with what it has
            query = str(environ.get("QUERY_STRING", ""))
            environ["QUERY_STRING"] = re.sub(r"(?i)(version=)3\.0\.0", rf"\g<1>{only}", query)
        status, media, body = self._pycsw(environ, behaviour)
        if behaviour.get("exceptions") == "200" and b"ExceptionReport" in body:
            status = "200 OK"
        return status, media, body

    def _opensearch(self, environ: dict[str, Any], behaviour: Behaviour) -> Answer:
        asked = dict(parse_qsl(str(environ.get("QUERY_STRING", ""))))
        if not asked:
            asked = {"mode": "opensearch", "service": "CSW", "version": "3.0.0", "request": "GetCapabilities"}
        given = {key.lower(): value for key, value in asked.items()}
        wanted = [
            _predicate(*said, given[key].lstrip("]"))
            for key, said in _CONSTRAINTS.items()
            if given.get(key, "").strip("]")
        ]
        kept = {key: value for key, value in asked.items() if key.lower() not in _CONSTRAINTS}
        if wanted and behaviour.get("opensearch") != "unfiltered":
            kept |= {"constraintlanguage": "FILTER", "constraint": _filter(wanted)}
        status, media, body = self._pycsw({**environ, "QUERY_STRING": urlencode(kept)}, behaviour)
        if b"OpenSearchDescription" in body:
            media = "application/opensearchdescription+xml"
            body = _described(body.decode(), f"{self._public}/opensearch", behaviour).encode()
        return status, media, body

    def _pycsw(self, environ: dict[str, Any], behaviour: Behaviour) -> Answer:
        server = self._server

        class Csw(server.Csw):  # type: ignore[misc, name-defined]  # pycsw has no types
            def _gen_manager(self) -> None:
                super()._gen_manager()
                model = self.context.model
                for name in behaviour.get("without", ()):
                    if model["operations"].pop(name, None) is not None and name in model["operations_order"]:
                        model["operations_order"].remove(name)

        address = str(behaviour.get("address", f"{self._public}/csw"))
        configuration = _configuration(self._folder, address, transactions=bool(behaviour.get("transactions")))
        configuration["repository"]["table"] = str(behaviour.get("table", "records"))
        csw = Csw(configuration, environ)
        status, body = csw.dispatch_wsgi()
        return str(status), str(csw.contenttype), bytes(body)


def _predicate(operator: str, name: str, value: str) -> str:
    reference, literal = f"<f:PropertyName>{name}</f:PropertyName>", f"<f:Literal>{escape(value)}</f:Literal>"
    return f"<f:{operator}>{reference}{literal}</f:{operator}>"


def _filter(predicates: list[str]) -> str:
    joined = "".join(predicates)
    both = f"<f:And>{joined}</f:And>" if len(predicates) > 1 else joined
    return f'<f:Filter xmlns:f="http://www.opengis.net/ogc">{both}</f:Filter>'


def _described(text: str, address: str, behaviour: Behaviour) -> str:
    """The description as pycsw 3 gives it: with the parameters for Earth observation, searched under /opensearch."""
    if behaviour.get("opensearch") == "without":
        return re.sub(r"<os:Url .*?/>", "", text)
    text = re.sub(r'template="[^"?]*\?', f'template="{address}?', text)
    text = text.replace("recordids={geo:uid?}", f"recordids={{geo:uid?}}{escape(_EO)}")
    return text.replace("<os:OpenSearchDescription ", f"<os:OpenSearchDescription {_EO_NAMESPACE} ", 1)


def _map_service(asked: dict[str, str], address: str, behaviour: Behaviour) -> Answer:
    """The capabilities of a WMS that serves one product; a stand-in for the renderer of data-access."""
    found = re.search(r'identifier="([^"]+)"', asked.get("cql", ""))
    if found is None or asked.get("service", "").upper() not in ("WMS", "WCS"):
        return "400 Bad Request", "text/plain", b"which product, by which service?"
    prefix = behaviour.get("layers") or found[1]
    layers = "".join(
        f"<Layer><Name>{escape(prefix)}{suffix}</Name><Title>{escape(prefix)}{suffix}</Title></Layer>"
        for suffix in ("", "__TRUE_COLOR", "__FALSE_COLOR")
    )
    target = f"<OnlineResource xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href={quoteattr(address + '/ows?')}/>"
    get = f"<DCPType><HTTP><Get>{target}</Get></HTTP></DCPType>"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<WMS_Capabilities version="1.3.0" xmlns="http://www.opengis.net/wms">'
        f"<Service><Name>WMS</Name><Title>data access</Title>{target}</Service><Capability>"
        f"<Request><GetCapabilities><Format>text/xml</Format>{get}</GetCapabilities>"
        f"<GetMap><Format>image/png</Format>{get}</GetMap></Request>"
        f"<Exception><Format>XML</Format></Exception><Layer><Title>products</Title>{layers}</Layer>"
        "</Capability></WMS_Capabilities>"
    )
    return "200 OK", "text/xml", body.encode()


def _configuration(folder: Path, address: str, *, transactions: bool) -> dict[str, dict[str, str]]:
    """pycsw's own, as the chart rm-resource-catalogue writes it."""
    contact = ("name", "position", "address", "city", "stateorprovince", "postalcode", "country", "phone", "fax")
    return {
        "server": {
            "url": address,
            "encoding": "UTF-8",
            "language": "en-US",
            "maxrecords": "10",
            "loglevel": "ERROR",
            "logfile": str(folder / "pycsw.log"),
            "profiles": "apiso",
        },
        "manager": {"transactions": "true" if transactions else "false", "allowed_ips": "127.0.0.1"},
        "metadata:main": {
            "identification_title": "EOEPCA Resource Catalogue",
            "identification_abstract": "Products of the platform",
            "identification_keywords": "catalogue,discovery,eo",
            "identification_keywords_type": "theme",
            "identification_fees": "None",
            "identification_accessconstraints": "None",
            "provider_name": "EOEPCA",
            "provider_url": "https://eoepca.org/",
            **{f"contact_{each}": "-" for each in contact},
            "contact_email": "catalogue@example.org",
            "contact_url": "https://eoepca.org/",
            "contact_hours": "-",
            "contact_instructions": "-",
            "contact_role": "pointOfContact",
        },
        "repository": {"database": f"sqlite:///{folder}/records.sqlite"},
    }


def _behaviour(folder: Path) -> Behaviour:
    try:
        found: Behaviour = orjson.loads((folder / "behaviour.json").read_bytes())
    except FileNotFoundError:
        return {}
    return found


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """nginx keeps the log."""


def main() -> None:
    """Builds the repository where there is none yet, and serves it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--public", required=True)
    parser.add_argument("--data-access", required=True)
    given = parser.parse_args()
    logging.getLogger("pycsw").setLevel(logging.ERROR)
    if not (given.folder / "records.sqlite").exists():
        build(given.folder, given.data_access)
        copy(given.folder / "healthy.sqlite", given.folder / "records.sqlite")
    application = partial(Catalogue(given.folder, given.public, given.data_access))
    with make_server("127.0.0.1", given.port, application, handler_class=_Quiet) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
