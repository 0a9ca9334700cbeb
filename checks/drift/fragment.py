"""What to commit so that Git says what the cluster says: no more than the field itself, with the keys on its way.

Values of Secrets are never in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from holdfast.checks.drift import commands, pointers
from holdfast.checks.drift.case import Case
from holdfast.checks.drift.cleanup import locked
from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.paths import Key, Path, Step, text
from holdfast.checks.drift.unsaid import name_at, unsaid
from holdfast.checks.drift.yaml_text import commented, written
from holdfast.checks.flux.kinds import HELM, KUSTOMIZE
from holdfast.model import Json, Ref, Resource
from holdfast.model.patterns import WITHHELD

_DEFAULTS = {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File", "resources": {}}
"""What the API server puts into every container."""
_LONGEST = 4000
"""Characters: a file that is longer is quicker taken from the cluster than read here."""
_SERVER_KEEPS = (
    *("uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "managedFields"),
    *("selfLink", "ownerReferences", "deletionGracePeriodSeconds"),
)
_SERVER_SAYS = (
    "kubectl.kubernetes.io/last-applied-configuration",
    "deployment.kubernetes.io/revision",
    "pv.kubernetes.io/bind-completed",
    "pv.kubernetes.io/bound-by-controller",
)
_FLUX_SAYS = tuple(f"{group}/{each}" for group in (KUSTOMIZE, HELM) for each in ("name", "namespace"))
"""The labels of whoever applied it, which it gets again."""
_ALLOCATED = {"Service": ("clusterIP", "clusterIPs"), "PersistentVolumeClaim": ("volumeName",)}


def fragment(case: Case, others: Sequence[Difference] = ()) -> str:
    """The YAML to commit to keep a difference; "" where there is nothing to commit (an order).

    For an object of a HelmRelease it is a post-renderer of that HelmRelease: the chart's templates are not ours.
    It starts with a comment that says where it goes. Of an immutable object it holds all that differs: the API server
    takes it whole or not at all.

    Args:
        others: differences of the same object that are of no use without this one.
    """
    told = [each for each in (case.difference, *others) if each is not None and each.kind is not Kind.ORDER]
    if not told:
        return ""
    hidden = next((each for each in told if _is_withheld(case, each)), None)
    inside = _locked(case)
    for each in told:
        if not _is_withheld(case, each):
            inside = _merged(inside, _nested(each.path, _value(each, case.live), each.kind, case.live))
    secret = commented(_secret(case, hidden)) if hidden else ""
    return secret + (_patch(case, inside, removes=any(each.kind is Kind.REMOVED for each in told)) if inside else "")


def _is_withheld(case: Case, found: Difference) -> bool:
    return case.is_secret and found.path[:1] in (("data",), ("stringData",)) and found.kind is not Kind.REMOVED


def _locked(case: Case) -> dict[str, Json]:
    """What an immutable object holds, of a Secret without its values."""
    held = locked(case)
    return {key: unsaid(each) for key, each in held.items() if key == "immutable" or not case.is_secret}


def _merged(ours: Json, theirs: Json) -> Json:
    """Two patches of one object as one; entries of lists are one where what both say of them is the same."""
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        return {**ours, **{key: _merged(ours[key], each) if key in ours else each for key, each in theirs.items()}}
    if isinstance(ours, list) and isinstance(theirs, list):
        entries = list(ours)
        for each in theirs:
            at = next((index for index, entry in enumerate(entries) if _is_same(entry, each)), len(entries))
            entries[at:] = [_merged(entries[at], each) if at < len(entries) else each, *entries[at + 1 :]]
        return entries
    return theirs


def _is_same(ours: Json, theirs: Json) -> bool:
    if not (isinstance(ours, Mapping) and isinstance(theirs, Mapping)):
        return bool(ours == theirs)
    shared = [key for key in ours.keys() & theirs.keys() if not isinstance(ours[key], Mapping | list)]
    return bool(shared) and all(ours[key] == theirs[key] for key in shared)


def _patch(case: Case, inside: dict[str, Json], *, removes: bool) -> str:
    head = _header(case.ref)
    patch = {**head, **inside, "metadata": {**head["metadata"], **inside.get("metadata", {})}}
    note = "to remove a field, take it out of the manifest; as a patch it reads like this\n" if removes else ""
    owner = case.owner
    if owner is not None and owner.kind == "HelmRelease":
        said = f"into {owner.ref}, unless the chart has a value for it, which is better\n{note}"
        return _bounded(case, said, written(_post_renderer(owner.ref, case.ref, patch)))
    return _bounded(case, f"{_place(case)}\n{note}", written(patch))


def manifest(case: Case) -> str:
    """A live object as one would commit it: without what the API server and its controllers have written.

    Of a Secret, only how to get it there.
    """
    if case.live is None:
        return ""
    if case.is_secret:
        return commented(_secret(case, None))
    whole = {key: each for key, each in case.live.raw.items() if key != "status"}
    meta = {key: each for key, each in whole.get("metadata", {}).items() if key not in _SERVER_KEEPS}
    notes = {key: each for key, each in case.live.annotations.items() if key not in _SERVER_SAYS}
    labels = {key: each for key, each in case.live.labels.items() if key not in _FLUX_SAYS}
    said = {"labels": labels, "annotations": notes}
    meta = {key: each for key, each in meta.items() if key not in said}
    whole["metadata"] = {**meta, **{key: each for key, each in said.items() if each}}
    spec, dropped = whole.get("spec"), _ALLOCATED.get(case.ref.kind, ())
    if isinstance(spec, Mapping):
        whole["spec"] = {
            key: each for key, each in spec.items() if key not in dropped or (key == "clusterIP" and each == "None")
        }
    return _bounded(case, "", written(unsaid(whole)))


def ignore_rule(case: Case) -> str:
    """The rule that tells the owner to leave the field to whoever writes it; "" where there is no owner or no field.

    A Kustomization has spec.ignore since Flux 2.9 (kustomize-controller 1.9). Pointers count positions in lists: the
    rule holds as long as the list keeps its order.
    """
    owner, found = case.owner, case.difference
    if owner is None or found is None:
        return ""
    where = pointers.pointer(found.path, case.live.raw if case.live else case.desired)
    if where is None:
        return ""
    rule = {"paths": [where], "target": _target(case.ref)}
    if owner.kind == "HelmRelease":
        mode = owner.get("spec", "driftDetection", "mode", default="enabled")
        kept = owner.maps("spec", "driftDetection", "ignore")
        spec: Json = {"driftDetection": {"mode": mode, "ignore": [*kept, rule]}}
        note = f"into {owner.ref}"
    else:
        spec = {"ignore": [*owner.maps("spec", "ignore"), rule]}
        note = f"into {owner.ref}; needs Flux 2.9 or newer"
    return commented(note) + written({**_header(owner.ref), "spec": spec})


def _bounded(case: Case, said: str, yaml: str) -> str:
    """The fragment, with a word on what is left out of it; only where to find it, when it is too long to read."""
    if len(yaml) > _LONGEST:
        get = commands.joined("kubectl", "get", *commands.named(case.ref), "-o", "yaml")
        return commented(f"{said}it is too long to be printed here; take it from the cluster:\n{get}")
    missing = f"{WITHHELD} stands for what looks like a secret: refer to a Secret instead\n" if WITHHELD in yaml else ""
    return commented(f"{said}{missing}") + yaml


def _header(ref: Ref) -> dict[str, Json]:
    namespace = {"namespace": ref.namespace} if ref.namespace else {}
    return {"apiVersion": ref.api_version, "kind": ref.kind, "metadata": {"name": ref.name, **namespace}}


def _place(case: Case) -> str:
    if case.git_path:
        return f"into {case.git_path}"
    if case.owner is None:
        return "into Git"
    folder = str(case.owner.get("spec", "path", default="") or "")
    return f"where {case.ref} is declared, in what {case.owner.ref} applies" + (f" ({folder})" if folder else "")


def _secret(case: Case, found: Difference | None) -> str:
    what = f"{text(found.path)} of {case.ref}" if found else f"{case.ref}"
    get = commands.joined("kubectl", "get", *commands.named(case.ref), "-o", "yaml")
    return (
        f"{what}: no value of a Secret is printed here, and none belongs into Git in clear\n"
        "take it from the cluster with the platform's own tool for sealed secrets, for example:\n"
        f"{get} | kubeseal -o yaml"
    )


def _value(found: Difference, live: Resource | None) -> Json:
    """What the cluster has there: from the object itself, else from the difference."""
    if found.kind is Kind.REMOVED:
        return None
    value = found.live
    if value is None and live is not None:
        value = pointers.value_at(found.path, live.raw)
    if isinstance(value, Mapping):
        value = {key: each for key, each in value.items() if _DEFAULTS.get(key) != each}
    return unsaid(value, name_at(found.path))


def _nested(path: Path, value: Json, kind: Kind, live: Resource | None) -> dict[str, Json]:
    """``spec.containers[name=web].image`` as maps and lists; a list without keys comes whole, as it replaces Git's."""
    at = next((index for index, step in enumerate(path) if not isinstance(step, str | Key)), None)
    removed = kind is Kind.REMOVED
    if at is not None and live is not None:
        path, removed = path[:at], False
        value = unsaid(pointers.value_at(path, live.raw), name_at(path))
    whole = value
    for index in reversed(range(len(path))):
        whole = _around(path[index], whole, removed=removed and index == len(path) - 1)
    assert isinstance(whole, dict)
    return whole


def _around(step: Step, inside: Json, *, removed: bool) -> Json:
    match step:
        case str():
            return {step: inside}
        case Key() if removed:
            return [{**dict(step.pairs), "$patch": "delete"}]
        case Key():
            return [{**dict(step.pairs), **(inside if isinstance(inside, Mapping) else {})}]
        case _:
            return [inside]


def _post_renderer(owner: Ref, ref: Ref, patch: Json) -> Json:
    inner = {"target": {"kind": ref.kind, "name": _literal(ref.name)}, "patch": written(patch)}
    return {**_header(owner), "spec": {"postRenderers": [{"kustomize": {"patches": [inner]}}]}}


def _target(ref: Ref) -> dict[str, str]:
    """Flux reads every part as an anchored regular expression."""
    parts = {"group": ref.group, "kind": ref.kind, "name": ref.name, "namespace": ref.namespace}
    return {key: _literal(each) for key, each in parts.items() if each}


def _literal(text: str) -> str:
    """As a regular expression that matches nothing else; readable, as names are full of hyphens."""
    return re.sub(r"([.+*?^$()\[\]{}|\\])", r"\\\1", text)
