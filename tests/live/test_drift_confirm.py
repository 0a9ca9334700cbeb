"""``--allow dry-run``: what the API server says beside every difference, and what it is never asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from testbed.bed import Bed
from testbed.kube import Object
from tests.live.auditing import holdfast
from tests.live.corpus.acts import Hands, kubectl
from tests.live.corpus.judged import Verdict, drift
from tests.live.corpus.manifests import config_map, deployment, secret, text
from tests.live.delivered import deliver, files

pytestmark = pytest.mark.live

SPACE = "confirm"
_READ = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]}
_TRY = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["patch"]}
_ENV = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
GIT = text(
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}},
    deployment("image", SPACE),
    deployment("removed", SPACE, container={"env": _ENV}),
    deployment("order", SPACE, container={"env": _ENV}),
    deployment("blind", SPACE, minReadySeconds=0, container={"unheardOf": True}),
    deployment("extra", SPACE),
    config_map("immutable", SPACE, colour="blue"),
    config_map("value", SPACE, colour="blue"),
    secret("password", SPACE, colour="blue"),
)
EDITS = (
    f"-n {SPACE} set image deployment/image web=registry.test/web:2",
    f"-n {SPACE} set env deployment/removed B-",
    f'-n {SPACE} patch deployment blind -p \'{{"spec":{{"minReadySeconds":5}}}}\'',
    f"-n {SPACE} set env deployment/extra NEW=1",
    f'-n {SPACE} patch configmap immutable -p \'{{"data":{{"colour":"red"}},"immutable":true}}\'',
    f'-n {SPACE} patch configmap value -p \'{{"data":{{"colour":"red"}}}}\'',
    f'-n {SPACE} patch secret password -p \'{{"stringData":{{"colour":"red"}}}}\'',
    "-n um set image deployment/um-login-service *=registry.test/other:9",
)
_REORDER = [{"op": "replace", "path": "/spec/template/spec/containers/0/env", "value": _ENV[::-1]}]


@dataclass(frozen=True)
class Tried:
    """One run, and what of it reached the API server as a PATCH."""

    verdict: Verdict
    patches: list[Object]

    def finding(self, name: str, rule: str = "") -> dict[str, Any]:
        found = [
            each for each in self.verdict.findings if each["subject"].endswith(f"/{name}") and rule in each["rule"]
        ]
        assert found, [(each["rule"], each["subject"]) for each in self.verdict.findings]
        return found[0]


def tried(
    bed: Bed, folder: Path, name: str, *rules: Object, allow: str = "dry-run", more: tuple[str, ...] = ()
) -> Tried:
    position = bed.audit_log_position()
    kubeconfig = bed.credential(f"confirm-{name}", [_READ, *rules])
    arguments = ("--allow", allow) if allow else ()
    verdict = drift(bed, folder / name, *arguments, *more, kubeconfig=kubeconfig)
    mine = [each for each in bed.audit_events(position) if each["user"].get("username") == f"confirm-{name}"]
    return Tried(verdict, [each for each in mine if each["verb"] not in ("get", "list", "create")])


@pytest.fixture(scope="module")
def changed(bed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    bed.reset()
    deliver(bed, files("confirm", {"all.yaml": GIT}))
    hands = Hands(bed, tmp_path_factory.mktemp("hands"))
    for edit in EDITS:
        kubectl(edit)(hands)
    bed.kube.patch("Deployment", SPACE, "order", _REORDER, manager="kubectl-patch")
    yield bed
    bed.reset()


@pytest.fixture(scope="module")
def plain(changed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Tried:
    """Without the switch."""
    return tried(changed, tmp_path_factory.mktemp("plain"), "plain", _TRY, allow="")


@pytest.fixture(scope="module")
def asked(changed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Tried:
    """With the switch and the right."""
    folder = tmp_path_factory.mktemp("asked")
    return tried(changed, folder, "asked", _TRY, more=("--record", str(folder / "run.holdfast.gz")))


@pytest.fixture(scope="module")
def untrusted(changed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Tried:
    """With the switch and without the right."""
    return tried(changed, tmp_path_factory.mktemp("untrusted"), "untrusted")


def test_nothing_is_added_or_taken_away(plain: Tried, asked: Tried, untrusted: Tried) -> None:
    assert sorted({subject.rpartition("/")[2] for _, subject, _ in plain.verdict.told}) == sorted(
        ["image", "removed", "order", "blind", "extra", "immutable", "value", "password", "um-login-service"]
    )
    for each in (asked, untrusted):
        assert (each.verdict.status, each.verdict.told, each.verdict.unknown) == (1, plain.verdict.told, [])
    assert "dry-run" not in str(plain.verdict.document["findings"])


@pytest.mark.parametrize("name", ["image", "removed", "order", "value"])
def test_what_flux_would_change_is_confirmed(asked: Tried, name: str) -> None:
    assert asked.finding(name)["cause"].endswith("; a server-side dry-run as kustomize-controller would change it, too")


def test_a_release_is_tried_by_its_own_manager(asked: Tried) -> None:
    assert asked.finding("um-login-service")["cause"].endswith("dry-run as helm-controller would change it, too")


def test_where_flux_is_blind_the_finding_stands_on_its_own(asked: Tried) -> None:
    """Flux leaves a zero out of what it applies, and so does the dry-run; as it does what the schema does not know."""
    assert asked.finding("blind")["cause"].endswith("would change nothing here: confirmed only by comparison")


def test_a_refusal_blocks(plain: Tried, asked: Tried) -> None:
    told = asked.finding("immutable", "changed")
    assert told["cause"].endswith(
        "refuses a server-side dry-run as kustomize-controller: Invalid: data (FieldValueForbidden)"
    )
    assert told["outlook"].startswith("blocked: Kustomization/flux-system/confirm is refused as well")
    assert "blocked" not in plain.finding("immutable", "changed")["outlook"]


@pytest.mark.parametrize("name", ["password", "extra"])
def test_secrets_and_additions_are_not_tried(plain: Tried, asked: Tried, name: str) -> None:
    assert asked.finding(name)["cause"].partition("; ")[0] == plain.finding(name)["cause"].partition("; ")[0]
    assert "dry-run" not in asked.finding(name)["cause"]


def test_without_the_right_that_is_said(untrusted: Tried) -> None:
    for name in ("image", "removed", "order", "value", "blind", "um-login-service"):
        cause = untrusted.finding(name)["cause"]
        assert "not confirmed by a server-side dry-run as" in cause
        assert "forbidden (kubectl auth can-i patch" in cause
    assert len(untrusted.patches) == 3, "once for each type and namespace"
    assert {each["responseStatus"]["code"] for each in untrusted.patches} == {403}


def test_only_dry_runs_leave_the_process(plain: Tried, asked: Tried) -> None:
    assert plain.patches == []
    assert len(asked.patches) == 7, "each object once, in spite of the second look"
    for each in asked.patches:
        assert each["verb"] == "patch"
        assert "dryRun=All" in each["requestURI"].partition("?")[2].split("&")
        assert each["objectRef"]["resource"] != "secrets"


def test_a_recording_tells_the_same(asked: Tried, tmp_path: Path) -> None:
    recording = asked.verdict.reports.parent / "run.holdfast.gz"
    again = holdfast(
        *("drift", "--recording", str(recording), "--allow", "dry-run", "--report-dir", str(tmp_path)), reports=tmp_path
    )
    assert again.document["findings"] == asked.verdict.findings
