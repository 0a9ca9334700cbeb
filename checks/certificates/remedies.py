"""What to type about the Secret of a certificate."""

from __future__ import annotations

from holdfast.model import Ref, Remedy


def show(secret: Ref) -> Remedy:
    """How to look at the public half of a TLS Secret."""
    get = f"kubectl get {secret.where} -o jsonpath='{{.data.tls\\.crt}}'"
    return Remedy("see the certificate", f"{get} | base64 -d | openssl x509 -noout -subject -issuer -enddate")


def compare(secret: Ref) -> Remedy:
    """How to see that certificate and key do not belong together: the digests of their public keys differ."""
    ways = {"tls\\.crt": "openssl x509 -noout -pubkey", "tls\\.key": "openssl pkey -pubout"}
    get = f"kubectl get {secret.where} -o jsonpath="
    both = (f"{get}'{{.data.{key}}}' | base64 -d | {way} | openssl sha256" for key, way in ways.items())
    return Remedy("compare the public keys of certificate and key", "; ".join(both))


def renew(certificate: str, namespace: str) -> Remedy:
    """How to have cert-manager issue it again."""
    risk = "replaces the certificate, perhaps its key; counts against the limits of an ACME server"
    return Remedy("have it issued again", f"cmctl renew {certificate} -n {namespace}", writes=True, risk=risk)
