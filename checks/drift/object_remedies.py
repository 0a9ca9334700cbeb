"""What to type about a whole object (missing, unexpected, left behind, held twice, frozen, stuck) or a release."""

from __future__ import annotations

from collections.abc import Callable

from holdfast.checks.drift import classes, commands, pointers
from holdfast.checks.drift.case import Case, Release
from holdfast.checks.drift.fragment import manifest
from holdfast.checks.drift.marks import SKIPPED, marked
from holdfast.checks.flux import cli
from holdfast.checks.flux.kinds import HELM, KUSTOMIZE
from holdfast.model import Ref, Remedy, Resource

_LITTLE_ELSE = ("ServiceAccount", "Namespace")
_LOSSES = {
    "PersistentVolumeClaim": "DATA LOSS: its volume goes with it, unless its reclaim policy is Retain; save it first",
    "PersistentVolume": "DATA LOSS: what is stored on it may be gone; save it first",
    "Namespace": "DATA LOSS: everything in it is deleted with it, volumes included; see what is in it first",
    "CustomResourceDefinition": "DATA LOSS: every object of that kind goes with it, everywhere; export them first",
    "StatefulSet": "its pods are stopped; its volumes stay and are to be deleted apart",
    "Secret": "what it holds is in no Git: it cannot be brought back",
}
_FREEZING = tuple(mark for marks in SKIPPED.values() for mark in marks)
_KEPT_BY_KUBERNETES = ("PersistentVolumeClaim", "PersistentVolume", "Namespace", "CustomResourceDefinition")
"""Their finalizers keep data from being lost while it is used: no command of ours takes those away."""


def of_object(case: Case) -> tuple[Remedy, ...]:
    """What to type, in the order to think of it; the first only reads."""
    found = _BY_CLASS.get(case.what.id)
    return found(case) if found else (Remedy("see it as it is", commands.look(case)),)


def _missing(case: Case) -> tuple[Remedy, ...]:
    looks = [Remedy("see what became of it (events are kept for an hour)", commands.events(case.ref))]
    owner = case.owner
    if owner is None:
        return tuple(looks)
    looks.append(Remedy("see what its owner says", commands.describe(owner.ref)))
    loss = {
        "PersistentVolumeClaim": "the new volume is empty: bring its data back from a backup first",
        "Namespace": "it comes back without what others had put into it",
    }.get(case.ref.kind, "makes it anew as Git says; what was changed by hand before is gone")
    again = "if it goes missing again, the API server's audit log says who deletes it"
    return (*looks, _bring_back(owner, loss), Remedy(again))


def _bring_back(owner: Resource, loss: str) -> Remedy:
    if owner.get("spec", "suspend") is True:
        risk = f"applies at once all that has come in meanwhile; {loss}"
        return Remedy("let Flux go on, which makes it anew", cli.resume(owner.ref), writes=True, risk=risk)
    if owner.kind == "Kustomization":
        return Remedy("let Flux make it anew now", commands.reconcile(owner), writes=True, risk=loss)
    if owner.get("spec", "driftDetection", "mode") == "enabled":
        return Remedy("let Flux make it anew now", commands.reconcile(owner), writes=True, risk=loss)
    text = "upgrade the release once more; in Git, spec.driftDetection.mode: enabled does it every time"
    risk = f"a new revision of the whole release, its hooks run; {loss}"
    return Remedy(text, commands.reconcile(owner, "--force"), writes=True, risk=risk)


def _unexpected(case: Case) -> tuple[Remedy, ...]:
    look = Remedy("see what it is and who made it", commands.look(case))
    return (look, *_adopt(case), *_inside(case), _delete(case))


def _adopt(case: Case) -> tuple[Remedy, ...]:
    if case.live is not None and not _is_whole(case.live):
        command = commands.joined("kubectl", "get", *commands.named(case.ref), "-o", "yaml")
        why = "if it belongs there, add it to Git, without status and what the API server has set"
        return () if case.is_secret else (Remedy(why, command),)
    yaml = manifest(case)
    if not yaml:
        return ()
    return (Remedy(f"if it belongs there, add it to Git\n{yaml}", writes=True, risk="Flux then owns it"),)


