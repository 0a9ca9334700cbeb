"""Whatever stands in the place of a public host, no scenario that asks it conforms, and the audit keeps to its time.

Many hosts misbehave at once, in one audit, and are judged one by one. What asks with a token needs the identity
provider, so that hosts which are asked with one misbehave while it is well, and it misbehaves while they are.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import get_args

import pytest

from testbed.bed import AuditRun, Bed
from testbed.services.nginx import Mode
from tests.fixtures.in_place_of_redis import ANSWERS, answering

pytestmark = pytest.mark.live

TAGS = "access or catalogue or processing or workspaces"
SECONDS = 90.0
"""For a whole audit: two looks within their limits, and a loaded machine."""
DEADLINE = 45.0
"""For what is asked of hosts that hang; the last question asked may take its own time beyond it."""
MODES = tuple(each for each in get_args(Mode) if each != "normal")
HANGING = ("silent", "slow")
BROKEN = ("Traceback (most recent call last)", "failed on it: ", "the step itself failed: ")
"""What tells of an exception nobody foresaw."""

SERVICES = {
    "ades": "${ades}",
    "auth": "${auth}/web_ui",
    "catalogue": "${catalogue}",
    "dummy-service": "${dummy-service}",
    "dummy-service-pep": "${dummy-service-pep}/authorize",
    "harbor": "${harbor}/api/v2.0/users",
    "minio": "${minio}/",
    "processing": "${processing}",
    "workspace_api": "${workspace_api}",
}
"""Host, and what a finding of all that is asked of it is told of: its only address, where there is but one."""
PROVIDERS = {
    "identity": "${identity}",
    "data-access": "${data-access}/ows",
    "workspace-resources": "${workspace-resources}/",
}
"""Hosts that are only asked while the others are well: by whom users are known, where links of theirs lead."""
NOT_READ = ("unreadable", "resources of ${dummy-service-pep}/resources")
"""How the PDP's questions end where the PEP does not say what they are about."""

ASK_NOBODY = {
    "No Ingress leads past a guard",
    "No job left anything",
    "Every workspace has what its applications need",
    "Every workspace is as its templates are today",
}
ASK_IDENTITY = {
    "UMA Get Endpoints",
    "UMA RPT Test",
    "Tokens name their bearer, and are active",
    "The identity provider decides about paths",
    "Nobody gets a decision without a token",
    "The identity provider names its endpoints",
    "The authorization server names its endpoints",
}
ASK_AS_SOMEBODY = {
    "Authorized and Forbidden Access",
    "The PDP permits the owner each of the six verbs",
    "The PDP denies another user, another action, another resource",
    "Initial Process List",
    "Initial Process List of the WPS",
    "Guarded paths are open to their owner alone",
    "The ADES describes itself",
    "The owner's processes are offered",
    "No job of the ADES is stuck",
}
FOLLOW_LINKS = {
    "Get Records Information",
    "A product's record leads to its own maps and coverages",
    "The services of every workspace answer",
}

WHOLE: dict[str, str] = {"refuse": "unreachable", "untrusted": "untrusted", "plain": "untrusted"}
"""Modes that nothing gets past: one finding of the host, whatever is asked of it."""
ALIKE: dict[str, str] = {"status": "status", "redirect": "status", "big": "silent", "html": "content-type"}
"""Modes in which every address of a host fails alike."""
ONE_BY_ONE: dict[str, str] = {"wrong-type": "content-type", "garbage": "content", "empty": "content"}
"""Modes in which a host is right and what comes of its addresses is not."""


@dataclass(frozen=True)
class Otherwise:
    """What a mode means of one host, where it is something else than of the others."""

    rules: frozenset[str]
    why: str


