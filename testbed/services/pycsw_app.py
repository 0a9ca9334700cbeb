"""pycsw 2.6 as the resource catalogue, with what pycsw 3 has added to it, which is not on PyPI.

Real pycsw answers CSW 2.0.2, CSW 3.0.0 and OpenSearch. Put around it are the queryable `apiso:CloudCover`, the
parameters for Earth observation in OpenSearch and the path /opensearch (pycsw_around.py), and real pygeoapi for OGC API
Records and STAC (pycsw_api.py). The WMS under /ows is a stand-in. `behaviour.json` is read at every request, so that a
fault changes the configuration without a restart.

Run as `python -m testbed.services.pycsw_app --folder F --port N --public URL --data-access URL`.
"""

from __future__ import annotations

import argparse
import logging
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from socketserver import ForkingMixIn
from typing import Any
from urllib.parse import parse_qsl, urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.util import setup_testing_defaults

import orjson

from testbed.services.pycsw_api import RecordsApi
from testbed.services.pycsw_around import CONSTRAINTS, Answer, Behaviour, constraint, described, map_service
from testbed.services.pycsw_store import build, copy, import_pycsw


class Catalogue:
    """Answers for the two public hosts of the catalogue."""

    def __init__(self, folder: Path, public: str, data_access: str) -> None:
        self._folder = folder
        self._public = public
        self._data_access = data_access
        self._server, _ = import_pycsw()
        self._api = RecordsApi(folder, public)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", "")).rstrip("/")
        behaviour = _behaviour(self._folder)
        status, media, body = self._answer(path, environ, behaviour)
        for old, new in behaviour.get("instead", {}).items():
            body = body.replace(old.encode(), new.encode())
        start_response(status, [("Content-Type", media), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, path: str, environ: dict[str, Any], behaviour: Behaviour) -> Answer:
        if path == behaviour.get("fails"):
            return "500 Internal Server Error", "text/plain", b"a traceback"
        if path == "/csw":
            return self._csw(environ, behaviour)
        if path == "/opensearch":
            return self._opensearch(environ, behaviour)
        if path == "/ows":
            return map_service(dict(parse_qsl(str(environ.get("QUERY_STRING", "")))), self._data_access, behaviour)
        return self._api.answer(environ)

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
        kept = {key: value for key, value in asked.items() if key.lower() not in CONSTRAINTS}
        if wanted := constraint(given, behaviour):
            kept |= {"constraintlanguage": "FILTER", "constraint": wanted}
        status, media, body = self._pycsw({**environ, "QUERY_STRING": urlencode(kept)}, behaviour)
        if b"OpenSearchDescription" in body:
            media = "application/opensearchdescription+xml"
            body = described(body.decode(), f"{self._public}/opensearch", behaviour).encode()
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


class _Server(ForkingMixIn, WSGIServer):
    """Each request in a process of its own: pycsw maps its table anew for every one, and never forgets it."""


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
    application = Catalogue(given.folder, given.public, given.data_access)
    for path in ("/csw", "/conformance"):  # what is imported now need not be for every request
        setup_testing_defaults(environ := {"PATH_INFO": path, "QUERY_STRING": ""})
        application(environ, lambda *_: None)
    with make_server("127.0.0.1", given.port, application, _Server, _Quiet) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
