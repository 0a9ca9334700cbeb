"""Certificates and keys that people put into Secrets, good and bad, and the hands that put them there."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from testbed.bed import Bed
from testbed.certificates import Pair
from testbed.kube import Object

PORTAL, PORTAL_HOST = "eoepca-portal-tls", "portal.develop.eoepca.org"
DUMMY, DUMMY_HOST = "dummy-service-tls", "dummy-service.develop.eoepca.org"
"""The platform's two TLS Secrets (namespaces demo and test), each filled by a Certificate of the same name."""

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Paper:
    """A certificate and the key it was made for."""

    certificate: x509.Certificate
    private: Key

    @property
    def crt(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key(self) -> str:
        return self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()


def paper(
    name: str,
    hosts: Sequence[str] = (),
    by: Paper | None = None,
    *,
    key: Key | None = None,
    began: float = 1,
    lasts: float = 90,
    authority: bool = False,
) -> Paper:
    """A certificate that began so many days ago and lasts so many from then; self-signed unless `by` is given."""
    private = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=began)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=lasts))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), False)
    return Paper(builder.sign(by.private if by else private, hashes.SHA256()), private)


def authority(bed: Bed) -> Paper:
    """The platform's own, that clients know."""
    pair = bed.gateway.authority.pair
    key = serialization.load_pem_private_key(pair.key.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Paper(x509.load_pem_x509_certificate(pair.certificate.read_bytes()), key)


def present(bed: Bed, host: str, shown: Paper) -> None:
    """The ingress presents this for a host, whatever its Secret holds."""
    folder = Path(bed.gateway.folder)
    pair = Pair(folder / "shown.crt", folder / "shown.key")
    pair.key.touch(mode=0o600)
    pair.certificate.write_text(shown.crt)
    pair.key.write_text(shown.key)
    bed.gateway.present(host, pair)


def put(bed: Bed, namespace: str, name: str, files: dict[str, str | None]) -> None:
    """Somebody edits a Secret; None takes a key out."""
    data = {key: None if text is None else base64.b64encode(text.encode()).decode() for key, text in files.items()}
    bed.kube.patch("Secret", namespace, name, {"data": data}, manager="kubectl-edit")


def issued_again(namespace: str, name: str) -> Callable[[Bed], object]:
    """A fault's `revert`: everything as it was, and what the TLS Secret holds is cert-manager's again."""

    def revert(bed: Bed) -> None:
        bed.reset()
        bed.kube.delete("Secret", namespace, name)
        bed.wait("Secret", namespace, name, lambda obj: bool(obj.get("data", {}).get("tls.crt")), 60)
        bed.wait_ready("Certificate", namespace, name, 60)
        bed.gateway.follow()

    return revert


def private_key(secret: Object) -> Key:
    """The private key in a Secret."""
    found = serialization.load_pem_private_key(base64.b64decode(secret["data"]["tls.key"]), None)
    assert isinstance(found, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    return found
