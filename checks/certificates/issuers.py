"""Whether those who issue certificates can."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.checks.certificates.issuance import issuer_problem
from holdfast.checks.certificates.kinds import issuer_of
from holdfast.checks.certificates.limits import Limits
from holdfast.checks.flux.managers import last_write
from holdfast.checks.flux.timing import spell
from holdfast.model import MAJOR, Deviation, InFlight, Ref, Remedy, Resource, Said, Severity, World, rule

ISSUER = "certificate.issuer.not-ready"


@rule(
    ISSUER,
    MAJOR,
    origin="issue C §10: an Issuer or ClusterIssuer that is not Ready issues nothing",
    remedy="Mend the issuer: its Secret, its ACME account, or the authority it reaches",
)
def issuer_ready(issuer: Resource, world: World, limits: Limits) -> Said:
    """Every issuer, and every one a Certificate names, exists and is Ready."""
    problem = issuer_problem(issuer.ref, world)
    if problem:
        yield unable(issuer.ref, problem, tuple(_users(issuer.ref, world)), world)
        return
    state = issuer.find_condition("Ready")
    if state is not None and state.status == "True":
        return
    begun = last_write(issuer)
    if begun is not None and world.now - begun < limits.issuing:
        yield InFlight(str(issuer.ref), f"not looked at for {spell(world.now - begun)}")
        return
    yield unable(issuer.ref, "was never looked at: cert-manager does not run", tuple(_users(issuer.ref, world)), world)


def unable(
    issuer: Ref, problem: str, affects: tuple[str, ...], world: World, severity: Severity | None = None
) -> Deviation:
    """The finding for an issuer that is to blame, with everything that waits for it."""
    return Deviation(
        issuer,
        expected=f"{issuer} exists and is Ready",
        observed=f"it {problem}",
        summary=f"{issuer} {problem}",
        rule=ISSUER,
        severity=severity,
        affects=tuple(dict.fromkeys((*affects, *_users(issuer, world)))),
        outlook="nothing that names it is issued or renewed; what was issued before goes on until its end",
        remedy=(
            Remedy("see what it says", f"kubectl describe {issuer.where}"),
            Remedy("see the issuers there are", "kubectl get issuers,clusterissuers -A"),
        ),
    )


def _users(issuer: Ref, world: World) -> Iterator[str]:
    """The Certificates that name an issuer, as far as they can be seen."""
    for each in world.listing("Certificate").seen:
        if issuer_of(each) == issuer:
            yield str(each.ref)
