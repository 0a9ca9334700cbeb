"""Label selectors, as the API machinery reads them."""

from __future__ import annotations

from collections.abc import Mapping

from holdfast.model import Json


def selects(selector: Json, labels: Mapping[str, str]) -> bool:
    """Whether a ``LabelSelector`` (matchLabels, matchExpressions) matches; one that is empty or absent matches nothing.

    The API machinery lets an empty selector match everything; no caller here wants that.
    """
    if not isinstance(selector, Mapping):
        return False
    wanted, expressions = selector.get("matchLabels") or {}, selector.get("matchExpressions") or []
    if not isinstance(wanted, Mapping) or not isinstance(expressions, list) or not (wanted or expressions):
        return False
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _holds(each, labels) for each in expressions
    )


def _holds(expression: Json, labels: Mapping[str, str]) -> bool:
    if not isinstance(expression, Mapping):
        return False
    key, operator = str(expression.get("key", "")), expression.get("operator")
    values = expression.get("values") or []
    if not isinstance(values, list):
        return False
    match operator:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return False
