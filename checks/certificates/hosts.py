"""The hosts an Ingress serves with TLS, and the Secret it names for each."""

from __future__ import annotations

from dataclasses import dataclass

from holdfast.model import Resource

PROBE = "holdfast"
"""The label that stands for a wildcard's when somebody has to be asked for."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One entry of ``spec.tls``."""

    secret: str
    """"" where the controller's own default certificate is meant."""
    hosts: tuple[str, ...]

    @property
    def asked(self) -> tuple[tuple[str, str], ...]:
        """Each host, with the name to ask for: a wildcard's stands for any."""
        return tuple((host, host.replace("*", PROBE, 1)) for host in self.hosts)


def declared(ingress: Resource) -> tuple[Declared, ...]:
    """What an Ingress says. An entry without hosts is meant for those of its rules."""
    of_rules = tuple(str(each["host"]) for each in ingress.maps("spec", "rules") if each.get("host"))
    found = []
    for each in ingress.maps("spec", "tls"):
        hosts = each.get("hosts")
        named = tuple(str(host) for host in hosts) if isinstance(hosts, list) and hosts else of_rules
        found.append(Declared(str(each.get("secretName") or ""), tuple(dict.fromkeys(named))))
    return tuple(found)
