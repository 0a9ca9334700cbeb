"""What is bent of an object or a carrier before a rule is put to it again: each a name and another object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from holdfast.model import Resource
from tests.checks.laws.recordings import HTML, LOGIN, bare, hollow_content, login

Raw = dict[str, Any]

_LISTS = ("links", "conformsTo", "processes", "jobs", "features")
TEXTS: dict[str, str] = {
    "no text": "",
    "null": "null",
    "an array": "[]",
    "an empty object": "{}",
    "a text": '"x"',
    "half of it": '{"links": [',
    "too deep": "[" * 9000,
    "null lists": json.dumps(dict.fromkeys((*_LISTS, "Response"))),
    "lists of null": json.dumps({key: [None] for key in _LISTS}),
    "no lists": json.dumps(dict.fromkeys((*_LISTS, "inputs"), "x")),
    "lists of nothing": json.dumps({key: [{}] for key in _LISTS}),
}
"""Bodies that are not what was asked for, in the media type that was."""
_STAGES = ("dns", "tcp", "tls", "http", "body", "?")


class Traced(Resource):
    """An object that remembers which of its fields were read."""

    __slots__ = ("touched",)

    def __init__(self, raw: Mapping[str, Any]) -> None:
        super().__init__(raw)
        self.touched: set[str | int] = set()

    def get(self, *path: str | int, default: Any = None) -> Any:
        self.touched |= set(path[:1])
        return super().get(*path, default=default)


def of_object(found: Traced) -> Iterator[tuple[str, Resource]]:
    """An object of Kubernetes whose status says less than it should; only where the rule reads the status."""
    if "status" not in found.touched:
        return
    raw = dict(found.raw)
    status = raw.get("status") or {}
    yield "no status", Resource({key: each for key, each in raw.items() if key != "status"})
    yield "empty status", Resource({**raw, "status": {}})
    if isinstance(conditions := status.get("conditions"), list):
        for name, instead in (
            ("null conditions", None),
            ("no conditions", []),
            ("conditions of null", [{**each, "status": None} for each in conditions]),
            ("conditions unknown", [{**each, "status": "Unknown"} for each in conditions]),
        ):
            yield name, Resource({**raw, "status": {**status, "conditions": instead}})


def of_carrier(carrier: Resource) -> Iterator[tuple[str, Resource]]:
    """An exchange that went another way, or brought nothing that could be made sense of."""
    meta = {key: each for key, each in carrier.raw.items() if key in ("apiVersion", "kind", "metadata")}
    told = {key: each for key, each in carrier.raw.items() if key not in meta}
    for name, bent in _told(told):
        yield name, Resource({**meta, **bent})


def _told(told: Raw) -> Iterator[tuple[str, Raw]]:
    yield "null content", hollow_content(told)
    if "url" in told and "stage" in told:
        yield from _exchanges(told)
    elif "stage" in told:
        yield from ((f"ends at {each}", {**told, "stage": each}) for each in ("tcp", "silent", "protocol", "?"))
    for name, act in told.get("acts", {}).items():
        bent = bare(act, stage="http", problem="no answer within 10 s")
        yield f"{name} is not answered", {**told, "acts": {**told["acts"], name: bent}}


def _exchanges(told: Raw) -> Iterator[tuple[str, Raw]]:
    for stage in _STAGES:
        yield f"ends at {stage}", bare(told, stage=stage, problem="as the test says")
    hollow = {**hollow_content(told), "stage": "done", "problem": ""}
    yield "500", {**hollow, "status": 500, "size": 5, "text": "Sorry", "headers": {"content-type": "text/plain"}}
    yield "a way to a login page", {**hollow, "status": 302, "size": 0, "location": "https://sso.example/login"}
    yield "empty", {**hollow, "status": 200, "size": 0, "text": ""}
    yield "a login page", login(told)
    yield "another type", {**hollow, "status": 200, "headers": {"content-type": "text/plain"}}
    yield "a web page", {**hollow, "status": 200, "headers": HTML, "text": LOGIN, "size": len(LOGIN)}
    if "text" in told:
        for name, text in TEXTS.items():
            yield f"JSON: {name}", {**told, "text": text, "size": max(1, len(text))}
