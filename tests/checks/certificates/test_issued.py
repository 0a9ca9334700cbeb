"""Certificates that are not issued, with their cause; renewals that do not come; issuers that cannot issue."""

from __future__ import annotations

from datetime import timedelta

import pytest

from holdfast.checks.certificates import issued, issuers
from holdfast.checks.certificates.limits import Limits
from holdfast.model import CRITICAL, Deviation, InFlight, Unobservable

from ..world import NOON, FixedWorld, forbidden
from .objects import (
    APPROVED,
    ISSUING,
    MISSING,
    READY,
    Raw,
    at,
    certificate,
    challenge,
    condition,
    hear,
    issuer,
    order,
    request,
    told,
)

LIMITS = Limits()
PENDING = condition("Ready", "False", "Pending", "Waiting on certificate issuance from order", generation=None)
OLD = condition("Ready", "False", "DoesNotExist", "Issuing certificate as Secret does not exist", hours=2)
LONG = condition("Issuing", "True", "DoesNotExist", "Issuing certificate as Secret does not exist", hours=2)


def of(subject: Raw, *others: Raw) -> list[Deviation]:
    said = hear(issued.ready, subject, FixedWorld(subject, *(others or [issuer()])), LIMITS)
    assert all(isinstance(each, Deviation) for each in said)
    return said


class TestReady:
    def test_issued(self) -> None:
        assert of(certificate()) == []

    def test_being_issued(self) -> None:
        subject = certificate(MISSING, ISSUING)
        (said,) = hear(issued.ready, subject, FixedWorld(subject, issuer(), request(APPROVED, PENDING)), LIMITS)
        assert isinstance(said, InFlight)

    def test_being_issued_for_too_long(self) -> None:
        subject = certificate(OLD, LONG, notAfter=None)
        (said,) = of(subject, issuer(), request(APPROVED, PENDING), order("pending"), challenge("pending", "404"))
        assert said.severity is CRITICAL
        assert "Challenge/demo/portal-x7k2p-1-9 (HTTP-01 for portal.example.org) is pending: 404" in said.cause
        assert said.remedy[0].command == "kubectl describe challenge.acme.cert-manager.io/portal-x7k2p-1-9 -n demo"

    def test_a_challenge_that_failed_ends_the_patience(self) -> None:
        reason = "Error accepting authorization: acme: authorization error: 403"
        (said,) = of(
            certificate(MISSING, ISSUING),
            issuer(),
            request(APPROVED, PENDING),
            order("pending"),
            challenge("invalid", reason),
        )
        assert reason in said.cause
        assert said.severity is None  # the certificate before is good for 60 days more

    def test_an_order_that_was_refused(self) -> None:
        reason = "Failed to create Order: 429 urn:ietf:params:acme:error:rateLimited"
        (said,) = of(certificate(MISSING, ISSUING), issuer(), request(APPROVED, PENDING), order("errored", reason))
        assert "rateLimited" in said.cause

    def test_a_request_that_failed(self) -> None:
        failed = condition("Ready", "False", "Failed", "Error getting keypair for CA issuer", generation=None)
        (said,) = of(certificate(MISSING, ISSUING), issuer(), request(APPROVED, failed))
        assert said.cause == "CertificateRequest/demo/portal-x7k2p: Failed: Error getting keypair for CA issuer"

    def test_a_request_that_was_denied(self) -> None:
        denied = condition("Denied", "True", "policy", "no wildcard names", generation=None)
        (said,) = of(certificate(MISSING, ISSUING), issuer(), request(denied))
        assert said.cause.endswith("was denied: no wildcard names")

    def test_a_request_nobody_approves(self) -> None:
        (said,) = of(certificate(OLD, LONG), issuer(), request())
        assert said.cause.endswith("waits for an approval nobody has given")

    def test_the_latest_request_counts(self) -> None:
        old = request(APPROVED, condition("Ready", "False", "Failed", "long ago", generation=None), name="portal-a")
        old["metadata"]["annotations"]["cert-manager.io/certificate-revision"] = "1"
        subject = certificate(MISSING, ISSUING)
        (said,) = hear(issued.ready, subject, FixedWorld(subject, issuer(), request(APPROVED, PENDING), old), LIMITS)
        assert isinstance(said, InFlight)

    def test_cert_manager_gave_up_for_now(self) -> None:
        gave_up = condition("Issuing", "False", "Failed", "The certificate request has failed to complete", minutes=1)
        (said,) = of(certificate(MISSING, gave_up))
        assert "has failed to complete" in said.cause

    def test_the_issuer_is_the_root(self) -> None:
        broken = issuer("False", "ErrGetKeyPair", "secrets platform-ca not found")
        (said,) = of(certificate(MISSING, ISSUING), broken)
        assert told([said]) == [(issuers.ISSUER, "ClusterIssuer/platform-ca")]
        assert said.affects == ("Certificate/demo/portal",)

    def test_an_issuer_nobody_made(self) -> None:
        (said,) = of(certificate(MISSING, ISSUING), certificate())
        assert said.summary == "ClusterIssuer/platform-ca does not exist"

    def test_a_spec_nobody_has_looked_at(self) -> None:
        subject = certificate(generation=2)
        (said,) = of(subject)
        assert "does not run" in said.cause
        subject["metadata"]["managedFields"] = [
            {"time": at(minutes=1), "fieldsV1": {"f:spec": {}}, "manager": "kubectl"}
        ]
        (wait,) = hear(issued.ready, subject, FixedWorld(subject, issuer()), LIMITS)
        assert isinstance(wait, InFlight)

    def test_orders_that_may_not_be_read_are_left_out(self) -> None:
        subject = certificate(OLD, LONG)
        blind = {"Order.acme.cert-manager.io": forbidden("orders")}
        (said,) = hear(
            issued.ready, subject, FixedWorld(subject, issuer(), request(APPROVED, PENDING), problems=blind), LIMITS
        )
        assert said.cause.startswith("CertificateRequest/demo/portal-x7k2p: Pending")

    def test_an_issuer_that_may_not_be_read_is_unknown(self) -> None:
        with pytest.raises(Unobservable):
            hear(
                issued.ready,
                certificate(OLD),
                FixedWorld(problems={"ClusterIssuer": forbidden("clusterissuers")}),
                LIMITS,
            )


