"""Commands to copy and paste, quoted so that no name in them can mean anything to a shell."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable

from holdfast.checks.drift.case import Case, Release
from holdfast.checks.flux import cli
from holdfast.model import Json, Ref, Resource


def joined(*words: str) -> str:
    """Words as one command."""
    return shlex.join(words)


def named(ref: Ref) -> tuple[str, ...]:
    """``deployment.apps/web -n um``, with the group, as words: the short kind may mean somebody else's."""
    kind = ref.kind.lower() + (f".{ref.group}" if ref.group else "")
    return (f"{kind}/{ref.name}", *(("-n", ref.namespace) if ref.namespace else ()))


def look(case: Case) -> str:
    """The live object and who holds which field; of a Secret only the latter, which holds names and no values."""
    if case.is_secret:
        return joined("kubectl", "get", *named(case.ref), "-o", "jsonpath={.metadata.managedFields}")
    return joined("kubectl", "get", *named(case.ref), "-o", "yaml", "--show-managed-fields")


def field(ref: Ref, path: str) -> str:
    """One field of the live object: ``.metadata.finalizers``."""
    return joined("kubectl", "get", *named(ref), "-o", f"jsonpath={{{path}}}")


def describe(ref: Ref) -> str:
    """Conditions and events."""
    return joined("kubectl", "describe", *named(ref))


def events(ref: Ref) -> str:
    """What happened to an object in the last hour, also when it is gone."""
    where = ("-n", ref.namespace or "default")
    about = f"involvedObject.kind={ref.kind},involvedObject.name={ref.name}"
    return joined("kubectl", "get", "events", *where, "--field-selector", about)


def json_patch(ref: Ref, operations: Iterable[Json]) -> str:
    """A JSON patch of the live object."""
    text = json.dumps(list(operations), separators=(",", ":"))
    return joined("kubectl", "patch", *named(ref), "--type=json", "-p", text)


def unset(ref: Ref, place: str, key: str) -> str:
    """Take one of its ``labels`` or ``annotations`` away."""
    return joined("kubectl", {"labels": "label", "annotations": "annotate"}[place], *named(ref), f"{key}-")


def delete(ref: Ref) -> str:
    return joined("kubectl", "delete", *named(ref))


def reconcile(owner: Resource, *more: str) -> str:
    """Let Flux apply once more what it has already fetched."""
    return " ".join((cli.flux("reconcile", owner.ref), *more))


def flux_diff(owner: Resource) -> str:
    """What a Kustomization would change, seen from a checkout of its source."""
    path = str(owner.get("spec", "path", default="./"))
    return f"{cli.flux('diff', owner.ref)} --path {shlex.quote(path)}"


def git_log(path: str) -> str:
    """Who changed a file or folder in Git lately."""
    return joined("git", "log", "--oneline", "-10", "--", path)


def helm(verb: str, release: Release) -> str:
    """``helm history NAME -n NAMESPACE``."""
    return joined("helm", *verb.split(), release.name, "-n", release.namespace)