_OPEN = Otherwise(frozenset({"access.path.open"}), "a guarded path that answers 200 is open, whatever it answers")
_UNTYPED = Otherwise(frozenset(), "its answers are read, whatever they are called")
_BOTH = frozenset({"web.endpoint.content", "web.endpoint.content-type"})
OTHERWISE: dict[tuple[str, str], Otherwise] = {
    ("html", "auth"): Otherwise(frozenset(), "a page to log in on is what the user profile promises"),
    ("html", "minio"): Otherwise(frozenset({"web.endpoint.content"}), "boto3 says what it makes of it"),
    ("html", "workspace-resources"): Otherwise(frozenset({"web.endpoint.content-type"}), "a page to log in on"),
    **{
        (mode, "dummy-service-pep"): Otherwise(frozenset({"access.ticket.missing"}), "it names no ticket")
        for mode in ("html", "garbage", "empty")
    },
    **{(mode, "dummy-service"): _OPEN for mode in ("garbage", "empty")},
    **{
        (mode, "ades"): Otherwise(_OPEN.rules | {"web.endpoint.content"} | more, "guarded, and asked for its processes")
        for mode, more in (("garbage", {"web.endpoint.content-type"}), ("empty", set()))
    },
    **{
        ("wrong-type", host): _UNTYPED
        for host in ("dummy-service", "dummy-service-pep", "minio", "workspace-resources")
    },
    ("garbage", "auth"): Otherwise(frozenset({"web.endpoint.content-type"}), "JSON is no page"),
    ("garbage", "catalogue"): Otherwise(_BOTH, "XML in the place of XML and of JSON"),
    ("garbage", "workspace-resources"): Otherwise(frozenset(), "a workspace's service promises an answer, and no more"),
}


def expected(hosts: Mapping[str, str], mode: str) -> dict[str, frozenset[str]]:
    """The rules that speak of each host; those of which nothing is said are left out."""
    rule = {**WHOLE, **ALIKE, **ONE_BY_ONE}[mode]
    usual = Otherwise(frozenset({f"web.endpoint.{rule}"}), "")
    found = {host: OTHERWISE.get((mode, host), usual).rules for host in hosts}
    return {host: rules for host, rules in found.items() if rules}


def told(run: AuditRun, hosts: Collection[str]) -> dict[str, frozenset[str]]:
    """The rules that did; a finding of none of these hosts is under ""."""
    found: dict[str, set[str]] = defaultdict(set)
    for rule, subject in run.findings:
        found[next((host for host in hosts if f"${{{host}}}" in subject), "")].add(rule)
    return {host: frozenset(rules) for host, rules in found.items()}


def conforming(run: AuditRun) -> set[str]:
    assert run.findings_json is not None, run.stderr
    return {each["name"] for each in run.findings_json["scenarios"] if each["verdict"] == "conforms"}


def sound(bed: Bed, run: AuditRun) -> None:
    """No exception, no secret, and a report."""
    said = "\n".join((run.stdout, run.stderr, json.dumps(run.findings_json)))
    assert run.exit == 1, run.stderr
    assert [mark for mark in BROKEN if mark in said] == []
    secrets = {
        value
        for name, value in bed.backing.environment().items()
        if any(word in name for word in ("PASSWORD", "SECRET", "TOKEN", "KEY")) and len(value) > 6
    }
    assert secrets
    assert [each for each in secrets if each in said] == []


@contextmanager
def misbehaving(bed: Bed, hosts: Collection[str], mode: Mode) -> Iterator[None]:
    try:
        for host in hosts:
            bed.gateway.misbehave(host, mode)
        yield
    finally:
        bed.gateway.normal()


@pytest.mark.parametrize("mode", [each for each in MODES if each not in HANGING])
def test_services(bed: Bed, mode: Mode) -> None:
    with misbehaving(bed, SERVICES, mode):
        run = bed.audit(bed.platform.name, "-m", TAGS)
    sound(bed, run)
    assert told(run, SERVICES) == expected(SERVICES, mode)
    assert run.unknowns == (set() if mode == "wrong-type" else {NOT_READ})
    if mode in WHOLE:
        assert sorted(run.every_finding) == sorted((f"web.endpoint.{WHOLE[mode]}", f"${{{each}}}") for each in SERVICES)
    if mode in ALIKE:
        whole = f"web.endpoint.{ALIKE[mode]}"
        alike = {host for host, rules in expected(SERVICES, mode).items() if rules == {whole}}
        assert {(whole, SERVICES[host]) for host in alike} <= run.findings
        assert len(run.every_finding) == len(expected(SERVICES, mode))
    assert run.seconds < SECONDS
    if mode != "wrong-type":  # of what is judged by its status alone the type says nothing
        still = {"The User Profile has a page to log in"} if mode == "html" else set()
        assert conforming(run) == ASK_NOBODY | ASK_IDENTITY | still


