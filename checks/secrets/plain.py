"""What is secret and lies plain in Git: Secrets that Flux delivers unsealed, passwords among a chart's values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from holdfast.checks.certificates.kinds import find_secret
from holdfast.checks.flux.inventory import Held, inventory, refuse_without_inventory
from holdfast.checks.flux.managers import who_set
from holdfast.model import (
    MAJOR,
    MINOR,
    Deviation,
    Json,
    NotAsked,
    Note,
    Ref,
    Remedy,
    Resource,
    Said,
    Unobservable,
    World,
    rule,
)

_SECRET_KEY = re.compile(
    r"(?i)(?:passw(?:or)?d|passphrase|passcode|secret|token|credential|(?:api|access|private|crypt|secret)[-_]?key)s?$"
)
"""How the keys end under which charts take what is secret."""
_NO_SECRET = re.compile(
    r"(?i)existing|^(?:use|create|generate|enable)|(?:password|token|key|credentials?)secret$|secretkeys$|^automount"
)
"""Keys that only say where a secret is kept, or whether there is one."""
_NAMES_ONE = re.compile(r"(?i)^(?:secret|\w*(?:pull|tls|credentials|auth)secrets?)$")
"""Keys whose value is the name of a Secret."""
_BESIDE = frozenset({"secretname", "existingsecret", "secretref", "secretkeyref"})
"""Beside one of these a ``secretKey`` is the name of a key."""
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://[^/\s:@]+:(?P<word>[^/\s@]+)@", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"^(?:\$\{.*\}|\$\(.*\)|\{\{.*\}\}|<.*>|\*+|x+|null|none|true|false|)$", re.IGNORECASE)


@rule(
    "gitops.secret.plain",
    MAJOR,
    origin="reference eoepca.md §1.5: rm/cache-access-secret; issue C §8: no plain Secret material in Git",
    remedy="Change what has lain open, seal the new value, take the plain Secret out of Git and out of its history",
)
def unsealed(owner: Resource, world: World, allowed: tuple[str, ...] = ()) -> Said:
    """No Kustomization delivers a Secret that lies plain in Git.

    What a Kustomization with spec.decryption delivers may have been encrypted; its inventory does not say. A Secret of
    which Git holds no value (a request for a service account's token, one that others fill) gives nothing away.
    """
    try:
        refuse_without_inventory(owner)
    except NotAsked:
        return
    for each in inventory(owner):
        if (
            each.kind != "Secret"
            or each.group
            or any(fnmatchcase(f"{each.namespace}/{each.name}", one) for one in allowed)
        ):
            continue
        if owner.get("spec", "decryption"):
            text = f"{each} comes from Git by {owner.ref}, which decrypts: whether it was encrypted is not looked at"
            yield Note("secret-decrypted", owner.ref, text)
        elif _has_values(each, world) and world.find("SealedSecret", each.namespace, each.name) is None:
            yield _plain(each, owner)  # one beside a SealedSecret is told as contested


@rule(
    "gitops.value.credential",
    MINOR,
    origin="reference eoepca.md §1.5: harborAdminPassword in hr-harbor.yaml, postgresql://…@ in hr-data-access.yaml",
    remedy="Put it into a SealedSecret and name that in valuesFrom or in the chart's existingSecret; then change it",
)
def unspoken(release: Resource, world: World) -> Said:
    """No HelmRelease has a password or a key among its literal values."""
    for path in sorted(_credentials(release.get("spec", "values"), "spec.values")):
        yield Deviation(
            release.ref,
            expected="what is secret comes from a Secret (valuesFrom, existingSecret)",
            observed=f"{path} holds a literal value (not shown)",
            cause="whoever can read Git, or HelmReleases, can read it",
            summary=f"{release.ref} has what looks like a credential at {path}",
            path=path,
            outlook="it stays in Git's history, also once it is taken out: change it",
            remedy=(
                Remedy(
                    "see which values it takes from Secrets",
                    f"kubectl get {release.ref.where} -o jsonpath='{{.spec.valuesFrom}}'",
                ),
            ),
        )


def _has_values(held: Held, world: World) -> bool:
    """Flux set values in it, as far as managedFields tell; one that cannot be asked counts."""
    try:
        live = find_secret(held.namespace, held.name, world)
    except Unobservable:
        return True
    if live is None or not live.maps("metadata", "managedFields"):
        return True
    return any(each.manager == "kustomize-controller" for each in who_set(live, "data"))


def _is_known(held: Held, allowed: tuple[str, ...]) -> bool:
    return any(fnmatchcase(f"{held.namespace}/{held.name}", each) for each in allowed)


def _plain(held: Held, owner: Resource) -> Deviation:
    ref = Ref("v1", "Secret", held.namespace, held.name)
    return Deviation(
        ref,
        expected="a SealedSecret, an ExternalSecret or a SOPS-encrypted file in Git",
        observed=f"{owner.ref} delivers it as it is",
        cause="it was committed as a plain Secret: base64 is no encryption",
        summary=f"{ref} lies plain in Git (delivered by {owner.ref})",
        affects=(str(owner.ref),),
        outlook="whoever can read Git, or ever could, has the values",
        remedy=(
            Remedy("find it, in a checkout", f"grep -rln 'kind: Secret' . | xargs grep -ln 'name: {held.name}$'"),
            Remedy("see since when it has been there", f"git log --oneline -S 'name: {held.name}'"),
        ),
    )


def _credentials(value: Json, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        refers = any(str(key).lower() in _BESIDE for key in value)
        for key, each in value.items():
            here = f"{path}.{key}"
            if isinstance(each, str):
                if _is_credential(str(key), each) and not (refers and str(key).lower().endswith("key")):
                    yield here
            else:
                yield from _credentials(each, here)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _env(each, f"{path}[{number}]") if _is_env(each) else _credentials(each, f"{path}[{number}]")


def _is_env(value: Json) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("name"), str) and isinstance(value.get("value"), str)


def _env(value: Mapping[str, str], path: str) -> Iterator[str]:
    """``{name: DB_PASSWORD, value: …}``."""
    if _is_credential(value["name"], value["value"]):
        yield f"{path}.value"


def _is_credential(key: str, text: str) -> bool:
    """A literal under a telling key, or a URL with a password in it. Hints, by name alone: the value is not weighed."""
    found = _URL.search(text)
    if found:
        return not _PLACEHOLDER.match(found["word"])
    if _PLACEHOLDER.match(text.strip()) or _NAMES_ONE.match(key) or _NO_SECRET.search(key):
        return False
    return _SECRET_KEY.search(key) is not None
