"""cert-manager's objects as version 1.11 writes them, Ingresses, and a look that was decided beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from holdfast.checks.certificates.facts import Bundle, Handshake, Leaf
from holdfast.model import Deviation, Resource, Rule, World

from ..world import NOON, FixedWorld

Raw = dict[str, Any]
HOST = "portal.example.org"
UID = "c0ffee00-0000-4000-8000-000000000001"


def at(**ago: float) -> str:
    """A moment before now."""
    return (NOON - timedelta(**ago)).isoformat().replace("+00:00", "Z")


def condition(kind: str, status: str, reason: str, message: str, *, generation: int | None = 1, **ago: float) -> Raw:
    said = {"type": kind, "status": status, "reason": reason, "message": message}
    seen = {} if generation is None else {"observedGeneration": generation}
    return said | seen | {"lastTransitionTime": at(**(ago or {"days": 30}))}


READY = condition("Ready", "True", "Ready", "Certificate is up to date and has not expired")
MISSING = condition("Ready", "False", "DoesNotExist", "Issuing certificate as Secret does not exist", minutes=1)
ISSUING = condition("Issuing", "True", "DoesNotExist", "Issuing certificate as Secret does not exist", minutes=1)


def certificate(*conditions: Raw, generation: int = 1, **status: Any) -> Raw:
    times = {"notBefore": at(days=30), "notAfter": at(days=-60), "renewalTime": at(days=-30), "revision": 1}
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {
            "name": "portal",
            "namespace": "demo",
            "uid": UID,
            "generation": generation,
            "creationTimestamp": at(days=90),
        },
        "spec": {
            "secretName": "portal-tls",
            "dnsNames": [HOST],
            "issuerRef": {"name": "platform-ca", "kind": "ClusterIssuer"},
        },
        "status": {"conditions": list(conditions or [READY]), **times, **status},
    }


def issuer(status: str = "True", reason: str = "KeyPairVerified", message: str = "Signing CA verified") -> Raw:
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "ClusterIssuer",
        "metadata": {"name": "platform-ca", "generation": 1, "creationTimestamp": at(days=90)},
        "spec": {"ca": {"secretName": "platform-ca"}},
        "status": {"conditions": [condition("Ready", status, reason, message)]},
    }


def owned(kind: str, name: str, owner: str, uid: str, **more: Any) -> Raw:
    group = "acme.cert-manager.io" if kind in ("Order", "Challenge") else "cert-manager.io"
    return {
        "apiVersion": f"{group}/v1",
        "kind": kind,
        "metadata": {
            "name": name,
            "namespace": "demo",
            "uid": f"uid-of-{name}",
            "creationTimestamp": at(minutes=1),
            "annotations": {"cert-manager.io/certificate-revision": "2"} if kind == "CertificateRequest" else {},
            "ownerReferences": [{"kind": owner, "name": "?", "uid": uid, "controller": True}],
        },
        "spec": {},
        **more,
    }


APPROVED = condition("Approved", "True", "cert-manager.io", "Certificate request has been approved", generation=None)


def request(*conditions: Raw, name: str = "portal-x7k2p") -> Raw:
    return owned("CertificateRequest", name, "Certificate", UID, status={"conditions": list(conditions)})


def order(state: str, reason: str = "") -> Raw:
    status = {"state": state} | ({"reason": reason} if reason else {})
    return owned("Order", "portal-x7k2p-1", "CertificateRequest", "uid-of-portal-x7k2p", status=status)


def challenge(state: str, reason: str) -> Raw:
    made = owned("Challenge", "portal-x7k2p-1-9", "Order", "uid-of-portal-x7k2p-1")
    return made | {"spec": {"type": "HTTP-01", "dnsName": HOST}, "status": {"state": state, "reason": reason}}


def secret(name: str = "portal-tls", namespace: str = "demo", **annotations: str) -> Raw:
    said = {key.replace("_", "-"): value for key, value in annotations.items()}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "resourceVersion": "1",
            "creationTimestamp": at(days=90),
            "annotations": {f"cert-manager.io/{key}": value for key, value in said.items()},
        },
        "type": "kubernetes.io/tls",
        "data": {"tls.crt": "hmac-sha256:1", "tls.key": "hmac-sha256:2"},
    }


def ingress(*tls: Raw, annotations: Mapping[str, str] | None = None, created: str = "") -> Raw:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {
            "name": "portal",
            "namespace": "demo",
            "creationTimestamp": created or at(days=90),
            "annotations": dict(annotations or {}),
        },
        "spec": {"rules": [{"host": HOST}], "tls": list(tls or [{"hosts": [HOST], "secretName": "portal-tls"}])},
    }


def leaf(*names: str, subject: str = "CN=portal", ends: float = 60, sha256: str = "aa") -> Leaf:
    """A certificate that ends in so many days."""
    begins, end = NOON - timedelta(days=30), NOON + timedelta(days=ends)
    return Leaf(subject, "CN=platform CA", "1f", names or (HOST,), begins, end, sha256)


def shown(stage: str = "done", seen: Leaf | None = None, problem: str = "", distrust: str = "") -> Handshake:
    return Handshake(stage, "127.0.0.1:443", False, problem, (seen or leaf()) if stage == "done" else None, distrust)


class Looks:
    """What is in every Secret, and what is presented for every host."""

    def __init__(self, held: Leaf | None = None, served: Handshake | None = None, problem: str = "") -> None:
        self._held = Bundle(None if problem else held or leaf(), problem)
        self._served = served or shown()
        self.asked: list[str] = []

    def certificate(self, secret: Resource) -> Bundle:
        return self._held

    def served(self, host: str) -> Handshake:
        self.asked.append(host)
        return self._served


def hear(rule: Rule[Any], subject: Raw, world: FixedWorld, *args: Any) -> list[Any]:
    """What a rule says of an object."""
    seen: World = world
    return list(rule(Resource(subject), seen, *args))


def told(said: list[Any]) -> list[tuple[str, str]]:
    """The deviations among it: the rule where it speaks for another one, and the object."""
    return [(each.rule, str(each.ref or each.subject)) for each in said if isinstance(each, Deviation)]
