"""No secret leaves, in whatever spelling, and nothing a reader needs is lost."""

from __future__ import annotations

import base64
import copy
import html
import json
import random
import re
import string
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, quote_plus

import pytest

from holdfast.model.patterns import WITHHELD, without_credentials
from holdfast.model.scrub import Scrubber, scrub_result
from tests.reports import example

CANARIES = (
    b"correct horse battery staple",
    b"kanarie",
    b'p@ss/w"rd\\<&>%+=',
    b"Zo\xc3\xab-\xe2\x82\xac-geheim\n",
    b"\x00\x01\xfe\xff\x80binary\x90\x91",
    b"A" * 200 + b"needle-in-a-long-value" + b"z" * 300,
)
SPELLINGS: dict[str, Callable[[bytes], str]] = {
    "raw": lambda value: value.decode(errors="ignore") if value.decode(errors="ignore").encode() == value else "",
    "base64": lambda value: base64.b64encode(value).decode(),
    "base64, unpadded": lambda value: base64.b64encode(value).decode().rstrip("="),
    "base64url": lambda value: base64.urlsafe_b64encode(value).decode(),
    "base64, one byte in": lambda value: base64.b64encode(b"x" + value + b"yz").decode(),
    "base64, two bytes in": lambda value: base64.b64encode(b"xy" + value + b"z").decode(),
    "base64, three bytes in": lambda value: base64.b64encode(b"abc" + value).decode(),
    "base64 in lines": lambda value: base64.encodebytes(b"head" + value).decode(),
    "URL": lambda value: quote(value, safe=""),
    "URL path, lower case": lambda value: re.sub("%..", lambda code: code.group().lower(), quote(value)),
    "form": quote_plus,
    "JSON": lambda value: json.dumps(value.decode(errors="ignore")) if SPELLINGS["raw"](value) else "",
    "JSON, not ASCII": lambda value: (
        json.dumps(value.decode(errors="ignore"), ensure_ascii=False) if SPELLINGS["raw"](value) else ""
    ),
    "JSON in JSON": lambda value: (
        json.dumps(json.dumps({"a": value.decode(errors="ignore")})) if SPELLINGS["raw"](value) else ""
    ),
    "HTML": lambda value: html.escape(SPELLINGS["raw"](value)),
    "hex": lambda value: value.hex(),
    "HEX": lambda value: value.hex().upper(),
}


def knowing(*secrets: bytes) -> Scrubber:
    scrubber = Scrubber()
    for secret in secrets:
        scrubber.learn(secret)
    return scrubber


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("canary", CANARIES, ids=lambda canary: repr(canary[:8]))
def test_a_learned_value_leaves_in_no_spelling(canary: bytes, spelling: str) -> None:
    spelt = SPELLINGS[spelling](canary)
    told = knowing(canary).text(f"server said: {spelt} (400)")
    assert told.startswith("server said: ")
    assert told.endswith(" (400)")
    for at in range(len(spelt) - 12):  # no dozen characters in a row survive
        assert spelt[at : at + 12] not in told


@pytest.mark.parametrize("mark", ["", "…", "..."])
def test_a_value_cut_short_is_still_withheld(mark: str) -> None:
    told = knowing(b"correct horse battery staple").text(f"token correct horse ba{mark}")
    assert told == f"token {WITHHELD}{mark}"


def test_the_parts_of_a_file_are_secrets_too() -> None:
    docker = {"auths": {"reg.example": {"auth": base64.b64encode(b"robot:hunter2-hunter2").decode()}}}
    scrubber = knowing(json.dumps(docker).encode(), b"endpoint: s3\naccess: minio-access-1\nsecret: 'minio secret 2'\n")
    for word in ("hunter2-hunter2", "minio-access-1", "minio secret 2", docker["auths"]["reg.example"]["auth"]):
        assert word not in scrubber.text(f"denied for {word}!")


def test_short_values_and_public_names_stay_readable() -> None:
    scrubber = knowing(b"5432", b"keycloak", b"postgres-admin")
    scrubber.allow(["keycloak"])
    assert scrubber.text("keycloak on 5432 as postgres-admin") == f"keycloak on 5432 as {WITHHELD}"


