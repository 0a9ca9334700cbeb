"""RBAC, read as the API server's authorizer reads it: who is bound to rules that allow writing in a namespace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from holdfast.checks.flux.selectors import selects
from holdfast.model import Json, Ref, Resource, World

WRITES = frozenset(("create", "update", "patch", "delete", "deletecollection"))
ALL = "*"


@dataclass(frozen=True, slots=True)
class Subject:
    """A user, group or service account."""

    kind: str
    namespace: str
    """Of a service account; "" otherwise."""
    name: str

    def __str__(self) -> str:
        """``Kind:name`` or ``ServiceAccount:namespace/name``."""
        return f"{self.kind}:{self.namespace}/{self.name}" if self.namespace else f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class Grant:
    """What one rule allows on one resource."""

    resource: str
    """``secrets``, ``deployments.apps``, ``*``."""
    verbs: frozenset[str]
    names: tuple[str, ...] = ()
    """Only objects of these names, when not empty."""

    def __str__(self) -> str:
        """``create,patch secrets``."""
        return f"{','.join(sorted(self.verbs))} {self.resource}" + (f" {'/'.join(self.names)}" if self.names else "")


@dataclass(frozen=True, slots=True)
class Protected:
    """Resources of one group nobody else may write."""

    group: str
    resources: tuple[str, ...]
    """``*`` is all of the group."""


def bindings(world: World, namespace: str) -> Iterator[Resource]:
    """Every binding that counts in the namespace: its own, and those for the whole cluster.

    Raises:
        Unobservable: they could not all be read.
    """
    yield from (each for each in world.listing("RoleBinding").all() if each.namespace == namespace)
    yield from world.listing("ClusterRoleBinding").all()


def subjects(binding: Resource) -> Iterator[Subject]:
    """Whom a binding binds; a user named ``system:serviceaccount:NAMESPACE:NAME`` is that service account."""
    for each in _maps(binding.get("subjects")):
        kind, name = str(each.get("kind") or ""), str(each.get("name") or "")
        account = name.split(":")
        if kind == "User" and name.startswith("system:serviceaccount:") and len(account) == 4:
            yield Subject("ServiceAccount", account[2], account[3])
        elif kind == "ServiceAccount":
            yield Subject(kind, str(each.get("namespace") or binding.namespace), name)
        else:
            yield Subject(kind, "", name)


def grants(world: World, binding: Resource, protected: tuple[Protected, ...]) -> tuple[Grant, ...]:
    """What a binding allows to write among ``protected``; nothing when its role does not exist.

    Raises:
        Unobservable: the roles could not all be read.
    """
    ref = role_ref(binding)
    role = world.find(ref.kind, ref.namespace, ref.name) if ref.kind in ("Role", "ClusterRole") else None
    found = (grant for rule in _rules(world, role) for grant in _allowed(rule, protected))
    return tuple(dict.fromkeys(found))


def role_ref(binding: Resource) -> Ref:
    """The role a binding refers to."""
    kind = str(binding.get("roleRef", "kind", default=""))
    namespace = binding.namespace if kind == "Role" else ""
    return Ref("rbac.authorization.k8s.io/v1", kind, namespace, str(binding.get("roleRef", "name", default="")))


def _rules(world: World, role: Resource | None) -> Iterator[Mapping[str, Json]]:
    """A role's rules; of an aggregating one also those of the roles it gathers, filled in already or not."""
    if role is None:
        return
    yield from _maps(role.get("rules"))
    selectors = _maps(role.get("aggregationRule", "clusterRoleSelectors"))
    if selectors:
        for each in world.listing("ClusterRole").all():
            if each.name != role.name and any(selects(selector, each.labels) for selector in selectors):
                yield from _maps(each.get("rules"))


def _allowed(rule: Mapping[str, Json], protected: tuple[Protected, ...]) -> Iterator[Grant]:
    verbs, groups = set(_texts(rule.get("verbs"))), set(_texts(rule.get("apiGroups")))
    may = WRITES if ALL in verbs else WRITES & verbs
    if not may:
        return
    for each in protected:
        if not groups & {ALL, each.group}:
            continue
        for resource in _texts(rule.get("resources")):
            if resource == ALL or resource in each.resources or (ALL in each.resources and "/" not in resource):
                named = resource if resource == ALL and ALL in groups else _qualified(resource, each.group)
                yield Grant(named, may, _texts(rule.get("resourceNames")))


def _qualified(resource: str, group: str) -> str:
    return f"{resource}.{group}" if group else resource


def _texts(found: Json) -> tuple[str, ...]:
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list | tuple) else ()


def _maps(found: Json) -> list[Mapping[str, Json]]:
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list | tuple) else []
