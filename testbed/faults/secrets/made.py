"""The Secret beside a SealedSecret is gone, is not whole, or is not its own."""

from __future__ import annotations

from collections.abc import Callable

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.faults.secrets.unsealing import SEALED, deliver, sealed
from testbed.kube import Object
from testbed.platforms.eoepca.papers import put

NAME = "django-secrets"
SECRET = f"Secret/demo/{NAME}"


def alone(spoil: Callable[[Bed], object]) -> Callable[[Bed], object]:
    """The controller is silent: else it puts back what it made."""

    def apply(bed: Bed) -> None:
        bed.stop("sealed-secrets")
        spoil(bed)

    return apply


def plain() -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "training", "namespace": "demo"},
        "stringData": {"PASSWORD": "typed-by-hand"},
    }


def be_first(bed: Bed) -> None:
    bed.kube.create(plain(), manager="kubectl-create")
    deliver(bed, sealed(bed))


FAULTS = [
    Fault(
        "secrets-secret-deleted",
        platform="eoepca",
        breaks="the Secret of a SealedSecret is deleted while the controller does not run",
        apply=alone(lambda bed: bed.kube.delete("Secret", "demo", NAME)),
        expect=[("sealedsecret.secret.missing", f"SealedSecret/demo/{NAME}")],
        args=("-m", "secrets"),
    ),
    Fault(
        "secrets-key-removed",
        platform="eoepca",
        breaks="a key is taken out of the Secret of a SealedSecret",
        apply=alone(lambda bed: put(bed, "demo", NAME, {"OIDC_RP_CLIENT_SECRET": None})),
        expect=[("sealedsecret.secret.keys", SECRET)],
        args=("-m", "secrets"),
    ),
    Fault(
        "secrets-key-added",
        platform="eoepca",
        breaks="a key is added to the Secret of a SealedSecret",
        apply=alone(lambda bed: put(bed, "demo", NAME, {"TOKEN": "added-by-hand"})),
        expect=[("sealedsecret.secret.keys", SECRET)],
        args=("-m", "secrets"),
    ),
    Fault(
        "secrets-made-by-hand",
        platform="eoepca",
        breaks="a Secret made by hand is in the way of a SealedSecret of its name",
        apply=be_first,
        expect=[("sealedsecret.secret.not-owned", SEALED)],
        args=("-m", "secrets"),
    ),
    Fault(
        "secrets-two-owners",
        platform="eoepca",
        breaks="Git holds a SealedSecret and a plain Secret of one name",
        apply=lambda bed: deliver(bed, plain(), sealed(bed)),
        expect=[("sealedsecret.secret.contested", SEALED)],
        args=("-m", "secrets"),
    ),
]