def test_a_secret_is_learned_as_the_api_server_sends_it() -> None:
    scrubber = Scrubber()
    scrubber.learn_secret({"kind": "Secret", "data": {"a": base64.b64encode(b"sesame-open").decode(), "b": None}})
    scrubber.learn_secret({"kind": "Secret", "stringData": {"a": "plain-and-simple"}})
    assert scrubber.text("sesame-open plain-and-simple") == f"{WITHHELD} {WITHHELD}"


CREDENTIALS = {
    "https://robot:s3cr3t@git.example/repo.git": "https://(withheld)@git.example/repo.git",
    "https://x:p@ss@git.example/r": "https://(withheld)@git.example/r",
    "https://u:pa/ss@git.example/r": "https://(withheld)@git.example/r",
    "https://ghp_0123456789abcdefghijABCDEFGHIJ@github.com/o/r": "https://(withheld)@github.com/o/r",
    "postgresql://postgres:pw@resource-catalogue-db/pycsw": "postgresql://(withheld)@resource-catalogue-db/pycsw",
    "Authorization: Bearer abcdefgh": "Authorization: (withheld)",
    '{"Authorization":"Basic dXNlcjpwYXNz"}': '{"Authorization":"(withheld)"}',
    "with bearer a1b2c3d4e5": "with bearer (withheld)",
    "jwt eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrOHMifQ.c2ln rejected": "jwt (withheld) rejected",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- rest": "(withheld) rest",
    "key -----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz": "key (withheld)",
    "password=hunter2 failed": "password=(withheld) failed",
    "PGPASSWORD: hunter2\nuser: x": "PGPASSWORD: (withheld)\nuser: x",
    '{"client_secret": "a b\\"c", "id": 1}': '{"client_secret": (withheld), "id": 1}',
    'said {\\"token\\":\\"abc\\"}': 'said {\\"token\\":(withheld)}',
    "https://s3.example/b?X-Amz-Signature=0af&sig=zz&x=1": "https://s3.example/b?X-Amz-Signature=(withheld)&sig=(withheld)&x=1",
    "key AKIAIOSFODNN7EXAMPLE denied": "key (withheld) denied",
    "aws wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY9 denied": "aws (withheld) denied",
    "post https://hooks.slack.com/services/T00/B00/XXX: 404": "post https://hooks.slack.com/(withheld) 404",
    "https://discord.com/api/webhooks/1/abc": "https://discord.com/api/webhooks/(withheld)",
    "https://x.webhook.office.com/webhookb2/1@2/I": "https://x.webhook.office.com/(withheld)",
    'Secret "a": data[k]: Invalid value: "hun\\"ter2": no': 'Secret "a": data[k]: Invalid value: (withheld): no',
    'Job.batch "x" is invalid: spec.template: Invalid value: core.PodTemplateSpec{Env:[]core.EnvVar{core.EnvVar{'
    'Name:"DB_PASS", Value:"hunter2"}}}: field is immutable': 'Job.batch "x" is invalid: spec.template: '
    "Invalid value: (withheld): field is immutable",
    'spec.template: Invalid value: {"env":[{"name":"DB_PASS","value":"hunter2"}]}: field is immutable\nretry': (
        "spec.template: Invalid value: (withheld): field is immutable\nretry"
    ),
    'spec.a: Invalid value: core.EnvVar{Name:"DB_PASS", Value:"hunt…': "spec.a: Invalid value: (withheld)",
    'error found in #10 byte of ...|:"hunter2"}|..., bigger': "error found in #10 byte of ...|(withheld)|..., bigger",
}

HARMLESS = (
    "ssh://git@github.com/EOEPCA/eoepca",
    "git@github.com:EOEPCA/eoepca.git",
    "develop@sha1:4f2a9c1be0d34c6f8a7b5e3d2c1f0a9b8c7d6e5f",
    "ghcr.io/fluxcd/source-controller:v1.9.3@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "oci://registry:5000/charts/ades@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8 is the host key",
    "uid 5d3c1a60-6a0f-4c1b-9d1f-0f6f6f4f0d3e",
    "failed to get secret 'flux-system/flux-system': secrets \"flux-system\" not found",
    "unable to authenticate: authentication required: Invalid username or token",
    "invalid token: it is expired",
    'Deployment.apps "x" is invalid: spec.selector: Invalid value: v1.LabelSelector{}: field is immutable',
    "um_identity-api_bitnami.com_SealedSecret",
    "ValidatingWebhookConfiguration/cert-manager-webhook X509CertificateExtensionV3",
    "kubectl get gitrepository/flux-system -n flux-system -o yaml",
    "kubectl create secret generic flux-system --from-literal=password=NEW_PASSWORD --from-literal=token=<token>",
    "basic authentication failed; bearer authentication is off",
    "spec.template.spec.containers[name=web].env[name=PASSWORD].value",
    "2026-10-14T05:58:03Z v1.35.4+k3s1 aks-nodepool1-12345678-vmss000000",
)


