"""The benchmark's own honesty: what it makes, what it reads out of its rivals' answers, what it says of them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

from bench.__main__ import main
from bench.child import run
from bench.floor import lists
from bench.mix import PER_KUSTOMIZATION, folders
from bench.rivals import FLUX, HOLDFAST, TOOLS, Comparison, Row, Verdict, flux_named, kubectl_named
from bench.rivals_page import page

FLUX_SAYS = """\
► Deployment/proc/workflow-cleaner drifted

spec.template.spec.containers.workflow-cleaner.image
  ± value change
    - docker.io/eoepca/mine:0.4.0
    + docker.io/eoepca/workflow-cleaner:0.3.1

► ConfigMap/proc/workflow-cleaner created
"""
KUBECTL_SAYS = """\
diff -u -N /tmp/LIVE-2147410711/apps.v1.Deployment.proc.workflow-cleaner /tmp/MERGED-17/apps.v1.Deployment.proc.workflow-cleaner
--- /tmp/LIVE-2147410711/apps.v1.Deployment.proc.workflow-cleaner	2026-01-01 00:00:00.000000000 +0000
diff -u -N /tmp/LIVE-2147410711/v1.ConfigMap.um.login-page /tmp/MERGED-17/v1.ConfigMap.um.login-page
diff -u -N /tmp/LIVE-2147410711/v1.Namespace..demo /tmp/MERGED-17/v1.Namespace..demo
"""  # noqa: E501


@pytest.mark.parametrize("count", [1, 99, 250, 1000])
def test_exactly_as_many_objects_as_asked_for_and_no_two_the_same(count: int) -> None:
    made = [
        (obj["kind"], obj["metadata"].get("namespace"), obj["metadata"]["name"])
        for folder in folders(count)
        for text in folder.files.values()
        for obj in yaml.safe_load_all(text)
    ]
    assert len(made) == len(set(made)) == count
    assert sum(folder.objects for folder in folders(count)) == count


def test_every_namespace_is_made_by_the_folder_that_uses_it() -> None:
    for folder in folders(2 * PER_KUSTOMIZATION):
        objects = [obj for text in folder.files.values() for obj in yaml.safe_load_all(text)]
        assert {obj["metadata"].get("namespace") for obj in objects} == {None, folder.name}
        assert [obj["metadata"]["name"] for obj in objects if obj["kind"] == "Namespace"] == [folder.name]


def test_no_pod_is_ever_made() -> None:
    (folder,) = folders(PER_KUSTOMIZATION)
    objects = [obj for text in folder.files.values() for obj in yaml.safe_load_all(text)]
    deployments = [obj for obj in objects if obj["kind"] == "Deployment"]
    assert len(deployments) == 10
    assert all(obj["spec"]["replicas"] == 0 for obj in deployments)


def test_a_page_is_no_list_of_its_own() -> None:
    asked = ["/api/v1/secrets?limit=500", "/api/v1/secrets?limit=500&continue=abc", "/apis/apps/v1/deployments"]
    assert lists(asked) == ["/api/v1/secrets", "/apis/apps/v1/deployments"]


def test_what_a_program_cost_is_what_it_cost(tmp_path: Path) -> None:
    program = "b = bytearray(400_000_000); import sys; print('out'); sys.exit('no\\nway')"
    cost = run([sys.executable, "-c", program], folder=tmp_path)
    assert (cost.status, cost.stdout, cost.said) == (1, "out\n", "no way")
    assert 380 < cost.rss_mb < 1200  # a child is born with the memory of its parent, and pytest's is not small
    assert 0 < cost.cpu_seconds < 10
    assert cost.seconds > 0


def test_the_rivals_are_understood() -> None:
    assert flux_named(FLUX_SAYS) == {"Deployment/proc/workflow-cleaner", "ConfigMap/proc/workflow-cleaner"}
    assert flux_named("► Deployment/proc/x skipped\n") == set()
    assert kubectl_named(KUBECTL_SAYS) == {
        "Deployment/proc/workflow-cleaner",
        "ConfigMap/um/login-page",
        "Namespace/demo",
    }


def test_the_page_counts_what_the_rows_say() -> None:
    seen, missed = Verdict(True), Verdict(False, ("Service/a/b",))
    others = {tool: Verdict(None) for tool in TOOLS}
    rows = [
        Row("(healthy)", "nothing", (), {**others, HOLDFAST: Verdict(True), FLUX: Verdict(True, ("Service/a/b",))}),
        Row("image", "an image", ("Deployment/a/b",), {**others, HOLDFAST: seen, FLUX: missed}),
        Row("volume", "a volume", ("Pvc/a/b",), {**others, HOLDFAST: seen, FLUX: Verdict(True, error="Pvc/a/b: no")}),
    ]
    text = page(Comparison({"flux": "v2.9.5"}, rows))
    assert "| the healthy platform | nothing | false: Service/a/b | - | - | - |" in text
    assert "| an image (`image`) | seen | missed, false: Service/a/b | - | - | - |" in text
    assert "| seen of 2 | 2 | 1 | 0 | 0 | 0 |" in text
    assert "| missed of 2 | 0 | 1 | 0 | 0 | 0 |" in text
    assert "- `volume`, flux diff ks: Pvc/a/b: no" in text


def test_wrong_usage_is_one_line_and_four(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in (["bench", "drift"], ["bench", "drift", "--objects", "0"], ["bench", "rivals", "no-such-fault"]):
        monkeypatch.setattr("sys.argv", wrong)
        assert main() == 4
        assert capsys.readouterr().err.startswith("bench: ")