def _is_whole(live: Resource) -> bool:
    """Whether it is known as one would commit it: with more than metadata, which is all some kinds have.

    A Pod never is: admission and the scheduler have added volumes, tolerations and a node to what somebody made.
    """
    if live.kind == "Pod" and live.ref.group == "":
        return False
    return bool(live.raw.keys() - {"apiVersion", "kind", "metadata", "type"}) or live.kind in _LITTLE_ELSE


def _inside(case: Case) -> tuple[Remedy, ...]:
    """What would go with it."""
    name = case.ref.name
    if case.ref.kind == "Namespace":
        return (Remedy("see what is in it", commands.joined("kubectl", "get", "all,pvc,secrets", "-n", name)),)
    if case.ref.kind == "CustomResourceDefinition":
        return (Remedy("see what there is of its kind", commands.joined("kubectl", "get", name, "-A")),)
    return ()


def _delete(case: Case, why: str = "if it does not, delete it") -> Remedy:
    risk = _LOSSES.get(case.ref.kind, "whoever uses it is without it; it is in no Git, so keep a copy")
    return Remedy(why, commands.delete(case.ref), writes=True, risk=risk)


def _orphaned(case: Case) -> tuple[Remedy, ...]:
    look = Remedy("see who made it, and when", commands.look(case))
    return (look, *_adopt(case), *_forget(case), *_inside(case), _delete(case, "if nobody needs it, delete it"))


def _forget(case: Case) -> tuple[Remedy, ...]:
    """Take the owner's labels away, so that it passes for nobody's."""
    labels = case.live.labels if case.live else {}
    keys = [f"{group}/{each}" for group in (KUSTOMIZE, HELM) for each in ("name", "namespace")]
    carried = [f"{key}-" for key in keys if key in labels]
    if not carried:
        return ()
    command = commands.joined("kubectl", "label", *commands.named(case.ref), *carried)
    return (
        Remedy("if it is to stay as it is, take Flux's labels off", command, writes=True, risk="it is then unexpected"),
    )


def _contested(case: Case) -> tuple[Remedy, ...]:
    look = Remedy("see who applied it last, by its labels", commands.field(case.ref, ".metadata.labels"))
    declared = [Remedy(f"see what {each} holds", commands.describe(each)) for each in case.others]
    text = "take it out of all but one of them in Git, and keep it from being pruned while it moves"
    return (look, *declared, _protect(case, text))


def _protect(case: Case, text: str) -> Remedy:
    mark = f"{KUSTOMIZE}/prune=disabled"
    command = commands.joined("kubectl", "annotate", *commands.named(case.ref), mark)
    risk = "take the annotation away afterwards, else it stays when Git drops it"
    return Remedy(text, command, writes=True, risk=risk)


def _frozen(case: Case) -> tuple[Remedy, ...]:
    look = Remedy("see who froze it", commands.look(case))
    found = [mark for each in _FREEZING if case.live and (mark := marked(case.live.raw, each))]
    risk = "Flux applies at once all it has skipped, and takes away what kubectl added meanwhile"
    why = "let Flux have it again"
    thaw = [Remedy(why, commands.unset(case.ref, each.place, each.key), writes=True, risk=risk) for each in found]
    keep = Remedy(f"or say in Git that it is left to people: {KUSTOMIZE}/reconcile: disabled", writes=True)
    return (look, *thaw, keep)


def _terminating(case: Case) -> tuple[Remedy, ...]:
    looks = (
        Remedy("see what holds it", commands.field(case.ref, ".metadata.finalizers")),
        Remedy("see its conditions and events", commands.describe(case.ref)),
    )
    find = Remedy("bring back the controller that answers for the finalizer: it cleans up and lets go")
    finalizers = case.live.get("metadata", "finalizers", default=()) if case.live else ()
    if case.ref.kind in _KEPT_BY_KUBERNETES or not finalizers:
        return (*looks, find, *_inside(case))
    at = "/metadata/finalizers/0"
    patch = [{"op": "test", "path": at, "value": finalizers[0]}, {"op": "remove", "path": at}]
    risk = "deleted for good, and what the finalizer was to clean up outside the cluster stays behind"
    last = Remedy(
        "last resort, when that controller is gone", commands.json_patch(case.ref, patch), writes=True, risk=risk
    )
    return (*looks, find, last)