@pytest.mark.parametrize(("text", "told"), CREDENTIALS.items())
def test_what_looks_like_a_credential_is_withheld(text: str, told: str) -> None:
    assert without_credentials(text) == told


@pytest.mark.parametrize("text", HARMLESS)
def test_what_a_reader_needs_stays(text: str) -> None:
    assert Scrubber().text(text) == text


def test_random_tokens_are_told_from_names() -> None:
    chance = random.Random(7)
    alphabet = string.ascii_letters + string.digits
    tokens = ["".join(chance.choices(alphabet, k=32)) for _ in range(500)]
    survivors = [each for each in tokens if WITHHELD not in without_credentials(f"got {each}.")]
    assert len(survivors) <= 10


def test_scrubbing_twice_changes_nothing_more() -> None:
    scrubber = knowing(*CANARIES)
    chance = random.Random(11)
    words = [*CREDENTIALS, *HARMLESS, *(SPELLINGS[each](canary) for canary in CANARIES for each in SPELLINGS)]
    for _ in range(300):
        text = chance.choice([" ", "", "\n", "="]).join(chance.sample(words, 4))
        once = scrubber.text(text)
        assert scrubber.text(once) == once


SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {
        "name": "slack-url",
        "namespace": "flux-system",
        "managedFields": [{"manager": "kubectl"}],
        "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": '{"data":{"address":"c2VzYW1l"}}',
            "kustomize.toolkit.fluxcd.io/checksum": "abc",
            "example.org/hint": "open sesame",
        },
    },
    "data": {"address": "c2VzYW1l"},
    "stringData": {"token": "sesame"},
}


def test_a_secret_shows_its_key_names_only() -> None:
    assert Scrubber().resource(SECRET) == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": "slack-url",
            "namespace": "flux-system",
            "annotations": {"kustomize.toolkit.fluxcd.io/checksum": "abc", "example.org/hint": WITHHELD},
        },
        "data": {"address": WITHHELD},
        "stringData": {"token": WITHHELD},
    }


