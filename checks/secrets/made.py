"""The Secrets SealedSecrets make: there, whole, and theirs."""

from __future__ import annotations

from holdfast.checks.certificates.kinds import without_right
from holdfast.checks.secrets.controller import Where
from holdfast.checks.secrets.owners import rivals
from holdfast.checks.secrets.sealed import unsealed
from holdfast.checks.secrets.target import is_owned, is_unsealed, keys_in, keys_of, ref_of, secret_of, shares, was_seen
from holdfast.model import (
    CRITICAL,
    MAJOR,
    MINOR,
    Deviation,
    Remedy,
    Resource,
    Said,
    Severity,
    UnknownCode,
    Unobservable,
    World,
    rule,
)


@rule(
    "sealedsecret.secret.missing",
    CRITICAL,
    origin="issue C §8: its Secret is present",
    remedy="See what the controller says; it makes the Secret again when it is restarted or the SealedSecret changes",
)
def present(sealed: Resource, world: World, where: Where) -> Said:
    """The Secret of every SealedSecret exists; of one that was not unsealed, that is told."""
    words = [] if is_unsealed(sealed) else list(unsealed.under_its_name(sealed, world, where))
    if words or secret_of(sealed, world) is not None:
        yield from words
        return
    ref = ref_of(sealed)
    yield Deviation(
        sealed.ref,
        expected=f"{ref} exists",
        observed="it does not, and the SealedSecret's status does not say so",
        cause="it was deleted; the controller does not notice before the SealedSecret changes or it starts anew",
        summary=f"{sealed.ref} was unsealed, but {ref} does not exist",
        affects=(str(ref),),
        outlook="pods that need it do not start; Flux does not bring it back, for Git holds the SealedSecret only",
        remedy=(
            Remedy("see for yourself", f"kubectl get {ref.where}"),
            Remedy(
                "have it unsealed again",
                f"kubectl annotate {sealed.ref.where} holdfast-again=1 --overwrite",
                writes=True,
                risk="none for the values: they are those in Git; the annotation stays",
            ),
        ),
    )


@rule(
    "sealedsecret.secret.keys",
    MAJOR,
    origin="issue C §8: its Secret has the declared keys",
    remedy="Let the controller write the Secret again; a key that is needed belongs into the SealedSecret, in Git",
)
def whole(sealed: Resource, world: World) -> Said:
    """The Secret of every SealedSecret has the keys that are sealed, and, unless it is patched into, no other.

    That there is no Secret is told by the rule before, which is judged beside this one.
    """
    secret = secret_of(sealed, world) if is_unsealed(sealed) else None
    if secret is None or (not is_owned(secret, sealed) and not shares(secret)):
        return
    if secret.get("data") is None and secret.get("type") is None:  # listed only
        raise without_right(
            Unobservable(UnknownCode.FORBIDDEN, str(secret.ref), "", "grant get on secrets beside list")
        )
    has, wanted = keys_in(secret), keys_of(sealed)
    if not wanted:
        return  # the form before 0.9 seals the whole Secret into one text
    if missing := sorted(wanted - has):
        yield _other_keys(sealed, secret, f"it lacks {', '.join(missing)}", None)
    elif (extra := sorted(has - wanted)) and not shares(secret):
        yield _other_keys(sealed, secret, f"it also has {', '.join(extra)}", MINOR)


@rule(
    "sealedsecret.secret.not-owned",
    MAJOR,
    origin="issue C §8: the Secret owned by it, not a hand-made one in its place",
    remedy="Delete the Secret that is in the way, once its values are known to be those that are sealed",
)
def owned(sealed: Resource, world: World, where: Where) -> Said:
    """The Secret of every SealedSecret is the one it made, not somebody else's of the same name."""
    secret = secret_of(sealed, world)
    if secret is None:
        yield from present.under_its_name(sealed, world, where)
        return
    if is_owned(secret, sealed) or shares(secret) or not was_seen(sealed):
        return
    if any(rivals(sealed, secret, world)):
        return  # an owner that can be named is told as such
    yield Deviation(
        sealed.ref,
        expected=f"{secret.ref} is made of {sealed.ref}",
        observed="it does not belong to it: somebody else made it",
        cause="it was made by hand, before the SealedSecret or in its place",
        summary=f"{secret.ref} is not the one {sealed.ref} makes: what is sealed in Git has no effect",
        affects=(str(secret.ref),),
        outlook="the controller leaves it alone: what is in Git is not used until it is gone",
        remedy=(
            Remedy("see who made it", f"kubectl get {secret.ref.where} -o yaml --show-managed-fields"),
            Remedy(
                "make way for the sealed one",
                f"kubectl delete {secret.ref.where}",
                writes=True,
                risk="the values in it are lost; whoever uses them gets those that are sealed in Git",
            ),
        ),
    )


def _other_keys(sealed: Resource, secret: Resource, observed: str, severity: Severity | None) -> Deviation:
    return Deviation(
        secret.ref,
        expected=f"exactly the keys of {sealed.ref}: {', '.join(sorted(keys_of(sealed)))}",
        observed=observed,
        cause="somebody edited the Secret, not the SealedSecret",
        summary=f"{secret.ref} differs from {sealed.ref}: {observed}",
        path="data",
        severity=severity,
        affects=(str(sealed.ref),),
        outlook="it stays so until the SealedSecret changes or the controller starts anew",
        remedy=(Remedy("see its keys", f"kubectl describe {secret.ref.where}"),),
    )
