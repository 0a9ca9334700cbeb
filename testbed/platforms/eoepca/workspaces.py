"""Two users' workspaces, made of what the workspace API makes: from the templates in Git, beside Git."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping

import jinja2
import yaml

from testbed.kube import Object
from testbed.services.people import USERS

PREFIX = "develop-user"
WORKSPACES: Mapping[str, str] = {f"{PREFIX}-{user}": USERS[user] for user in ("eric", "alice")}
"""Name to owner, as the identity provider calls them."""
MANAGER = "kubectl-client-side-apply"
"""What the workspace API signs with, although it applies on the server's side."""
HARBOR = "harbor.develop.eoepca.org"


def base(workspace: str) -> list[Object]:
    """What is there before the templates are: the namespace, which carries no label, and three Secrets."""
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": workspace}},
        _secret(workspace, "bucket", _bucket(workspace)),
        _secret(workspace, "container-registry", _registry(workspace)),
        _secret(workspace, "rm-uma-user-agent", {"client.yaml": f"client-id: {workspace}-agent-of-the-testbed\n"}),
    ]


def rendered(workspace: str, templates: Mapping[str, str]) -> Iterator[Object]:
    """Every object of the ConfigMap rm/workspace-charts for this workspace."""
    bucket, registry = _bucket(workspace), _registry(workspace)
    credentials = base64.b64encode(f"{registry['username']}:{registry['password']}".encode()).decode()
    for text in templates.values():
        made: Object = yaml.safe_load(
            jinja2.Environment(autoescape=False)
            .from_string(text)
            .render(
                workspace_name=workspace,
                access_key_id=bucket["access"],
                secret_access_key=bucket["secret"],
                bucket=bucket["bucketname"],
                projectid=bucket["projectid"],
                default_owner=WORKSPACES[workspace],
                container_registry_host=HARBOR,
                container_registry_credentials=credentials,
            )
        )
        made["metadata"]["namespace"] = workspace
        yield made


def _bucket(workspace: str) -> dict[str, str]:
    return {
        "bucketname": workspace,
        "access": f"access-of-{workspace}-testbed",
        "secret": f"secret-of-{workspace}-testbed",
        "projectid": "project-of-the-testbed",
    }


def _registry(workspace: str) -> dict[str, str]:
    return {"username": workspace, "password": f"harbor-of-{workspace}-testbed"}


def _secret(namespace: str, name: str, values: Mapping[str, str]) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "type": "Opaque",
        "data": {key: base64.b64encode(value.encode()).decode() for key, value in values.items()},
    }
