"""Who may write where Flux keeps its sources, credentials and controllers: whoever can, can be Flux."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from holdfast.checks.flux import controllers, kinds, rbac
from holdfast.checks.flux.rbac import Grant, Protected, Subject
from holdfast.model import MAJOR, Deviation, Remedy, Resource, Said, World, rule

ALLOW_COLUMNS = ("kind", "name", "namespace?", "reason")

PROTECTED = (
    *(Protected(group, (rbac.ALL,)) for group in kinds.GROUPS),
    Protected("", ("secrets",)),
    Protected("apps", ("deployments",)),
)
"""Flux's objects decide what is applied, Secrets hold its credentials and keys, Deployments are Flux itself."""

_CROWDS = ("system:authenticated", "system:unauthenticated", "system:anonymous", "system:serviceaccounts")
"""Names of the system's that stand for everybody, or for every pod: never "the system itself"."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """One who may write there, and why; ``*`` is allowed in name and namespace."""

    kind: str
    name: str
    namespace: str = ""
    reason: str = ""

    @classmethod
    def of(cls, cells: Mapping[str, str]) -> Allowed:
        """From a table's row."""
        return cls(cells["kind"], cells["name"], cells.get("namespace", ""), cells.get("reason", ""))

    def covers(self, subject: Subject) -> bool:
        """Whether the subject is meant."""
        return (
            self.kind == subject.kind
            and fnmatchcase(subject.name, self.name)
            and fnmatchcase(subject.namespace, self.namespace or ("*" if subject.kind == "ServiceAccount" else ""))
        )


ALWAYS_ALLOWED = (
    Allowed("Group", "system:masters", reason="the API server lets them pass whatever RBAC says"),
    Allowed(
        "Group", "kubeadm:cluster-admins", reason="kubeadm's administrators, in place of system:masters since 1.29"
    ),
    Allowed("ServiceAccount", "*", "kube-system", reason="the cluster's own controllers"),
)


@rule(
    "flux.namespace.writable",
    MAJOR,
    origin="issue A §5, seed 004 'Protect the flux-system namespace'",
    remedy="Take the right away, or put the subject on the allow-list with its reason",
)
def protected(namespace: Resource, world: World, *allowed: Allowed) -> Said:
    """Only Flux itself and those on the allow-list may write Flux objects, Secrets and Deployments in its namespace.

    By RBAC alone: other authorizers, and rights to impersonate or to run a pod there, are not seen. A service account
    whose binding Flux itself delivers was given its rights in Git, as Git says, and counts as allowed; people do not.
    A right for single named objects counts when such an object exists.
    """
    own = _flux_itself(world, namespace.name)
    for binding in rbac.bindings(world, namespace.name):
        suspects = [
            each
            for each in dict.fromkeys(rbac.subjects(binding))
            if each not in own
            and not _is_system(each)
            and not (each.kind == "ServiceAccount" and kinds.delivered_by(binding))
            and not any(one.covers(each) for one in (*ALWAYS_ALLOWED, *allowed))
        ]
        if not suspects:
            continue
        grants = [each for each in rbac.grants(world, binding, PROTECTED) if _reaches(each, namespace.name, world)]
        if grants:
            yield from (_writable(binding, each, grants, namespace.name) for each in suspects)


def _flux_itself(world: World, namespace: str) -> frozenset[Subject]:
    """The service accounts Flux's pods run as, those of controllers not installed, and those Flux impersonates."""
    there = controllers.deployed(world, namespace)
    accounts = {
        str(each.deployment.get("spec", "template", "spec", "serviceAccountName") or each.name) for each in there
    }
    accounts |= set(kinds.KEPT_BY) | set(controllers.ARC_AGENTS)
    for each in kinds.every(world, "Kustomization", "HelmRelease"):
        if each.namespace == namespace and (account := each.get("spec", "serviceAccountName")):
            accounts.add(str(account))
    return frozenset(Subject("ServiceAccount", namespace, each) for each in accounts)


def _is_system(subject: Subject) -> bool:
    if subject.kind == "ServiceAccount" or not subject.name.startswith("system:"):
        return False
    return not subject.name.startswith(_CROWDS)


def _reaches(grant: Grant, namespace: str, world: World) -> bool:
    """Whether the right reaches anything: for named objects, whether one of them is there."""
    if not grant.names:
        return True
    plural = grant.resource.partition(".")[0].partition("/")[0]
    kind = next((each for each in (*kinds.KINDS, "Secret", "Deployment") if _plural(each) == plural), None)
    return kind is None or any(world.find(kind, namespace, name) for name in grant.names)


def _plural(kind: str) -> str:
    return f"{kind[:-1].lower()}ies" if kind.endswith("y") else f"{kind.lower()}s"


def _writable(binding: Resource, subject: Subject, grants: list[Grant], namespace: str) -> Deviation:
    told = "; ".join(map(str, grants[:4])) + (f"; and {len(grants) - 4} more" if len(grants) > 4 else "")
    role = rbac.role_ref(binding)
    return Deviation(
        binding.ref,
        expected=f"nobody but Flux and the allow-list may write in {namespace}",
        observed=f"{subject} may: {told}",
        cause=f"it is bound to {role}",
        summary=f"{subject} may write in {namespace}, by {binding.ref}",
        path=f"subjects[{subject}]",
        outlook="Flux changes nothing about it unless the binding is in Git",
        remedy=(
            Remedy("see what it may do", f"kubectl auth can-i --list -n {namespace} {_as(subject)}"),
            Remedy("see who made the binding", f"kubectl get {binding.ref.where} -o yaml --show-managed-fields"),
            Remedy(
                "take the right away, in Git where the binding comes from there",
                f"kubectl delete {binding.ref.where}",
                writes=True,
                risk="ends every right the binding gives, to all its subjects",
            ),
        ),
    )


def _as(subject: Subject) -> str:
    if subject.kind == "ServiceAccount":
        return f"--as=system:serviceaccount:{subject.namespace}:{subject.name}"
    return f"--as=someone --as-group={subject.name}" if subject.kind == "Group" else f"--as={subject.name}"
