"""What is known of a certificate, of a TLS Secret and of what a server presents: public facts, never a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from holdfast.checks.flux.timing import spell
from holdfast.model import Json, Resource, parse_time

FAKES = ("Kubernetes Ingress Controller Fake Certificate", "TRAEFIK DEFAULT CERT")
"""Common names of what ingress-nginx and Traefik present when they have no certificate for a host."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One certificate."""

    subject: str
    """RFC 4514, e.g. ``CN=*.example.org``; "" where the names stand in the SANs alone."""
    issuer: str
    serial: str
    """Hexadecimal."""
    names: tuple[str, ...]
    """Its subject alternative names: DNS names and IP addresses."""
    not_before: datetime
    not_after: datetime
    sha256: str
    """The fingerprint of the whole certificate."""

    @classmethod
    def of(cls, told: Mapping[str, Json]) -> Leaf | None:
        """From an answer's JSON; None when there is none in it."""
        begins, ends = parse_time(told.get("notBefore")), parse_time(told.get("notAfter"))
        if begins is None or ends is None:
            return None
        subject, issuer, serial, sha256 = (
            str(told.get(key) or "") for key in ("subject", "issuer", "serial", "sha256")
        )
        names = tuple(str(each) for each in told.get("names") or ())
        return cls(subject, issuer, serial, names, begins, ends, sha256)

    @property
    def is_self_signed(self) -> bool:
        """Nobody else vouches for it; names without a subject are told apart by nothing else."""
        return self.subject == self.issuer

    def covers(self, host: str) -> bool:
        """Whether it was made for this host: by its SANs alone, as browsers do; a wildcard stands for one label."""
        return any(_covers(name.lower(), host.lower().rstrip(".")) for name in self.names)

    def left(self, now: datetime) -> str:
        """``expires in 3d`` or ``expired 3d ago``."""
        span = self.not_after - now
        return f"expires in {_rough(span)}" if span > timedelta() else f"expired {_rough(-span)} ago"

    def __str__(self) -> str:
        """What a person tells certificates apart by."""
        name = self.subject or ", ".join(self.names[:2]) or "no name"
        return f"{name} by {self.issuer or '?'}, serial {self.serial}, to {self.not_after:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a TLS Secret holds."""

    leaf: Leaf | None
    """The first certificate of tls.crt."""
    problem: str = ""
    """Why no server can use it; "" when one can."""

    @classmethod
    def of(cls, told: Mapping[str, Json]) -> Bundle:
        """From an answer's JSON."""
        return cls(Leaf.of(told.get("leaf") or {}), str(told.get("problem") or ""))


@dataclass(frozen=True, slots=True)
class Handshake:
    """How a server answers a TLS client that asks for one host."""

    stage: str
    """How far it came: dns, tcp, tls, or done."""
    address: str
    """Who was asked: ``host:port``."""
    shared: bool = False
    """The one address of the ingress controller was asked, not the host's own."""
    problem: str = ""
    """Why it came no further."""
    leaf: Leaf | None = None
    distrust: str = ""
    """Why a client does not trust what is presented, in OpenSSL's words; "" when it does."""
    tunnelled: bool = False
    """The way to it leads through a proxy of the environment."""

    @classmethod
    def of(cls, told: Mapping[str, Json]) -> Handshake:
        """From an answer's JSON."""
        stage, address, problem, distrust = (
            str(told.get(key) or "") for key in ("stage", "address", "problem", "distrust")
        )
        shared, tunnelled = (told.get(key) is True for key in ("shared", "tunnelled"))
        return cls(stage, address, shared, problem, Leaf.of(told.get("leaf") or {}), distrust, tunnelled)

    def client(self, name: str) -> str:
        """The command that asks for a name, the way it was asked for."""
        asked = f"-connect {self.address} -servername {name} </dev/null"
        if self.tunnelled:
            return f'p=${{HTTPS_PROXY:-$https_proxy}}; openssl s_client -proxy "${{p#*://}}" {asked}'
        return f"openssl s_client {asked}"

    @property
    def is_fake(self) -> bool:
        """The ingress controller presents its stopgap."""
        return self.leaf is not None and any(fake in self.leaf.subject for fake in FAKES)


class Looks(Protocol):
    """What a check may ask beside the world. No I/O is visible through it."""

    def certificate(self, secret: Resource) -> Bundle:
        """What a Secret holds.

        Raises:
            Unobservable: it could not be read.
        """

    def served(self, host: str) -> Handshake:
        """What is presented for a host.

        Raises:
            Unobservable: that could not be found out from here.
        """


def _covers(name: str, host: str) -> bool:
    if name == host:
        return True
    label, dot, rest = host.partition(".")
    return bool(label and dot) and name == f"*.{rest}"


def _rough(span: timedelta) -> str:
    return f"{span.days}d" if span.days >= 2 else spell(span)
