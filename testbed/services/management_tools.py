"""A stand-in for the `management_tools` of PEP and PDP: same arguments, same output, a file in the place of MongoDB.

Run by kwok as what `kubectl exec` starts in a guard's container; HOLDFAST_STORE names the file, HOLDFAST_STORE_KIND
says whether it is a PEP's or the PDP's. Written after um-pep-engine and um-pdp-engine v1.2, src/management_tools.py.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

Document = dict[str, Any]


def main(arguments: list[str]) -> int:
    """The command line of both tools; the exit status."""
    parser = argparse.ArgumentParser(prog="management_tools")
    parser.add_argument("action")
    parser.add_argument("-u", "--user")
    parser.add_argument("-r", "--resource")
    parser.add_argument("-p", "--policy")
    parser.add_argument("-a", "--all", action="store_true")
    asked = parser.parse_args(arguments)
    file = Path(os.environ["HOLDFAST_STORE"])
    store = json.loads(file.read_text())
    for line in store.get("log", []):
        print(line)
    if store.get("fails"):
        raise TimeoutError("localhost:27017: [Errno 111] Connection refused, Timeout: 30s")
    if "prints" in store:
        sys.stdout.write(store["prints"])
        return 0
    if asked.action not in ("list", "remove"):
        print(f"Action {asked.action} not allowed, allowed actions: ['list', 'remove']")
        return 255
    documents = store["documents"]
    tool = _Pep(documents) if os.environ["HOLDFAST_STORE_KIND"] == "pep" else _Pdp(documents)
    print(tool.listed(asked) if asked.action == "list" else tool.removed(asked))
    if tool.documents != store["documents"]:
        file.write_text(json.dumps({**store, "documents": tool.documents}))
    return 0


class _Pep:
    """bson's json_util.dumps of what MongoDB holds."""

    def __init__(self, documents: list[Document]) -> None:
        self.documents = documents

    def listed(self, asked: argparse.Namespace) -> str:
        if asked.resource:
            return json.dumps(next((doc for doc in self.documents if doc["resource_id"] == asked.resource), None))
        return json.dumps([doc for doc in self.documents if asked.user in (None, doc.get("ownership_id"))])

    def removed(self, asked: argparse.Namespace) -> str:
        if asked.resource:
            first = next((doc for doc in self.documents if doc["resource_id"] == asked.resource), None)
            self.documents = [doc for doc in self.documents if doc is not first]
        elif not asked.all:
            return "No action taken (missing --all flag?)"
        else:
            self.documents = [doc for doc in self.documents if asked.user not in (None, doc.get("ownership_id"))]
        return "None"


class _Pdp:
    """Python's own str() of what MongoDB holds."""

    def __init__(self, documents: list[Document]) -> None:
        self.documents = documents

    def listed(self, asked: argparse.Namespace) -> str:
        if asked.policy:
            return _python(next((doc for doc in self.documents if doc["_id"]["$oid"] == asked.policy), None))
        if asked.resource:
            return _python([doc for doc in self.documents if doc["config"]["resource_id"] == asked.resource])
        return _python([doc for doc in self.documents if asked.user in (None, doc.get("ownership_id"))])

    def removed(self, asked: argparse.Namespace) -> str:
        if asked.all:  # tested first, whatever else is given
            self.documents = []
        elif asked.policy:
            self.documents = [doc for doc in self.documents if doc["_id"]["$oid"] != asked.policy]
        else:
            self.documents = [doc for doc in self.documents if not _removes(asked, doc)]
        return "None"


def _removes(asked: argparse.Namespace, doc: Document) -> bool:
    if asked.resource:
        return bool(doc["config"]["resource_id"] == asked.resource)
    return asked.user is not None and doc.get("ownership_id") == asked.user


class _ObjectId(str):
    """Prints as bson's does."""

    def __repr__(self) -> str:
        return f"ObjectId('{self}')"


def _python(value: Any) -> str:
    return repr(_with_ids(value))


def _with_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_ids(each) for each in value]
    if isinstance(value, dict):
        return {key: _ObjectId(each["$oid"]) if key == "_id" else each for key, each in value.items()}
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
