"""Whom the rules of a policy let in."""

from __future__ import annotations

from collections.abc import Mapping

from holdfast.model import Json

OPERATOR = "operator"
"""Who owns what is owned by zeros, and whom ``isOperator`` lets in."""


def admitted(rules: Json) -> frozenset[str] | None:
    """User ids, and :data:`OPERATOR`; None where the rules are not just about who asks, or are none.

    Understood are ``{"AND": [{"EQUAL": {"id": …}}]}`` and the same with OR and several: as the PEP writes them, and as
    people extend them.
    """
    if not isinstance(rules, list) or len(rules) != 1 or not isinstance(rules[0], Mapping) or len(rules[0]) != 1:
        return None
    [(joined, conditions)] = rules[0].items()
    if joined not in ("AND", "OR") or not isinstance(conditions, list) or not conditions:
        return None
    if joined == "AND" and len(conditions) > 1:
        return None
    who = [_who(each) for each in conditions]
    return frozenset(each for each in who if each) if all(who) else None


def _who(condition: Json) -> str:
    """The one user a condition is about; "" where it is about anything else."""
    match condition:
        case {"EQUAL": {"id": str() as user, **more}, **others} if user.strip() and not more and not others:
            return user.strip()
        case {"EQUAL": {"isOperator": True | "true" | "True", **more}, **others} if not more and not others:
            return OPERATOR
    return ""
