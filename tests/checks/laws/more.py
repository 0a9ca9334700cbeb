"""What the demo's recording does not hold: who the users are, a throw-away process from deploy to undeploy, a branch.

None of it is asked in the run that was recorded (it wants a right or a credential), and each is as a healthy platform
answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

Exchange = dict[str, Any]

GIVEN = ("credential:users_id", "credential:users_secret", "mutation")
"""What the run would have been given beside."""
BRANCH = "topic"
"""The branch of ``--git-ref``."""


def added(exchanges: Iterable[Exchange], values: dict[str, Any]) -> Iterator[Exchange]:
    """The exchanges, made of those that there are.

    Args:
        exchanges: of the recording.
        values: what its platform.toml says.
    """
    known = list(exchanges)
    yield from _previews(known)
    yield _users(known, values["endpoints"]["issuer"])
    names, endpoints = values["names"], values["endpoints"]
    ades = f"{endpoints['ades']}/{names['owner']}/{names['processing_api']}"
    package, atom = endpoints["application_package"], endpoints["application_package_atom"]
    yield _rehearsal(ades, package, "application/cwl", names["probe_process"])
    yield _rehearsal(ades, atom, "application/atom+xml", names["probe_process"])
    yield _rehearsal(endpoints["processing_plus"], package, "executionUnit", names["probe_process"])


def _previews(exchanges: list[Exchange]) -> Iterator[Exchange]:
    """The branch of every Kustomization is what it has applied."""
    specs = {
        f"{each['metadata']['namespace']}/{each['metadata']['name']}": each["spec"]
        for exchange in exchanges
        if exchange.get("get", "").endswith("/kustomizations")
        for each in exchange["document"]["items"]
    }
    for exchange in exchanges:
        asked = exchange.get("ask", {}).get("build")
        if asked:
            told = {**exchange["told"], "commit": "f" * 40, "note": "", "spec": specs[asked["kustomization"]]}
            yield {"ask": {"preview": asked, "ref": BRANCH}, "told": told}


def _users(exchanges: list[Exchange], issuer: str) -> Exchange:
    """Whoever owns a resource is a user."""
    [held, *_] = (each["told"] for each in exchanges if "policies" in each.get("ask", {}))
    owners = {entry.get("ownership_id") for store in held["stores"] for entry in store.get("entries", ())}
    before, _, realm = issuer.rpartition("/realms/")
    url = f"{before}/admin/realms/{realm}/users"
    told = {key: each for key, each in _answer(url, ["…"], "GET").items() if key != "text"}  # of users only their ids
    return {"ask": {"users": url}, "told": {**told, "users": sorted(filter(None, owners))}}


def _rehearsal(api: str, package: str, media: str, process: str) -> Exchange:
    one = f"{api}/processes/{process}"
    acts = {
        "already": _answer(one, {"title": "NoSuchProcess"}, "GET", 404),
        "deploy": _answer(f"{api}/processes", {"id": process}, "POST", 201),
        "listed": {**_answer(f"{api}/processes", {"processes": [{"id": process}]}, "GET"), "found": True},
        "describe": _answer(one, {"id": process}, "GET"),
        "execute": {**_answer(f"{one}/execution", {}, "POST", 201), "job": f"{api}/jobs/1"},
        "job": _answer(f"{api}/jobs/1", {"status": "successful"}, "GET"),
        "results": _answer(f"{api}/jobs/1/results", {"StacCatalogUri": "s3://x"}, "GET"),
        "undeploy": _answer(one, None, "DELETE", 204),
        "gone": {**_answer(f"{api}/processes", {"processes": []}, "GET"), "found": False},
    }
    question = {"rehearsal": api, "package": package, "media": media, "as": "owner"}
    return {"ask": question, "told": {"url": f"{api}/processes", "acts": acts, "changed": []}}


def _answer(url: str, document: Any, method: str, status: int = 200) -> Exchange:
    text = "" if document is None else json.dumps(document)
    said = {"url": url, "method": method, "stage": "done", "problem": "", "status": status, "location": ""}
    return {**said, "headers": {"content-type": "application/json"}, "seconds": 0.1, "size": len(text), "text": text}
