"""The least ClusterRole under which the selected features can be judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from holdfast.fixtures.needs import EVERY_OTHER, Need, merged, rule_line

Secrets = Literal["none", "helm"]

_HEAD = """\
# What holdfast reads, and nothing else: no verb in here changes anything. Discovery, /version and the
# SelfSubject*Reviews come with system:discovery and system:basic-user, which every authenticated user has.
"""
_NO_SECRETS = """\
  # Secrets are left out (--secrets none): what takes them is reported as unknown, with this line as its cure.
"""
_HELM_SECRETS = """\
  # RBAC cannot tell a Helm release (type helm.sh/release.v1) from any other Secret, and release names change with
  # every upgrade: whoever may read one may read all. holdfast lists metadata only, reads single Secrets only where an
  # object refers to them, and keeps digests, never values.
"""


_OTHERS = """\
  # Custom resources of other groups than these are unknown with this role: `holdfast preflight` lists the groups of
  # your cluster that are missing. Add a line for each, e.g.
  # - {apiGroups: ["cert-manager.io"], resources: ["*"], verbs: ["get", "list"]}
"""


@dataclass(frozen=True, slots=True)
class Account:
    """The ServiceAccount to bind the role to."""

    namespace: str
    name: str = "holdfast"


def cluster_role(
    needs: Iterable[Need], secrets: Secrets = "none", name: str = "holdfast", account: Account | None = None
) -> str:
    """YAML ready for ``kubectl apply -f -``.

    Args:
        needs: what is judged; one resource may come several times.
        secrets: ``none`` leaves Secrets out; ``helm`` gives get and list on them.
        name: of the role, and of the binding.
        account: adds this ServiceAccount and the binding to it.
    """
    wanted = merged(needs)
    open_ended = any(each.group == EVERY_OTHER for each in wanted)
    wanted = tuple(each for each in wanted if each.group != EVERY_OTHER)
    plain = [each for each in wanted if (each.group, each.resource) != ("", "secrets")]
    lines = [f"  - {rule_line(group, resources, verbs)}\n" for (group, verbs), resources in _grouped(plain).items()]
    if secrets == "helm":
        lines += [_HELM_SECRETS, f"  - {rule_line('', ['secrets'], ('get', 'list'))}\n"]
    elif len(plain) < len(wanted):
        lines.append(_NO_SECRETS)
    if open_ended:
        lines.append(_OTHERS)
    rules = "rules:\n" + "".join(lines) if any(each.startswith("  - ") for each in lines) else "rules: []\n"
    return _HEAD + _object("rbac.authorization.k8s.io/v1", "ClusterRole", name) + rules + _bound(name, account)


def _grouped(needs: Iterable[Need]) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    """Resources that share a group and verbs share a line."""
    together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for each in needs:
        together.setdefault((each.group, each.verbs), []).append(each.resource)
    return together


def _object(api_version: str, kind: str, name: str, namespace: str = "") -> str:
    inside = f", namespace: {namespace}" if namespace else ""
    return f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: {name}{inside}}}\n"


def _bound(name: str, account: Account | None) -> str:
    if account is None:
        return ""
    who = _object("v1", "ServiceAccount", account.name, account.namespace)
    binding = _object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", name)
    role = f"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {name}}}\n"
    subject = f"subjects: [{{kind: ServiceAccount, name: {account.name}, namespace: {account.namespace}}}]\n"
    return f"---\n{who}---\n{binding}{role}{subject}"
