"""What the guards (PEPs) and the decision point (PDP) of the platform hold, behind stand-ins of `management_tools`.

`kubectl -n proc exec deploy/ades-pep -c ades-pep -- management_tools list --all` runs management_tools.py on a file of
this testbed, by kwok. `bed.policies` edits those files. What every guard declares is in the platform's Git (HelmRelease
values), what a workspace adds in its template.
"""

from __future__ import annotations

import hashlib
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from testbed.errors import TestbedError
from testbed.services import Context, Handle, Service
from testbed.services.people import OPERATOR, USERS

Document = dict[str, Any]
VERBS = ("get", "post", "put", "delete", "head", "patch")
PUBLIC = ("public_access",)
PDP = "pdp-engine"
WORKSPACES = ("eric", "alice")
"""Users who have a workspace: its namespace has a guard of its own."""


@dataclass(frozen=True)
class Registered:
    """One resource of a guard: its path, its name, who owns it, and its scopes when it is not protected."""

    path: str
    name: str
    owner: str = "operator"
    scopes: tuple[str, ...] = ()


PEPS: dict[str, str] = {
    "ades-pep": "proc",
    "combined-rm-pep": "rm",
    "workspace-api-pep": "rm",
    "dummy-service-pep": "test",
    **{f"develop-user-{user}-pep": f"develop-user-{user}" for user in WORKSPACES},
}
"""Every guard (Deployment and container of that name) and its namespace."""
HEALTHY: dict[str, tuple[Registered, ...]] = {
    "ades-pep": (
        Registered("/", "ADES Service", scopes=PUBLIC),
        *(Registered(f"/{user}", f"ADES base for user {user}", user) for user in ("eric", "bob", "alice")),
    ),
    "combined-rm-pep": (Registered("/", "Resource Management Services", scopes=PUBLIC),),
    "workspace-api-pep": (
        Registered("/", "Workspace API"),
        Registered("/docs", "Workspace API docs", scopes=PUBLIC),
        Registered("/openapi.json", "Workspace API description", scopes=PUBLIC),
        *(
            Registered(f"/workspaces/develop-user-{user}", f"Workspace develop-user-{user}", user)
            for user in WORKSPACES
        ),
    ),
    "dummy-service-pep": (
        Registered("/", "Dummy Service", scopes=PUBLIC),
        Registered("/ericspace", "Eric's space", "eric"),
        Registered("/bobspace", "Bob's space", "bob"),
    ),
    **{
        f"develop-user-{user}-pep": (Registered("/", f"Workspace develop-user-{user} Root", user),)
        for user in WORKSPACES
    },
}
"""What each guard holds when all is well: what Git declares, and the workspaces that were made."""
UNREGISTERED = ("ades-pep", "/mallory")
"""A resource that was unregistered: nothing of it may be left."""
_TOOL = Path(__file__).with_name("management_tools.py")


class Policies(Service):
    name = "policies"

    def prepare(self, ctx: Context) -> None:
        tool = ctx.folder("bin") / "management_tools"
        tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{_TOOL}" "$@"\n')
        tool.chmod(0o755)
        for store, documents in _healthy().items():
            _write(ctx, store, {"documents": documents})

    def execs(self, ctx: Context) -> dict[tuple[str, str], dict[str, str]]:
        places = [(space, name, "pep") for name, space in PEPS.items()] + [("um", PDP, "pdp")]
        return {
            (space, name): {"HOLDFAST_STORE": str(_file(ctx, name)), "HOLDFAST_STORE_KIND": kind}
            for space, name, kind in places
        }

    def names(self, ctx: Context) -> dict[str, str]:
        return {"unregistered_resources": resource_id(*UNREGISTERED)}

    def limits(self, ctx: Context) -> dict[str, str]:
        return {"workspace_registration": "1s"}  # of a testbed no workspace is older than the testbed

    def restore(self, ctx: Context) -> list[str]:
        altered = [store for store, documents in _healthy().items() if _read(ctx, store) != {"documents": documents}]
        for store in altered:
            _write(ctx, store, {"documents": _healthy()[store]})
        return [f"restored what {store} holds" for store in altered]

    def handle(self, ctx: Context) -> PoliciesHandle:
        return PoliciesHandle(self, ctx)


