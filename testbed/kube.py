"""The Kubernetes API as raw dictionaries: kind, namespace, name in; objects out.

Thin, so that a fault reads like what it does.
"""

from __future__ import annotations

import base64
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import requests
import yaml

from testbed.errors import TestbedError

Object = dict[str, Any]
Objects = list[Object]  # a name of its own: inside Kube, `list` is the method
FIELD_MANAGER = "testbed"
_DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
_METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


class ApiError(TestbedError):
    """The API server answered with an error; `status` is the HTTP code, `reason` the API's own word for it."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Type:
    """One served type."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool
    verbs: frozenset[str]

    @property
    def group(self) -> str:
        return self.api_version.rpartition("/")[0]

    def path(self, namespace: str | None = None, name: str | None = None) -> str:
        root = f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"
        where = f"/namespaces/{quote(namespace)}" if self.namespaced and namespace else ""
        return f"{root}{where}/{self.plural}" + (f"/{quote(name)}" if name else "")


Types = list[Type]


class Kube:
    """A client for one context of a kubeconfig.

    A kind may be written `Deployment`, `Deployment.apps` or `apps/v1/Deployment`; the plain word means the version
    the server prefers.
    Namespace is None (or "") for cluster-scoped objects. Every call raises ApiError with the server's own
    sentence when refused.
    """

    def __init__(self, kubeconfig: Path, context: str | None = None) -> None:
        document = yaml.safe_load(kubeconfig.read_text())
        wanted = context or document["current-context"]
        found = next((each["context"] for each in document["contexts"] if each["name"] == wanted), None)
        if found is None:
            known = ", ".join(each["name"] for each in document["contexts"])
            raise TestbedError(f"{kubeconfig} has no context {wanted!r}; it has: {known}")
        cluster = next(each["cluster"] for each in document["clusters"] if each["name"] == found["cluster"])
        user = next(each["user"] for each in document["users"] if each["name"] == found["user"])
        self.server: str = cluster["server"]
        self._folder = tempfile.TemporaryDirectory(prefix="holdfast-testbed-")
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the caller must not get between us and loopback
        self._session.verify = self._file("ca.crt", cluster["certificate-authority-data"])
        self._session.cert = (
            self._file("tls.crt", user["client-certificate-data"]),
            self._file("tls.key", user["client-key-data"]),
        )
        self._types: Types = []

    def get(self, kind: str, namespace: str | None, name: str) -> Object:
        return self.request("GET", self.type(kind).path(namespace, name))

    def find(self, kind: str, namespace: str | None, name: str) -> Object | None:
        """Like get, but None when there is no such object."""
        try:
            return self.get(kind, namespace, name)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list(self, kind: str, namespace: str | None = None, *, labels: str = "") -> Objects:
        """All objects of a kind, in one namespace or in all; items get the apiVersion and kind a LIST leaves out."""
        return self.list_type(self.type(kind), namespace, labels=labels)

    def list_type(self, served: Type, namespace: str | None = None, *, labels: str = "") -> Objects:
        answer = self.request("GET", served.path(namespace), parameters={"labelSelector": labels} if labels else None)
        return [{**item, "apiVersion": served.api_version, "kind": served.kind} for item in answer["items"]]

    def list_metadata(self, served: Type) -> Objects:
        """All objects of a type without spec, data and status."""
        answer = self.request("GET", served.path(), accept=_METADATA_ONLY)
        items = answer["items"] or ()  # null where there are none
        return [{**item, "apiVersion": served.api_version, "kind": served.kind} for item in items]

    def create(self, obj: Object, *, manager: str = FIELD_MANAGER) -> Object:
        served, namespace, _ = self.locate(obj)
        return self.request("POST", served.path(namespace), obj, parameters={"fieldManager": manager})

    def apply(self, obj: Object, *, manager: str = FIELD_MANAGER, force: bool = True) -> Object:
        """Server-side apply."""
        served, namespace, name = self.locate(obj)
        parameters = {"fieldManager": manager, "force": "true" if force else "false"}
        return self.request(
            "PATCH", served.path(namespace, name), obj, parameters=parameters, content="application/apply-patch+yaml"
        )

    def patch(
        self,
        kind: str,
        namespace: str | None,
        name: str,
        change: Object | Objects,
        *,
        manager: str = FIELD_MANAGER,
        subresource: str = "",
    ) -> Object:
        """A merge patch (a dictionary) or a JSON patch (a list of operations)."""
        content = "application/json-patch+json" if isinstance(change, list) else "application/merge-patch+json"
        path = self.type(kind).path(namespace, name) + (f"/{subresource}" if subresource else "")
        return self.request("PATCH", path, change, parameters={"fieldManager": manager}, content=content)

    def replace(self, obj: Object, *, manager: str = FIELD_MANAGER) -> Object:
        """PUT of the whole object."""
        served, namespace, name = self.locate(obj)
        return self.request("PUT", served.path(namespace, name), obj, parameters={"fieldManager": manager})

    def delete(
        self, kind: str, namespace: str | None, name: str, *, wait: float = 0, propagation: str = "Background"
    ) -> None:
        """Deletes; an object that is not there is no error.

        With `wait`, returns when it is gone or raises after that many seconds.
        """
        path = self.type(kind).path(namespace, name)
        try:
            self.request("DELETE", path, {"propagationPolicy": propagation})
        except ApiError as error:
            if error.status != 404:
                raise
        deadline = time.monotonic() + wait
        while wait and self.find(kind, namespace, name) is not None:
            if time.monotonic() > deadline:
                what = f"{kind}/{namespace or ''}/{name}"
                raise TestbedError(f"{what} is still there {wait:g} s after its deletion; look at its finalizers")
            time.sleep(0.1)

    def types(self, *, refresh: bool = False) -> Types:
        """Every served type at its preferred version, subresources left out; one cached discovery."""
        if refresh or not self._types:
            self._types = list(self._discover())
        return self._types

    def type(self, kind: str) -> Type:
        """The served type a name means."""
        for refresh in (False, True):
            found = [
                each
                for each in self.types(refresh=refresh)
                if kind in (each.kind, f"{each.kind}.{each.group}", f"{each.api_version}/{each.kind}")
            ]
            if found:
                return found[0]
        version, _, bare = kind.rpartition("/")
        same = [each for each in self._types if each.kind == bare and each.group == version.rpartition("/")[0]]
        if version and same:  # a version that is served, only not the preferred one
            return Type(version, bare, same[0].plural, same[0].namespaced, same[0].verbs)
        raise TestbedError(f"the API server serves no kind {kind!r}; is its CRD installed?")

    def locate(self, obj: Object) -> tuple[Type, str | None, str]:
        """Type, namespace and name of an object at hand."""
        served = self.type(f"{obj['apiVersion']}/{obj['kind']}")
        return served, obj["metadata"].get("namespace"), obj["metadata"].get("name", "")

    def ready(self) -> bool:
        """Whether the API server answers /readyz with 200."""
        try:
            return self._session.get(f"{self.server}/readyz", timeout=3).status_code == 200
        except requests.RequestException:
            return False

    def request(
        self,
        method: str,
        path: str,
        body: Object | Objects | None = None,
        *,
        parameters: dict[str, str] | None = None,
        content: str = "application/json",
        accept: str = "application/json",
    ) -> Object:
        """One request, parsed; the path is absolute on the server."""
        try:
            answer = self._session.request(
                method,
                f"{self.server}{path}",
                params=parameters,
                data=None if body is None else orjson.dumps(body),
                headers={"Accept": accept, "Content-Type": content},
                timeout=30,
            )
        except requests.RequestException as error:
            why = f"{self.server} does not answer ({type(error).__name__})"
            raise TestbedError(f"the testbed's API server at {why}; see: python -m testbed status") from error
        if answer.status_code >= 400:
            raise _refused(method, path, answer)
        parsed: Object = orjson.loads(answer.content)
        return parsed

    def _discover(self) -> Iterator[Type]:
        for root in ("/api", "/apis"):
            for group in self.request("GET", root, accept=_DISCOVERY)["items"]:
                seen: set[str] = set()
                for version in group[
                    "versions"
                ]:  # the preferred one comes first; a later one adds only what it alone has
                    name = group["metadata"].get("name", "")
                    api_version = f"{name}/{version['version']}" if name else version["version"]
                    for resource in version.get("resources", []):
                        kind = resource["responseKind"]["kind"]
                        if kind in seen:
                            continue
                        seen.add(kind)
                        yield Type(
                            api_version,
                            kind,
                            resource["resource"],
                            resource["scope"] == "Namespaced",
                            frozenset(resource["verbs"]),
                        )

    def _file(self, name: str, data: str) -> str:
        file = Path(self._folder.name) / name
        file.touch(mode=0o600)
        file.write_bytes(base64.b64decode(data))
        return str(file)


def _refused(method: str, path: str, answer: requests.Response) -> ApiError:
    try:
        status = orjson.loads(answer.content)
        return ApiError(
            answer.status_code,
            str(status.get("reason", "")),
            f"{method} {path}: {status.get('message', answer.reason)}",
        )
    except (orjson.JSONDecodeError, AttributeError):
        return ApiError(answer.status_code, answer.reason, f"{method} {path}: {answer.status_code} {answer.text[:200]}")