@pytest.mark.parametrize("mode", [each for each in MODES if each not in HANGING])
def test_providers(bed: Bed, mode: Mode) -> None:
    with misbehaving(bed, PROVIDERS, mode):
        run = bed.audit(bed.platform.name, "-m", TAGS)
    sound(bed, run)
    assert told(run, PROVIDERS) == expected(PROVIDERS, mode)
    assert run.unknowns == set()
    if mode in WHOLE:
        assert sorted(run.every_finding) == sorted(
            (f"web.endpoint.{WHOLE[mode]}", f"${{{each}}}") for each in PROVIDERS
        )
    if mode in ALIKE:
        assert sorted(subject for _, subject in run.every_finding) == sorted(PROVIDERS.values())
    assert run.seconds < SECONDS
    if mode != "wrong-type":
        left = FOLLOW_LINKS - ({"The services of every workspace answer"} if mode == "garbage" else set())
        assert conforming(run) & (ASK_IDENTITY | ASK_AS_SOMEBODY | left) == set()


@pytest.mark.parametrize("mode", HANGING)
@pytest.mark.parametrize("hosts", [SERVICES, PROVIDERS], ids=["services", "providers"])
def test_hosts_that_hang_keep_nobody_waiting_for_ever(bed: Bed, hosts: Mapping[str, str], mode: Mode) -> None:
    """What could not be asked before the deadline is unknown, and says so."""
    with misbehaving(bed, hosts, mode):
        run = bed.audit(bed.platform.name, "-m", TAGS, "--deadline", f"{DEADLINE:g}s")
    sound(bed, run)
    assert {rule for rule, _ in run.every_finding} == {"web.endpoint.silent"}
    assert {code for code, _ in run.unknowns - {NOT_READ}} <= {"deadline"}
    assert set(told(run, hosts)) <= set(hosts)
    assert run.seconds < DEADLINE + 30
    never = ASK_AS_SOMEBODY | FOLLOW_LINKS | (ASK_IDENTITY if hosts is PROVIDERS else set())
    assert conforming(run) & never == set()


@pytest.mark.parametrize("mode", HANGING)
def test_one_host_that_hangs_is_one_finding(bed: Bed, mode: Mode) -> None:
    with misbehaving(bed, ["catalogue"], mode):
        run = bed.audit(bed.platform.name, "-m", "catalogue and acceptance")
    assert (run.exit, run.every_finding, run.unknowns) == (1, [("web.endpoint.silent", "${catalogue}")], set())
    assert run.seconds < SECONDS


def test_as_they_should_be_nothing_is_said(bed: Bed) -> None:
    run = bed.audit(bed.platform.name, "-m", TAGS)
    assert (run.exit, run.findings, run.unknowns) == (0, set(), set())
    assert conforming(run) >= ASK_NOBODY | ASK_IDENTITY | ASK_AS_SOMEBODY | FOLLOW_LINKS


REDIS = ("registration.redis.unreachable", "StatefulSet/rm/data-access-redis-master")


@pytest.mark.parametrize("name", ["nothing", "HTML", "ten megabytes"])
def test_what_stands_in_the_place_of_redis(bed: Bed, name: str) -> None:
    with answering(ANSWERS[name]) as port:
        redis = {"HOLDFAST_ENDPOINTS__REDIS": f"redis://127.0.0.1:{port}"}
        run = bed.audit(bed.platform.name, "-m", "registration", environment=redis)
    sound(bed, run)
    assert (run.every_finding, run.unknowns) == ([REDIS], set())
    assert run.seconds < SECONDS
    assert conforming(run) == {"The Registration API is listened to"}