class PoliciesHandle(Handle):
    """`bed.policies`. Stores are named by their Deployment: `ades-pep`, …, `pdp-engine`."""

    def documents(self, store: str) -> list[Document]:
        """What the store holds, as MongoDB would give it: `_id` is {"$oid": …}."""
        found: list[Document] = _read(self.ctx, store)["documents"]
        return found

    def write(self, store: str, documents: list[Document]) -> None:
        """Replaces what the store holds."""
        _write(self.ctx, store, {**_read(self.ctx, store), "documents": documents})

    def resource(self, pep: str, path: str) -> Document:
        """The resource a guard holds for a path."""
        for doc in self.documents(pep):
            if doc["reverse_match_url"] == path:
                return doc
        known = ", ".join(doc["reverse_match_url"] for doc in self.documents(pep))
        raise TestbedError(f"{pep} holds no resource {path}; it holds {known}")

    def register(
        self, pep: str, path: str, owner: str = "operator", *, name: str = "", scopes: tuple[str, ...] = ()
    ) -> str:
        """Registers a resource as the guard would, with its six policies unless `scopes` make it open; its id.

        `owner`: a user's name, `operator`, or an id.
        """
        resource = _resource(pep, Registered(path, name or path, owner, scopes))
        self.write(pep, [*self.documents(pep), resource])
        self.write(PDP, [*self.documents(PDP), *_policies(resource)])
        return str(resource["resource_id"])

    def edit(self, store: str, chosen: Callable[[Document], bool], **fields: Any) -> int:
        """Sets fields of the documents chosen (None takes one away); how many there were, at least one."""
        documents = self.documents(store)
        meant = [doc for doc in documents if chosen(doc)]
        if not meant:
            raise TestbedError(f"{store} holds nothing of the kind")
        for doc in meant:
            doc.update(fields)
            for key in [key for key, value in doc.items() if value is None]:
                del doc[key]
        self.write(store, documents)
        return len(meant)

    def remove(self, store: str, chosen: Callable[[Document], bool]) -> int:
        """Takes the chosen documents away, from this store alone; how many there were, at least one."""
        documents = self.documents(store)
        left = [doc for doc in documents if not chosen(doc)]
        if len(left) == len(documents):
            raise TestbedError(f"{store} holds nothing of the kind")
        self.write(store, left)
        return len(documents) - len(left)

    def log(self, store: str, *lines: str) -> None:
        """The tool says these lines before its answer, as its log handler does."""
        _write(self.ctx, store, {**_read(self.ctx, store), "log": list(lines)})

    def prints(self, store: str, text: str) -> None:
        """The tool prints this and nothing else."""
        _write(self.ctx, store, {**_read(self.ctx, store), "prints": text})

    def fail(self, store: str) -> None:
        """The tool ends with a traceback, as when its database does not answer."""
        _write(self.ctx, store, {**_read(self.ctx, store), "fails": True})


def resource_id(pep: str, path: str) -> str:
    """The id a resource of the healthy platform has, the same in every testbed."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://{pep}.develop.eoepca.org{path}"))


def _healthy() -> dict[str, list[Document]]:
    stores = {pep: [_resource(pep, each) for each in resources] for pep, resources in HEALTHY.items()}
    return {**stores, PDP: [policy for docs in stores.values() for doc in docs for policy in _policies(doc)]}


def _resource(pep: str, each: Registered) -> Document:
    owner = OPERATOR if each.owner == "operator" else USERS.get(each.owner, each.owner)
    return {
        "_id": _id(f"{pep} {each.path} {each.name}"),
        "resource_id": resource_id(pep, each.path),
        "name": each.name,
        "ownership_id": owner,
        "reverse_match_url": each.path,
        "scopes": list(each.scopes) or [f"protected_{verb}" for verb in VERBS],
    }


def _policies(resource: Document) -> list[Document]:
    """The six a guard makes for a protected resource, none for an open one."""
    id, owner = resource["resource_id"], resource["ownership_id"]
    if not any(scope.startswith("protected_") for scope in resource["scopes"]):
        return []
    rule = {"isOperator": True} if owner == OPERATOR else {"id": owner}
    return [
        {
            "_id": _id(f"{id} {verb}"),
            "name": f"Default Ownership Policy of {id} with action {verb}",
            "description": "This is the default ownership policy for created resources through PEP",
            "ownership_id": owner,
            "config": {"resource_id": id, "action": verb, "T&C": [], "rules": [{"AND": [{"EQUAL": rule}]}]},
            "scopes": [f"protected_{verb}"],
        }
        for verb in VERBS
    ]


def _id(seed: str) -> dict[str, str]:
    return {"$oid": hashlib.sha256(seed.encode()).hexdigest()[:24]}


def _file(ctx: Context, store: str) -> Path:
    return ctx.folder("policies") / f"{store}.json"


def _read(ctx: Context, store: str) -> Document:
    try:
        found: Document = orjson.loads(_file(ctx, store).read_bytes())
    except FileNotFoundError:
        known = ", ".join([*PEPS, PDP])
        raise TestbedError(f"no store called {store!r}; known: {known}") from None
    return found


def _write(ctx: Context, store: str, content: Document) -> None:
    partial = _file(ctx, store).with_suffix(".partial")
    partial.write_bytes(orjson.dumps(content))
    partial.rename(_file(ctx, store))


SERVICE = Policies()
