"""What the stand-in ADES answers, request by request."""

from __future__ import annotations

import copy
import re
import threading
import urllib.request
import uuid
from datetime import UTC, datetime
from typing import Any

import yaml

from testbed.services.ades_pages import listed
from testbed.services.standin import Asked, Reply

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_CONFORMANCE = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf"
CLASSES = [
    *(
        f"{_CONFORMANCE}/{each}"
        for each in ("core", "oas30", "json", "job-list", "dismiss", "callback", "ogc-process-description")
    ),
    "http://www.opengis.net/spec/ogcapi-processes-2/1.0/conf/deploy-replace-undeploy",
]
HEALTHY: dict[str, Any] = {
    "processes": {
        "water-bodies-0_1_0": {"title": "water bodies", "version": "0.1.0", "inputs": ["aoi", "epsg"]},
        "snuggs-0_3_0": {"title": "snuggs", "version": "0.3.0", "inputs": ["input_reference", "s_expression"]},
    },
    "jobs": {},
    "behaviour": {},
}
"""What it holds when healthy. A process that is deployed and undeployed again leaves no trace in it, a job neither."""
_CWL = """cwlVersion: v1.0
$graph:
  - class: Workflow
    id: holdfast-probe
    label: a throw-away process
    inputs: {word: string}
    outputs: []
    steps: {}
$namespaces: {s: https://schema.org/}
s:softwareVersion: "1.0"
"""
_ATOM = """<?xml version="1.0"?>
<entry xmlns="http://www.w3.org/2005/Atom" xmlns:owc="http://www.opengis.net/owc/1.0"><title>holdfast-probe</title>
<owc:offering code="http://www.opengis.net/eoc/applicationContext/cwl">
<owc:content type="application/cwl" href="@BASE@/packages/holdfast-probe.cwl"/></owc:offering></entry>
"""
_API = re.compile(r"/(?P<user>[^/]+)/(?:wps3|ogc-api)(?P<rest>/.*)?")
_DONE = 2
"""A job is running for so many polls."""


