"""SealedSecrets and what is secret in Git, as sentences."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from holdfast.checks.secrets import controller, made, owners, plain, sealed
from holdfast.checks.secrets.controller import Where
from holdfast.columns import known
from holdfast.vocabulary import Rows, then

if TYPE_CHECKING:
    from holdfast.fixtures.cluster import Cluster
    from holdfast.fixtures.tls import Tls
    from holdfast.judge import Judge
    from holdfast.platform import Platform


def _where(platform: Platform) -> Where:
    names = platform.names
    return Where(names.get("sealed_secrets_namespace", "kube-system"), names.get("sealed_secrets", "sealed-secrets"))


@then("every SealedSecret is unsealed")
def every_one_is_unsealed(judge: Judge, cluster: Cluster, platform: Platform) -> None:
    judge(sealed.unsealed, cluster.every("SealedSecret"), _where(platform))


@then("every SealedSecret has its Secret, with its keys and no other")
def every_one_has_its_secret(judge: Judge, cluster: Cluster, platform: Platform) -> None:
    judge(made.present, cluster.every("SealedSecret"), _where(platform))
    judge(made.whole, cluster.every("SealedSecret"))


@then("every SealedSecret alone makes its Secret")
def every_one_alone_makes_it(judge: Judge, cluster: Cluster, platform: Platform) -> None:
    judge(made.owned, cluster.every("SealedSecret"), _where(platform))
    judge(owners.sole, cluster.every("SealedSecret"))


@then("the sealed-secrets controller is available")
def the_controller_is_available(judge: Judge, cluster: Cluster, platform: Platform) -> None:
    where = _where(platform)
    judge(controller.available, cluster.one("Deployment", where.namespace, where.name))


@then("the sealing key is renewed in time")
def the_key_is_renewed(judge: Judge, cluster: Cluster, tls: Tls, platform: Platform) -> None:
    days = timedelta(days=float(str(platform.limits.get("sealing_key_days", 30))))
    judge(controller.fresh, cluster.one("Namespace", "", _where(platform).namespace), tls, days)


@then("no Kustomization delivers a plain Secret")
def none_is_plain(judge: Judge, cluster: Cluster) -> None:
    judge(plain.unsealed, cluster.every("Kustomization"))


@then("no Kustomization delivers a plain Secret but these", columns=known("namespace", "name", "why"))
def none_is_plain_but_these(judge: Judge, cluster: Cluster, rows: Rows) -> None:
    judge(plain.unsealed, cluster.every("Kustomization"), tuple(f"{row['namespace']}/{row['name']}" for row in rows))


@then("no HelmRelease holds a credential among its values")
def none_holds_a_credential(judge: Judge, cluster: Cluster) -> None:
    judge(plain.unspoken, cluster.every("HelmRelease"))
