"""What Flux takes back by itself and what never, and what else happens when a field goes back."""

from __future__ import annotations

from holdfast.checks.drift.case import Case
from holdfast.checks.drift.classes import HOTFIX
from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.marks import MERGED
from holdfast.checks.drift.pointers import value_at
from holdfast.model import Change, Json

_ROLLED = ("Deployment", "StatefulSet", "DaemonSet")
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
_IMMUTABLE = {  # fields the API server does not let anybody change, per kind
    "Deployment": ("selector",),
    "DaemonSet": ("selector",),
    "ReplicaSet": ("selector",),
    "StatefulSet": ("selector", "serviceName", "podManagementPolicy", "volumeClaimTemplates"),
    "Job": ("selector", "template", "completions"),
    "PersistentVolumeClaim": ("accessModes", "storageClassName", "volumeName", "volumeMode", "selector", "resources"),
    "Pod": ("containers", "initContainers", "volumes", "nodeName", "serviceAccountName"),
}


def is_sticky(case: Case) -> bool:
    """Whether nobody will take it back: an addition Flux does not see and does not own.

    kustomize-controller takes over, before it applies, the entries of every manager whose name begins with ``kubectl``
    (``before-first-apply`` as well, subresources excepted, and not under ``ssa: Merge``), and so drops what they added.
    helm-controller takes nothing over.
    """
    found = case.difference
    if found is None or found.kind is not Kind.FOREIGN or case.owner is None:
        return False
    if case.owner.kind == "HelmRelease" or case.has(MERGED) or is_kept_port(case):
        return True
    if not found.changed_by:
        return True  # it is there and belongs to nobody Flux would take it from
    return any(not _is_taken_over(each) for each in found.changed_by if each.cls != "gitops")


def stayers(difference: Difference) -> tuple[str, ...]:
    """The managers whose additions Flux leaves alone."""
    kept = (each.manager for each in difference.changed_by if each.cls != "gitops" and not _is_taken_over(each))
    return tuple(dict.fromkeys(kept))


def is_kept_port(case: Case) -> bool:
    """A node port by hand, where Git wants some: Flux lets go of it, and the API server keeps what is allocated."""
    if case.difference is None or case.difference.path[-1:] != ("nodePort",):
        return False
    return case.desired is None or value_at(("spec", "type"), case.desired) in ("NodePort", "LoadBalancer")


def is_immutable(case: Case) -> bool:
    """Whether the API server will refuse to let the field go back."""
    found = case.difference
    if found is None:
        return False
    names = [each for each in found.path if isinstance(each, str)]
    if (
        case.live is not None
        and case.live.get("immutable") is True
        and names[:1] in (["data"], ["binaryData"], ["immutable"])
    ):
        return True
    if case.ref.kind in ("RoleBinding", "ClusterRoleBinding"):
        return names[:1] == ["roleRef"]
    return names[:1] == ["spec"] and len(names) > 1 and names[1] in _IMMUTABLE.get(case.ref.kind, ())


def locked(case: Case) -> dict[str, Json]:
    """What an immutable ConfigMap or Secret holds and Git does not say: to the API server all of it is one.

    Keys that Git has and the object has not are None. Empty for what is not immutable, or where Git's word is unknown.
    """
    live = case.live
    if live is None or live.get("immutable") is not True or case.ref.kind not in ("ConfigMap", "Secret"):
        return {}
    said: dict[str, Json] = {"immutable": True}
    for part in ("data", "binaryData"):
        ours, theirs = live.get(part, default={}), (case.desired or {}).get(part) or {}
        keys = [key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key)]
        if case.desired is not None and keys:
            said[part] = {key: ours.get(key) for key in keys}
    return said


def warnings(case: Case) -> tuple[str, ...]:
    """What else happens once the field is as Git says, each as one clause."""
    found = case.difference
    if found is None:
        return ()
    return tuple(
        said for said in (_replicas(found), _rollout(case, found), _finalizers(case, found), _owners(found)) if said
    )


def _replicas(found: Difference) -> str:
    if found.kind is Kind.FOREIGN and found.path == ("spec", "replicas"):
        return f"Git says no number of replicas, so {found.live} go back to 1"
    return ""


def _rollout(case: Case, found: Difference) -> str:
    if case.ref.kind not in _ROLLED or found.path[:2] != ("spec", "template") or case.what is HOTFIX:
        return ""
    again = "a second time " if RESTARTED_AT in found.path else ""
    return f"its pods are replaced {again}(a rollout)"


def _finalizers(case: Case, found: Difference) -> str:
    if found.kind is not Kind.FOREIGN or found.path[:2] != ("metadata", "finalizers"):
        return ""
    if case.live is not None and case.live.get("metadata", "deletionTimestamp"):
        return "the object is deleted for good at that moment: only this finalizer still holds it"
    return "nothing holds the object any more when it is deleted"


def _owners(found: Difference) -> str:
    if found.kind is Kind.FOREIGN and found.path[:2] == ("metadata", "ownerReferences"):
        return "it is no longer deleted together with the owner it was given"
    return ""


def _is_taken_over(change: Change) -> bool:
    ours = change.manager.startswith("kubectl") or change.manager == "before-first-apply"
    return ours and not change.subresource
