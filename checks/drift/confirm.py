"""A difference beside what the API server answers when the engine's apply is tried for show (``--allow dry-run``).

A dry-run never takes a finding away: where it changes nothing, the comparison still stands and is said to stand alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from holdfast.checks.drift.difference import Difference, Examined, Id, Kind
from holdfast.checks.drift.paths import Path
from holdfast.checks.drift.said import MISSING, at
from holdfast.checks.drift.schema import Node
from holdfast.checks.drift.view import View
from holdfast.model import Deviation, Json, Resource, UnknownCode, Unobservable

MOST = 50
"""Objects tried in one run: each costs the API server a write that is thrown away, and calls its webhooks."""
TOO_MANY = Unobservable(UnknownCode.DEADLINE, "dry-run", f"only {MOST} objects of a run are tried")
_CONFIRMABLE = frozenset({Kind.CHANGED, Kind.REMOVED, Kind.ORDER})
"""An addition cannot be confirmed: server-side apply leaves alone what others hold."""
_APPLIES_UNDER = {"Kustomization": "kustomize-controller", "HelmRelease": "helm-controller"}
_NOT_SENT = ("status", "sops")
_AS_THEY_ARE = ("apiVersion", "kind", "metadata")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What to apply for show, and as whom."""

    document: Json
    manager: str


Answer = Json | str | Unobservable
"""The object as it would be; why the API server refuses it; why that could not be asked."""


def attempt(examined: Examined, view: View, node: Node | None) -> Attempt | None:
    """What confirms the differences of an object, as the engine would send it.

    Args:
        node: the kind's schema.

    Returns:
        None where nothing could: only additions, a Secret (of its values only digests are held), values Git holds
        encrypted, another API version than the one that was compared.
    """
    id = Id.of(examined.ref)
    document = view.desired.objects.get(id)
    open_ = [
        each for each in examined.differences if each.kind in _CONFIRMABLE and not each.ignored_by and not each.lint
    ]
    if not open_ or document is None or id in view.desired.encrypted or _is_secret(id):
        return None
    if document.get("apiVersion") != examined.ref.api_version:
        return None
    kept = {key: each for key, each in document.items() if key in _AS_THEY_ARE}
    content = {key: each for key, each in document.items() if key not in (*_AS_THEY_ARE, *_NOT_SENT)}
    return Attempt({**kept, **(_as_sent(content, node) if node else content)}, _applies(view))


def confirmed(said: Deviation, difference: Difference, live: Resource, view: View, answer: Answer) -> Deviation:
    """The finding with what the API server answered."""
    manager = _applies(view)
    if isinstance(answer, Unobservable):
        return _with_cause(said, f"not confirmed by a server-side dry-run as {manager}: {_why(answer)}")
    if isinstance(answer, str):
        refused = _with_cause(said, f"the API server refuses a server-side dry-run as {manager}: {answer}")
        return replace(refused, outlook=_blocked(said.outlook, view, answer))
    if _there(answer, difference.path) == _there(live.raw, difference.path):
        return _with_cause(
            said, f"a server-side dry-run as {manager} would change nothing here: confirmed only by comparison"
        )
    return _with_cause(said, f"a server-side dry-run as {manager} would change it, too")


def _as_sent(said: Json, node: Node) -> Json:
    """Flux passes built-in kinds through Go types, which leave out zero values and fields they do not know."""
    if not node.go:
        return said
    if isinstance(said, list):
        return [_as_sent(each, node.items) for each in said]
    if not isinstance(said, dict):
        return said
    below = ((key, each, node.child(key)) for key, each in said.items() if each or node.keeps_zero(key))
    return {key: _as_sent(each, child) for key, each, child in below if child is not None and each is not None}


def _why(problem: Unobservable) -> str:
    """In our own words: what a server says of an object that it does not take may quote the object."""
    if problem is TOO_MANY:
        return problem.detail
    return f"{problem.code} ({problem.remedy})" if problem.remedy else f"{problem.code}"


def _blocked(outlook: str, view: View, reason: str) -> str:
    """The engine gets the answer we got, once it applies."""
    if _applies_by_itself(view):
        return f"blocked: {view.owner.ref} is refused as well whenever it tries ({reason}), and puts nothing back"
    return f"{outlook}; when it is applied again it is blocked: {reason}"


def _applies_by_itself(view: View) -> bool:
    if view.owner.get("spec", "suspend") is True:
        return False
    return view.owner.kind == "Kustomization" or view.owner.get("spec", "driftDetection", "mode") == "enabled"


def _applies(view: View) -> str:
    return _APPLIES_UNDER[view.owner.kind]


def _with_cause(said: Deviation, told: str) -> Deviation:
    return replace(said, cause="; ".join(part for part in (said.cause, told) if part))


def _there(document: Json, path: Path) -> Json:
    here = document
    for step in path:
        here = at(here, step)
        if here is MISSING:
            break
    return here


def _is_secret(id: Id) -> bool:
    return (id.group, id.kind) == ("", "Secret")
