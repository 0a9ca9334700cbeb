"""Certificates, as sentences: issued, renewed, whole, and the ones that are served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_bdd import parsers

from holdfast.checks.certificates import contents, ingress_secrets, issued, issuers, reached, served
from holdfast.checks.certificates.limits import Limits
from holdfast.vocabulary import then

if TYPE_CHECKING:
    from holdfast.fixtures.cluster import Cluster
    from holdfast.fixtures.tls import Tls
    from holdfast.judge import Judge
    from holdfast.model import Query
    from holdfast.platform import Platform


def _ingresses(cluster: Cluster, tls: Tls) -> Query:
    """Every Ingress; the hosts of all are asked at once."""
    tls.prefetch(cluster.listing("Ingress").seen)
    return cluster.every("Ingress")


@then("every Certificate is issued")
def every_certificate_is_issued(judge: Judge, cluster: Cluster, platform: Platform) -> None:
    judge(issued.ready, cluster.every("Certificate"), Limits.of(platform.limits))


@then(parsers.re(r"every (?P<kind>Issuer|ClusterIssuer) can issue"))
def every_issuer_can_issue(judge: Judge, cluster: Cluster, platform: Platform, kind: str) -> None:
    judge(issuers.issuer_ready, cluster.every(kind), Limits.of(platform.limits))


@then("every Certificate is renewed in time")
def every_certificate_is_renewed(judge: Judge, cluster: Cluster, platform: Platform) -> None:
    judge(issued.renewed, cluster.every("Certificate"), Limits.of(platform.limits))


@then("every Certificate's Secret holds what it asks for")
def every_secret_holds_it(judge: Judge, cluster: Cluster, tls: Tls, platform: Platform) -> None:
    certificates = cluster.every("Certificate")
    judge(contents.present, certificates, Limits.of(platform.limits))
    judge(contents.usable, certificates, tls)
    judge(contents.named, certificates, tls)
    judge(contents.by_issuer, certificates)


@then("every TLS Secret an Ingress names is there and usable")
def every_tls_secret_is_there(judge: Judge, cluster: Cluster, tls: Tls, platform: Platform) -> None:
    ingresses = cluster.every("Ingress")
    judge(ingress_secrets.resolved, ingresses, tls, Limits.of(platform.limits))
    judge(ingress_secrets.by_issuer, ingresses)


@then("no certificate an Ingress serves is about to expire")
def none_is_about_to_expire(judge: Judge, cluster: Cluster, tls: Tls, platform: Platform) -> None:
    judge(ingress_secrets.lasting, cluster.every("Ingress"), tls, Limits.of(platform.limits))


@then("every TLS host of an Ingress answers")
def every_host_answers(judge: Judge, cluster: Cluster, tls: Tls) -> None:
    judge(reached.reachable, _ingresses(cluster, tls), tls)


@then("every TLS host of an Ingress is served with its Secret's certificate")
def every_host_is_served_with_it(judge: Judge, cluster: Cluster, tls: Tls, platform: Platform) -> None:
    ingresses, limits = _ingresses(cluster, tls), Limits.of(platform.limits)
    judge(served.genuine, ingresses, tls, limits)
    judge(served.same, ingresses, tls, limits)


@then("every certificate served covers its host and is trusted")
def every_certificate_is_accepted(judge: Judge, cluster: Cluster, tls: Tls, platform: Platform) -> None:
    ingresses, limits = _ingresses(cluster, tls), Limits.of(platform.limits)
    judge(served.covered, ingresses, tls, limits)
    judge(served.trusted, ingresses, tls, limits)