class TestRenewed:
    def hear(self, subject: Raw, *others: Raw) -> list[Deviation]:
        said = hear(issued.renewed, subject, FixedWorld(subject, *(others or [issuer()])), LIMITS)
        assert all(isinstance(each, Deviation) for each in said)
        return said

    def test_due_later(self) -> None:
        assert self.hear(certificate()) == []

    def test_due_soon_however_short_it_lasts(self) -> None:
        assert self.hear(certificate(notAfter=at(hours=-1), renewalTime=at(minutes=-20))) == []

    def test_due_this_minute(self) -> None:
        assert self.hear(certificate(notAfter=at(days=-30), renewalTime=at(minutes=50))) == []

    @pytest.mark.parametrize(("left", "severity"), [(20, None), (4, None), (2.9, CRITICAL), (-1, CRITICAL)])
    def test_overdue(self, left: float, severity: object) -> None:
        (said,) = self.hear(certificate(notAfter=at(days=-left), renewalTime=at(hours=2)))
        assert said.severity is severity
        assert said.observed.startswith("its renewal was due 2h ago, it expire")
        assert "does it run?" in said.cause

    def test_the_cause_is_followed(self) -> None:
        failed = condition("Ready", "False", "Failed", "no such account", generation=None)
        (said,) = self.hear(certificate(renewalTime=at(hours=2)), issuer(), request(APPROVED, failed))
        assert "no such account" in said.cause

    def test_the_issuer_is_the_root(self) -> None:
        late = certificate(renewalTime=at(hours=2), notAfter=at(days=-1))
        (said,) = self.hear(late, issuer("False", "ErrRegisterACMEAccount", "403"))
        assert (said.rule, said.severity) == (issuers.ISSUER, CRITICAL)

    def test_no_renewal_is_planned(self) -> None:
        assert self.hear(certificate(renewalTime=None)) == []
        (said,) = self.hear(certificate(renewalTime=None, notAfter=at(days=-13)))
        assert "no renewal is planned" in said.summary

    def test_no_times_at_all_are_no_pass(self) -> None:
        with pytest.raises(Unobservable):
            self.hear(certificate(renewalTime=None, notAfter=None))

    def test_what_is_not_ready_is_told_as_that(self) -> None:
        """By the finding of the rule that says why, so that this scenario does not conform meanwhile."""
        (said,) = self.hear(certificate(OLD, renewalTime=at(days=2)), issuer())
        assert said.rule == "certificate.issue.not-ready"


class TestIssuer:
    def hear(self, subject: Raw) -> list[object]:
        return hear(issuers.issuer_ready, subject, FixedWorld(subject, certificate()), LIMITS)

    def test_ready(self) -> None:
        assert self.hear(issuer()) == []

    def test_not_ready(self) -> None:
        (said,) = self.hear(issuer("False", "ErrGetKeyPair", "secrets platform-ca not found"))
        assert isinstance(said, Deviation)
        assert said.affects == ("Certificate/demo/portal",)
        assert "ErrGetKeyPair: secrets platform-ca not found" in said.observed

    def test_never_looked_at(self) -> None:
        fresh = issuer() | {"status": {}}
        (said,) = self.hear(fresh)
        assert isinstance(said, Deviation)
        fresh["metadata"]["creationTimestamp"] = at(minutes=1)
        (wait,) = self.hear(fresh)
        assert isinstance(wait, InFlight)


def test_limits() -> None:
    assert Limits.of({}) == LIMITS
    assert Limits.of({"certificate_days_major": "30"}).major == timedelta(days=30)
    with pytest.raises(ValueError, match="no number of days"):
        Limits.of({"certificate_days_major": "a fortnight"})
    assert LIMITS.severity(NOON - timedelta(days=1), NOON) is CRITICAL
    assert READY["status"] == "True"
