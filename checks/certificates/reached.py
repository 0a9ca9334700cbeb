"""Whether the TLS hosts of an Ingress answer at all: name, connection and handshake told apart."""

from __future__ import annotations

from dataclasses import replace

from holdfast.checks.certificates.facts import Handshake, Looks
from holdfast.checks.certificates.hosts import declared
from holdfast.checks.web.place import resolve
from holdfast.model import CRITICAL, Deviation, Remedy, Resource, Said, World, rule


@rule(
    "ingress.tls.unreachable",
    CRITICAL,
    origin="DESIGN.md law 1: a declared endpoint that refuses or times out is a finding",
    remedy="Follow the way of a client: does the name resolve, does the ingress controller listen, does it speak TLS?",
)
def reachable(ingress: Resource, world: World, looks: Looks) -> Said:
    """Every TLS host of an Ingress is resolved, reached, and answers with TLS."""
    for each in declared(ingress):
        for host, name in each.asked:
            seen = looks.served(name)
            if seen.stage != "done":
                yield _unreachable(ingress, host, name, seen)
            elif seen.leaf is None:
                yield _unreachable(ingress, host, name, replace(seen, stage="tls", problem="its certificate is none"))


def _unreachable(ingress: Resource, host: str, name: str, seen: Handshake) -> Deviation:
    """One finding per address for what is wrong before TLS: every host behind it would say the same."""
    shared, address = seen.stage == "tcp", "the ingress" if seen.shared else f"tls://{seen.address}"
    what = {"dns": "its name is not resolved", "tcp": "nothing accepts a connection", "tls": "what answers is no TLS"}
    where = address if shared else host
    return Deviation(
        None if shared else ingress.ref,
        subject=address if shared else "",
        expected=f"{where} answers with TLS",
        observed=f"{what.get(seen.stage, seen.stage)} ({seen.problem})",
        cause={
            "dns": "no record, or the wrong name",
            "tcp": "the ingress controller does not listen, or a firewall",
        }.get(seen.stage, "another program listens there, or it refuses the name"),
        summary=f"{where} cannot be reached: {what.get(seen.stage, seen.stage)}: {seen.problem}",
        path="" if shared else f"spec.tls[{host}]",
        affects=(str(ingress.ref), f"https://{host}"),
        remedy=(
            *([resolve(host)] if seen.stage == "dns" else []),
            Remedy("go a client's way", seen.client(name)),
            Remedy("see the ingress controller", "kubectl get pods,services -A | grep -i ingress"),
        ),
    )