def _dangling(case: Case) -> tuple[Remedy, ...]:
    look = Remedy("see whose it was", commands.field(case.ref, ".metadata.ownerReferences"))
    owners = case.live.maps("metadata", "ownerReferences") if case.live else ()
    at = next((index for index, each in enumerate(owners) if each.get("uid") == case.uid), None)
    keep = []
    if at is not None:
        path = f"/metadata/ownerReferences/{at}"
        patch = [{"op": "test", "path": f"{path}/uid", "value": case.uid}, {"op": "remove", "path": path}]
        why = "to keep it, untie it before it is collected"
        risk = f"it is then unexpected: add it to Git; {pointers.SHIFTS}"
        keep.append(Remedy(why, commands.json_patch(case.ref, patch), writes=True, risk=risk))
    return (look, *keep, _delete(case, "if it is still there in some minutes and nobody needs it, delete it"))


def _out_of_band(case: Case) -> tuple[Remedy, ...]:
    release = _release(case)
    look = Remedy("see every revision, and which was not Flux's", commands.helm("history", release))
    keep = Remedy("to keep it, commit its chart version and values to the HelmRelease in Git", writes=True)
    if case.owner is None:
        return (look, keep)
    resume = case.owner.get("spec", "suspend") is True
    command = cli.resume(case.owner.ref) if resume else commands.reconcile(case.owner, "--force")
    risk = "one more upgrade of the whole release: hooks run, and what was rolled back by hand comes back"
    return (look, Remedy("let Flux release what Git says", command, writes=True, risk=risk), keep)


def _unexpected_release(case: Case) -> tuple[Remedy, ...]:
    release = _release(case)
    look = Remedy("see who installed what, and when", commands.helm("history", release))
    adopt = Remedy(
        f"if it belongs there, commit a HelmRelease with releaseName: {release.name} and "
        f"storageNamespace: {release.namespace}: Flux takes the release over",
        writes=True,
        risk="the first reconcile upgrades it to what Git says",
    )
    risk = "DATA LOSS: deletes every object of the release, volumes included unless the chart keeps them"
    return (look, adopt, Remedy("if not, uninstall it", commands.helm("uninstall", release), writes=True, risk=risk))


def _release(case: Case) -> Release:
    if case.release is not None:
        return case.release
    return Release.of(case.owner) if case.owner is not None else Release(case.ref.namespace, case.ref.name)


def _blocked(case: Case) -> tuple[Remedy, ...]:
    owner = case.owner
    looks = [Remedy("see the object as it is", commands.look(case))]
    if owner is not None:
        looks.insert(0, Remedy("read what the API server refuses, and why", commands.describe(owner.ref)))
    keep = Remedy("make Git say what the API server has: what it refuses cannot be changed in place", writes=True)
    risk = _LOSSES.get(case.ref.kind, "down until it is made anew")
    return (
        *looks,
        keep,
        Remedy("or let Flux make it anew, as Git says", commands.delete(case.ref), writes=True, risk=risk),
    )


def _pending(case: Case) -> tuple[Remedy, ...]:
    owner: Ref = case.owner.ref if case.owner is not None else case.ref
    return (Remedy("see how far it is", commands.describe(owner)),)


_BY_CLASS: dict[str, Callable[[Case], tuple[Remedy, ...]]] = {
    classes.MISSING.id: _missing,
    classes.UNEXPECTED.id: _unexpected,
    classes.ORPHANED.id: _orphaned,
    classes.CONTESTED.id: _contested,
    classes.FROZEN.id: _frozen,
    classes.TERMINATING.id: _terminating,
    classes.DANGLING.id: _dangling,
    classes.OUT_OF_BAND.id: _out_of_band,
    classes.UNEXPECTED_RELEASE.id: _unexpected_release,
    classes.BLOCKED.id: _blocked,
    classes.PENDING.id: _pending,
}
