"""Certificates that are Ready, and renewed in time."""

from __future__ import annotations

from datetime import datetime

from holdfast.checks.certificates.issuance import Issuance, follow, issuer_problem
from holdfast.checks.certificates.issuers import unable
from holdfast.checks.certificates.limits import Limits
from holdfast.checks.flux.managers import last_write
from holdfast.checks.flux.timing import spell
from holdfast.model import (
    CRITICAL,
    MAJOR,
    Deviation,
    InFlight,
    Remedy,
    Resource,
    Said,
    Severity,
    UnknownCode,
    Unobservable,
    World,
    parse_time,
    rule,
)

_RUNS = Remedy("see whether cert-manager runs", "kubectl get pods -A -l app.kubernetes.io/name=cert-manager")


@rule(
    "certificate.issue.not-ready",
    MAJOR,
    origin="issue C §10: Certificate Ready with its cause walked through CertificateRequest, Order and Challenge",
    remedy="Mend what the last object on the way complains of; cert-manager tries again by itself, ever more slowly",
)
def ready(certificate: Resource, world: World, limits: Limits) -> Said:
    """Every Certificate is issued, as its present spec asks for it."""
    state = certificate.find_condition("Ready")
    seen = state.observed_generation if state else None
    if state is None or (seen is not None and seen < (certificate.generation or 0)):
        yield _unseen(certificate, world, limits)
        return
    if state.status == "True":
        return
    way = follow(certificate, world)
    if way.issuer is not None:
        yield unable(way.issuer, issuer_problem(way.issuer, world), (str(certificate.ref),), world)
        return
    begun = _begun(certificate)
    if not way.failed and begun is not None and world.now - begun < limits.issuing:
        yield InFlight(str(certificate.ref), f"being issued for {spell(world.now - begun)}: {way.text}")
        return
    yield _not_ready(certificate, way, f"{state.reason}: {state.message}", world.now)


@rule(
    "certificate.renewal.overdue",
    MAJOR,
    origin="issue C §10: renewal overdue",
    remedy="Find out why cert-manager does not renew: does it run, and what do the latest CertificateRequests say?",
)
def renewed(certificate: Resource, world: World, limits: Limits) -> Said:
    """Every Certificate is renewed when its time has come."""
    state = certificate.find_condition("Ready")
    if state is None or state.status != "True":
        yield from ready.under_its_name(certificate, world, limits)
        return
    due, ends = (parse_time(certificate.get("status", key)) for key in ("renewalTime", "notAfter"))
    if due is None and ends is None:
        raise Unobservable(
            UnknownCode.UNREADABLE,
            str(certificate.ref),
            "it is Ready, and its status says neither when it ends nor when it is renewed",
            f"kubectl get {certificate.ref.where} -o yaml",
        )
    overdue = due is not None and world.now - due > limits.renewal
    unplanned = due is None and ends is not None and limits.severity(ends, world.now) is not None
    if overdue or unplanned:
        yield _overdue(certificate, due, ends, world, limits)


def _unseen(certificate: Resource, world: World, limits: Limits) -> Deviation | InFlight:
    """Nobody has said anything about it as it is now."""
    written = last_write(certificate)
    if written is not None and world.now - written < limits.issuing:
        return InFlight(str(certificate.ref), f"cert-manager has not looked at it for {spell(world.now - written)}")
    way = Issuance("cert-manager has not looked at the Certificate as it is now: it does not run", certificate.ref)
    return _not_ready(certificate, way, "no condition Ready speaks of the present generation", world.now)


def _not_ready(certificate: Resource, way: Issuance, observed: str, now: datetime) -> Deviation:
    ends = parse_time(certificate.get("status", "notAfter"))
    usable = ends is not None and ends > now
    names = ", ".join(certificate.texts("spec", "dnsNames")) or "its names"
    state = certificate.find_condition("Ready")
    return Deviation(
        certificate.ref,
        expected="Ready=True: issued, and good for what the spec asks",
        observed=observed,
        cause=way.text,
        summary=f"{certificate.ref} is not issued: {way.text or observed}",
        severity=None if usable else CRITICAL,
        since=state.since if state else None,
        affects=(f"Secret/{certificate.namespace}/{certificate.get('spec', 'secretName', default='?')}",),
        outlook=f"the certificate before goes on until {ends:%Y-%m-%d %H:%M} UTC" if usable and ends else _no(names),
        remedy=(way.remedy, _RUNS),
    )


def _no(names: str) -> str:
    return f"there is no valid certificate for {names}: cert-manager tries again, after an hour and then ever later"


def _overdue(
    certificate: Resource, due: datetime | None, ends: datetime | None, world: World, limits: Limits
) -> Deviation:
    now = world.now
    severity: Severity | None = limits.severity(ends, now) if ends is not None else None
    severity = CRITICAL if severity is CRITICAL else None
    try:
        way = follow(certificate, world)
    except Unobservable:  # the cause is a courtesy here: that it is overdue is certain
        way = Issuance("", certificate.ref)
    if way.issuer is not None:
        return unable(way.issuer, issuer_problem(way.issuer, world), (str(certificate.ref),), world, severity)
    late = f"its renewal was due {spell(now - due)} ago" if due is not None else "no renewal is planned"
    rest = "" if ends is None else f", it expired {spell(now - ends)} ago"
    if ends is not None and ends > now:
        rest = f", it expires in {spell(ends - now)}"
    return Deviation(
        certificate.ref,
        expected="renewed when status.renewalTime comes",
        observed=late + rest,
        cause=way.text if way.ref != certificate.ref and way.failed else "cert-manager has not begun: does it run?",
        summary=f"{certificate.ref}: {late}{rest}",
        path="status.renewalTime",
        severity=severity,
        since=due,
        affects=(f"Secret/{certificate.namespace}/{certificate.get('spec', 'secretName', default='?')}",),
        outlook="at its end every client refuses what uses it",
        remedy=(way.remedy, _RUNS),
    )


def _begun(certificate: Resource) -> datetime | None:
    """Since when it is being issued: the attempt, else the state that calls for one."""
    issuing, state = certificate.find_condition("Issuing"), certificate.find_condition("Ready")
    if issuing is not None and issuing.status == "True":
        return issuing.since
    last = parse_time(certificate.get("status", "lastFailureTime"))
    return last or (state.since if state else None) or certificate.created
