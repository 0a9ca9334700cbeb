"""Certificates that are not issued: the issuer is broken, or missing, or refuses."""

from __future__ import annotations

import yaml

from testbed import health
from testbed.bed import Bed
from testbed.fault import Fault
from testbed.platforms.eoepca.edits import add_training


def certificate(issuer: str) -> str:
    return yaml.safe_dump(
        {
            "apiVersion": "cert-manager.io/v1",
            "kind": "Certificate",
            "metadata": {"name": "training", "namespace": "demo"},
            "spec": {
                "secretName": "training-tls",
                "dnsNames": ["training.develop.eoepca.org"],
                "issuerRef": {"kind": "ClusterIssuer", "name": issuer},
            },
        }
    )


def lose_the_authority(bed: Bed) -> None:
    bed.kube.delete("Secret", "cert-manager", "eoepca-ca")
    bed.wait_not_ready("ClusterIssuer", "", "eoepca-ca")


def name_nobody(bed: Bed) -> None:
    add_training(bed, certificate("letsencrypt"))
    bed.wait("Certificate", "demo", "training", health.not_ready)


FAULTS = [
    Fault(
        "certificates-issuer-broken",
        platform="eoepca",
        breaks="the Secret with the authority's key is deleted",
        apply=lose_the_authority,
        expect=[("certificate.issuer.not-ready", "ClusterIssuer/eoepca-ca")],
        args=("-m", "certificates"),
    ),
    Fault(
        "certificates-issuer-missing",
        platform="eoepca",
        breaks="a new Certificate names an issuer nobody made",
        apply=name_nobody,
        expect=[("certificate.issuer.not-ready", "ClusterIssuer/letsencrypt")],
        args=("-m", "certificates"),
        alone="faults of secrets write to the same place in Git",
    ),
]
