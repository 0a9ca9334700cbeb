"""The headline: everything is Ready, a Deployment of Helm is gone, another runs somebody's sidecar, and it is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from testbed import health
from testbed.bed import Bed
from tests.live.corpus.acts import Hands, kubectl
from tests.live.corpus.judged import Verdict, drift

pytestmark = pytest.mark.live

GONE, CHANGED = "Deployment/um/um-identity-service", "Deployment/um/um-login-service"
SIDECAR = (
    '-n um patch deployment um-login-service --type=json -p \'[{"op":"add","path":"/spec/template/spec/containers/-",'
    '"value":{"name":"debug","image":"registry.test/debug:1"}}]\''
)


@pytest.fixture(scope="module")
def verdict(bed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verdict]:
    bed.reset()
    folder = tmp_path_factory.mktemp("headline")
    hands = Hands(bed, folder)
    kubectl("-n um delete deployment um-identity-service")(hands)
    kubectl(SIDECAR)(hands)
    unready = [
        obj["metadata"]["name"]
        for kind in ("Kustomization", "HelmRelease")
        for obj in bed.kube.list(kind)
        if not health.ready(obj)
    ]
    assert unready == [], "Flux itself says that all is well"
    yield drift(bed, folder / "report")
    bed.reconcile("HelmRelease", "um", "um-identity-service", force=True)  # else nothing makes it again
    bed.reset()


def test_both_are_told_and_nothing_else(verdict: Verdict) -> None:
    assert verdict.status == 1, verdict.stdout + verdict.stderr
    assert verdict.told == [
        ("drift.field.foreign", CHANGED, "spec.template.spec.containers[name=debug]"),
        ("drift.object.missing", GONE, ""),
    ]
    assert verdict.unknown == []


def test_the_sidecar_has_a_name_a_hand_an_outlook_and_a_cure(verdict: Verdict) -> None:
    found = _about(verdict, CHANGED)
    assert [(each["manager"], each["class"]) for each in found["changed_by"]] == [("kubectl-patch", "human")]
    assert found["changed_by"][0]["time"]
    assert "debug" in found["summary"]
    assert found["owner"].items() >= {"ref": "HelmRelease/um/um-login-service"}.items()
    assert found["outlook"].startswith("nothing, ever"), "helm-controller does not see additions"
    _is_curable(found)


def test_the_missing_deployment_has_an_outlook_and_a_cure(verdict: Verdict) -> None:
    found = _about(verdict, GONE)
    assert found["changed_by"] == [], "a deletion leaves no trace, and nobody is accused"
    assert found["severity"] == "critical"
    assert found["outlook"]
    _is_curable(found)


def test_a_tired_person_reads_both(verdict: Verdict) -> None:
    first = verdict.stdout.splitlines()[0]
    assert "2" in first, first
    for word in (GONE, "debug", "um-login-service", "kubectl-patch"):
        assert word in verdict.stdout, verdict.stdout


def _about(verdict: Verdict, subject: str) -> dict[str, Any]:
    return next(each for each in verdict.findings if each["subject"] == subject)


def _is_curable(finding: dict[str, Any]) -> None:
    """Something to look with first, then something that mends, and it says that it writes."""
    commands = [each for each in finding["remedy"] if each["command"]]
    assert commands
    assert not commands[0]["writes"]
    assert any(each["writes"] and each["risk"] for each in commands)
