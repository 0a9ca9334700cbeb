"""What Secrets hold and what is served: each flaw told once, by the rule that is nearest to its cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from holdfast.checks.certificates import contents, ingress_secrets, reached, served
from holdfast.checks.certificates.facts import Bundle, Handshake, Leaf
from holdfast.checks.certificates.limits import Limits
from holdfast.model import CRITICAL, MAJOR, RULES, Deviation, InFlight, Unobservable

from ..world import NOON, FixedWorld, forbidden
from .objects import (
    HOST,
    MISSING,
    READY,
    Looks,
    Raw,
    at,
    certificate,
    hear,
    ingress,
    issuer,
    leaf,
    secret,
    shown,
    told,
)

FAKE = leaf("ingress.local", subject="CN=Kubernetes Ingress Controller Fake Certificate,O=Acme Co", sha256="ff")


def everything(subject: Raw, looks: Looks, *others: Raw) -> list[str]:
    """Every finding about an Ingress, by its rule: the same one, whichever rules tell it, is one."""
    said = [each for _, words in judged(subject, looks, *others) for each in words]
    prints = dict.fromkeys((each.rule, str(each.ref or each.subject), each.path) for each in said)
    return [rule for rule, _, _ in prints]


def judged(subject: Raw, looks: Looks, *others: Raw) -> list[tuple[str, list[Deviation]]]:
    """Every rule of an Ingress, by name, with the deviations it tells, each under the rule it breaks."""
    world, found = FixedWorld(subject, *others), []
    rules: list[tuple[Any, tuple[Any, ...]]] = [
        (ingress_secrets.resolved, (looks,)),
        (ingress_secrets.by_issuer, ()),
        (ingress_secrets.lasting, (looks, Limits())),
        *(
            (each, (looks,))
            for each in (reached.reachable, served.genuine, served.same, served.covered, served.trusted)
        ),
    ]
    for rule, args in rules:
        words = [each for each in hear(rule, subject, world, *args) if isinstance(each, Deviation)]
        found.append((rule.id, [replace(each, rule=each.rule or rule.id) for each in words]))
    return found


class TestOneCauseOneFinding:
    def test_healthy(self) -> None:
        assert everything(ingress(), Looks(), secret()) == []

    def test_without_tls(self) -> None:
        plain = ingress()
        del plain["spec"]["tls"]
        looks = Looks()
        assert everything(plain, looks) == []
        assert looks.asked == []

    def test_no_secret(self) -> None:
        assert everything(ingress(), Looks(served=shown(seen=FAKE))) == ["ingress.tls.dangling"]

    def test_a_misspelt_name_is_told_with_the_nearest(self) -> None:
        misspelt = ingress({"hosts": [HOST], "secretName": "portal-tsl"})
        (said,) = hear(ingress_secrets.resolved, misspelt, FixedWorld(secret(), certificate()), Looks())
        assert (
            said.cause == "nothing fills it: it was deleted, never made, or its name is misspelt (nearest: portal-tls)"
        )
        assert said.remedy[0].command == "kubectl get certificates,sealedsecrets -n demo"

    def test_no_secret_yet_and_the_certificate_says_why(self) -> None:
        looks = Looks(served=shown(seen=FAKE))
        assert everything(ingress(), looks, certificate(MISSING), issuer()) == []  # being issued
        assert everything(ingress(), looks, certificate(MISSING)) == ["certificate.issuer.not-ready"]

    def test_no_secret_and_the_certificate_thinks_there_is(self) -> None:
        """Told of the Certificate."""
        assert everything(ingress(), Looks(served=shown(seen=FAKE)), certificate(READY)) == [
            "certificate.secret.missing"
        ]

    @pytest.mark.parametrize(
        ("looks", "others", "silent"),
        [
            (Looks(served=shown("tcp", problem="refused")), (secret(),), {"resolved", "by_issuer", "lasting"}),
            (Looks(), (), {"by_issuer", "reachable"}),
            (Looks(), (certificate(READY),), {"by_issuer", "lasting", "reachable"}),
            (Looks(problem="it has no tls.key"), (secret(),), {"by_issuer", "reachable"}),
        ],
        ids=["nobody listens", "no Secret", "the Certificate's Secret is gone", "no key"],
    )
    def test_what_cannot_be_judged_for_it_tells_it_too(
        self, looks: Looks, others: tuple[Raw, ...], silent: set[str]
    ) -> None:
        """Else the scenario of served certificates would conform where nothing is served."""
        heard = judged(ingress(), looks, *others)
        assert {RULES[name].check.__name__ for name, words in heard if not words} == silent

    def test_a_secret_nobody_can_use(self) -> None:
        looks = Looks(problem="it has no tls.key", served=shown(seen=FAKE))
        assert everything(ingress(), looks, secret()) == ["certificate.secret.unusable"]

    def test_nobody_listens(self) -> None:
        assert everything(ingress(), Looks(served=shown("tcp", problem="refused")), secret()) == [
            "ingress.tls.unreachable"
        ]

    def test_the_fake_certificate(self) -> None:
        assert everything(ingress(), Looks(served=shown(seen=FAKE)), secret()) == ["ingress.tls.fake-certificate"]

    def test_another_certificate(self) -> None:
        other = shown(seen=leaf("elsewhere.example.org", sha256="bb"), distrust="it is self-signed")
        assert everything(ingress(), Looks(served=other), secret()) == ["ingress.tls.other-leaf"]

    def test_another_host(self) -> None:
        elsewhere = leaf("elsewhere.example.org")
        assert everything(ingress(), Looks(elsewhere, shown(seen=elsewhere)), secret()) == ["ingress.tls.not-covered"]

    def test_not_trusted(self) -> None:
        assert everything(ingress(), Looks(served=shown(distrust="it is self-signed")), secret()) == [
            "ingress.tls.untrusted"
        ]

    def test_expired(self) -> None:
        old = leaf(ends=-2)
        assert everything(ingress(), Looks(old, shown(seen=old, distrust="?")), secret()) == [
            "certificate.leaf.expiring"
        ]

    def test_of_another_issuer(self) -> None:
        asked = ingress(annotations={"cert-manager.io/cluster-issuer": "letsencrypt"})
        mine = secret(issuer_name="platform-ca")
        assert everything(asked, Looks(), mine, certificate()) == ["ingress.tls.other-issuer"]
        assert everything(asked, Looks(), secret(issuer_name="letsencrypt"), certificate()) == []

    def test_the_controllers_own_certificate_is_meant(self) -> None:
        default = ingress({"hosts": [HOST]})
        assert everything(default, Looks()) == []
        assert everything(default, Looks(served=shown(seen=FAKE))) == ["ingress.tls.fake-certificate"]
        assert everything(default, Looks(served=shown(seen=leaf("other.org")))) == ["ingress.tls.not-covered"]


class TestReach:
    def hear(self, seen: Handshake, *tls: Raw) -> list[Deviation]:
        subject = ingress(*tls)
        return hear(reached.reachable, subject, FixedWorld(subject, secret()), Looks(served=seen))

    def test_one_finding_for_all_hosts_behind_a_closed_port(self) -> None:
        many = {"hosts": ["a.example.org", "b.example.org"], "secretName": "portal-tls"}
        said = self.hear(shown("tcp", problem="connection refused"), many)
        assert {each.subject for each in said} == {"tls://127.0.0.1:443"}
        assert said[1].affects == ("Ingress/demo/portal", "https://b.example.org")

    @pytest.mark.parametrize("stage", ["dns", "tls"])
    def test_names_and_tls_are_each_hosts_own(self, stage: str) -> None:
        (said,) = self.hear(shown(stage, problem="no such name"))
        assert (str(said.ref), said.path) == ("Ingress/demo/portal", f"spec.tls[{HOST}]")
        assert (said.remedy[0].command == f"getent hosts {HOST}") == (stage == "dns")

    def test_a_wildcard_is_asked_for_by_some_name(self) -> None:
        looks, subject = (
            Looks(leaf("*.example.org"), shown(seen=leaf("*.example.org"))),
            ingress({"hosts": ["*.example.org"], "secretName": "portal-tls"}),
        )
        assert hear(served.covered, subject, FixedWorld(secret()), looks) == []
        assert set(looks.asked) == {"holdfast.example.org"}

    def test_an_entry_without_hosts_means_those_of_the_rules(self) -> None:
        looks = Looks()
        hear(reached.reachable, ingress({"secretName": "portal-tls"}), FixedWorld(secret()), looks)
        assert looks.asked == [HOST]


class TestTrust:
    def hear(self, seen: Leaf) -> list[Deviation]:
        looks = Looks(seen, shown(seen=seen, distrust="the chain ends at an authority that is not known here"))
        return hear(served.trusted, ingress(), FixedWorld(secret()), looks)

    def test_one_finding_for_all_that_an_authority_signed(self) -> None:
        (said,) = self.hear(leaf())
        assert (said.ref, said.subject) == (None, "authority CN=platform CA")
        assert said.affects == ("Ingress/demo/portal", f"https://{HOST}")

    def test_what_nobody_vouches_for_is_each_hosts_own(self) -> None:
        (said,) = self.hear(leaf(subject="CN=platform CA"))
        assert str(said.ref) == "Ingress/demo/portal"

    def test_what_a_certificate_asked_for_is_told_there(self) -> None:
        elsewhere = leaf("elsewhere.example.org")
        world = FixedWorld(secret(), certificate())
        assert hear(served.covered, ingress(), world, Looks(elsewhere, shown(seen=elsewhere))) == []


class TestInTime:
    def test_a_secret_renewed_a_moment_ago_is_not_loaded_yet(self) -> None:
        fresh = secret()
        fields: Raw = {"f:data": {"f:tls.crt": {}, "f:tls.key": {}}}
        fresh["metadata"]["managedFields"] = [{"manager": "cert-manager", "time": at(seconds=20), "fieldsV1": fields}]
        looks = Looks(leaf(sha256="new"), shown(seen=leaf(sha256="old")))
        (said,) = hear(served.same, ingress(), FixedWorld(fresh), looks)
        assert isinstance(said, InFlight)
        fresh["metadata"]["managedFields"][0]["time"] = at(minutes=2)
        (said,) = hear(served.same, ingress(), FixedWorld(fresh), looks)
        assert isinstance(said, Deviation)

    def test_an_ingress_made_a_moment_ago_waits_for_its_certificate(self) -> None:
        asks = {"cert-manager.io/cluster-issuer": "platform-ca"}
        (said,) = hear(
            ingress_secrets.resolved, ingress(annotations=asks, created=at(seconds=5)), FixedWorld(), Looks()
        )
        assert isinstance(said, InFlight)
        (said,) = hear(ingress_secrets.resolved, ingress(annotations=asks), FixedWorld(), Looks())
        assert isinstance(said, Deviation)
        assert "no Certificate was made" in said.cause

    @pytest.mark.parametrize(("ends", "severity"), [(15, None), (13, MAJOR), (2, CRITICAL), (-1, CRITICAL)])
    def test_the_end_of_what_somebody_renews_by_hand(self, ends: float, severity: object) -> None:
        said = hear(ingress_secrets.lasting, ingress(), FixedWorld(secret()), Looks(leaf(ends=ends)), Limits())
        assert [each.severity for each in said] == ([severity] if severity else [])

    def test_what_cert_manager_renews_is_told_when_it_does_not(self) -> None:
        world = FixedWorld(secret(), certificate())
        assert hear(ingress_secrets.lasting, ingress(), world, Looks(leaf(ends=0.5)), Limits()) == []

    def test_who_fills_it_is_not_known(self) -> None:
        blind = FixedWorld(secret(), problems={"Certificate": forbidden("certificates")})
        with pytest.raises(Unobservable):
            hear(ingress_secrets.lasting, ingress(), blind, Looks(), Limits())


class TestCertificates:
    def test_healthy(self) -> None:
        world = FixedWorld(secret(issuer_name="platform-ca", issuer_kind="ClusterIssuer"))
        assert hear(contents.present, certificate(), world) == []
        assert hear(contents.usable, certificate(), world, Looks()) == []
        assert hear(contents.named, certificate(), world, Looks()) == []
        assert hear(contents.by_issuer, certificate(), world) == []

    def test_the_secret_is_gone(self) -> None:
        (said,) = hear(contents.present, certificate(), FixedWorld())
        assert said.affects == ("Secret/demo/portal-tls",)
        (wait,) = hear(contents.present, certificate(MISSING), FixedWorld(issuer()))
        assert isinstance(wait, InFlight)  # not issued yet: told as the rule of that tells it

    def test_the_secret_cannot_be_used(self) -> None:
        said = hear(contents.usable, certificate(), FixedWorld(secret()), Looks(problem="it has no tls.key"))
        assert told(said) == [("certificate.secret.unusable", "Secret/demo/portal-tls")]
        assert said[0].remedy[-1].command == "cmctl renew portal -n demo"

    def test_a_key_of_another_certificate_shows_in_the_digests(self) -> None:
        problem = "the private key in tls.key is not the one the certificate was made for"
        (said,) = hear(contents.usable, certificate(), FixedWorld(secret()), Looks(problem=problem))
        assert said.cause.startswith("one of the two was replaced without the other")
        first, second = said.remedy[0].command.split("; ")
        assert first.endswith(r"jsonpath='{.data.tls\.crt}' | base64 -d | openssl x509 -noout -pubkey | openssl sha256")
        assert second.endswith(r"jsonpath='{.data.tls\.key}' | base64 -d | openssl pkey -pubout | openssl sha256")

    def test_other_names(self) -> None:
        (said,) = hear(contents.named, certificate(), FixedWorld(secret()), Looks(leaf("www.example.org")))
        assert f"not {HOST}" in said.observed

    def test_a_wildcard_that_was_asked_for(self) -> None:
        wild = certificate()
        wild["spec"]["dnsNames"] = ["*.Example.org"]
        assert hear(contents.named, wild, FixedWorld(secret()), Looks(leaf("*.example.org"))) == []
        assert len(hear(contents.named, wild, FixedWorld(secret()), Looks(leaf("www.example.org")))) == 1

    def test_another_issuer(self) -> None:
        by = secret(issuer_name="letsencrypt-staging", issuer_kind="ClusterIssuer")
        (said,) = hear(contents.by_issuer, certificate(), FixedWorld(by))
        assert said.observed == "the Secret says it comes from ClusterIssuer letsencrypt-staging"

    def test_a_certificate_that_cannot_be_read_is_no_pass(self) -> None:
        class Blank(Looks):
            def certificate(self, secret: object) -> Bundle:
                return Bundle(None)

        with pytest.raises(Unobservable):
            hear(contents.named, certificate(), FixedWorld(secret()), Blank())


class TestLeaf:
    @pytest.mark.parametrize(
        ("name", "host", "covers"),
        [
            ("a.example.org", "A.example.org.", True),
            ("*.example.org", "a.example.org", True),
            ("*.example.org", "a.b.example.org", False),
            ("*.example.org", "example.org", False),
            ("*.example.org", ".example.org", False),
            ("example.org", "a.example.org", False),
        ],
    )
    def test_covers(self, name: str, host: str, covers: bool) -> None:
        assert leaf(name).covers(host) is covers

    def test_a_common_name_is_no_name(self) -> None:
        bare = Leaf(f"CN={HOST}", "CN=x", "1", (), NOON, NOON + timedelta(days=1), "aa")
        assert not bare.covers(HOST)
        assert bare.left(NOON) == "expires in 1d"
        assert bare.left(NOON + timedelta(days=5)) == "expired 4d ago"

    def test_no_certificate_in_an_answer(self) -> None:
        assert Leaf.of({"subject": "CN=x", "notBefore": "yesterday"}) is None
        assert Bundle.of({"problem": "it has no tls.crt"}) == Bundle(None, "it has no tls.crt")