class Ades:
    """Holds processes and jobs, and answers for them. Args: base: its own address, where its packages lie."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._lock = threading.Lock()
        self._state = copy.deepcopy(HEALTHY)

    def answer(self, asked: Asked) -> Reply:
        """The whole of it."""
        with self._lock:
            if asked.path == "/testbed":
                return self._control(asked)
            if asked.path.startswith("/packages/"):
                return self._package(asked.path.rpartition("/")[2])
            if re.fullmatch(r"/[^/]+/zoo/?", asked.path):
                return self._wps(asked)
            found = _API.fullmatch(asked.path)
            if not found:
                return _problem(404, "no such path")
            prefix = asked.path[: len(asked.path) - len(found["rest"] or "")]
            return self._api(asked, prefix, (found["rest"] or "/").strip("/").split("/"))

    def _control(self, asked: Asked) -> Reply:
        if asked.method == "PUT":
            self._state = asked.document
        return Reply(200, self._state)

    def _package(self, name: str) -> Reply:
        if name.endswith(".xml"):
            return Reply(200, text=_ATOM.replace("@BASE@", self._base), content_type="application/atom+xml")
        return Reply(200, text=_CWL, content_type="application/cwl")

    def _api(self, asked: Asked, prefix: str, parts: list[str]) -> Reply:
        match (asked.method, *parts):
            case ("GET", ""):
                links = _links(prefix)
                return Reply(
                    200, {"title": "ADES", "links": links[:1] if self._behaviour("links") == "none" else links}
                )
            case ("GET", "conformance"):
                without = self._behaviour("without")
                return Reply(200, {"conformsTo": [each for each in CLASSES if each.rpartition("/")[2] != without]})
            case ("GET", "processes"):
                there = {} if self._behaviour("list") == "empty" else self._state["processes"]
                summaries = [_summary(key, each) for key, each in there.items()]
                return listed(asked, "processes", summaries, self._state["behaviour"])
            case ("POST", "processes"):
                return self._deploy(asked, prefix)
            case ("GET", "processes", process) if process in self._state["processes"]:
                return Reply(200, _described(process, self._state["processes"][process]))
            case ("DELETE", "processes", process) if process in self._state["processes"]:
                return self._undeploy(process, prefix)
            case ("POST", "processes", process, "execution") if process in self._state["processes"]:
                return self._execute(process, prefix)
            case ("GET", "jobs"):
                jobs = [_job(key, each) for key, each in self._state["jobs"].items()]
                return listed(asked, "jobs", jobs, self._state["behaviour"])
            case ("GET" | "DELETE", "jobs", job, *rest) if job in self._state["jobs"]:
                return self._job(asked.method, job, rest)
            case _:
                return _problem(404, "no such thing")

    def _deploy(self, asked: Asked, prefix: str) -> Reply:
        if isinstance(refused := self._behaviour("deploy"), int):
            return _problem(refused, "deployment failed")
        href = _package_of(asked.document)
        if not href:
            return _problem(400, "no application package in the body")
        process, version = _read_package(href, self._base)
        if process in self._state["processes"]:
            return _problem(409, "already deployed")
        self._state["processes"][process] = {"title": "a throw-away process", "version": version, "inputs": ["word"]}
        return Reply(201, _summary(process, self._state["processes"][process]), {"Location": f"{prefix}/processes"})

    def _undeploy(self, process: str, prefix: str) -> Reply:
        if isinstance(refused := self._behaviour("undeploy"), int):
            return _problem(refused, "undeployment failed")
        if self._behaviour("undeploy") != "kept":
            del self._state["processes"][process]
            gone = [key for key, job in self._state["jobs"].items() if job["process"] == process]
            for key in gone:
                del self._state["jobs"][key]
        old = prefix.endswith("/wps3")
        return Reply(200, {"message": "undeployed"}) if old else Reply(204)

    def _execute(self, process: str, prefix: str) -> Reply:
        identifier = str(uuid.uuid4())
        self._state["jobs"][identifier] = {"process": process, "polls": 0, "created": datetime.now(UTC).isoformat()}
        told = _job(identifier, self._state["jobs"][identifier])
        return Reply(201, told, {"Location": f"{prefix}/jobs/{identifier}", "Preference-Applied": "respond-async"})

    def _job(self, method: str, identifier: str, rest: list[str]) -> Reply:
        job = self._state["jobs"][identifier]
        if method == "DELETE":
            del self._state["jobs"][identifier]
            return Reply(200, {**_job(identifier, job), "status": "dismissed"})
        if rest == ["results"]:
            empty = self._behaviour("results") == "empty"
            return Reply(200, {} if empty else {"StacCatalogUri": f"s3://eoepca/{identifier}/catalog.json"})
        job["polls"] += 1
        return Reply(200, _job(identifier, job, self._behaviour("job")))

    def _wps(self, asked: Asked) -> Reply:
        query = {name.lower(): value for name, value in asked.query.items()}
        if self._behaviour("wps") == "exception" or query.get("request", "").lower() != "getcapabilities":
            return Reply(200, text=_EXCEPTION, content_type="text/xml")
        second = query.get("version", query.get("acceptversions", "1.0.0")).startswith("2")
        offered = "".join((_OFFER_2 if second else _OFFER_1).format(id=key) for key in self._state["processes"])
        return Reply(200, text=(_WPS_2 if second else _WPS_1).format(offered=offered), content_type="text/xml")

    def _behaviour(self, name: str) -> Any:
        return self._state["behaviour"].get(name)


def _package_of(document: Any) -> str:
    """Where the package is, of each of the bodies an ADES takes; "" for none of them."""
    if not isinstance(document, dict):
        return ""
    if "executionUnit" in document:
        return str(document["executionUnit"].get("href", ""))
    for each in document.get("inputs", []):
        if each.get("id") == "applicationPackage":
            given = each.get("input", {})
            return str(given.get("href") or given.get("value", {}).get("href", ""))
    return ""


def _read_package(href: str, base: str) -> tuple[str, str]:
    """Process id and version of a package; our own are known, as we may not ask ourselves while we answer."""
    if href.startswith(base):
        text = _CWL
    else:
        with _DIRECT.open(href, timeout=10) as answer:
            text = answer.read().decode()
    read = yaml.safe_load(text)
    version = str(read.get("s:softwareVersion", "1.0"))
    workflow = next(each for each in read["$graph"] if each["class"] == "Workflow")
    return f"{workflow['id']}-{version.replace('.', '_')}", version


def _links(prefix: str) -> list[dict[str, str]]:
    relation = "http://www.opengis.net/def/rel/ogc/1.0"
    return [
        {"rel": "self", "type": "application/json", "href": f"{prefix}/"},
        {"rel": "service-desc", "type": "application/vnd.oai.openapi+json;version=3.0", "href": f"{prefix}/api"},
        *(
            {"rel": f"{relation}/{name}", "type": "application/json", "href": f"{prefix}/{path}"}
            for name, path in (("conformance", "conformance"), ("processes", "processes"), ("job-list", "jobs"))
        ),
    ]


def _summary(identifier: str, process: dict[str, Any]) -> dict[str, Any]:
    options = ["async-execute", "dismiss"]
    return {"id": identifier, "title": process["title"], "version": process["version"], "jobControlOptions": options}


def _described(identifier: str, process: dict[str, Any]) -> dict[str, Any]:
    inputs = {name: {"title": name, "schema": {"type": "string"}} for name in process["inputs"]}
    outputs = {"StacCatalogUri": {"title": "results", "schema": {"type": "string"}}}
    return {**_summary(identifier, process), "inputs": inputs, "outputs": outputs}


def _job(identifier: str, job: dict[str, Any], ends: Any = None) -> dict[str, Any]:
    status = job.get("status") or ("running" if job["polls"] < _DONE else ends or "successful")
    done = status == "successful"
    told = {"jobID": identifier, "processID": job["process"], "type": "process", "status": status}
    progress = {"progress": 100 if done else 50, "message": "Done" if done else "step 1 of 2"}
    return {**told, **progress, **({"created": job["created"]} if "created" in job else {})}


def _problem(status: int, detail: str) -> Reply:
    return Reply(status, {"type": "about:blank", "title": detail, "status": status})


_EXCEPTION = (
    '<?xml version="1.0"?><ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1" version="1.1.0">'
    '<ows:Exception exceptionCode="InternalError"><ows:ExceptionText>cannot read the configuration</ows:ExceptionText>'
    "</ows:Exception></ows:ExceptionReport>"
)
_OFFER_1 = (
    '<wps:Process wps:processVersion="1.0"><ows:Identifier>{id}</ows:Identifier><ows:Title>{id}</ows:Title>'
    "</wps:Process>"
)
_WPS_1 = (
    '<?xml version="1.0"?><wps:Capabilities xmlns:wps="http://www.opengis.net/wps/1.0.0"'
    ' xmlns:ows="http://www.opengis.net/ows/1.1" xmlns:xlink="http://www.w3.org/1999/xlink" service="WPS"'
    ' version="1.0.0" xml:lang="en-US"><ows:ServiceIdentification><ows:Title>ADES</ows:Title>'
    "<ows:ServiceType>WPS</ows:ServiceType><ows:ServiceTypeVersion>1.0.0</ows:ServiceTypeVersion>"
    "</ows:ServiceIdentification><ows:ServiceProvider><ows:ProviderName>EOEPCA</ows:ProviderName>"
    "</ows:ServiceProvider><ows:OperationsMetadata/><wps:ProcessOfferings>{offered}</wps:ProcessOfferings>"
    "</wps:Capabilities>"
)
_OFFER_2 = (
    '<wps:ProcessSummary processVersion="1.0" jobControlOptions="async-execute"><ows:Title>{id}</ows:Title>'
    "<ows:Identifier>{id}</ows:Identifier></wps:ProcessSummary>"
)
_WPS_2 = (
    '<?xml version="1.0"?><wps:Capabilities xmlns:wps="http://www.opengis.net/wps/2.0"'
    ' xmlns:ows="http://www.opengis.net/ows/2.0" xmlns:xlink="http://www.w3.org/1999/xlink" service="WPS"'
    ' version="2.0.0"><ows:ServiceIdentification><ows:Title>ADES</ows:Title><ows:ServiceType>WPS</ows:ServiceType>'
    "<ows:ServiceTypeVersion>2.0.0</ows:ServiceTypeVersion></ows:ServiceIdentification><ows:ServiceProvider>"
    "<ows:ProviderName>EOEPCA</ows:ProviderName></ows:ServiceProvider><ows:OperationsMetadata/><wps:Contents>"
    "{offered}</wps:Contents></wps:Capabilities>"
)
