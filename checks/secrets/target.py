"""The Secret a SealedSecret makes: which one it is, what is to be in it, and whether it is really its own."""

from __future__ import annotations

from holdfast.checks.certificates.kinds import find_secret
from holdfast.model import Ref, Resource, World

MARKS = "sealedsecrets.bitnami.com"


def keys_of(sealed: Resource) -> frozenset[str]:
    """What the Secret is to have: the sealed keys and the template's plain ones."""
    parts = (sealed.get("spec", "encryptedData"), sealed.get("spec", "template", "data"))
    return frozenset(key for part in parts if isinstance(part, dict) for key in part)


def keys_in(secret: Resource) -> frozenset[str]:
    """What the Secret has."""
    data = secret.get("data")
    return frozenset(data) if isinstance(data, dict) else frozenset()


def ref_of(sealed: Resource) -> Ref:
    """The Secret has the SealedSecret's own namespace and name, whatever its template says."""
    return Ref("v1", "Secret", sealed.namespace, sealed.name)


def secret_of(sealed: Resource, world: World) -> Resource | None:
    """The Secret of that name, whoever made it; None when it certainly does not exist."""
    return find_secret(sealed.namespace, sealed.name, world)


def is_unsealed(sealed: Resource) -> bool:
    """The controller says so, of the present generation."""
    synced, seen = sealed.find_condition("Synced"), sealed.get("status", "observedGeneration")
    fresh = not isinstance(seen, int) or seen >= (sealed.generation or 0)
    return synced is not None and synced.status == "True" and fresh


def was_seen(sealed: Resource) -> bool:
    """The controller knows of it; a Secret beside one it has never seen is told as not unsealed."""
    return sealed.find_condition("Synced") is not None


def is_owned(secret: Resource, sealed: Resource) -> bool:
    """It carries this very SealedSecret as its owner."""
    uid = sealed.get("metadata", "uid")
    return any(
        each.get("kind") == "SealedSecret" and each.get("uid") == uid
        for each in secret.maps("metadata", "ownerReferences")
    )


def shares(secret: Resource) -> bool:
    """It says itself that a SealedSecret may write into it, or that it is to carry no owner."""
    marks = (f"{MARKS}/patch", f"{MARKS}/managed", f"{MARKS}/skip-set-owner-references")
    return any(secret.annotations.get(each) == "true" for each in marks)
