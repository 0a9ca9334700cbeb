"""The JSON of an endpoint's answer."""

from __future__ import annotations

import json
from typing import Any

from holdfast.checks.web import reach
from holdfast.model import Deviation, Resource


def json_object(endpoint: Resource, expected: str = "a JSON object") -> dict[str, Any] | Deviation:
    """What the endpoint answered; a deviation where that is no JSON object."""
    try:
        read = json.loads(str(endpoint.get("text", default="")))
    except ValueError as error:
        return reach.unreadable(endpoint, expected, f"it cannot be parsed: {str(error)[:120]}")
    except RecursionError:
        return reach.unreadable(endpoint, expected, "it is nested too deeply to be read")
    return read if isinstance(read, dict) else reach.unreadable(endpoint, expected, f"a JSON {_KINDS[type(read)]}")


_KINDS = {list: "array", str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}
