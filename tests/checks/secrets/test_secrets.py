"""SealedSecrets as controller 0.27 (and those before 0.9) leaves them, and what lies plain in Git."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from holdfast.checks.certificates.facts import Bundle, Leaf
from holdfast.checks.secrets import controller, made, owners, plain, sealed
from holdfast.checks.secrets.controller import Where
from holdfast.model import CRITICAL, MAJOR, MINOR, Deviation, InFlight, Note, Resource, Unobservable

from ..certificates.objects import at, certificate, hear, told
from ..world import NOON, FixedWorld, forbidden

Raw = dict[str, Any]
WHERE = Where("infra", "eoepca-sealed-secrets")
UID = "5ea1ed00-0000-4000-8000-000000000001"
TAKEN = 'failed update: Resource "harbor" already exists and is not managed by SealedSecret'


def sealed_secret(status: str = "True", message: str = "", *, generation: int = 1, seen: int | None = 1) -> Raw:
    synced = {"type": "Synced", "status": status, "lastTransitionTime": at(days=3)} | (
        {"message": message} if message else {}
    )
    return {
        "apiVersion": "bitnami.com/v1alpha1",
        "kind": "SealedSecret",
        "metadata": {
            "name": "harbor",
            "namespace": "rm",
            "uid": UID,
            "generation": generation,
            "creationTimestamp": at(days=90),
        },
        "spec": {"encryptedData": {"PASSWORD": "AgBy…"}, "template": {"data": {"user": "admin"}}},
        "status": {} if seen is None else {"conditions": [synced], "observedGeneration": seen},
    }


def secret(*keys: str, owner: str | None = UID, **annotations: str) -> Raw:
    owned = {"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "harbor", "uid": owner}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": "harbor",
            "namespace": "rm",
            "ownerReferences": [owned] if owner else [],
            "annotations": annotations,
        },
        "type": "Opaque",
        "data": dict.fromkeys(keys or ("PASSWORD", "user"), "hmac-sha256:1"),
    }


def deployment(replicas: int = 1, available: int = 1, **ago: float) -> Raw:
    state = "True" if available >= replicas else "False"
    since = at(**(ago or {"days": 1}))
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": WHERE.name, "namespace": WHERE.namespace, "generation": 1},
        "spec": {"replicas": replicas},
        "status": {
            "observedGeneration": 1,
            "availableReplicas": available,
            "conditions": [
                {"type": "Available", "status": state, "lastTransitionTime": since},
                {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
            ],
        },
    }


def kustomization(*entries: str, **spec: Any) -> Raw:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": "resource-management", "namespace": "flux-system", "generation": 1},
        "spec": spec,
        "status": {"inventory": {"entries": [{"id": each, "v": "v1"} for each in entries]}},
    }


class TestUnsealed:
    def hear(self, subject: Raw, *others: Raw) -> list[Any]:
        return hear(sealed.unsealed, subject, FixedWorld(subject, deployment(), *others), WHERE)

    def test_unsealed(self) -> None:
        assert self.hear(sealed_secret(), secret()) == []

    def test_sealed_for_another_cluster(self) -> None:
        (said,) = self.hear(sealed_secret("False", "no key could decrypt secret (PASSWORD)"))
        assert "a key this controller does not have" in said.cause
        assert said.severity is CRITICAL
        (said,) = self.hear(sealed_secret("False", "no key could decrypt secret (PASSWORD)"), secret())
        assert said.severity is None
        assert said.outlook == "the Secret of before stays in use"

    def test_a_message_nobody_knows_is_its_own_cause(self) -> None:
        (said,) = self.hear(sealed_secret("False", "template: x:1: unexpected EOF"))
        assert said.cause == "template: x:1: unexpected EOF"

    def test_one_in_the_way_is_told_by_another_rule(self) -> None:
        assert self.hear(sealed_secret("False", TAKEN), secret(owner=None)) == []

    def test_changed_and_not_looked_at(self) -> None:
        subject = sealed_secret(generation=2)
        (said,) = self.hear(subject, secret())
        assert isinstance(said, Deviation)
        wrote = {"manager": "kustomize-controller", "time": at(minutes=1), "fieldsV1": {"f:spec": {}}}
        subject["metadata"]["managedFields"] = [wrote]
        (wait,) = self.hear(subject, secret())
        assert isinstance(wait, InFlight)

    def test_the_controller_is_the_root(self) -> None:
        subject = sealed_secret(generation=2)
        said = hear(sealed.unsealed, subject, FixedWorld(subject, deployment(1, 0)), WHERE)
        assert told(said) == [(controller.UNAVAILABLE, "Deployment/infra/eoepca-sealed-secrets")]
        assert said[0].affects == ("SealedSecret/rm/harbor",)
        said = hear(sealed.unsealed, subject, FixedWorld(subject), WHERE)
        assert told(said) == [("platform.object.missing", "Deployment/infra/eoepca-sealed-secrets")]

    def test_an_old_controller_without_status_is_judged_by_its_secret(self) -> None:
        assert self.hear(sealed_secret(seen=None), secret()) == []
        assert len(self.hear(sealed_secret(seen=None), secret("user"))) == 1
        assert len(self.hear(sealed_secret(seen=None), secret(owner="somebody else"))) == 1
        assert len(self.hear(sealed_secret(seen=None))) == 1


class TestSecret:
    def rules(self, subject: Raw, *others: Raw) -> list[str]:
        """Every finding, by its rule: the same one, whichever rules tell it, is one."""
        world, found = FixedWorld(subject, deployment(), *others), []
        for rule, args in ((made.present, (WHERE,)), (made.whole, ()), (made.owned, (WHERE,)), (owners.sole, ())):
            said = hear(rule, subject, world, *args)
            found += [each.rule or rule.id for each in said if isinstance(each, Deviation)]
        return list(dict.fromkeys(found))

    def test_healthy(self) -> None:
        assert self.rules(sealed_secret(), secret()) == []

    def test_missing(self) -> None:
        assert self.rules(sealed_secret()) == ["sealedsecret.secret.missing"]
        assert self.rules(sealed_secret("False", "no key could decrypt secret")) == ["sealedsecret.unseal.failed"]
        assert self.rules(sealed_secret("False", TAKEN)) == ["sealedsecret.secret.missing"]  # nothing is in the way now

    def test_no_sentence_about_the_secret_conforms_without_one(self) -> None:
        for subject in (sealed_secret(), sealed_secret("False", "no key could decrypt secret")):
            for rule in (made.present, made.owned):
                assert hear(rule, subject, FixedWorld(subject, deployment()), WHERE)

    def test_a_key_that_is_missing(self) -> None:
        (said,) = hear(made.whole, sealed_secret(), FixedWorld(secret("user")))
        assert (str(said.ref), said.observed, said.severity) == ("Secret/rm/harbor", "it lacks PASSWORD", None)

    def test_a_key_nobody_sealed(self) -> None:
        (said,) = hear(made.whole, sealed_secret(), FixedWorld(secret("user", "PASSWORD", "token")))
        assert (said.observed, said.severity) == ("it also has token", MINOR)

    def test_keys_that_may_not_be_read_are_unknown(self) -> None:
        listed = secret()
        del listed["data"], listed["type"]
        with pytest.raises(Unobservable):
            hear(made.whole, sealed_secret(), FixedWorld(listed))

    def test_made_by_hand(self) -> None:
        assert self.rules(sealed_secret("False", TAKEN), secret(owner=None)) == ["sealedsecret.secret.not-owned"]
        assert self.rules(sealed_secret(), secret(owner="an older one")) == ["sealedsecret.secret.not-owned"]

    @pytest.mark.parametrize("mark", ["patch", "managed", "skip-set-owner-references"])
    def test_shared_on_purpose(self, mark: str) -> None:
        shared = secret("user", "PASSWORD", "token", owner=None, **{f"sealedsecrets.bitnami.com/{mark}": "true"})
        assert self.rules(sealed_secret(), shared) == []

    @pytest.mark.parametrize(
        "rival",
        [
            kustomization("rm_harbor__Secret"),
            kustomization("rm_harbor__Secret") | {"kind": "HelmRelease", "apiVersion": "helm.toolkit.fluxcd.io/v2"},
        ],
    )
    def test_two_owners(self, rival: Raw) -> None:
        assert self.rules(sealed_secret("False", TAKEN), secret(owner=None), rival) == ["sealedsecret.secret.contested"]

    def test_a_certificate_fills_it_too(self) -> None:
        cert = certificate()
        cert["metadata"]["namespace"], cert["spec"]["secretName"] = "rm", "harbor"
        assert self.rules(sealed_secret(), secret(), cert) == ["sealedsecret.secret.contested"]

    def test_a_chart_makes_it_too(self) -> None:
        helm = {"meta.helm.sh/release-name": "harbor", "meta.helm.sh/release-namespace": "rm"}
        (said,) = hear(owners.sole, sealed_secret(), FixedWorld(secret(owner=None, **helm)))
        assert said.affects == ("Secret/rm/harbor", "the Helm release rm/harbor")

    def test_others_of_the_same_name_elsewhere(self) -> None:
        assert self.rules(sealed_secret(), secret(), kustomization("um_harbor__Secret", "rm_harbor_x.org_Secret")) == []

    def test_whoever_else_may_own_it_cannot_be_seen(self) -> None:
        blind = FixedWorld(secret(), problems={"Kustomization": forbidden("kustomizations")})
        with pytest.raises(Unobservable):
            hear(owners.sole, sealed_secret(), blind)


class Keys:
    """What the key Secrets hold."""

    def __init__(self, *leaves: Leaf | None) -> None:
        self._leaves = list(leaves)

    def certificate(self, secret: Resource) -> Bundle:
        return Bundle(self._leaves[int(secret.name)])

    def served(self, host: str) -> Any:
        raise AssertionError("no server is asked")


def key(made_ago: float, ends: float = 3600) -> Leaf:
    return Leaf("", "", "1", (), NOON - timedelta(days=made_ago), NOON + timedelta(days=ends), "aa")


class TestController:
    HOME: Raw = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "infra"}}  # noqa: RUF012

    def keys(self, *leaves: Leaf | None, label: str = "active", **options: Any) -> list[Deviation]:
        secrets = [
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": str(number), "namespace": "infra", "labels": {controller.KEY_LABEL: label}},
            }
            for number in range(len(leaves))
        ]
        return hear(controller.fresh, self.HOME, FixedWorld(self.HOME, *secrets), Keys(*leaves), *options.values())

    def test_available(self) -> None:
        assert hear(controller.available, deployment(), FixedWorld()) == []

    @pytest.mark.parametrize(
        ("subject", "observed"), [(deployment(1, 0), "0 of 1 available"), (deployment(0, 0), "scaled to 0")]
    )
    def test_unavailable(self, subject: Raw, observed: str) -> None:
        (said,) = hear(controller.available, subject, FixedWorld())
        assert said.observed == observed

    def test_a_pod_that_was_moved_a_moment_ago(self) -> None:
        (said,) = hear(controller.available, deployment(1, 0, seconds=10), FixedWorld())
        assert isinstance(said, InFlight)

    def test_a_fresh_key_among_old_ones(self) -> None:
        assert self.keys(key(400), key(10), key(40, -1)) == []

    def test_no_new_key_for_too_long(self) -> None:
        assert self.keys(key(31.5)) == []
        (said,) = self.keys(key(33))
        assert (said.severity, said.since) == (None, NOON - timedelta(days=33))
        assert self.keys(key(33), days=timedelta()) == []  # renewal switched off, and platform.toml says so

    def test_the_newest_has_ended(self) -> None:
        (said,) = self.keys(key(20, -1))
        assert said.severity is MAJOR

    def test_no_key_at_all(self) -> None:
        assert self.keys()[0].severity is CRITICAL
        assert self.keys(key(1), label="compromised")[0].severity is CRITICAL
        assert "none with a certificate" in self.keys(None)[0].observed


class TestPlain:
    def hear(self, owner: Raw, *others: Raw, allowed: tuple[str, ...] = ()) -> list[Any]:
        return hear(plain.unsealed, owner, FixedWorld(owner, *others), allowed)

    def test_nothing_secret(self) -> None:
        assert self.hear(kustomization("rm_harbor_bitnami.com_SealedSecret", "rm_x__ConfigMap")) == []

    def test_a_plain_secret(self) -> None:
        (said,) = self.hear(kustomization("rm_cache-access-secret__Secret"))
        assert (str(said.ref), said.affects) == (
            "Secret/rm/cache-access-secret",
            ("Kustomization/flux-system/resource-management",),
        )

    def test_known_ones(self) -> None:
        assert self.hear(kustomization("rm_cache-access-secret__Secret"), allowed=("rm/cache-*",)) == []

    def test_one_a_sealed_secret_makes_is_told_as_contested(self) -> None:
        assert self.hear(kustomization("rm_harbor__Secret"), sealed_secret()) == []

    @pytest.mark.parametrize(("manager", "count"), [("kustomize-controller", 1), ("kube-controller-manager", 0)])
    def test_one_without_values_of_git_gives_nothing_away(self, manager: str, count: int) -> None:
        token = secret("token", owner=None)
        managed: Raw = {"manager": manager, "fieldsV1": {"f:data": {"f:token": {}}}}
        empty: Raw = {"manager": "kustomize-controller", "fieldsV1": {"f:type": {}}}
        token["metadata"]["managedFields"] = [managed, empty]
        assert len(self.hear(kustomization("rm_harbor__Secret"), token)) == count

    def test_what_is_decrypted_is_only_noted(self) -> None:
        (said,) = self.hear(kustomization("rm_x__Secret", decryption={"provider": "sops"}))
        assert isinstance(said, Note)

    @pytest.mark.parametrize(
        ("values", "paths"),
        [
            ({"harborAdminPassword": "a-real-one"}, ["spec.values.harborAdminPassword"]),
            ({"a": {"b": [{"dbUrl": "postgresql://postgres:mypg@db/pycsw"}]}}, ["spec.values.a.b[0].dbUrl"]),
            ({"env": [{"name": "DB_PASSWORD", "value": "x1y2"}]}, ["spec.values.env[0].value"]),
            (
                {"s3": {"accessKey": "AKIA", "secret-key": "q"}},
                ["spec.values.s3.accessKey", "spec.values.s3.secret-key"],
            ),
            ({"clientSecret": "q", "api_key": "r"}, ["spec.values.api_key", "spec.values.clientSecret"]),
            ({"existingSecret": "harbor", "secretKey": "password", "tokenSecret": "x"}, []),
            ({"existingSecret": "harbor", "secretName": "x", "imagePullSecrets": "y", "secret": "harbor"}, []),
            ({"password": "", "token": None, "passwordSecretRef": {"key": "password"}, "tokenFile": "/t"}, []),
            ({"password": "${PASSWORD}", "adminPassword": "$(PASSWORD)", "usePassword": "yes"}, []),
            ({"url": "https://example.org/a@b", "dsn": "postgresql://user@db", "u": "http://u:${P}@h"}, []),
            ({"automountServiceAccountToken": "x", "existingPassword": "y", "passwords": 3, "tokenTTL": "1h"}, []),
            (None, []),
        ],
    )
    def test_credentials_among_values(self, values: Any, paths: list[str]) -> None:
        release = {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "harbor"}}
        said = hear(plain.unspoken, release | {"spec": {"values": values}}, FixedWorld())
        assert [each.path for each in said] == paths
        assert not any(word in str(each) for each in said for word in ("a-real-one", "mypg", "x1y2"))
