"""The sealed-secrets controller: that it runs, and that the key to seal with is no older than it should be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from holdfast.checks import presence
from holdfast.checks.certificates.facts import Leaf, Looks
from holdfast.checks.certificates.kinds import find_secret
from holdfast.checks.flux import rollout
from holdfast.checks.flux.timing import spell
from holdfast.model import (
    CRITICAL,
    MAJOR,
    MINOR,
    Deviation,
    InFlight,
    Ref,
    Remedy,
    Resource,
    Said,
    Severity,
    Unobservable,
    World,
    rule,
)

UNAVAILABLE = "sealedsecret.controller.unavailable"
KEY_LABEL = "sealedsecrets.bitnami.com/sealed-secrets-key"
RENEWAL = timedelta(days=30)
"""The controller's --key-renew-period, where nothing else is said."""
SLACK = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Where:
    """Where the controller is deployed."""

    namespace: str
    name: str


@rule(
    UNAVAILABLE,
    CRITICAL,
    origin="issue C §8: the controller is reachable",
    remedy="Find out why its pods do not run; no SealedSecret is unsealed until they do",
)
def available(deployment: Resource, world: World) -> Said:
    """The sealed-secrets controller runs, with all its replicas available."""
    yield from _down(deployment, world, ())


@rule(
    "sealedsecret.key.old",
    MINOR,
    origin="issue C §8: certificate age; sealed-secrets makes a new key every 30 days",
    remedy="See the controller's --key-renew-period, and whether its log says why no new key was made",
)
def fresh(namespace: Resource, world: World, looks: Looks, renewal: timedelta = RENEWAL) -> Said:
    """The key that is sealed with is renewed in time, and has not come to its end."""
    keys = tuple(_keys(namespace, world))
    if not keys:
        yield _no_key(namespace)
        return
    leaves = [leaf for each in keys if (leaf := looks.certificate(each).leaf) is not None]
    newest = max(leaves, key=lambda leaf: leaf.not_before, default=None)
    if newest is None:
        yield _no_key(namespace, f"{len(keys)} of them, none with a certificate that can be read")
        return
    if newest.not_after <= world.now:
        yield _old(namespace, newest, f"its certificate {newest.left(world.now)}", MAJOR)
    elif renewal and world.now - newest.not_before > renewal + SLACK:
        yield _old(namespace, newest, f"it was made {spell(world.now - newest.not_before)} ago", None)


def down(where: Where, world: World, affects: tuple[str, ...]) -> Iterator[Deviation]:
    """Why nothing is unsealed: the controller, where it is known and does not run; nothing else."""
    try:
        found = world.find("Deployment", where.namespace, where.name)
        said = list(_down(found, world, affects) if found is not None else _absent(where, world, affects))
    except Unobservable:
        return
    yield from (each for each in said if isinstance(each, Deviation))


def _down(deployment: Resource, world: World, affects: tuple[str, ...]) -> Iterator[Deviation | Unobservable]:
    wanted = deployment.number("spec", "replicas", default=1)
    ready = deployment.number("status", "availableReplicas", default=0)
    if wanted and (unseen := rollout.unseen(deployment, world.now)):
        yield unseen
        return
    available = deployment.find_condition("Available")
    if wanted and ready >= wanted and available is not None and available.status == "True":
        return
    stuck = rollout.stuck(deployment)
    if wanted and not stuck and (wait := rollout.patience(deployment, world.now)):
        yield InFlight(str(deployment.ref), wait)
        return
    observed = f"{ready} of {wanted} available" if wanted else "scaled to 0"
    yield _unavailable(deployment.ref, observed, stuck or rollout.said(deployment), affects)


def _absent(where: Where, world: World, affects: tuple[str, ...]) -> Iterator[Deviation]:
    """As the scenario that names the controller tells it: one finding."""
    for said in presence.missing(presence.absent("Deployment", where.namespace, where.name), world):
        if isinstance(said, Deviation):
            yield replace(said, rule=presence.missing.id, affects=affects)


def _unavailable(ref: Ref, observed: str, cause: str, affects: tuple[str, ...]) -> Deviation:
    return Deviation(
        ref,
        expected="every replica available, and at least one",
        observed=observed,
        cause=cause,
        summary=f"the sealed-secrets controller does not run ({observed}): nothing new is unsealed",
        rule=UNAVAILABLE,
        affects=affects,
        outlook="Secrets that are there stay; SealedSecrets that are new or changed have no effect",
        remedy=(
            Remedy("see its pods", f"kubectl describe {ref.where}"),
            Remedy("read what it said", f"kubectl logs {ref.where} --tail=50"),
        ),
    )


def _keys(namespace: Resource, world: World) -> Iterator[Resource]:
    """The keys in use, whole.

    Raises:
        Unobservable: Secrets may not be listed, or one not be read.
    """
    for each in world.listing("Secret").all():
        if each.namespace == namespace.name and each.labels.get(KEY_LABEL) == "active":
            found = find_secret(each.namespace, each.name, world)
            if found is not None:
                yield found


def _no_key(namespace: Resource, why: str = "no Secret there carries the label of an active key") -> Deviation:
    return Deviation(
        namespace.ref,
        expected="an active sealing key",
        observed=why,
        cause="the keys were deleted, or the controller keeps them elsewhere",
        summary=f"the sealed-secrets controller has no key in {namespace.name}",
        path=KEY_LABEL,
        severity=CRITICAL,
        outlook="the controller goes on with what it has in memory; once it starts anew, it can unseal nothing",
        remedy=(
            Remedy("see the keys", f"kubectl get secrets -n {namespace.name} -l {KEY_LABEL} --show-labels"),
            Remedy("look for a backup of the keys before the controller is restarted"),
        ),
    )


def _old(namespace: Resource, leaf: Leaf, observed: str, severity: Severity | None) -> Deviation:
    return Deviation(
        namespace.ref,
        expected="a sealing key no older than the renewal period, and valid",
        observed=observed,
        cause="the controller makes no new keys: its renewal is switched off, or it has not run for long",
        summary=f"the newest sealing key in {namespace.name}: {observed}",
        path=KEY_LABEL,
        severity=severity,
        since=leaf.not_before,
        outlook="kubeseal refuses a certificate that has ended; what is sealed can still be unsealed",
        remedy=(
            Remedy("see the keys", f"kubectl get secrets -n {namespace.name} -l {KEY_LABEL}"),
            Remedy(
                "see how often it renews them", f"kubectl get deployments -n {namespace.name} -o yaml | grep key-renew"
            ),
        ),
    )
