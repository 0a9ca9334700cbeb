"""cert-manager does not run, and what it issued is spoilt, or grows old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.papers import PORTAL, PORTAL_HOST, authority, issued_again, paper, put

CERTIFICATE, SECRET = f"Certificate/demo/{PORTAL}", f"Secret/demo/{PORTAL}"


def alone(spoil: Callable[[Bed], object]) -> Callable[[Bed], object]:
    """cert-manager ends; then this."""

    def apply(bed: Bed) -> None:
        bed.stop("cert-manager")
        spoil(bed)

    return apply


def grow_old(days: float) -> Callable[[Bed], object]:
    """Its renewal was due two hours ago, and it ends in so many days."""

    def age(bed: Bed) -> None:
        now = datetime.now(UTC).replace(microsecond=0)
        times = {"renewalTime": now - timedelta(hours=2), "notAfter": now + timedelta(days=days)}
        status = {key: when.isoformat().replace("+00:00", "Z") for key, when in times.items()}
        bed.kube.patch("Certificate", "demo", PORTAL, {"status": status}, subresource="status")

    return age


def swap_key(bed: Bed) -> None:
    put(bed, "demo", PORTAL, {"tls.key": paper("x").key})


def lose_key(bed: Bed) -> None:
    bed.kube.delete("Secret", "demo", PORTAL)
    bed.kube.create({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": PORTAL, "namespace": "demo"}})
    put(bed, "demo", PORTAL, {"tls.crt": paper("x").crt})


def rename(bed: Bed) -> None:
    made = paper("www", ["www.develop.eoepca.org"], authority(bed))
    put(bed, "demo", PORTAL, {"tls.crt": made.crt, "tls.key": made.key})
    bed.gateway.follow()


def reissue_by_hand(bed: Bed) -> None:
    made = paper(PORTAL_HOST, [PORTAL_HOST], authority(bed))
    put(bed, "demo", PORTAL, {"tls.crt": made.crt, "tls.key": made.key})
    said: dict[str, Any] = {"cert-manager.io/issuer-name": "letsencrypt-staging"}
    bed.kube.patch("Secret", "demo", PORTAL, {"metadata": {"annotations": said}}, manager="kubectl-annotate")
    bed.gateway.follow()


FAULTS = [
    Fault(
        "certificates-renewal-overdue",
        platform="eoepca",
        breaks="cert-manager does not run when a renewal is due",
        apply=alone(grow_old(20)),
        expect=[("certificate.renewal.overdue", CERTIFICATE)],
        args=("-m", "certificates"),
    ),
    Fault(
        "certificates-renewal-overdue-and-expired",
        platform="eoepca",
        breaks="cert-manager did not run for weeks: a certificate has come to its end",
        apply=alone(grow_old(-1)),
        expect=[("certificate.renewal.overdue", CERTIFICATE)],
        args=("-m", "certificates"),
    ),
    Fault(
        "certificates-secret-deleted",
        platform="eoepca",
        breaks="the Secret of a Certificate is deleted while cert-manager does not run",
        apply=alone(lambda bed: bed.kube.delete("Secret", "demo", PORTAL)),
        revert=issued_again("demo", PORTAL),
        expect=[("certificate.secret.missing", CERTIFICATE)],
        args=("-m", "certificates"),
    ),
    Fault(
        "certificates-key-of-another",
        platform="eoepca",
        breaks="the private key in a TLS Secret is not the one the certificate was made for",
        apply=alone(swap_key),
        revert=issued_again("demo", PORTAL),
        expect=[("certificate.secret.unusable", SECRET)],
        args=("-m", "certificates"),
    ),
    Fault(
        "certificates-key-lost",
        platform="eoepca",
        breaks="a TLS Secret is made again by hand, without its key",
        apply=alone(lose_key),
        revert=issued_again("demo", PORTAL),
        expect=[("certificate.secret.unusable", SECRET)],
        args=("-m", "certificates"),
    ),
    Fault(
        "certificates-other-names",
        platform="eoepca",
        breaks="a certificate for another host is put into a Certificate's Secret",
        apply=alone(rename),
        revert=issued_again("demo", PORTAL),
        expect=[("certificate.leaf.other-names", CERTIFICATE)],
        args=("-m", "certificates"),
    ),
    Fault(
        "certificates-other-issuer",
        platform="eoepca",
        breaks="what is in a Certificate's Secret comes from another issuer",
        apply=alone(reissue_by_hand),
        revert=issued_again("demo", PORTAL),
        expect=[("certificate.leaf.other-issuer", CERTIFICATE)],
        args=("-m", "certificates"),
    ),
]
