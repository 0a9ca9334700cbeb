"""SealedSecrets that are not unsealed, and the controller that should."""

from __future__ import annotations

from collections.abc import Callable

import yaml

from testbed import health
from testbed.bed import Bed
from testbed.fault import Fault
from testbed.kube import Object
from testbed.platforms.eoepca.edits import add_training
from testbed.platforms.eoepca.papers import paper, private_key, put

KEY, HOME = "sealed-secrets-key-testbed", "infra"
SEALED = "SealedSecret/demo/training"
CONTROLLER = "Deployment/infra/eoepca-sealed-secrets"


def sealed(bed: Bed, name: str = "training") -> Object:
    """A SealedSecret `training`, sealed for that name or for another."""
    made: Object = bed.service("sealed-secrets").seal("demo", name, {"PASSWORD": "first-day", "USER": "trainer"})
    made["metadata"]["name"] = made["spec"]["template"]["metadata"]["name"] = "training"
    return made


def deliver(bed: Bed, *objects: Object) -> None:
    """Flux delivers them; returns when the SealedSecret among them has been looked at."""
    add_training(bed, yaml.safe_dump_all(objects, sort_keys=False, width=1000))
    bed.wait("SealedSecret", "demo", "training", lambda obj: health.condition(obj, "Synced") is not None)


def rename(bed: Bed) -> None:
    deliver(bed, sealed(bed, "workshop"))
    bed.wait("SealedSecret", "demo", "training", _failed)


def damage(bed: Bed) -> None:
    broken = sealed(bed)
    broken["spec"]["encryptedData"]["PASSWORD"] = "AgBy(lost on the way)"
    deliver(bed, broken)
    bed.wait("SealedSecret", "demo", "training", _failed)


def _failed(obj: Object) -> bool:
    return (health.condition(obj, "Synced") or {}).get("status") == "False"


def scale_away(bed: Bed) -> None:
    bed.kube.patch("Deployment", HOME, "eoepca-sealed-secrets", {"spec": {"replicas": 0}}, subresource="scale")
    bed.wait("Deployment", HOME, "eoepca-sealed-secrets", lambda obj: not obj["status"].get("availableReplicas", 0), 30)


def aged(began: float, lasts: float) -> Callable[[Bed], object]:
    """The certificate of the only key is this old, and lasts so long from its begin."""

    def apply(bed: Bed) -> None:
        key = private_key(bed.kube.get("Secret", HOME, KEY))
        put(bed, HOME, KEY, {"tls.crt": paper("sealing", key=key, began=began, lasts=lasts).crt})

    return apply


FAULTS = [
    Fault(
        "secrets-sealed-for-another-name",
        platform="eoepca",
        breaks="a SealedSecret is renamed in Git: what was sealed for one name does not open under another",
        apply=rename,
        expect=[("sealedsecret.unseal.failed", SEALED)],
        args=("-m", "secrets"),
    ),
    Fault(
        "secrets-sealed-text-damaged",
        platform="eoepca",
        breaks="the sealed text in Git is damaged",
        apply=damage,
        expect=[("sealedsecret.unseal.failed", SEALED)],
        args=("-m", "secrets"),
    ),
    Fault(
        "secrets-controller-scaled-away",
        platform="eoepca",
        breaks="the sealed-secrets controller is scaled to 0",
        apply=scale_away,
        expect=[("sealedsecret.controller.unavailable", CONTROLLER)],
        args=("-m", "secrets"),
    ),
    Fault(
        "secrets-controller-gone",
        platform="eoepca",
        breaks="the sealed-secrets controller is uninstalled",
        apply=lambda bed: bed.kube.delete("Deployment", HOME, "eoepca-sealed-secrets"),
        expect=[("platform.object.missing", CONTROLLER)],
        args=("-m", "secrets"),
    ),
    Fault(
        "secrets-sealing-key-old",
        platform="eoepca",
        breaks="no new sealing key has been made for forty days",
        apply=aged(40, 3650),
        expect=[("sealedsecret.key.old", "Namespace/infra")],
        args=("-m", "secrets"),
    ),
    Fault(
        "secrets-sealing-key-ended",
        platform="eoepca",
        breaks="the certificate to seal with has come to its end: kubeseal refuses it",
        apply=aged(20, 19),
        expect=[("sealedsecret.key.old", "Namespace/infra")],
        args=("-m", "secrets"),
    ),
    Fault(
        "secrets-sealing-key-lost",
        platform="eoepca",
        breaks="the Secret with the sealing key is deleted; the controller still has it in memory",
        apply=lambda bed: bed.kube.delete("Secret", HOME, KEY),
        expect=[("sealedsecret.key.old", "Namespace/infra")],
        args=("-m", "secrets"),
    ),
]
