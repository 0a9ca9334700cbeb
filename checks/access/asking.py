"""How to ask by hand what a scenario asked: the PDP, the identity provider, a guard. Variables, never their values."""

from __future__ import annotations

import json
import re

from holdfast.checks.web import reach
from holdfast.model import Remedy, Resource


def policies(answer: Resource) -> Remedy:
    """The command that shows every policy the PDP has; recordings of before do not say where it runs."""
    namespace, _, name = str(answer.get("engine", default="")).partition("/")
    if not name:
        return Remedy("find the PDP, then list its policies (management_tools list --all)", "kubectl get deploy -A")
    tool = f"kubectl -n {namespace} exec deploy/{name} -c {name} -- management_tools list --all"
    return Remedy("see which policies the PDP has", tool)


def engine(answer: Resource) -> tuple[Remedy, ...]:
    """The question again; its body is what a PEP sends."""
    if answer.get("asked") is None:
        return ()
    body = json.dumps(answer.get("asked"), separators=(",", ":")).replace("'", "'\\''")
    more = f"-X GET -H 'Content-Type: application/json' -d '{body}'"
    return (Remedy("ask it by hand", reach.curl(answer, body=True, more=more)),)


def provider(answer: Resource) -> Remedy:
    """The question again, with the token of who asked."""
    asked, audience = answer.get("asked"), answer.get("audience_given", default=())
    if asked is None or not audience:
        return Remedy("see that it answers", f"curl -sS -o /dev/null -D - --max-time 10 '{reach.host(answer)}'")
    form = " ".join(f"--data-urlencode '{name}={value}'" for name, value in asked.items())
    who = re.search(r": the (owner|other) wants ", answer.name)
    token = f'--oauth2-bearer "${who[1].upper()}_TOKEN" ' if who else ""
    more = f'{token}--data-urlencode "audience=${audience[0]}" {form}'
    return Remedy("ask it by hand", reach.curl(answer, body=asked.get("response_mode") == "decision", more=more))


def guard(answer: Resource) -> Remedy:
    """The question again: a token that is none makes the guard say where there is a ticket."""
    path = str(answer.get("path", default="")).replace("'", "%27")
    more = f"-H 'X-Original-Uri: {path}' -H 'X-Original-Method: GET' --oauth2-bearer 0"
    return Remedy("ask it by hand", reach.curl(answer, more=more))
