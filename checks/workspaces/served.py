"""What a workspace is to its user: the workspace API knows it as ready, and its registry user is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holdfast.checks.web import reach
from holdfast.checks.web.reach import Expected
from holdfast.checks.workspaces import whole
from holdfast.model import (
    MAJOR,
    MINOR,
    Deviation,
    Ref,
    Remedy,
    Resource,
    Said,
    UnknownCode,
    Unobservable,
    World,
    rule,
)

_JSON = Expected(media="application/json")


@rule(
    "workspace.api.provisioning",
    MAJOR,
    origin="reference eoepca.md §7: GET /workspaces/{n} says ready once the Secret `bucket` is there",
    remedy="Look at the workspace API's log for what stopped it; then deploy the workspace again",
)
def ready(answer: Resource, world: World, workspace: str, maker: whole.Maker) -> Said:
    """The workspace API says of every workspace that it is ready."""
    if found := _troubles(answer, world):
        yield from found
        return
    status = answer.get("workspace", "status")
    if not isinstance(status, str):
        yield reach.unreadable(answer, "a workspace with a status", "JSON without one")
        return
    if status == "ready":
        if not answer.get("workspace", "endpoints"):
            yield reach.unreadable(answer, "a ready workspace with its endpoints", "it names none")
        return
    namespace = world.find("Namespace", "", workspace)
    if namespace and (young := whole.being_made(namespace, world, maker)):
        yield young
    elif world.find("Secret", workspace, "bucket") is None:
        yield whole.without_secret(workspace, "bucket")
    else:
        yield Deviation(
            Ref("v1", "Namespace", "", workspace),
            expected="status: ready",
            observed=f"status: {status}",
            cause="the workspace API stopped half-way, may not read Secrets, or sees another cluster",
            summary=f"the workspace API does not call workspace {workspace} ready: {status}",
            remedy=(Remedy("see what it has", f"kubectl -n {workspace} get secrets,helmreleases,ingresses"),),
        )


@rule(
    "workspace.registry.missing",
    MAJOR,
    origin="reference eoepca.md §7: a Harbor user per workspace, its password in the Secret container-registry",
    remedy="Make the user again in Harbor with the name and password of the Secret container-registry",
)
def registered(registry: Resource, world: World, workspaces: Sequence[str]) -> Said:
    """Every workspace has its user in the container registry."""
    yield from _registry_troubles(registry, world)
    users = registry.get("users")
    known = {each["name"] for each in users or ()}
    for name in workspaces if users is not None else ():
        if name not in known:
            yield Deviation(
                Ref("v1", "Namespace", "", name),
                expected=f"a user {name} in the container registry",
                observed="there is none",
                cause="it was deleted by hand, or Harbor was set up anew",
                path="registry",
                summary=f"workspace {name} has no user in the container registry",
                outlook="images of the user cannot be pushed or pulled",
                remedy=(_users(registry),),
            )


@rule(
    "workspace.registry.orphan",
    MINOR,
    origin="reference eoepca.md §7: DELETE removes only the namespace; the Harbor user remains",
    remedy="Remove the user in Harbor once nobody needs their images",
)
def no_user_left(registry: Resource, world: World, prefix: str) -> Said:
    """No workspace that was deleted has left its user in the container registry."""
    yield from _registry_troubles(registry, world)
    names = [each["name"] for each in registry.get("users", default=())]
    for name in whole.left_behind(names, world, prefix):
        summary = f"the container registry still has the user of workspace {name}, which is gone"
        outlook = "whoever has its password can still push images"
        yield whole.orphan("user", f"registry user {name}", summary, outlook, _users(registry))


def _troubles(answer: Resource, world: World) -> list[Deviation | Unobservable]:
    """What keeps an API's answer from being judged; a credential of ours that is refused is our trouble."""
    if answer.get("stage") == "done" and answer.get("status") in (401, 403):
        given = " and ".join(map(str, answer.get("signed_with", default=()))) or "what [credentials] names"
        detail = f"it does not accept the credential it was given (status {answer.get('status')}): {given}"
        return [Unobservable(UnknownCode.UNAUTHORIZED, answer.name, detail, f"renew {given}")]
    return list(reach.troubles(answer, world, _JSON))


def _registry_troubles(registry: Resource, world: World) -> Iterator[Deviation | Unobservable]:
    found = _troubles(registry, world)
    if not found and registry.get("users") is None:
        found = [reach.unreadable(registry, "a list of users", "JSON of another shape")]
    yield from found


def _users(registry: Resource) -> Remedy:
    url = f"{reach.host(registry)}/api/v2.0/users?page_size=100"
    return Remedy("see which users there are", reach.curl(registry, body=True, asked=url))
