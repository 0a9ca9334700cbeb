"""What a person would call it: one difference per thing, and a name for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from holdfast.checks.drift.difference import Difference, Kind
from holdfast.checks.drift.effectless import TEXTS
from holdfast.checks.drift.paths import Key, Member, Path, Step, text
from holdfast.checks.drift.said import UNASKED

RESTARTED = "kubectl.kubernetes.io/restartedAt"
_ENTRIES: Mapping[str, str] = {
    "containers": "container",
    "initContainers": "init container",
    "ephemeralContainers": "ephemeral container",
    "volumes": "volume",
    "env": "env",
    "ports": "port",
    "volumeMounts": "volume mount",
    "volumeDevices": "volume device",
    "imagePullSecrets": "image pull secret",
    "hostAliases": "host alias",
    "topologySpreadConstraints": "topology spread constraint",
    "webhooks": "webhook",
    "secrets": "secret",
    "finalizers": "finalizer",
    "ownerReferences": "owner reference",
}
"""What an entry of a list is called."""
_TEXTS: Mapping[str, str] = {"labels": "label", "annotations": "annotation"}
_DONE: Mapping[Kind, str] = {
    Kind.CHANGED: "changed",
    Kind.REMOVED: "removed",
    Kind.ORDER: "in another order",
}


def collapsed(found: Iterable[Difference], reported: Collection[Path]) -> list[Difference]:
    """Each thing once: what lies in something reported, or in something that was added as a whole, is left out.

    Two managers that hold the same thing are both named.
    """
    kept: dict[str, Difference] = {}
    for each in sorted(found, key=lambda one: (len(one.path), text(one.path))):
        around = next((key for key, one in kept.items() if is_within(each.path, one.path)), None)
        if around is not None:
            holders = tuple(dict.fromkeys((*kept[around].changed_by, *each.changed_by)))
            kept[around] = replace(kept[around], changed_by=holders)
        elif not any(is_within(each.path, one) for one in reported):
            kept[text(each.path)] = each
    return list(kept.values())


def is_within(path: Path, other: Path) -> bool:
    """The same, or below it."""
    return path[: len(other)] == other


def called(difference: Difference, kind: str) -> str:
    """``container `debug` added``, ``scaled to 5``, ``image of container `web` changed``; no value but a number.

    Args:
        difference: what is to be called something.
        kind: of the object, for ``key `b` of the Secret changed``.
    """
    return _deed(difference) or f"{thing(difference.path, kind)} {_done(difference)}"


def _done(difference: Difference) -> str:
    if difference.kind is not Kind.FOREIGN:
        return _DONE[difference.kind]
    *around, name = difference.path
    is_entry = not isinstance(name, str) or (around and around[-1] in TEXTS)
    return "added" if is_entry and difference.desired is not UNASKED else "set"


def _deed(difference: Difference) -> str:
    """What kubectl has a command for."""
    path, live = difference.path, difference.live
    if difference.kind in (Kind.REMOVED, Kind.ORDER):
        return ""
    if path[-2:] == ("annotations", RESTARTED) and "template" in path:
        return f"rollout restarted (annotation {RESTARTED})"
    if path == ("spec", "paused") and live is True:
        return "rollout paused"
    if path == ("spec", "suspend"):
        return "suspended" if live is True else "resumed"
    if path == ("spec", "replicas") and isinstance(live, int):
        by_scale = any(each.subresource == "scale" for each in difference.changed_by)
        return f"scaled to {live}" + (" by scale" if by_scale else "")
    return ""


def thing(path: Path, kind: str) -> str:
    """A field's name as one says it: ``env `A` of container `web```; as a path where there is no word for it."""
    names: list[str] = []
    rest: list[Step] = []
    for index, each in enumerate(path):
        before = path[index - 1] if index else ""
        noun = _noun(before, each, path[: index - 1], kind) if isinstance(before, str) else ""
        if noun:
            names.append(noun)
            rest = []
        else:
            rest.append(each)
    if rest:
        names.append(text(tuple(rest)))
    return " of ".join(reversed(names))


def _noun(name: str, entry: Step, before: Path, kind: str) -> str:
    if isinstance(entry, str):
        if name in _TEXTS and before[-1:] == ("metadata",):
            return f"{'pod ' if 'template' in before else ''}{_TEXTS[name]} `{entry}`"
        return f"key `{entry}` of the {kind}" if name in ("data", "binaryData", "stringData") and not before else ""
    if name not in _ENTRIES:
        return ""
    return _ENTRIES[name] if name == "ownerReferences" else f"{_ENTRIES[name]} `{_label(entry)}`"


def _label(entry: Key | Member | int) -> str:
    match entry:
        case Key():
            return "/".join(str(value) for _, value in entry.pairs)
        case Member():
            return str(entry.value)
        case int():
            return str(entry)
