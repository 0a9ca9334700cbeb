"""The sealed-secrets controller, and the SealedSecrets of the platform's Git.

A SealedSecret lies in the platform's tree with `@SEALED@` for every value; `up` puts ciphertexts in their place, sealed
with a key of this testbed's own that the controller is given, as one does who brings a certificate along. What a value
is in clear is `clear()`: known to tests that look for leaks.
"""

from __future__ import annotations

import base64
import datetime
import os
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

from testbed import health
from testbed.kube import Object
from testbed.processes import Command
from testbed.services import Context, Handle, Service, installed
from testbed.services.probe import status, text

NAMESPACE = "infra"
CONTROLLER = "eoepca-sealed-secrets"
KEY = "sealed-secrets-key"
_MARK = "@SEALED@"
_RULES: list[Object] = [
    {"apiGroups": ["bitnami.com"], "resources": ["sealedsecrets"], "verbs": ["get", "list", "watch"]},
    {"apiGroups": ["bitnami.com"], "resources": ["sealedsecrets/status"], "verbs": ["update"]},
    {
        "apiGroups": [""],
        "resources": ["secrets"],
        "verbs": ["get", "list", "create", "update", "delete", "watch"],
    },
    {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch"]},
    {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"]},
]


class SealedSecrets(Service):
    name = "sealed-secrets"
    ports = ("sealed-secrets", "sealed-secrets-metrics")
    controller = True

    def command(self, ctx: Context) -> Command:
        argv = [
            str(ctx.built.binary("sealed-secrets-controller")),
            f"--listen-addr=127.0.0.1:{ctx.port('sealed-secrets')}",
            f"--listen-metrics-addr=127.0.0.1:{ctx.port('sealed-secrets-metrics')}",
        ]
        config = ctx.account(NAMESPACE, CONTROLLER)
        return Command(self.name, argv, ctx.environment(KUBECONFIG=str(config), POD_NAMESPACE=NAMESPACE))

    def tree(self, ctx: Context, folder: Path) -> None:
        for file in folder.rglob("*.yaml"):
            text = file.read_text()
            if _MARK in text:
                sealed = [_filled(ctx, obj) for obj in yaml.safe_load_all(text) if obj]
                file.write_text(yaml.safe_dump_all(sealed, sort_keys=False, width=1000))

    def objects(self, ctx: Context) -> list[Object]:
        image = f"docker.io/bitnami/sealed-secrets-controller:{ctx.built.version('sealed-secrets')}"
        return [
            installed.namespace(NAMESPACE),
            *installed.crds(ctx.built.crds("sealed-secrets"), CONTROLLER),
            *installed.account(NAMESPACE, CONTROLLER, _RULES),
            installed.deployment(NAMESPACE, CONTROLLER, image, 8080),
            installed.service(NAMESPACE, CONTROLLER, 8080),
            key_secret(ctx),
        ]

    def ready(self, ctx: Context) -> bool:
        return status(f"http://127.0.0.1:{ctx.port('sealed-secrets')}/healthz") == 200

    def problems(self, ctx: Context) -> list[str]:
        found = []
        for obj in ctx.kube.list("SealedSecret"):
            synced = health.condition(obj, "Synced") or {}
            current = obj.get("status", {}).get("observedGeneration") == obj["metadata"]["generation"]
            if synced.get("status") != "True" or not current:
                found.append(f"SealedSecret/{obj['metadata']['namespace']}/{obj['metadata']['name']} is not unsealed")
        return found

    def nudge(self, ctx: Context) -> None:
        """A status that somebody else's write kept the controller from writing is only written at its next start."""
        ctx.processes.stop(self.name)
        ctx.processes.start(self.command(ctx))

    def restore(self, ctx: Context) -> list[str]:
        """A Secret whose content is not what was sealed is deleted: the controller makes it again at once."""
        if not ctx.kube.ready():
            return []
        done = []
        if (
            text(f"http://127.0.0.1:{ctx.port('sealed-secrets')}/v1/cert.pem").strip()
            != _pair(ctx)[0].read_text().strip()
        ):
            self.nudge(ctx)  # it was started while its key was away, and made itself another one
            done.append("had the sealed-secrets controller take its key again")
        for obj in ctx.kube.list("SealedSecret"):
            space, name = obj["metadata"]["namespace"], obj["metadata"]["name"]
            made = ctx.kube.find("Secret", space, name)
            wanted = {key: _text(clear(space, name, key)) for key in obj["spec"]["encryptedData"]}
            if made is not None and made.get("data", {}) != wanted:
                ctx.kube.delete("Secret", space, name)
                done.append(f"had Secret/{space}/{name} unsealed again")
        return done

    def handle(self, ctx: Context) -> SealedSecretsHandle:
        return SealedSecretsHandle(self, ctx)


class SealedSecretsHandle(Handle):
    def seal(self, namespace: str, name: str, values: dict[str, str]) -> Object:
        """A SealedSecret of these values that this testbed's controller can open."""
        return {
            "apiVersion": "bitnami.com/v1alpha1",
            "kind": "SealedSecret",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {
                "encryptedData": {key: _sealed(self.ctx, namespace, name, value) for key, value in values.items()},
                "template": {"metadata": {"name": name, "namespace": namespace}},
            },
        }


def clear(namespace: str, name: str, key: str) -> str:
    """What is sealed in the platform's Git under that key."""
    return f"s3aled-{namespace}-{name}-{key}"


def key_secret(ctx: Context) -> Object:
    """The key pair the controller opens SealedSecrets with, as it keeps one itself."""
    certificate, key = _pair(ctx)
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": f"{KEY}-testbed",
            "namespace": NAMESPACE,
            "labels": {"sealedsecrets.bitnami.com/sealed-secrets-key": "active"},
        },
        "type": "kubernetes.io/tls",
        "data": {"tls.crt": _text(certificate.read_text()), "tls.key": _text(key.read_text())},
    }


def _filled(ctx: Context, obj: Object) -> Object:
    if obj.get("kind") == "SealedSecret":
        space, name = obj["metadata"]["namespace"], obj["metadata"]["name"]
        data = obj["spec"]["encryptedData"]
        data |= {key: _sealed(ctx, space, name, clear(space, name, key)) for key in data if data[key] == _MARK}
    return obj


def _sealed(ctx: Context, namespace: str, name: str, value: str) -> str:
    """What `kubeseal` makes of a value: AES-256-GCM by a key that RSA-OAEP wraps for this namespace and name only."""
    certificate = x509.load_pem_x509_certificate(_pair(ctx)[0].read_bytes())
    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    session = os.urandom(32)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), f"{namespace}/{name}".encode())
    wrapped = public.encrypt(session, oaep)
    once = bytes(12)  # the session key is used once, so the nonce may be zero
    body = AESGCM(session).encrypt(once, value.encode(), None)
    return base64.b64encode(len(wrapped).to_bytes(2, "big") + wrapped + body).decode()


def _pair(ctx: Context) -> tuple[Path, Path]:
    """The certificate and key, made when first asked for."""
    folder = ctx.folder("sealed-secrets")
    certificate, key = folder / "tls.crt", folder / "tls.key"
    if not certificate.exists():
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        now = datetime.datetime.now(datetime.UTC)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, CONTROLLER)])
        signed = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(private.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=5))
            .not_valid_after(now + datetime.timedelta(days=3650))
            .sign(private, hashes.SHA256())
        )
        key.touch(mode=0o600)
        key.write_bytes(
            private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
            )
        )
        certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return certificate, key


def _text(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


SERVICE = SealedSecrets()