@pytest.mark.parametrize(
    ("raw", "path", "shown"),
    [
        ({"kind": "ConfigMap", "data": {"a": "canary"}}, ("data",), {"a": WITHHELD}),
        ({"kind": "HelmRelease", "spec": {"values": {"db": {"pw": "canary"}}}}, ("spec", "values"), {"db": WITHHELD}),
        (
            {"kind": "HelmRelease", "spec": {"valuesFrom": [{"kind": "Secret", "name": "s", "value": "canary"}]}},
            ("spec", "valuesFrom"),
            [{"kind": "Secret", "name": "s", "value": WITHHELD}],
        ),
        (
            {"kind": "Kustomization", "spec": {"postBuild": {"substitute": {"a": "canary"}}}},
            ("spec", "postBuild", "substitute"),
            {"a": WITHHELD},
        ),
        (
            {
                "kind": "Deployment",
                "spec": {"template": {"spec": {"containers": [{"env": [{"name": "A", "value": "canary"}]}]}}},
            },
            ("spec", "template", "spec", "containers"),
            [{"env": [{"name": "A", "value": WITHHELD}]}],
        ),
        (
            {
                "kind": "Kustomization",
                "spec": {"patches": [{"patch": "stringData: {x: canary}", "target": {"name": "a"}}]},
            },
            ("spec", "patches"),
            [{"patch": WITHHELD, "target": {"name": "a"}}],
        ),
        (
            {
                "kind": "Pod",
                "spec": {"containers": [{"args": ["--db-password", "canary", "--v=2", "--token", "canary"]}]},
            },
            ("spec", "containers"),
            [{"args": ["--db-password", WITHHELD, "--v=2", "--token", WITHHELD]}],
        ),
        (
            {"kind": "Deployment", "spec": {"template": {"metadata": {"annotations": {"x/y": "canary"}}}}},
            ("spec", "template", "metadata", "annotations"),
            {"x/y": WITHHELD},
        ),
        ({"kind": "Provider", "spec": {"type": "slack", "address": "https://canary/x"}}, ("spec", "address"), WITHHELD),
        (
            {"kind": "Provider", "spec": {"type": "gitlab", "address": "https://u:canary@git.example/canary"}},
            ("spec", "address"),
            f"https://git.example/{WITHHELD}",
        ),
        ({"kind": "Receiver", "status": {"webhookPath": "/hook/canary"}}, ("status", "webhookPath"), WITHHELD),
        (
            {"kind": "Application", "spec": {"source": {"helm": {"parameters": [{"name": "a", "value": "canary"}]}}}},
            ("spec", "source", "helm", "parameters"),
            [{"name": "a", "value": WITHHELD}],
        ),
        (
            {"kind": "Thing", "spec": {"adminPassword": "canary", "secretName": "tls"}},
            ("spec",),
            {"adminPassword": WITHHELD, "secretName": "tls"},
        ),
        (
            {"kind": "GitRepository", "spec": {"url": "https://u:canary@git.example/r"}},
            ("spec", "url"),
            f"https://{WITHHELD}@git.example/r",
        ),
        (
            {"kind": "SecretList", "items": [{"kind": "Secret", "data": {"a": "canary"}}]},
            ("items",),
            [{"kind": "Secret", "data": {"a": WITHHELD}}],
        ),
    ],
)
def test_evidence_withholds_values(raw: dict[str, object], path: tuple[str, ...], shown: object) -> None:
    before = copy.deepcopy(raw)
    scrubber = Scrubber()
    there = evidence = scrubber.resource(raw)
    for step in path:
        there = there[step]
    assert there == shown
    assert "canary" not in json.dumps(evidence)
    assert scrubber.resource(evidence) == evidence
    assert raw == before


def test_a_whole_result_is_scrubbed_and_its_names_stay() -> None:
    morning = example.morning()
    worst = morning.findings[0]
    said = replace(worst.deviation, observed="key c2VzYW1lLW9wZW4tbm93 and flux-system", cause="sesame-open-now")
    leaking = replace(
        morning,
        reason="sesame-open-now",
        findings=(replace(worst, deviation=said), *morning.findings[1:]),
        run=replace(morning.run, facts={"flux": {"note": ["sesame-open-now"]}}),
    )
    told = scrub_result(leaking, knowing(b"sesame-open-now", b"flux-system"))
    assert "sesame" not in repr(told)
    assert told.findings[0].deviation.observed == f"key {WITHHELD} and flux-system"
    assert told.findings[0].fingerprint == worst.fingerprint
    assert told.findings[0].deviation.ref == worst.deviation.ref
    assert "sesame-open-now" in repr(leaking)


def test_a_harmless_result_is_told_as_it_is() -> None:
    assert scrub_result(example.morning(), Scrubber()) == example.morning()


def test_what_was_put_in_the_place_of_a_secret_is_one() -> None:
    scrubber = Scrubber()
    scrubber.learn_instead({"a": ["it says kanarie-1"]}, {"a": ["it says something else"]})
    scrubber.learn_instead("harmless", "innocent")
    scrubber.learn_instead("x", "y", {"called-password"})
    assert scrubber.text("it says something else") == "it says something else", "nobody knows yet"
    scrubber.learn(b"kanarie-1")
    assert scrubber.text("it says something else; innocent; called-password") == (f"{WITHHELD}; innocent; {WITHHELD}")


def test_what_takes_the_place_of_a_place_of_a_secret_is_one_too() -> None:
    scrubber = Scrubber()
    scrubber.learn_instead("second-value", "third-value")
    scrubber.learn_instead("kanarie-1", "second-value")
    scrubber.learn(b"kanarie-1")
    assert scrubber.text("third-value") == WITHHELD


def test_a_name_that_is_the_beginning_of_a_secret_is_told() -> None:
    scrubber = knowing(b"eoepca-cache-bucket")
    assert scrubber.text("issued by eoepca-ca") == f"issued by {WITHHELD}"
    scrubber.allow(["eoepca-ca"])
    assert scrubber.text("issued by eoepca-ca") == "issued by eoepca-ca"
