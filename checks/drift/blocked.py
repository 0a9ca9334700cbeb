"""Objects on which the last attempt of their Kustomization came to grief: what differs there cannot be put back."""

from __future__ import annotations

import re

from holdfast.checks.drift.view import View
from holdfast.checks.flux.classify import one_line
from holdfast.checks.flux.state import Phase
from holdfast.model import Ref

_REFUSED = re.compile(r"dry-run failed|apply failed|is invalid|immutable|[Ff]orbidden")


def blocked(view: View, ref: Ref) -> str:
    """What the API server says to the engine about this object; "" when it has not refused it."""
    state = view.state
    if view.owner.kind != "Kustomization" or state.phase is not Phase.FAILED or state.condition is None:
        return ""
    message = state.condition.message
    named = re.search(rf"(?:^|[\s'\"]){re.escape(str(ref))}(?=[\s:'\",]|$)", message)
    return one_line(message) if named and _REFUSED.search(message[named.start() :]) else ""
