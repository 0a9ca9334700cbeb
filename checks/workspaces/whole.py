"""What belongs to a workspace: Secrets with their keys, the objects of the templates, as the templates are now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from holdfast.model import (
    MAJOR,
    Deviation,
    InFlight,
    Json,
    Ref,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    parse_time,
    rule,
)

SECRET = "workspace.secret.incomplete"
MISSING = "workspace.object.missing"
OUTDATED = "workspace.object.outdated"
BROKEN = "workspace.template.broken"


@dataclass(frozen=True, slots=True)
class Maker:
    """The workspace API, which makes workspaces."""

    url: str
    seconds: float
    """How long it may take to make one; the bucket comes last."""


@rule(
    SECRET,
    MAJOR,
    origin="reference eoepca.md §7: Secrets bucket{bucketname,access,secret,projectid}, container-registry{username,…}",
    remedy="Ask the workspace API to deploy the workspace again once its bucket API and Harbor answer",
)
def equipped(namespace: Resource, world: World, secrets: Mapping[str, Sequence[str]], maker: Maker) -> Said:
    """Every workspace has the Secrets its applications read, with all their keys."""
    for name, keys in secrets.items():
        found = world.find("Secret", namespace.name, name)
        if found is None:
            yield being_made(namespace, world, maker) or without_secret(namespace.name, name)
            continue
        data = found.get("data")
        if data is None:
            detail = "it may be listed, but not read: which keys it has is not known"
            yield Unobservable(UnknownCode.FORBIDDEN, str(found.ref), detail, "grant get on secrets")
            continue
        lacking = [key for key in keys if not found.get("data", key)]
        if lacking:
            yield lacks(found.ref, lacking)


def without_secret(workspace: str, name: str) -> Deviation:
    """A Secret that makes a workspace usable is not there, whatever that leads to."""
    ref = Ref("v1", "Secret", workspace, name)
    return Deviation(
        ref,
        expected="the Secret exists",
        observed="it does not",
        cause="making the workspace has stopped half-way, or somebody deleted it",
        summary=f"workspace {workspace} has no Secret {name}: nothing in it can reach what that opens",
        affects=(f"Namespace/{workspace}",),
        rule=SECRET,
        outlook="nobody makes it again by itself; the workspace API says `provisioning` as long as `bucket` is missing",
        remedy=(
            Remedy("see what the workspace has", f"kubectl -n {workspace} get secrets,helmreleases"),
            Remedy("see why it was not made", "kubectl -n rm logs deployment/workspace-api --tail=100"),
        ),
    )


def lacks(ref: Ref, lacking: Sequence[str]) -> Deviation:
    """A Secret lacks keys, whatever that leads to."""
    return Deviation(
        ref,
        expected=f"keys {', '.join(lacking)} with content",
        observed="they are missing or empty",
        cause="it was made by another version of the workspace API, or edited by hand",
        path="data",
        rule=SECRET,
        summary=f"{ref} lacks {', '.join(lacking)}",
        affects=(f"Namespace/{ref.namespace}",),
        remedy=(Remedy("see its keys", f"kubectl describe {ref.where}"),),
    )


@rule(
    MISSING,
    MAJOR,
    origin="reference eoepca.md §7: the objects of the ConfigMap workspace-charts are applied to each workspace",
    remedy="Deploy the workspace again: POST /workspaces/NAME/redeploy of the workspace API",
)
def furnished(workspace: Resource, world: World, maker: Maker) -> Said:
    """Every workspace has every object of the workspace templates."""
    yield from _unsure(workspace, world, maker)
    for each in _objects(workspace, world):
        if not each["found"]:
            ref = _ref(workspace, each)
            yield Deviation(
                ref,
                expected=f"it is there, as {each['template']} gives it",
                observed="it is not",
                cause="the template is younger than the workspace, or somebody deleted it",
                summary=f"workspace {workspace.name} has no {ref.kind} {ref.name}",
                outlook="Flux does not know of it: it stays away until the workspace is deployed again",
                remedy=(_see(ref), _again(workspace.name, maker)),
            )


@rule(
    OUTDATED,
    MAJOR,
    origin="reference eoepca.md §7: live per-user HelmReleases against the current templates, invisible to Flux",
    remedy="Deploy the workspace again, so that it gets the templates as they are: POST /workspaces/NAME/redeploy",
)
def current(workspace: Resource, world: World, maker: Maker) -> Said:
    """Every object of a workspace is as its template gives it today: chart, version, values."""
    yield from _unsure(workspace, world, maker)
    for each in _objects(workspace, world):
        if each["differences"]:
            yield _outdated(workspace.name, _ref(workspace, each), each, maker)


@rule(
    BROKEN,
    MAJOR,
    origin="reference eoepca.md §1.7 8: template-cm-docker-config.yaml emits unbalanced JSON",
    remedy="Mend the template in Git; then deploy the workspaces again that were made from it",
)
def renders(workspace: Resource, world: World, templates: str, maker: Maker) -> Said:
    """Every workspace template gives a Kubernetes object, and the JSON in it can be read."""
    yield from _unsure(workspace, world, maker)
    namespace, _, name = templates.partition("/")
    ref = Ref("v1", "ConfigMap", namespace, name)
    for each in workspace.get("broken", default=()):
        yield Deviation(
            ref,
            expected="it gives an object, whatever the workspace",
            observed=str(each["problem"]),
            cause="the template was edited, and nothing tries templates before they are used",
            path=f"data[{each['template']}]",
            summary=f"workspace template {each['template']} is broken: {each['problem']}",
            affects=(f"Namespace/{workspace.name}",),
            outlook="making or redeploying any workspace stops at it",
            remedy=(Remedy("see it", f"kubectl get {ref.where} -o yaml"),),
        )


def _outdated(workspace: str, ref: Ref, found: Json, maker: Maker) -> Deviation:
    told = found["differences"]
    more = f" (+{len(told) - 3} more)" if len(told) > 3 else ""
    return Deviation(
        ref,
        expected="; ".join(f"{each['path']}: {each['wanted']}" for each in told[:3]) + more,
        observed="; ".join(f"{each['path']}: {each['found']}" for each in told[:3]) + more,
        cause="the template was changed and the workspace not deployed again, or somebody edited it",
        path=str(told[0]["path"]),
        summary=f"{ref.kind} {ref.name} of workspace {workspace} is not as its template is now: {told[0]['path']}",
        outlook="Flux keeps it as it is: the workspace stays behind until it is deployed again",
        source=f"ConfigMap template {found['template']}",
        remedy=(_see(ref), _again(workspace, maker)),
    )


def _unsure(workspace: Resource, world: World, maker: Maker) -> Iterator[Deviation | Unobservable]:
    """What keeps a workspace from being compared: no Secret to fill the templates with, or parameters nobody knows."""
    name, lacking = str(workspace.get("secret", default="")), workspace.get("lacking")
    if name and lacking:
        yield lacks(Ref("v1", "Secret", workspace.name, name), lacking)
    elif name:
        namespace = world.find("Namespace", "", workspace.name)
        young = being_made(namespace, world, maker) if namespace else None
        yield young or without_secret(workspace.name, name)
    if not name and not any(workspace.get(each) for each in ("objects", "broken", "unknown")):
        detail, cure = "the templates give no object to compare it with", "look into the ConfigMap of templates"
        yield Unobservable(UnknownCode.NO_DESIRED_STATE, f"Namespace/{workspace.name}", detail, cure)
    for each in workspace.get("unknown", default=()):
        detail = f"the template takes a parameter holdfast does not know: {each['problem']}"
        cure = "give it in [names] of platform.toml"
        subject = f"Namespace/{workspace.name}: {each['template']}"
        yield Unobservable(UnknownCode.NO_DESIRED_STATE, subject, detail, cure)


def _objects(workspace: Resource, world: World) -> Iterator[Json]:
    for each in workspace.get("objects", default=()):
        if each["kind"] == "HelmRelease":
            world.find("HelmRelease", workspace.name, each["name"])  # so that a second look reads it afresh
        yield each


def _ref(workspace: Resource, each: Json) -> Ref:
    return Ref(each["apiVersion"], each["kind"], workspace.name, each["name"])


def left_behind(names: Iterable[str], world: World, prefix: str) -> Iterator[str]:
    """Those of these names, each of which a workspace gave to something of its own, whose workspace is gone."""
    return (each for each in names if each.startswith(f"{prefix}-") and world.find("Namespace", "", each) is None)


def orphan(thing: str, subject: str, summary: str, outlook: str, *remedy: Remedy) -> Deviation:
    """What a workspace that was deleted has left behind, such as a bucket."""
    return Deviation(
        None,
        expected=f"no {thing}, or the namespace it belongs to",
        observed=f"the {thing} is there, the namespace is not",
        cause="DELETE of the workspace API removes the namespace and nothing else",
        subject=subject,
        summary=summary,
        outlook=outlook,
        remedy=remedy,
    )


def being_made(namespace: Resource, world: World, maker: Maker) -> InFlight | None:
    """A namespace so young that the workspace API may still be at work; None when it ought to be done."""
    made = parse_time(namespace.get("metadata", "creationTimestamp"))
    age = (world.now - made).total_seconds() if made else maker.seconds
    return InFlight(f"Namespace/{namespace.name}", f"made {age:.0f} s ago") if age < maker.seconds else None


def _see(ref: Ref) -> Remedy:
    return Remedy("see it", f"kubectl get {ref.where} -o yaml")


def _again(workspace: str, maker: Maker) -> Remedy:
    url = f"{maker.url.rstrip('/')}/workspaces/{workspace}/redeploy"
    command = f"curl -sS -X POST --oauth2-bearer \"$HOLDFAST_WORKSPACE_API_TOKEN\" '{url}'"
    return Remedy("deploy the workspace again", command, writes=True, risk="every object of the workspace is applied")
