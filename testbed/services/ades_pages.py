"""How the stand-in ADES hands out a list: whole, or page by page as servers of today do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from testbed.services.standin import Asked, Reply

ELSEWHERE = "https://elsewhere.invalid"
"""Where no page is, and where nobody may be sent with somebody's token."""


def listed(asked: Asked, name: str, entries: Sequence[Any], behaviour: Mapping[str, Any]) -> Reply:
    """The entries from `offset` on: all of them, or `behaviour["page"]` at a time, with a link to the next page.

    `behaviour["next"]` leads astray: "circle" back to where one is, "elsewhere" to another server.
    """
    size = behaviour.get("page")
    if not isinstance(size, int):
        return Reply(200, {name: list(entries), "links": []})
    offset = int(asked.query.get("offset", 0))
    links = [{"rel": "self", "type": "application/json", "href": asked.target}]
    if offset + size < len(entries):
        after = f"{asked.path}?offset={offset + size}"
        astray = {"circle": asked.target, "elsewhere": ELSEWHERE + after}
        href = astray.get(str(behaviour.get("next")), after)
        links.append({"rel": "next", "type": "application/json", "href": href})
    return Reply(200, {name: list(entries[offset : offset + size]), "links": links})
