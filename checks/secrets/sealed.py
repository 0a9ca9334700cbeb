"""SealedSecrets: unsealed, as they are now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from holdfast.checks.flux.managers import last_write
from holdfast.checks.flux.timing import spell
from holdfast.checks.secrets.controller import Where, down
from holdfast.checks.secrets.target import is_owned, keys_in, keys_of, ref_of, secret_of
from holdfast.model import (
    CRITICAL,
    MAJOR,
    Deviation,
    InFlight,
    Remedy,
    Resource,
    Said,
    World,
    rule,
)

PATIENCE = timedelta(minutes=5)
"""The controller unseals within seconds; a restarted one reads its keys first."""
_TAKEN = "not managed by SealedSecret"
_CAUSES = (
    (
        "no key could decrypt",
        "it was sealed with a key this controller does not have, or for another namespace or name: "
        "the controller was installed anew without its old keys, or the SealedSecret was moved or renamed",
    ),
    ("illegal base64", "its encryptedData is damaged: it is no base64"),
    (_TAKEN, "a Secret of that name was there before, and the SealedSecret may not take it over"),
)


@rule(
    "sealedsecret.unseal.failed",
    MAJOR,
    origin="issue C §8, seed 000 'SealedSecrets Operations': every SealedSecret is unsealed",
    remedy="Seal it again with this cluster's certificate, for the namespace and name it has: kubeseal --fetch-cert",
)
def unsealed(sealed: Resource, world: World, where: Where) -> Said:
    """Every SealedSecret is unsealed, in its present generation."""
    synced = sealed.find_condition("Synced")
    seen = sealed.get("status", "observedGeneration")
    if synced is None or (isinstance(seen, int) and seen < (sealed.generation or 0)):
        yield from _unseen(sealed, world, where, has_status=synced is not None)
    elif synced.status != "True" and _TAKEN not in synced.message:
        yield _failed(sealed, synced.message, world)


def _unseen(sealed: Resource, world: World, where: Where, *, has_status: bool) -> Iterator[Deviation | InFlight]:
    """Nobody has spoken of it as it is now. Controllers before 0.9 never do: their Secret speaks for them."""
    secret = secret_of(sealed, world)
    if not has_status and secret is not None and is_owned(secret, sealed) and keys_of(sealed) <= keys_in(secret):
        return
    if root := next(iter(down(where, world, (str(sealed.ref),))), None):
        yield root
        return
    written = last_write(sealed)
    if written is not None and world.now - written < PATIENCE:
        yield InFlight(str(sealed.ref), f"not unsealed for {spell(world.now - written)}")
        return
    yield _failed(sealed, "the controller has not looked at it as it is now", world)


def _failed(sealed: Resource, message: str, world: World) -> Deviation:
    secret, synced = secret_of(sealed, world), sealed.find_condition("Synced")
    cause = next((text for mark, text in _CAUSES if mark in message), message)
    return Deviation(
        sealed.ref,
        expected="unsealed: its Secret holds what Git holds sealed",
        observed=f"Synced=False: {message}" if synced and synced.status == "False" else message,
        cause=cause,
        summary=f"{sealed.ref} is not unsealed: {message}",
        severity=CRITICAL if secret is None else None,
        since=synced.since if synced else None,
        affects=(str(ref_of(sealed)),),
        outlook="the Secret of before stays in use" if secret is not None else "there is no Secret: pods do not start",
        remedy=(
            Remedy("see what the controller says", f"kubectl describe {sealed.ref.where}"),
            Remedy("see which certificate to seal with", "kubeseal --fetch-cert | openssl x509 -noout -dates -serial"),
        ),
    )
